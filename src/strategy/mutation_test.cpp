// Mutants of the shipped tables: a row deleted, a bound shifted by one. Each must be caught by the
// analysis or change an answer; those that do neither are counted and must be few: rows whose
// neighbours say the same.

#include <gtest/gtest.h>

#include <iostream>
#include <regex>

#include "decision/check.h"
#include "strategy/journey.h"
#include "strategy/table_search.h"
#include "strategy/types.h"

namespace strategy {
namespace {

using namespace search;

struct Mutant {
  std::string file, what, decision, bytes;
  int row = 0;  // 1-based, of the shipped table
};

// The places of the rules of a file, in order, by the decision they stand in.
struct Rule {
  std::string decision;
  int row = 0;
  std::size_t begin = 0, end = 0;
};

std::vector<Rule> rules_of(const std::string& bytes) {
  std::vector<Rule> rules;
  const std::regex starts("<decision id=\"[^\"]*\" name=\"([^\"]*)\"|<rule ");
  std::string decision;
  int row = 0;
  for (std::sregex_iterator at(bytes.begin(), bytes.end(), starts), end; at != end; ++at) {
    if ((*at)[1].matched) {
      decision = (*at)[1];
      row = 0;
      continue;
    }
    const auto begin = static_cast<std::size_t>(at->position());
    rules.push_back({decision, ++row, begin, bytes.find("</rule>", begin) + 7});
  }
  return rules;
}

Mutant deleted(const ModelFile& file, const Rule& rule) {
  Mutant mutant{file.file, "a row deleted", rule.decision, *file.bytes, rule.row};
  mutant.bytes.erase(rule.begin, rule.end - rule.begin);
  return mutant;
}

// One of the numbers of the row's conditions, one more or one less; none where it has no number.
std::optional<Mutant> shifted(const ModelFile& file, const Rule& rule, std::mt19937_64& random) {
  Mutant mutant{file.file, "a bound shifted", rule.decision, *file.bytes, rule.row};
  const std::string text = mutant.bytes.substr(rule.begin, rule.end - rule.begin);
  const std::string cells = text.substr(0, text.find("<outputEntry>"));
  const std::regex number("-?[0-9]+");
  const std::regex entry("<inputEntry><text>[^<\"]*</text>");
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::sregex_iterator at(cells.begin(), cells.end(), entry), end; at != end; ++at) {
    const std::string cell = at->str();
    for (std::sregex_iterator n(cell.begin(), cell.end(), number); n != end; ++n) {
      places.emplace_back(at->position() + n->position(), n->length());
    }
  }
  if (places.empty()) return std::nullopt;
  const auto [at, length] = places[random() % places.size()];
  const std::string was = text.substr(at, length);
  const std::string is = std::to_string(std::stoll(was) + (random() % 2 ? 1 : -1));
  mutant.what += " from " + was + " to " + is;
  mutant.bytes.replace(rule.begin + at, length, is);
  return mutant;
}

bool caught(const decision::Model& model) {
  const auto findings = decision::check(model, {.night = true});
  if (!findings) return false;
  return std::any_of(findings->begin(), findings->end(),
                     [](const decision::Finding& f) { return f.severity != "note"; });
}

// A table may ask about what another decision gives (an amount claimed, a net of two amounts): the
// numbers at which it changes its mind are then tried on the numbers behind it.
void add_behind(const std::vector<decision::DecisionInfo>& decisions,
                const decision::TableInfo& table, std::map<std::string, std::vector<Value>>& all) {
  std::vector<Value> numbers = {Value(0)};
  for (const auto& input : table.inputs) {
    if (all.contains(input.expression)) continue;
    for (const Value& value : candidates(decisions, input.expression)) {
      if (value.to_int64()) numbers.push_back(value);
    }
  }
  if (numbers.size() == 1) return;
  for (auto& [name, values] : all) {
    const bool words = std::any_of(values.begin(), values.end(),
                                   [](const Value& value) { return !value.to_int64(); });
    if (!words) values.insert(values.end(), numbers.begin(), numbers.end());
  }
}

// Cases near the row: its own cells' values and their neighbours, the rest at random.
bool changes_an_answer(const Mutant& mutant, const decision::Model& shipped,
                       const decision::Model& changed) {
  const auto decisions = shipped.decisions();
  const decision::DecisionInfo* info = find(decisions, mutant.decision);
  if (info == nullptr || !info->table) return false;
  auto all = all_candidates(shipped, *info);
  add_behind(decisions, *info->table, all);
  const auto near = row_candidates(all, *info->table, static_cast<std::size_t>(mutant.row) - 1);
  // The values at which one takes the case and the other does not show a shifted bound.
  std::map<std::string, std::vector<Value>> edge;
  const auto changed_decisions = changed.decisions();
  const decision::DecisionInfo* other = find(changed_decisions, mutant.decision);
  if (other->table->rules.size() == info->table->rules.size()) {
    const auto moved = row_candidates(all, *other->table, static_cast<std::size_t>(mutant.row) - 1);
    for (const auto& [name, values] : all) {
      const auto in = [&name = name](const auto& of, const Value& value) {
        return std::find(of.at(name).begin(), of.at(name).end(), value) != of.at(name).end();
      };
      for (const Value& value : values) {
        if (in(near, value) != in(moved, value)) edge[name].push_back(value);
      }
    }
  }
  std::mt19937_64 random(5);
  for (int tries = 0; tries < 10'000; ++tries) {
    Context inputs = random_case(*info, near, random);
    for (const auto& input : info->inputs) {
      if (near.at(input.name).empty()) inputs.set(input.name, any_of(all.at(input.name), random));
    }
    for (const auto& [name, values] : edge) inputs.set(name, any_of(values, random));
    const auto before = shipped.evaluate(mutant.decision, inputs);
    const auto after = changed.evaluate(mutant.decision, inputs);
    if (!(before.value == after.value)) return true;
  }
  return false;
}

TEST(Mutation, every_mutant_is_caught_or_changes_an_answer) {
  const auto loaded = Models::load("decisions");
  ASSERT_TRUE(loaded);
  std::mt19937_64 random(3);
  int mutants = 0, by_analysis = 0, by_answers = 0;
  std::string neither;
  for (const ModelFile& file : loaded->files()) {
    if (file.file.starts_with("packs")) continue;  // the gate mutates its own
    auto rules = rules_of(*file.bytes);
    std::shuffle(rules.begin(), rules.end(), random);
    if (rules.size() > 12) rules.resize(12);
    std::vector<Mutant> of_file;
    for (const Rule& rule : rules) {
      of_file.push_back(deleted(file, rule));
      if (auto mutant = shifted(file, rule, random)) of_file.push_back(std::move(*mutant));
    }
    for (const Mutant& mutant : of_file) {
      const auto changed = decision::Model::parse(mutant.bytes, mutant.file);
      ASSERT_TRUE(changed) << changed.error().message;
      ++mutants;
      if (caught(*changed)) {
        ++by_analysis;
      } else if (changes_an_answer(mutant, *file.model, *changed)) {
        ++by_answers;
      } else {
        neither += mutant.file + " " + mutant.decision + " row " + std::to_string(mutant.row) +
                   ", " + mutant.what + "\n";
      }
    }
  }
  const int left = mutants - by_analysis - by_answers;
  std::cout << mutants << " mutants: " << by_analysis << " caught by the analysis, " << by_answers
            << " more change an answer, " << left << " neither\n"
            << neither;
  EXPECT_GT(mutants, 80);
  EXPECT_GT(by_analysis, mutants / 4);
  EXPECT_LE(left, mutants / 10);  // such as [3000..6000) made [2999..6000) below "< 3000"
}

}  // namespace
}  // namespace strategy
