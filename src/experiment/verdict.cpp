#include "experiment/verdict.h"

#include <algorithm>
#include <cmath>

#include "experiment/statistics.h"

namespace experiment {

namespace {

class Judge {
 public:
  Judge(const Experiment& experiment, const SplitReport& split, const Outcomes& outcomes,
        const Rules& rules, kernel::Date today)
      : e_(experiment), split_(split), outcomes_(outcomes), rules_(rules) {
    out_.as_of = today;
    share_ = static_cast<double>(e_.asked.share_bps) / 10'000;
  }

  kernel::Result<Verdict> judge() {
    out_.alpha = rules_.alpha();
    out_.margin_bps = e_.asked.margin_bps;
    out_.rules_version = rules_.version();
    if (!outcomes_.persons.empty()) {
      out_.first_results_on =
          outcomes_.persons.front().assigned_on.plus_days(e_.asked.horizon_days);
    }
    add_arms();
    add_limits();
    add_guards();
    TRY(add_checks());
    std::string checks = "ok";
    for (const CheckLine& line : out_.checks) {
      if (line.state == "bad" || (line.state == "warn" && checks == "ok")) checks = line.state;
    }
    const bool breached = std::any_of(out_.guards.begin(), out_.guards.end(),
                                      [](const auto& guard) { return guard.state == "breached"; });
    TRY_ASSIGN(Said said, rules_.verdict(checks, breached, out_.followed, out_.lower, out_.upper,
                                         e_.asked.margin_bps));
    out_.verdict = said.word;
    out_.advice = said.advice;
    out_.row = said.row;
    out_.rule_id = said.rule_id;
    out_.annotation = said.annotation;
    if (out_.verdict == "not_enough") add_expected();
    add_words(e_, out_);
    return std::move(out_);
  }

 private:
  void add_arms() {
    out_.arms.resize(2);
    out_.arms[0].arm = strategy::arm_champion;
    out_.arms[1].arm = strategy::arm_challenger;
    double sums[2] = {0, 0};
    for (const Followed& person : outcomes_.persons) {
      ArmLine& arm = out_.arms[person.challenger ? 1 : 0];
      ++arm.persons;
      arm.newcomers += person.newcomer ? 1 : 0;
      arm.complaints += person.complained_at ? 1 : 0;
      arm.held_later += person.held.empty() ? 0 : 1;
      if (!person.full) continue;
      if (!person.in_book) {
        ++arm.missing;
        continue;
      }
      ++arm.followed;
      arm.overdue_fen += person.overdue_fen;
      arm.recovered_fen += std::min(person.paid_fen, person.overdue_fen);
      arm.cured += person.cured ? 1 : 0;
      arm.contacts += person.contacts;
      sums[person.challenger ? 1 : 0] += outcome_of(person, e_.asked.metric);
    }
    for (int i = 0; i < 2; ++i) {
      ArmLine& arm = out_.arms[static_cast<std::size_t>(i)];
      if (arm.followed > 0) arm.mean = sums[i] / static_cast<double>(arm.followed);
    }
  }

  // The day's limits are those after all whose horizon was over that day.
  void add_limits() {
    DifferenceLimits limits(share_, rules_.alpha(), split_.persons, outcomes_.strata);
    const auto close_day = [&](kernel::Date date) {
      const Limits now = limits.limits();
      out_.days.push_back({date, now.persons, now.estimate, now.lower, now.upper});
    };
    std::optional<kernel::Date> day;
    for (const Followed& person : outcomes_.persons) {
      if (!person.full || !person.in_book) continue;
      const kernel::Date end = person.assigned_on.plus_days(e_.asked.horizon_days);
      if (day && end != *day) close_day(*day);
      day = end;
      limits.add(outcome_of(person, e_.asked.metric), person.challenger, person.stratum);
    }
    if (!day) return;
    close_day(*day);
    const DayLine& last = out_.days.back();
    out_.followed = last.followed;
    out_.estimate = last.estimate;
    out_.lower = last.lower;
    out_.upper = last.upper;
  }

  bool guarded(std::string_view guard) const {
    return std::find(e_.asked.guards.begin(), e_.asked.guards.end(), guard) !=
           e_.asked.guards.end();
  }

  void add_guards() {
    if (guarded("complaints")) add_complaints();
    if (guarded("contacts")) add_contacts();
  }

  // First complaints in the order they came, each against who could still have made one.
  void add_complaints() {
    std::vector<const Followed*> complained;
    for (const Followed& person : outcomes_.persons) {
      if (person.complained_at) complained.push_back(&person);
    }
    std::sort(complained.begin(), complained.end(), [](const Followed* a, const Followed* b) {
      return std::tie(*a->complained_at, a->person_no) < std::tie(*b->complained_at, b->person_no);
    });
    EventEvidence evidence;
    double at_risk = 0, challengers = 0, gone = 0, gone_challengers = 0;
    std::size_t next = 0;
    double highest = 1;
    for (const Followed* person : complained) {
      for (; next < outcomes_.persons.size() &&
             outcomes_.persons[next].assigned_on <= person->complained_at->china_date();
           ++next) {
        at_risk += 1;
        challengers += outcomes_.persons[next].challenger ? 1 : 0;
      }
      evidence.add(person->challenger, challengers - gone_challengers, at_risk - gone);
      gone += 1;
      gone_challengers += person->challenger ? 1 : 0;
      highest = std::max(highest, evidence.evidence());
    }
    const double limit = 1 / rules_.guard_alpha();
    // Once passed it stays passed: the chance of a false alarm is over all time.
    out_.guards.push_back({"complaints", highest >= limit ? "breached" : "ok", highest, limit});
  }

  void add_contacts() {
    DifferenceLimits limits(share_, 2 * rules_.guard_alpha(), split_.persons, outcomes_.strata);
    const auto cap = static_cast<double>(rules_.contact_cap());
    double lowest = -cap;
    for (const Followed& person : outcomes_.persons) {
      if (!person.full || !person.in_book) continue;
      const double contacts = std::min(static_cast<double>(person.contacts), cap);
      limits.add(contacts / cap, person.challenger, person.stratum);
      lowest = std::max(lowest, limits.limits().lower * cap);
    }
    out_.guards.push_back({"contacts", lowest > rules_.contact_margin() ? "breached" : "ok", lowest,
                           rules_.contact_margin()});
  }

  kernel::Status add_check(const char* check, double value, std::int64_t count) {
    TRY_ASSIGN(Said said, rules_.check_state(check, value));
    out_.checks.push_back({check, said.word, value, count, said.annotation});
    return kernel::Ok{};
  }

  kernel::Status add_ratio(const char* check, std::int64_t ArmLine::*count) {
    const std::int64_t challenger = out_.arms[1].*count, all = challenger + out_.arms[0].*count;
    return add_check(check, sample_ratio_p(challenger, all, share_), all);
  }

  // Among those held later, the arm's part of all persons is the share to expect.
  kernel::Status add_held() {
    const std::int64_t challenger = out_.arms[1].held_later;
    const std::int64_t all = challenger + out_.arms[0].held_later;
    return add_check("held_ratio", sample_ratio_p(challenger, all, share_), all);
  }

  kernel::Status add_checks() {
    if (outcomes_.persons.empty()) return kernel::Ok{};
    TRY(add_ratio("sample_ratio", &ArmLine::persons));
    TRY(add_ratio("followed_ratio", &ArmLine::followed));
    TRY(add_held());
    const auto persons = static_cast<double>(outcomes_.persons.size());
    std::int64_t mixed = 0;
    for (const Followed& person : outcomes_.persons) mixed += person.other_table > 0 ? 1 : 0;
    TRY(add_check("other_table", static_cast<double>(mixed) / persons, mixed));
    TRY(add_check("shared_number", static_cast<double>(split_.shared_numbers) / persons,
                  split_.shared_numbers));
    double furthest = 0;
    for (const BalanceLine& line : split_.balance) {
      furthest = std::max(furthest, std::fabs(line.difference));
    }
    TRY(add_check("balance", furthest, static_cast<std::int64_t>(split_.balance.size())));
    const auto versions = static_cast<std::int64_t>(outcomes_.champion_versions.size());
    const std::int64_t changes = std::max<std::int64_t>(versions - 1, 0);
    return add_check("champion_changed", static_cast<double>(changes), changes);
  }

  // How many more, if the difference stays what it seems: until the limits leave out zero, or lie
  // within the margin.
  void add_expected() {
    if (out_.followed == 0) return;
    const double margin = static_cast<double>(e_.asked.margin_bps) / 10'000;
    const double gap = std::fabs(out_.estimate);
    const double wanted = gap > margin ? gap : std::max(margin - gap, margin / 4);
    const double half = (out_.upper - out_.lower) / 2;
    out_.more_persons = persons_needed(out_.followed, half, wanted) - out_.followed;
    std::int64_t newcomers = 0;
    std::optional<kernel::Date> last;
    for (const Followed& person : outcomes_.persons) {
      newcomers += person.newcomer ? 1 : 0;
      if (person.newcomer) last = std::max(last.value_or(person.assigned_on), person.assigned_on);
    }
    if (!last || newcomers == 0) return;
    const std::int64_t days = std::max<std::int64_t>(*last - e_.asked.start_date, 1);
    out_.more_days = (*out_.more_persons * days + newcomers - 1) / newcomers;
  }

  const Experiment& e_;
  const SplitReport& split_;
  const Outcomes& outcomes_;
  const Rules& rules_;
  double share_ = 0.5;
  Verdict out_;
};

}  // namespace

kernel::Result<Verdict> decide_verdict(const Experiment& experiment, const SplitReport& split,
                                       const Outcomes& outcomes, const Rules& rules,
                                       kernel::Date today) {
  return Judge(experiment, split, outcomes, rules, today).judge();
}

}  // namespace experiment
