#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "score/types.h"

namespace score {

namespace {

kernel::Error wrong(const decision::Model& model, std::string what) {
  return {kernel::Code::invalid_input, std::move(what), model.name()};
}

std::optional<int> whole_number(const std::string& text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// The most points any row gives: what a shortfall is measured from.
kernel::Result<int> best_points(const decision::Model& model, const std::string& decision,
                                const decision::TableInfo& table) {
  const bool shaped = table.outputs.size() == 2 && table.outputs[0].name == "points" &&
                      table.outputs[1].name == "reason" && !table.rules.empty();
  if (!shaped) return wrong(model, decision + " must give points and a reason");
  int best = std::numeric_limits<int>::min();
  for (const decision::RuleText& rule : table.rules) {
    const std::optional<int> points = whole_number(rule.outputs[0]);
    if (!points) return wrong(model, decision + ", " + rule.id + ": points is a whole number");
    best = std::max(best, *points);
  }
  return best;
}

// Points and reasons of one score while its characteristics are added up.
struct Sums {
  explicit Sums(std::size_t rows) : points(rows), shortfall(rows), reason(rows, -1) {}
  std::vector<std::int32_t> points, shortfall;
  std::vector<std::int16_t> reason;  // of the largest shortfall so far; the first one wins a tie
  std::vector<std::string> words;

  std::int16_t word(const std::string& text) {
    const auto at =
        static_cast<std::size_t>(std::find(words.begin(), words.end(), text) - words.begin());
    if (at == words.size()) words.push_back(text);
    return static_cast<std::int16_t>(at);
  }
};

kernel::Status add_characteristic(column::Sheet& accounts, const decision::Model& scorecard,
                                  const Characteristic& characteristic, unsigned threads,
                                  Sums& sums) {
  const book::TableRun run{.decision = characteristic.decision,
                           .number_types = {{"points", column::Type::i32}},
                           .outputs = {"points", "reason"},
                           .threads = threads};
  TRY(book::decide_by_table(accounts, scorecard, run));
  const auto points = accounts.get<std::int32_t>("points");
  const column::Codes reasons = accounts.codes("reason");
  std::vector<std::int16_t> renamed;
  for (const std::string& word : *reasons.words) renamed.push_back(sums.word(word));
  book::over_rows(accounts.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      sums.points[row] += points[row];
      const std::int32_t shortfall = characteristic.best_points - points[row];
      if (shortfall <= sums.shortfall[row] || reasons.values[row] < 0) continue;
      sums.shortfall[row] = shortfall;
      sums.reason[row] = renamed[static_cast<std::size_t>(reasons.values[row])];
    }
  });
  for (const char* name : {"points", "reason"}) accounts.drop(name);
  accounts.drop(characteristic.decision + "_row");
  return kernel::Ok{};
}

kernel::Status decide_score(column::Sheet& accounts, const decision::Model& scorecard,
                            const std::string& name, unsigned threads) {
  TRY_ASSIGN(const Score score, read_score(scorecard, name));
  Sums sums(accounts.rows());
  for (const Characteristic& characteristic : score.characteristics) {
    TRY(add_characteristic(accounts, scorecard, characteristic, threads, sums));
  }
  const auto out = accounts.add<std::int16_t>(name);
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    const std::int32_t total = sums.points[row] + score.base_points;
    out[row] = static_cast<std::int16_t>(total);
    if (out[row] != total) return wrong(scorecard, name + " does not fit its column");
  }
  const auto reason = accounts.add_codes(name + "_reason", sums.words);
  std::copy(sums.reason.begin(), sums.reason.end(), reason.begin());
  return kernel::Ok{};
}

}  // namespace

kernel::Result<Score> read_score(const decision::Model& scorecard, const std::string& name) {
  Score score{.name = name};
  const std::string base = name + "_base";
  if (scorecard.has(base)) {
    const auto points = scorecard.evaluate(base, {}).value.to_int64();
    if (!points) return wrong(scorecard, base + " must be a whole number");
    score.base_points = static_cast<int>(*points);
  }
  for (const decision::DecisionInfo& info : scorecard.decisions()) {
    if (!info.name.starts_with(name + "_") || info.name == base) continue;
    if (!info.table) return wrong(scorecard, info.name + " must be a decision table");
    TRY_ASSIGN(const int best, best_points(scorecard, info.name, *info.table));
    score.characteristics.push_back({info.name, best});
  }
  if (score.characteristics.empty()) return wrong(scorecard, "no table is named " + name + "_*");
  return score;
}

kernel::Status decide_scores(column::Sheet& accounts, const decision::Model& scorecard,
                             kernel::Date date, unsigned threads) {
  decide_facts(accounts, date, threads);
  TRY(decide_score(accounts, scorecard, "willingness", threads));
  return decide_score(accounts, scorecard, "ability", threads);
}

}  // namespace score
