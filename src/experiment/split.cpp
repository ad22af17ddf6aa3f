#include "experiment/split.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace experiment {

namespace {

struct Member {
  const Unit* unit;
  std::uint64_t number;
  bool challenger = false;
};
using Strata = std::map<std::string, std::vector<Member>>;

std::string why_left_out(const SplitInput& input, const column::Texts& customer_no,
                         const Unit& unit) {
  if (!unit.flag.empty()) return std::string(unit.flag);
  for (const std::size_t row : unit.customers) {
    const auto held = input.held.find(std::string(customer_no.at(row)));
    if (held != input.held.end()) return held->second;
  }
  return input.elsewhere.contains(unit.person_no) ? "other_experiment" : "";
}

// In each stratum the persons with the lowest numbers go to the challenger: as many as its share,
// and what does not come out even is carried to the next stratum, from a start the seed gives. So
// each stratum and the whole are exact to one person, and no small stratum is always rounded down.
void decide_challengers(const Request& asked, Strata& strata) {
  const std::uint64_t start = split_number(asked.seed, asked.name, "") % 10'000;
  std::int64_t sum = static_cast<std::int64_t>(start);
  for (auto& [stratum, members] : strata) {
    std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return std::pair(a.number, a.unit->person_no) < std::pair(b.number, b.unit->person_no);
    });
    const std::int64_t before = sum / 10'000;
    sum += static_cast<std::int64_t>(members.size()) * asked.share_bps;
    const auto wanted = static_cast<std::size_t>(sum / 10'000 - before);
    for (std::size_t i = 0; i < wanted; ++i) members[i].challenger = true;
  }
}

// Mean and variance of one column in each arm.
class Balance {
 public:
  explicit Balance(std::string name) : name_(std::move(name)) {}
  void add(bool challenger, double value) {
    Arm& arm = challenger ? challenger_ : champion_;
    ++arm.count;
    const double delta = value - arm.mean;
    arm.mean += delta / arm.count;
    arm.squares += delta * (value - arm.mean);
  }
  BalanceLine line() const {
    const double pooled = std::sqrt((challenger_.variance() + champion_.variance()) / 2);
    const double gap = challenger_.mean - champion_.mean;
    return {name_, challenger_.mean, champion_.mean, pooled > 0 ? gap / pooled : 0};
  }

 private:
  struct Arm {
    double count = 0, mean = 0, squares = 0;
    double variance() const { return count > 1 ? squares / (count - 1) : 0; }
  };
  std::string name_;
  Arm challenger_, champion_;
};

std::optional<double> number_at(const column::Sheet& sheet, const std::string& name,
                                std::size_t row) {
  if (!sheet.has(name)) return std::nullopt;
  switch (sheet.type(name)) {
    case column::Type::i8:
      return sheet.get<std::int8_t>(name)[row];
    case column::Type::i16:
      return sheet.get<std::int16_t>(name)[row];
    case column::Type::i32:
      return sheet.get<std::int32_t>(name)[row];
    case column::Type::i64:
      return static_cast<double>(sheet.get<std::int64_t>(name)[row]);
    default:
      return std::nullopt;
  }
}

// Facts of the worst account known before the split; none of them can be an effect of it.
std::vector<BalanceLine> decide_balance(const column::Sheet& accounts, const Strata& strata) {
  std::vector<BalanceLine> lines;
  for (const char* name : {"dpd", "overdue_fen", "balance_fen", "willingness", "ability",
                           "paid_30d_fen", "broken_promises", "months_on_book"}) {
    if (!accounts.has(name)) continue;
    Balance balance(name);
    for (const auto& [stratum, members] : strata) {
      for (const Member& member : members) {
        if (const auto value = number_at(accounts, name, member.unit->worst)) {
          balance.add(member.challenger, *value);
        }
      }
    }
    lines.push_back(balance.line());
  }
  return lines;
}

}  // namespace

Split decide_split(const SplitInput& input) {
  const std::vector<Unit> units = units_of(input.accounts, input.customers, input.person_of);
  const Population population(input.accounts, input.asked.buckets);
  const column::Texts customer_no = input.customers.texts("customer_no");
  Strata strata;
  std::map<std::string, std::int64_t> left_out;
  for (const Unit& unit : units) {
    if (!population.has(unit)) continue;
    if (const std::string why = why_left_out(input, customer_no, unit); !why.empty()) {
      ++left_out[why];
      continue;
    }
    strata[stratum_of(input.accounts, input.asked.strata, unit)].push_back(
        {&unit, split_number(input.asked.seed, input.asked.name, unit.person_no)});
  }
  decide_challengers(input.asked, strata);

  Split split;
  for (const auto& [stratum, members] : strata) {
    StratumLine line{stratum, static_cast<std::int64_t>(members.size()), 0};
    for (const Member& member : members) {
      line.challenger += member.challenger ? 1 : 0;
      const std::string_view arm =
          member.challenger ? strategy::arm_challenger : strategy::arm_champion;
      for (std::size_t i = 0; i < member.unit->customers.size(); ++i) {
        split.assigned.push_back({std::string(customer_no.at(member.unit->customers[i])),
                                  std::string(member.unit->person_no), std::string(arm), stratum,
                                  member.unit->overdue_fen[i]});
      }
    }
    split.report.persons += line.persons;
    split.report.challenger += line.challenger;
    split.report.strata.push_back(std::move(line));
  }
  for (const auto& [reason, persons] : left_out) split.report.left_out.push_back({reason, persons});
  split.report.balance = decide_balance(input.accounts, strata);
  std::sort(split.assigned.begin(), split.assigned.end(),
            [](const Assigned& a, const Assigned& b) { return a.customer_no < b.customer_no; });
  return split;
}

std::int64_t count_shared(const std::vector<Assigned>& assigned,
                          const std::vector<SharedNumber>& shared) {
  std::unordered_map<std::string_view, bool> challenger;
  for (const Assigned& one : assigned) {
    challenger[one.customer_no] = one.arm == strategy::arm_challenger;
  }
  std::int64_t both = 0;
  for (const SharedNumber& customers : shared) {
    bool in[2] = {false, false};
    for (const std::string& customer_no : customers) {
      if (const auto found = challenger.find(customer_no); found != challenger.end()) {
        in[found->second ? 1 : 0] = true;
      }
    }
    both += in[0] && in[1] ? 1 : 0;
  }
  return both;
}

}  // namespace experiment
