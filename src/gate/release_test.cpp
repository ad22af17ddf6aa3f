// A lender's own pack, released: from its day on the gate refuses more, and what the law refuses
// stays refused, without a restart.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "gate/packs.h"
#include "gate/types.h"
#include "tables/types.h"
#include "tests/stores.h"

namespace gate {
namespace {

namespace fs = std::filesystem;
using kernel::Date;

const Date today = Date::from_ymd(2026, 11, 20);

// Refuses visits, by the rank given.
std::string no_visits(const std::string& rank, const std::string& fact = "channel") {
  std::string outputs, entries;
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"code", "OUR_NO_VISITS"},
                                                        {"citation", "内部规定 7"},
                                                        {"rank", rank},
                                                        {"certainty", "found"},
                                                        {"reason_zh", "本行不上门"},
                                                        {"reason_en", "we do not visit"},
                                                        {"again", "never"},
                                                        {"effective_from", "2026-11-21"}}) {
    outputs += "<output name=\"" + name + "\" typeRef=\"string\"/>";
    entries += "<outputEntry><text>\"" + value + "\"</text></outputEntry>";
  }
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="ours"
 namespace="https://x/ours" id="ours"><inputData id="i" name=")" +
         fact + R"(">
<variable name=")" +
         fact + R"(" typeRef="string"/></inputData>
<decision id="visits" name="visits"><variable name="visits"/>
<informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
<decisionTable id="t" hitPolicy="COLLECT"><input id="c"><inputExpression typeRef="string"><text>)" +
         fact + "</text></inputExpression></input>" + outputs +
         R"(<rule id="no_visit"><inputEntry><text>"visit"</text></inputEntry>)" + entries +
         "</rule></decisionTable></decision></definitions>";
}

Facts visit() {
  return {.channel = "visit",
          .purpose = "collect",
          .visitors = 2,
          .jurisdiction = "CN",
          .products = {"card"},
          .role = "self",
          .point_channel = "address",
          .point_source = "contract",
          .point_valid = true,
          .point_consent = true,
          .minute = 600,
          .day_kind = "workday",
          .asker_kind = "user",
          .certified = true,
          .recording_ready = true};
}

std::set<std::string> codes(const Packs& packs, const Facts& facts) {
  std::set<std::string> all;
  for (const Refusal& refusal : packs.set().refusals(facts)) all.insert(refusal.code);
  return all;
}

struct House {
  House(store::Store& opened, const fs::path& folder)
      : store(opened),
        decisions(folder / "decisions"),
        shelf(folder / "data"),
        deps{.store = opened,
             .shelf = shelf,
             .decisions = decisions,
             .models_of = {},
             .check_pack = pack_problem} {
    fs::copy("decisions", decisions, fs::copy_options::recursive);
  }
  Packs packs(Date date) {
    std::optional<Packs> found;
    const auto read = store.read([&](store::Transaction& tx) {
      found = Packs::in_force(tx, decisions, date);
      return true;
    });
    CHECK(static_cast<bool>(read));
    return *found;
  }
  tables::Draft drafted(const std::string& xml) {
    auto made = tables::make_draft(deps, {.file = "packs~ours.dmn", .note = "", .xml = {{xml}}},
                                   {"zhang", now});
    CHECK_MSG(static_cast<bool>(made), made ? "" : made.error().message.c_str());
    return *made;
  }
  store::Store& store;
  fs::path decisions;
  book::Shelf shelf;
  tables::Deps deps;
  kernel::Instant now = tests::Clock::now();
};

void each_house(const std::function<void(House&)>& body) {
  std::vector<store::Migration> all = store::schema();
  all.insert(all.end(), tables::schema().begin(), tables::schema().end());
  all.insert(all.end(), schema().begin(), schema().end());
  tests::for_each_store(all, [&](store::Store& store, const fs::path& folder) {
    House house(store, folder);
    body(house);
  });
}

TEST(Release, a_lenders_pack_refuses_from_its_day_and_the_law_stays) {
  each_house([](House& house) {
    const auto draft = house.drafted(no_visits("lender"));
    ASSERT_EQ(draft.problem, "");
    for (const auto& finding : draft.findings)
      EXPECT_NE(finding.severity, "error") << finding.message_en;
    const auto id = draft.version.version_id;
    const auto sent = tables::submit(house.deps, id, "", {"zhang", house.now});
    ASSERT_TRUE(sent) << sent.error().message;
    const auto done = tables::review(
        house.deps,
        {.version_id = id, .verdict = "release", .note = "", .effective_from = today.plus_days(1)},
        {"wang", house.now});
    ASSERT_TRUE(done) << done.error().message;

    const Packs now = house.packs(today), then = house.packs(today.plus_days(1));
    EXPECT_EQ(now.refs().size() + 1, then.refs().size());
    EXPECT_EQ(then.cap_person_day(), now.cap_person_day());
    EXPECT_THAT(codes(now, visit()), testing::Not(testing::Contains("OUR_NO_VISITS")));
    EXPECT_THAT(codes(then, visit()), testing::Contains("OUR_NO_VISITS"));
    Facts late = visit();
    late.minute = 1380;
    const auto law = codes(now, late);
    EXPECT_FALSE(law.empty());
    for (const std::string& code : law) EXPECT_THAT(codes(then, late), testing::Contains(code));
  });
}

TEST(Release, a_pack_the_gate_could_not_run_does_not_go_to_review) {
  each_house([](House& house) {
    for (const std::string& xml : {no_visits("statute"), no_visits("lender", "weather")}) {
      const auto draft = house.drafted(xml);
      const auto sent =
          tables::submit(house.deps, draft.version.version_id, "", {"zhang", house.now});
      EXPECT_FALSE(sent) << xml;
    }
  });
}

}  // namespace
}  // namespace gate
