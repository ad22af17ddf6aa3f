// How many rows a second a column program decides on one core: a table of 60 rows and 5 inputs.
// Build: see README.md. Prints one line.

#include <chrono>
#include <cstdio>
#include <random>

#include "decision/decision.h"

namespace {

std::string cell(const std::string& name, const std::string& text) {
  return "<" + name + "><text>" + text + "</text></" + name + ">";
}

// Days past due and amounts in bands, products, regions and flags: as a segment table has them.
std::string model_xml() {
  std::string xml = "<definitions name=\"bench\" namespace=\"b\">";
  std::string needs;
  std::string columns;
  const std::pair<const char*, const char*> inputs[] = {{"dpd", "number"},
                                                        {"amount_fen", "number"},
                                                        {"product", "string"},
                                                        {"broken", "number"},
                                                        {"hardship", "boolean"}};
  for (auto [name, type] : inputs) {
    std::string n = name;
    xml += "<inputData id=\"" + n + "\" name=\"" + n + "\"><variable name=\"" + n +
           "\" typeRef=\"" + type + "\"/></inputData>";
    needs +=
        "<informationRequirement><requiredInput href=\"#" + n + "\"/></informationRequirement>";
    columns += "<input><inputExpression><text>" + n + "</text></inputExpression></input>";
  }
  xml += "<decision id=\"d\" name=\"Segment\">" + needs + "<decisionTable hitPolicy=\"FIRST\">" +
         columns + "<output name=\"segment\" typeRef=\"string\"/>" +
         "<output name=\"priority\" typeRef=\"number\"/>";
  for (int i = 0; i < 60; ++i) {
    int dpd = i % 10 * 15;
    long amount = 100'000L * (1 + i % 7);
    xml += "<rule>";
    xml += cell("inputEntry", "[" + std::to_string(dpd) + ".." + std::to_string(dpd + 45) + ")");
    xml += cell("inputEntry", "&gt;= " + std::to_string(amount));
    xml += cell("inputEntry", i % 3 == 0 ? "-" : "\"p" + std::to_string(i % 5) + "\", \"card\"");
    xml += cell("inputEntry", i % 4 == 0 ? "&gt; 2" : "-");
    xml += cell("inputEntry", i % 6 == 0 ? "true" : "-");
    xml += cell("outputEntry", "\"S" + std::to_string(i % 12) + "\"");
    xml += cell("outputEntry", std::to_string(i)) + "</rule>";
  }
  return xml + "</decisionTable></decision></definitions>";
}

}  // namespace

int main() {
  using namespace decision;
  auto model = Model::parse(model_xml(), "bench");
  if (!model) return 1;
  auto program = model->compile("Segment", {{"dpd"},
                                            {"amount_fen"},
                                            {"product", ColumnKind::string},
                                            {"broken"},
                                            {"hardship", ColumnKind::boolean}});
  if (!program || !program->lowered()) return 1;
  constexpr std::size_t kRows = 4'000'000;
  std::mt19937 random(1);
  std::vector<std::int16_t> dpd(kRows);
  std::vector<std::int64_t> amount(kRows);
  std::vector<std::int16_t> product(kRows);
  std::vector<std::int8_t> broken(kRows);
  std::vector<std::uint8_t> hardship(kRows);
  std::vector<std::string> dictionary = {"p0", "p1", "p2", "p3", "p4", "card", "loan"};
  for (std::size_t i = 0; i < kRows; ++i) {
    dpd[i] = static_cast<std::int16_t>(random() % 200);
    amount[i] = random() % 2'000'000;
    product[i] = static_cast<std::int16_t>(random() % 7);
    broken[i] = static_cast<std::int8_t>(random() % 5);
    hardship[i] = random() % 2 != 0;
  }
  std::vector<ColumnData> columns = {
      std::span<const std::int16_t>(dpd), std::span<const std::int64_t>(amount),
      Codes16{product, dictionary}, std::span<const std::int8_t>(broken), Flags{hardship}};
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    auto start = std::chrono::steady_clock::now();
    auto result = program->run(columns, 0, kRows, {.fired_rows = true});
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (!result) return 1;
    best = std::max(best, static_cast<double>(kRows) / took.count());
  }
  std::printf("columns: %.1f million rows a second on one core\n", best / 1e6);
  auto start = std::chrono::steady_clock::now();
  constexpr int kSingle = 20'000;
  for (int i = 0; i < kSingle; ++i) {
    auto row = static_cast<std::size_t>(i);
    Context inputs{{"dpd", static_cast<std::int64_t>(dpd[row])},
                   {"amount_fen", amount[row]},
                   {"product", dictionary[static_cast<std::size_t>(product[row])]},
                   {"broken", static_cast<std::int64_t>(broken[row])},
                   {"hardship", hardship[row] != 0}};
    if (model->evaluate("Segment", inputs).fired.size() > 1) return 1;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("single cases: %.0f a second\n", kSingle / took.count());
}
