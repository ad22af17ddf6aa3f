// Every slip in every row of every pack against the pack's own cases: each mutant must change the
// answer of a case, or be shown to answer the same whatever is asked (the product of all values
// that its row can tell apart). Prints the kill rate of each pack and lists the equal ones.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <random>
#include <regex>
#include <sstream>

#include "gate/conformance.h"
#include "gate/packs.h"
#include "tests/files.h"
#include "tests/mutants.h"

namespace gate {
namespace {

namespace fs = std::filesystem;

// A pack asked as the gate asks it, but by the interpreter: a mutant is asked too seldom to
// compile.
class Asked {
 public:
  explicit Asked(const std::string& xml) {
    auto model = decision::Model::parse(xml, "pack");
    if (!model) return;
    model_ = std::move(*model);
    for (const decision::DecisionInfo& info : model_->decisions())
      if (info.table && info.table->hit_policy == decision::HitPolicy::collect)
        tables_.push_back(info.name);
  }
  const decision::Model* model() const { return model_ ? &*model_ : nullptr; }

  // Every row that fires with all that it says.
  std::string operator()(const Facts& facts) const {
    if (!model_) return "cannot be read";
    const decision::Context context = to_context(facts);
    std::string all;
    for (const std::string& table : tables_) {
      const decision::Evaluation result = model_->evaluate(table, context);
      all += table + "\n";
      for (const auto& row : result.fired)
        if (row.decision == table) all += row.rule_id + " ";
      for (const auto& message : result.messages) all += message;
      if (!result.fired.empty()) all += result.value.source();
    }
    return all;
  }

 private:
  std::optional<decision::Model> model_;
  std::vector<std::string> tables_;
};

std::string key_of(const PackCase& one) {
  std::string key;
  for (const auto& [name, value] : one.options) key += name + "=" + value + " ";
  return key;
}

// The cases of a pack by the options they set, and how each table answers them.
class Cases {
 public:
  explicit Cases(std::vector<PackCase> cases) {
    for (PackCase& one : cases) {
      const std::string key = key_of(one);
      auto found = std::find_if(groups_.begin(), groups_.end(),
                                [&](const Group& group) { return group.key == key; });
      if (found == groups_.end())
        found = groups_.insert(groups_.end(), Group{key, one.options, {}, {}});
      found->facts.push_back(one.facts);
    }
  }

  // True when some case is answered otherwise than by the table (or all tables) as it stands.
  bool kill(const tests::Mutant& mutant, const std::string& as_it_stands) {
    for (Group& group : groups_) {
      auto& expected = group.expected[mutant.decision];
      if (expected.empty()) {
        const auto xml = with_options(as_it_stands, group.options);
        const Asked asked(*xml);
        for (const Facts& facts : group.facts) expected.push_back(asked(facts));
      }
      auto changed = with_options(mutant.xml, group.options);
      if (!changed) return true;
      const Asked asked(*changed);
      std::vector<std::size_t>& first = group.first[mutant.decision + mutant.rule];
      for (const std::size_t at : first)
        if (asked(group.facts[at]) != expected[at]) return true;
      for (std::size_t at = 0; at < group.facts.size(); ++at) {
        if (asked(group.facts[at]) == expected[at]) continue;
        first.push_back(at);
        return true;
      }
    }
    return false;
  }

  struct Group {
    std::string key;
    std::vector<PackOption> options;
    std::vector<Facts> facts;
    std::map<std::string, std::vector<std::string>> expected;  // by table
    std::map<std::string, std::vector<std::size_t>> first;     // cases that killed before, by row
  };
  const std::vector<Group>& groups() const { return groups_; }

 private:
  std::vector<Group> groups_;
};

// ---- equal whatever is asked -------------------------------------------------------------------

using Value = std::variant<std::string, bool, int, std::optional<int>, std::vector<std::string>>;

// The row's conditions and the inputs they stand under, of the table as it is in this model.
std::vector<std::pair<std::string, std::string>> conditions(const decision::Model& model,
                                                            const tests::Mutant& mutant) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& info : model.decisions()) {
    if (info.name != mutant.decision || !info.table) continue;
    for (const auto& rule : info.table->rules) {
      if (rule.id != mutant.rule && !mutant.rule.empty()) continue;
      for (std::size_t i = 0; i < rule.inputs.size(); ++i)
        if (rule.inputs[i] != "-")
          found.emplace_back(info.table->inputs[i].expression, rule.inputs[i]);
    }
  }
  return found;
}

void collect(const std::string& text, const std::regex& mark, std::set<std::string>& into) {
  for (std::sregex_iterator at(text.begin(), text.end(), mark), end; at != end; ++at)
    into.insert((*at)[1]);
}

// All values of a fact that these texts can tell apart.
std::vector<Value> values_of(const FactField& field, const std::set<std::string>& words,
                             const std::set<int>& numbers) {
  std::vector<Value> values;
  if (std::holds_alternative<bool Facts::*>(field.member)) {
    values = {true, false};
  } else if (std::holds_alternative<std::string Facts::*>(field.member)) {
    values = {std::string(), std::string("no such word")};
    for (const auto& word : words) values.emplace_back(word);
  } else if (std::holds_alternative<std::vector<std::string> Facts::*>(field.member)) {
    const std::vector<std::string> all(words.begin(), words.end());
    for (std::size_t bits = 0; bits < (std::size_t{1} << all.size()); ++bits) {
      std::vector<std::string> some;
      for (std::size_t i = 0; i < all.size(); ++i)
        if (bits >> i & 1) some.push_back(all[i]);
      values.emplace_back(std::move(some));
    }
  } else {
    const bool may_miss = std::holds_alternative<std::optional<int> Facts::*>(field.member);
    if (may_miss) values.emplace_back(std::optional<int>());
    for (const int number : numbers) {
      if (number < 0 || (field.name == "minute" && number > 1439)) continue;
      if (may_miss)
        values.emplace_back(std::optional<int>(number));
      else
        values.emplace_back(number);
    }
  }
  return values;
}

struct Axis {
  const FactField* field;
  std::vector<Value> values;
};

// The facts the row looks at, each with all values that it can tell apart.
std::vector<Axis> axes_of(const std::vector<std::pair<std::string, std::string>>& rows,
                          const decision::Context& options) {
  std::string text;
  for (const auto& [input, cell] : rows) text += input + " " + cell + " ";
  std::set<std::string> words, named, digits;
  collect(text, std::regex("\"([^\"]*)\""), words);
  collect(text, std::regex("options\\.(\\w+)"), named);
  collect(text, std::regex("\\b(\\d+)\\b"), digits);
  std::set<int> numbers = {0};
  const auto near = [&](int n) {
    for (int step = -2; step <= 2; ++step) numbers.insert(n + step);
  };
  for (const auto& digit : digits) near(std::stoi(digit));
  for (const auto& name : named)
    if (const auto* value = options.find(name))
      if (const auto number = value->to_int64()) near(static_cast<int>(*number));
  const std::string bare = std::regex_replace(text, std::regex("\"[^\"]*\"|options\\.\\w+"), "");
  std::vector<Axis> axes;
  for (const FactField& field : fact_fields())
    if (std::regex_search(bare, std::regex("\\b" + std::string(field.name) + "\\b")))
      axes.push_back({&field, values_of(field, words, numbers)});
  return axes;
}

constexpr std::size_t kCombinationsMax = 200'000;

bool equal_everywhere(const tests::Mutant& mutant, const std::string& table,
                      const std::vector<Cases::Group>& groups) {
  for (const Cases::Group& group : groups) {
    const auto was_xml = with_options(table, group.options);
    const auto is_xml = with_options(mutant.xml, group.options);
    if (!was_xml || !is_xml) return false;
    const Asked was(*was_xml), is(*is_xml);
    if (was.model() == nullptr || is.model() == nullptr) return false;
    auto rows = conditions(*was.model(), mutant);
    for (auto& row : conditions(*is.model(), mutant)) rows.push_back(std::move(row));
    const auto options = was.model()->evaluate("options", {}).value;
    auto axes = axes_of(rows, options.context());
    std::size_t combinations = 1;
    for (const Axis& axis : axes) combinations *= axis.values.size();
    if (combinations > kCombinationsMax) return false;
    for (std::size_t n = 0; n < combinations; ++n) {
      Facts facts = group.facts.front();
      std::size_t rest = n;
      for (const Axis& axis : axes) {
        const Value& value = axis.values[rest % axis.values.size()];
        rest /= axis.values.size();
        std::visit(
            [&](auto member) {
              using T = std::decay_t<decltype(facts.*member)>;
              facts.*member = std::get<T>(value);
            },
            axis.field->member);
      }
      if (was(facts) != is(facts)) return false;
    }
  }
  return true;
}

// ---- the test ----------------------------------------------------------------------------------

std::map<std::string, std::set<std::string>> vocabulary() {
  std::map<std::string, std::set<std::string>> words;
  const auto add = [&](const std::string& name, const std::vector<std::string>& all) {
    for (const auto& word : all) words[name].insert("\"" + word + "\"");
  };
  add("channel", channels());
  add("purpose", purposes());
  add("holds", hold_kinds());
  add("role", {"self", "guarantor", "contact_person", "other"});
  add("point_channel", {"mobile", "phone", "email", "address"});
  add("point_place", {"home", "work"});
  add("day_kind", {"festival", "rest_day", "workday", "unknown"});
  add("asker_kind", {"user", "agency", "machine", "unknown"});
  return words;
}

struct Score {
  int mutants = 0, left_out = 0, killed = 0, by_options = 0, equal = 0;
  std::string text;
};

// Under a sanitizer one of these is tried, by a fixed draw; all of them where it is 1:
// `EVENHAND_MUTANTS=all`, or a program built as it ships.
int one_of() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const char* wish = std::getenv("EVENHAND_MUTANTS");
  return wish != nullptr && std::string_view(wish) == "all" ? 1 : 4;
#else
  return 1;
#endif
}

// An option that no row can show (how long a permit lives) stands in conformance/options.jsonl.
bool options_differ(const std::string& xml, const std::string& pack) {
  const auto lines = make_option_lines(xml, pack);
  return !lines || tests::read_file("conformance/options.jsonl").find(*lines) == std::string::npos;
}

Score score(const fs::path& file) {
  Score score;
  const std::string xml = tests::read_file(file);
  fs::path csv = file;
  csv.replace_extension(".tests.csv");
  const auto read = read_pack_cases(tests::read_file(csv), csv.string());
  if (!read) {
    score.text = read.error().message;
    score.mutants = 1;
    return score;
  }
  Cases cases(*read);
  tests::Mutants mutants(xml, vocabulary());
  std::map<std::string, std::string> tables = {{"", xml}};
  std::mt19937 draw(22);
  const auto every = static_cast<unsigned>(one_of());
  for (const tests::Mutant& mutant : mutants.all()) {
    ++score.mutants;
    if (draw() % every != 0) {
      ++score.left_out;
      continue;
    }
    std::string& table = tables[mutant.decision];
    if (table.empty()) table = mutants.table(mutant.decision);
    if (cases.kill(mutant, table)) {
      ++score.killed;
    } else if (mutant.decision.empty() && options_differ(mutant.xml, file.stem().string())) {
      ++score.killed;
      ++score.by_options;
    } else if (!mutant.decision.empty() && equal_everywhere(mutant, table, cases.groups())) {
      ++score.equal;
      score.text += "  equal whatever is asked: " + mutant.what + "\n";
    } else {
      score.text += "  NOT KILLED: " + mutant.what + "\n";
    }
  }
  return score;
}

std::vector<fs::path> pack_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator("decisions/packs"))
    if (entry.path().extension() == ".dmn") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

int not_killed(const Score& score) {
  return score.mutants - score.left_out - score.killed - score.equal;
}

TEST(mutation, every_slip_in_a_pack_is_noticed) {
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::pair<fs::path, std::future<Score>>> scores;
  for (const fs::path& file : pack_files())
    scores.emplace_back(file, std::async(std::launch::async, score, file));
  ASSERT_FALSE(scores.empty());
  Score all;
  for (auto& [file, future] : scores) {
    const Score one = future.get();
    std::cout << file.stem().string() << ": " << one.mutants << " mutants, " << one.left_out
              << " left out, " << one.killed << " killed (" << one.by_options
              << " of them by the list of options), " << one.equal << " equal, " << not_killed(one)
              << " not killed\n"
              << one.text;
    EXPECT_EQ(not_killed(one), 0) << file;
    EXPECT_GT(one.mutants, 400) << file;
    EXPECT_GT(one.killed, 50) << file;
    all.mutants += one.mutants;
    all.left_out += one.left_out;
    all.killed += one.killed;
    all.equal += one.equal;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const int asked = all.mutants - all.left_out - all.equal;
  std::cout << "all packs: " << all.killed << " of " << asked << " mutants that differ are killed ("
            << 100.0 * all.killed / std::max(asked, 1) << " %), " << all.equal
            << " are equal whatever is asked, " << all.left_out << " left out; " << took.count()
            << " s\n";
}

// ---- who is protected by what ------------------------------------------------------------------

// Which rows a product meets, by the words of packs.dmn alone.
class Routed {
 public:
  explicit Routed(const std::string& xml) {
    if (auto model = decision::Model::parse(xml, "packs")) model_ = std::move(*model);
  }
  std::string operator()(const decision::Value& jurisdiction,
                         const decision::Value& product) const {
    if (!model_) return "cannot be read";
    const auto said =
        model_->evaluate("packs", {{"jurisdiction", jurisdiction}, {"product", product}});
    std::string all = said.value.source();
    for (const auto& row : said.fired) all += " " + row.rule_id;
    for (const auto& message : said.messages) all += " " + message;
    return all;
  }

 private:
  std::optional<decision::Model> model_;
};

using Route = std::pair<decision::Value, decision::Value>;

// Jurisdiction and product of each line of packs.tests.csv: no cell of it has a comma.
std::vector<Route> route_cases() {
  std::vector<Route> cases;
  std::istringstream lines(tests::read_file("decisions/packs.tests.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "case,decision,jurisdiction,product,expect_pack,expect_rule");
  const auto value = [](const std::string& cell) {
    return cell == "null" ? decision::Value() : decision::Value(cell);
  };
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell[4];
    for (std::string& one : cell) std::getline(cells, one, ',');
    cases.emplace_back(value(cell[2]), value(cell[3]));
  }
  return cases;
}

TEST(mutation, every_slip_in_the_table_of_who_is_protected_is_noticed) {
  const std::string xml = tests::read_file("decisions/packs.dmn");
  const std::vector<Route> cases = route_cases();
  ASSERT_GT(cases.size(), 10u);
  tests::Mutants mutants(xml, {{"jurisdiction", {"\"CN\"", "\"US\"", "\"UK\"", "\"mixed\""}},
                               {"product", {"\"card\"", "\"online_loan\"", "\"\""}}});
  const Routed shipped(mutants.table("packs"));
  int all = 0, killed = 0;
  for (const tests::Mutant& mutant : mutants.all()) {
    const Routed changed(mutant.xml);
    const bool noticed = std::any_of(cases.begin(), cases.end(), [&](const Route& one) {
      return changed(one.first, one.second) != shipped(one.first, one.second);
    });
    ++all;
    killed += noticed ? 1 : 0;
    EXPECT_TRUE(noticed) << mutant.what;
  }
  std::cout << "packs.dmn: " << killed << " of " << all << " mutants killed\n";
  EXPECT_GT(all, 50);
}

}  // namespace
}  // namespace gate
