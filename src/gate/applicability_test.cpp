// Which packs protect whom: the shipped table against its cases, and that one more product, row or
// pack never turns a refusal into a permission.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "gate/packs.h"

namespace gate {
namespace {

using Dice = std::mt19937_64;
const std::vector<std::string> kJurisdictions = {"CN", "US", "UK"};
const std::vector<std::string> kProducts = {"card", "card_instalment", "online_loan", ""};
const std::vector<std::string> kNames = {"law-a", "law-b", "law-c"};  // what a table may name

// A pack that refuses some purposes and channels, with a cap and an opening hour.
std::string random_pack(Dice& dice) {
  const std::vector<std::string> purposes = {"\"collect\"", "\"remind\"", "not(\"answer\")", "-"};
  const std::vector<std::string> channels = {"\"call\"", "\"sms\"", "not(\"letter\")"};
  std::string rows;
  for (std::size_t row = 0, n = 1 + dice() % 3; row < n; ++row)
    rows += "<rule id=\"r" + std::to_string(row) + "\"><inputEntry><text>" +
            purposes[dice() % purposes.size()] + "</text></inputEntry><inputEntry><text>" +
            channels[dice() % channels.size()] + "</text></inputEntry><outputEntry><text>\"R" +
            std::to_string(row) + "\"</text></outputEntry><outputEntry><text>\"at_open\"</text>" +
            "</outputEntry></rule>";
  const auto option = [&](const std::string& name, std::size_t value) {
    return "<contextEntry><variable name=\"" + name + "\"/><literalExpression><text>" +
           std::to_string(value) + "</text></literalExpression></contextEntry>";
  };
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
    name="p" namespace="n">
  <inputData id="i" name="purpose"><variable name="purpose" typeRef="string"/></inputData>
  <inputData id="j" name="channel"><variable name="channel" typeRef="string"/></inputData>
  <decision id="o" name="options"><variable name="options"/><context>)" +
         option("cap_person_day", 1 + dice() % 5) + option("open_minute", 420 + dice() % 120) +
         option("close_minute", 1200 + dice() % 120) + R"(</context></decision>
  <decision id="d" name="refusals"><variable name="refusals"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <informationRequirement><requiredInput href="#j"/></informationRequirement>
    <decisionTable hitPolicy="COLLECT">
      <input><inputExpression typeRef="string"><text>purpose</text></inputExpression></input>
      <input><inputExpression typeRef="string"><text>channel</text></inputExpression></input>
      <output name="code" typeRef="string"/><output name="again" typeRef="string"/>)" +
         rows + "</decisionTable></decision></definitions>";
}

struct Row {
  std::string jurisdiction, product, pack;  // tests as FEEL
};

std::string table_xml(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows)
    text += "<rule><inputEntry><text>" + row.jurisdiction +
            "</text></inputEntry><inputEntry><text>" + row.product +
            "</text></inputEntry><outputEntry><text>\"" + row.pack +
            "\"</text></outputEntry></rule>";
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
    name="w" namespace="n">
  <inputData id="i" name="jurisdiction"><variable name="jurisdiction" typeRef="string"/></inputData>
  <inputData id="j" name="product"><variable name="product" typeRef="string"/></inputData>
  <decision id="d" name="packs"><variable name="packs"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <informationRequirement><requiredInput href="#j"/></informationRequirement>
    <decisionTable hitPolicy="COLLECT">
      <input><inputExpression typeRef="string"><text>jurisdiction</text></inputExpression></input>
      <input><inputExpression typeRef="string"><text>product</text></inputExpression></input>
      <output name="pack" typeRef="string"/>)" +
         text + "</decisionTable></decision></definitions>";
}

Row random_row(Dice& dice) {
  const std::vector<std::string> products = {"\"card\"", "\"online_loan\"", "-", "not(\"card\")",
                                             "\"card\",\"card_instalment\""};
  const std::vector<std::string> jurisdictions = {"\"CN\"", "\"US\"", "-", "not(\"UK\")"};
  return {jurisdictions[dice() % jurisdictions.size()], products[dice() % products.size()],
          kNames[dice() % kNames.size()]};
}

struct Said {
  std::set<std::string> refused;  // pack and rule of each
  bool allowed = false;
  int cap = 0, open = 0, close = 0;
};

Said ask(const PackSet& packs, const std::string& jurisdiction,
         const std::vector<std::string>& products, const std::string& purpose,
         const std::string& channel) {
  Facts facts{.channel = channel, .purpose = purpose};
  facts.jurisdiction = jurisdiction;
  facts.products = products;
  Said said;
  for (const Refusal& r : packs.refusals(facts)) said.refused.insert(r.pack + " " + r.rule_id);
  said.allowed = said.refused.empty();
  const Applicable& applicable = packs.applicable(jurisdiction, products);
  said.cap = packs.smallest(&PackOptions::cap_person_day, 99, applicable);
  said.open = packs.largest(&PackOptions::open_minute, 0, applicable);
  said.close = packs.smallest(&PackOptions::close_minute, 1440, applicable);
  return said;
}

void expect_tighter(const Said& before, const Said& after, const std::string& what) {
  EXPECT_TRUE(before.allowed || !after.allowed) << what;
  EXPECT_TRUE(std::includes(after.refused.begin(), after.refused.end(), before.refused.begin(),
                            before.refused.end()))
      << what;
  EXPECT_LE(after.cap, before.cap) << what;
  EXPECT_GE(after.open, before.open) << what;
  EXPECT_LE(after.close, before.close) << what;
}

PackSet set_of(const std::vector<Pack>& packs, const std::vector<Row>& rows) {
  auto table = Applicability::parse(table_xml(rows), "packs.dmn");
  EXPECT_TRUE(table) << table.error().message;
  return PackSet(packs, Calendar(), std::move(*table));
}

// The property, tried on random packs, tables and people.
TEST(Applicability, one_more_product_or_row_or_pack_can_only_refuse_more) {
  Dice dice(41);
  std::size_t refused = 0, allowed = 0, tightened = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Pack> packs;
    for (const std::string& name : kNames)
      if (dice() % 4 != 0) packs.push_back(Pack::parse(random_pack(dice), name));
    std::vector<Row> rows;
    for (std::size_t n = 1 + dice() % 5; n > 0; --n) rows.push_back(random_row(dice));
    // Each row's name keeps standing in the table, or its pack would be a lender's, for everybody.
    for (const std::string& name : kNames) rows.push_back({"\"nowhere\"", "-", name});
    auto one_row_more = rows;
    one_row_more.push_back(random_row(dice));
    auto one_pack_more = packs;
    one_pack_more.push_back(Pack::parse(random_pack(dice), "a-lender"));
    const PackSet base = set_of(packs, rows), by_row = set_of(packs, one_row_more),
                  by_pack = set_of(one_pack_more, rows);
    for (int person = 0; person < 12; ++person) {
      const std::string& jurisdiction = kJurisdictions[dice() % kJurisdictions.size()];
      std::vector<std::string> products = {kProducts[dice() % kProducts.size()]};
      if (dice() % 2 == 0) products.push_back(kProducts[dice() % kProducts.size()]);
      auto more = products;
      more.insert(more.begin() + static_cast<std::ptrdiff_t>(dice() % (more.size() + 1)),
                  kProducts[dice() % kProducts.size()]);
      const std::string purpose = dice() % 2 == 0 ? "collect" : "answer";
      const std::string channel = dice() % 2 == 0 ? "call" : "letter";
      const Said before = ask(base, jurisdiction, products, purpose, channel);
      const Said after = ask(base, jurisdiction, more, purpose, channel);
      // Another row may name a pack for a product that had none: then the gate's own refusal goes,
      // and never alone turns into a permission where the row's pack refuses.
      expect_tighter(before, after, "a product more");
      expect_tighter(before, ask(by_pack, jurisdiction, products, purpose, channel), "a pack more");
      const Said with_row = ask(by_row, jurisdiction, products, purpose, channel);
      if (!before.refused.contains("gate ")) expect_tighter(before, with_row, "a row more");
      before.allowed ? ++allowed : ++refused;
      tightened += after.refused.size() > before.refused.size() ? 1 : 0;
    }
  }
  // Else the test would prove little.
  EXPECT_GT(refused, 50u);
  EXPECT_GT(allowed, 50u);
  EXPECT_GT(tightened, 20u);
}

TEST(Applicability, nobodys_product_or_jurisdiction_is_refused) {
  const Packs packs = Packs::load("decisions");
  EXPECT_EQ(packs.problems(), std::vector<std::string>());
  const auto codes = [&](const std::string& jurisdiction,
                         const std::vector<std::string>& products) {
    Facts facts{.channel = "letter", .purpose = "answer"};
    facts.jurisdiction = jurisdiction;
    facts.products = products;
    std::set<std::string> all;
    for (const Refusal& r : packs.set().refusals(facts)) all.insert(r.code);
    return all;
  };
  EXPECT_TRUE(codes("FR", {"card"}).contains("GATE_NO_PACK"));
  EXPECT_TRUE(codes("mixed", {"card"}).contains("GATE_NO_PACK"));
  EXPECT_TRUE(codes("", {}).contains("GATE_NO_PACK"));
  EXPECT_FALSE(codes("CN", {"card"}).contains("GATE_NO_PACK"));
  EXPECT_FALSE(codes("CN", {""}).contains("GATE_NO_PACK"));
  EXPECT_FALSE(codes("CN", {}).contains("GATE_NO_PACK"));
  // What is named and not there refuses, as a pack that cannot be read does.
  const PackSet none = set_of({Pack::parse(random_pack(*std::make_unique<Dice>(1)), "law-a")},
                              {{"-", "-", "law-b"}});
  EXPECT_EQ(none.applicable("CN", {"card"}).own.size(), 1u);
  EXPECT_EQ(none.applicable("CN", {"card"}).own[0].code, "GATE_PACK_FAILED");
}

TEST(Applicability, a_table_that_says_anything_else_is_an_error) {
  const std::string good = table_xml({{"\"CN\"", "-", "law-a"}});
  EXPECT_TRUE(Applicability::parse(good, "packs.dmn"));
  auto with = [&](const std::string& from, const std::string& to) {
    std::string xml = good;
    for (std::size_t at = xml.find(from); at != xml.npos; at = xml.find(from, at + to.size()))
      xml.replace(at, from.size(), to);
    return xml;
  };
  for (const std::string& xml :
       {std::string(), with("COLLECT", "FIRST"), with("\"law-a\"", "product"),
        with("\"law-a\"", "\"\""), with("\"law-a\"", "null"), with("name=\"packs\"", "name=\"x\""),
        with("jurisdiction", "mood"),
        with("hitPolicy=\"COLLECT\"", "hitPolicy=\"COLLECT\" aggregation=\"COUNT\"")})
    EXPECT_FALSE(Applicability::parse(xml, "packs.dmn")) << xml;
}

}  // namespace
}  // namespace gate
