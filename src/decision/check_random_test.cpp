// The analysis against enumeration: of random small tables, every case is decided by
// Model::evaluate, and what that shows must be what the analysis says: neither more nor less.

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "decision/check.h"
#include "tests/broken.h"

namespace decision {
namespace {

using Random = std::mt19937_64;

template <class T>
const T& one_of(const std::vector<T>& all, Random& random) {
  return all[random() % all.size()];
}

std::string number_cell(Random& random) {
  const auto at = [&] { return std::to_string(random() % 7); };
  const std::string low = at(), high = at();
  const std::vector<std::string> cells = {"-",
                                          "< " + low,
                                          ">= " + low,
                                          "<= " + low,
                                          "> " + high,
                                          low,
                                          low + ", " + high,
                                          "[" + low + ".." + high + "]",
                                          "(" + low + ".." + high + "]",
                                          "not(" + low + ")",
                                          "not(> " + low + ")",
                                          "[" + low + ".." + high + "), 6",
                                          "null",
                                          "? > " + low + " and ? < 5"};
  return one_of(cells, random);
}

std::string word_cell(Random& random) {
  return one_of<std::string>({"-", "\"a\"", "\"b\"", "\"c\"", "\"a\", \"b\"", "not(\"c\")",
                              "not(\"a\", \"b\")", "\"a\", \"b\", \"c\"", "starts with(?, \"a\")"},
                             random);
}

std::string flag_cell(Random& random) {
  return one_of<std::string>({"-", "-", "true", "false", "not(true)"}, random);
}

broken::Table random_table(Random& random) {
  broken::Table table;
  table.policy = one_of<std::string>({"UNIQUE", "FIRST", "ANY", "PRIORITY"}, random);
  table.inputs = {{"n", "number", random() % 2 ? "" : "[0..6]"},
                  {"s", "string", "\"a\", \"b\", \"c\""},
                  {"f", "boolean", ""}};
  table.output = {"d", "string", "\"x\", \"y\", \"z\""};
  const std::size_t rows = 1 + random() % 7;
  for (std::size_t i = 0; i < rows; ++i) {
    table.rows.push_back({number_cell(random), word_cell(random), flag_cell(random),
                          one_of<std::string>({"\"x\"", "\"y\"", "\"z\""}, random)});
  }
  if (random() % 3 == 0) table.rows.push_back({"-", "-", "-", "\"x\""});
  return table;
}

struct Shown {  // by enumeration
  bool gap = false;
  std::set<std::pair<int, int>> overlaps;
  std::set<int> decide, decide_with_null;
};

// Rows that take the case, by a copy of the table that collects.
std::vector<int> taking(const Model& collecting, const Context& inputs) {
  std::vector<int> rows;
  for (const FiredRow& fired : collecting.evaluate("d", inputs).fired) rows.push_back(fired.row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

Shown enumerate(const broken::Table& table) {
  broken::Table collect = table;
  collect.policy = "COLLECT";
  const auto model = Model::parse(table.xml(), "t");
  const auto all = Model::parse(collect.xml(), "t");
  CHECK_MSG(model && all, "a random table cannot be read");
  std::vector<Value> numbers = {Value()}, words = {Value(), "a", "b", "c"};
  const std::vector<Value> flags = {Value(), false, true};
  const bool bounded = !table.inputs[0].values.empty();
  for (int n = bounded ? 0 : -2; n <= (bounded ? 6 : 9); ++n) numbers.emplace_back(n);
  // null counts as a case where a row asks for it.
  const bool null_named = std::any_of(table.rows.begin(), table.rows.end(),
                                      [](const auto& row) { return row[0] == "null"; });
  Shown shown;
  for (const Value& n : numbers) {
    for (const Value& s : words) {
      for (const Value& f : flags) {
        const Context inputs{{"n", n}, {"s", s}, {"f", f}};
        const bool usual = (!n.is_null() || null_named) && !s.is_null() && !f.is_null();
        const std::vector<int> rows = taking(*all, inputs);
        for (const FiredRow& fired : model->evaluate("d", inputs).fired) {
          shown.decide_with_null.insert(fired.row);
          if (usual) shown.decide.insert(fired.row);
        }
        if (!usual) continue;
        shown.gap |= rows.empty();
        for (std::size_t i = 0; i < rows.size(); ++i) {
          for (std::size_t j = i + 1; j < rows.size(); ++j) {
            shown.overlaps.emplace(rows[i], rows[j]);
          }
        }
      }
    }
  }
  return shown;
}

std::string pairs_of(const std::set<std::pair<int, int>>& pairs) {
  std::string text;
  for (const auto& [a, b] : pairs) text += std::to_string(a) + "/" + std::to_string(b) + " ";
  return text;
}

// How often each thing was there to be found.
struct Seen {
  int gaps = 0, overlaps = 0, idle = 0, missing = 0;
};

void compare(const broken::Table& table, Seen& seen) {
  const Shown shown = enumerate(table);
  const auto model = Model::parse(table.xml(), "t");
  const auto findings = check(*model, {.findings_max = 1'000});
  ASSERT_TRUE(findings);
  std::set<std::pair<int, int>> overlaps;
  std::set<int> idle, missing;
  bool gap = false;
  for (const Finding& finding : *findings) {
    gap |= finding.kind == "gap";
    const bool twice = finding.kind == "overlap" || finding.kind == "duplicate_row";
    if (twice) overlaps.emplace(std::minmax(finding.row, finding.other_row));
    const bool never = finding.kind == "shadowed" || finding.kind == "never_fires" ||
                       finding.kind == "duplicate_row";
    if (never) idle.insert(finding.row);
    if (finding.kind == "only_missing") missing.insert(finding.row);
    EXPECT_NE(finding.kind, "not_proven");
    EXPECT_NE(finding.kind, "not_analysed");
  }
  EXPECT_EQ(gap, shown.gap);
  seen.gaps += gap ? 1 : 0;
  seen.overlaps += overlaps.empty() ? 0 : 1;
  seen.idle += idle.empty() ? 0 : 1;
  seen.missing += missing.empty() ? 0 : 1;
  if (table.policy == "UNIQUE") {
    EXPECT_EQ(pairs_of(overlaps), pairs_of(shown.overlaps));
  }
  if (table.policy == "ANY") {
    for (const auto& [a, b] : shown.overlaps) {
      const auto row = [&](int at) { return table.rows[static_cast<std::size_t>(at) - 1].back(); };
      EXPECT_TRUE(row(a) == row(b) || overlaps.contains({a, b})) << a << "/" << b;
    }
  }
  if (table.policy != "FIRST" && table.policy != "PRIORITY") return;
  for (int row = 1; row <= static_cast<int>(table.rows.size()); ++row) {
    EXPECT_EQ(idle.contains(row), !shown.decide_with_null.contains(row)) << "row " << row;
    EXPECT_EQ(missing.contains(row),
              shown.decide_with_null.contains(row) && !shown.decide.contains(row))
        << "row " << row;
  }
}

TEST(CheckRandom, says_what_enumeration_shows) {
  Random random(20'261'122);
  Seen seen;
  for (int round = 0; round < 1'500; ++round) {
    const broken::Table table = random_table(random);
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + table.xml());
    compare(table, seen);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(seen.gaps, 300);
  EXPECT_GT(seen.overlaps, 300);
  EXPECT_GT(seen.idle, 300);
  EXPECT_GT(seen.missing, 20);
}

}  // namespace
}  // namespace decision
