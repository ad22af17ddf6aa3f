#include "strategy/journey.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "strategy/journey_report.h"
#include "strategy/journey_walk.h"

namespace strategy {

namespace {

// What happens to an account besides days going by.
struct Promises {
  std::int64_t from_dpd = 0;
  std::int64_t count = 0;  // made and broken, one after another
};
constexpr std::int64_t kOpenNights = 8, kBrokenNights = 14, kBrokenShown = 90;

struct Path {
  const JourneySegment* segment = nullptr;
  Promises promises;
  unsigned contacts = 0;  // of the last seven nights, a bit each
  std::set<std::string> had;
  std::string current;
  int same_nights = 0, quiet_nights = 0;
  bool quiet_told = false;
  std::vector<WalkedNight> nights;  // those on which the treatment changed
};

JourneyState state_of(const Path& path, const JourneyTables& tables, std::int64_t night) {
  const JourneySegment& segment = *path.segment;
  JourneyState state;
  state.product = segment.product;
  state.grade = segment.grade;
  state.approach = segment.approach;
  state.balance_fen = segment.balance_fen;
  state.dpd = std::max<std::int64_t>(0, night);
  state.due_in_days = night <= 0 ? -night : -1;
  state.overdue_fen = night > 0 ? segment.overdue_fen : 0;
  state.bucket = tables.buckets()[static_cast<std::size_t>(state.dpd)];
  state.contacts_7d = __builtin_popcount(path.contacts & 0x7fU);
  const Promises& promises = path.promises;
  const std::int64_t since = night - promises.from_dpd;
  if (promises.count == 0 || since < 0) return state;
  const std::int64_t whole = kOpenNights + kBrokenNights;
  if (since < whole * promises.count) {
    state.promise_days = since % whole - kOpenNights + 1;
    state.promise = state.promise_days <= 0 ? "open" : "broken";
    state.broken_promises = since / whole + (state.promise_days > 0 ? 1 : 0);
    return state;
  }
  state.broken_promises = promises.count;
  state.promise_days = since - whole * promises.count + kBrokenNights + 1;
  if (state.promise_days <= kBrokenShown) state.promise = "broken";
  if (state.promise == "none") state.promise_days = 0;
  return state;
}

class JourneyCheck {
 public:
  JourneyCheck(const Models& models, const JourneyRules& rules, const JourneyTables& tables)
      : rules_(rules), tables_(tables), report_(tables), packs_(models) {}

  kernel::Result<std::vector<JourneyFinding>> run() {
    check_stages();
    make_paths();
    TRY(walk());
    TRY(check_payment());
    TRY(check_holds());
    return report_.take();
  }

 private:
  void make_paths() {
    std::vector<std::int64_t> starts;  // of each stage
    for (std::size_t dpd = 1; dpd < tables_.buckets().size(); ++dpd) {
      if (tables_.buckets()[dpd] != tables_.buckets()[dpd - 1]) {
        starts.push_back(static_cast<std::int64_t>(dpd));
      }
    }
    for (const JourneySegment& segment : tables_.segments()) {
      add_path(segment, {});
      for (const std::int64_t start : starts) {
        for (const std::int64_t count : {1, 3}) add_path(segment, {start + 1, count});
      }
    }
  }
  void add_path(const JourneySegment& segment, Promises promises) {
    Path path;
    path.segment = &segment;
    path.promises = promises;
    paths_.push_back(std::move(path));
  }

  // Stages follow each other as the days go by: none is skipped, and none comes again.
  void check_stages() {
    const auto& order = tables_.bucket_order();
    const auto place = [&](const std::string& bucket) {
      return std::find(order.begin(), order.end(), bucket) - order.begin();
    };
    for (std::size_t dpd = 1; dpd < tables_.buckets().size(); ++dpd) {
      const std::string &was = tables_.buckets()[dpd - 1], &is = tables_.buckets()[dpd];
      const auto step = place(is) - place(was);
      if (step == 0 || step == 1) continue;
      JourneyFinding finding{"skipped_stage", "error", "", "", "", {}};
      finding.message_zh = fmt::format("逾期第 {} 天的阶段是“{}”，第 {} 天是“{}”：阶段须依次经过",
                                       dpd - 1, was, dpd, is);
      finding.message_en = fmt::format(
          "the stage is \"{}\" on day {} past due and \"{}\" on day {}: stages follow each other",
          was, dpd - 1, is, dpd);
      finding.path.push_back({{{"dpd", std::to_string(dpd - 1)}}, was, 0});
      finding.path.push_back({{{"dpd", std::to_string(dpd)}}, is, 0});
      report_.add("skipped_stage", std::move(finding));
    }
  }

  kernel::Status walk() {
    constexpr std::int64_t kBeforeDue = 7;
    for (std::int64_t night = -kBeforeDue; night <= rules_.nights; ++night) {
      std::vector<JourneyState> states;
      for (const Path& path : paths_) states.push_back(state_of(path, tables_, night));
      TRY_ASSIGN(const auto answers, tables_.decide(states));
      for (std::size_t i = 0; i < paths_.size(); ++i) live(paths_[i], states[i], answers[i]);
    }
    for (const Path& path : paths_) check_end(path);
    return kernel::Ok{};
  }

  // One night of one account.
  void live(Path& path, const JourneyState& state, const std::optional<JourneyAnswer>& answer) {
    const std::string treatment = answer ? answer->treatment : "";
    const bool changed = treatment != path.current || path.nights.empty();
    if (changed) path.nights.push_back({state, treatment, answer ? answer->row : 0});
    path.same_nights = changed ? 1 : path.same_nights + 1;
    path.current = treatment;
    path.contacts <<= 1;
    if (!answer) {
      report_.add(say_no_answer(), path.nights);
      return;
    }
    if (answer->channel != "none") path.contacts |= 1U;
    if (changed) check_before(path, *answer);
    path.had.insert(treatment);
    const bool unknown = !rules_.levels.contains(treatment);
    if (unknown) report_.add(say_no_level(treatment), path.nights);
    const bool quiet = rules_.level(treatment) == 0 && state.dpd > 0 && !unknown &&
                       answer->work == "none" && state.promise != "open";
    path.quiet_nights = quiet ? path.quiet_nights + 1 : 0;
    if (path.quiet_nights <= rules_.quiet_nights || path.quiet_told) return;
    path.quiet_told = true;
    auto nights = path.nights;
    nights.push_back({state, treatment, answer->row});
    report_.add(say_quiet(treatment, rules_.quiet_nights), std::move(nights));
  }

  void check_before(const Path& path, const JourneyAnswer& answer) {
    for (const JourneyRules::Before& before : rules_.before) {
      if (!before.treatments.contains(answer.treatment)) continue;
      const bool had =
          std::any_of(before.needs.begin(), before.needs.end(),
                      [&](const std::string& need) { return path.had.contains(need); });
      if (!had) report_.add(say_out_of_order(answer.treatment, before), path.nights);
    }
  }

  void check_end(const Path& path) {
    const bool for_good = path.same_nights > rules_.quiet_nights;
    if (!for_good || path.current.empty() || rules_.last.contains(path.current)) return;
    report_.add(say_for_good(path.current), path.nights);
  }

  // Whatever was before, payment in full ends it the next night.
  kernel::Status check_payment() {
    struct Promise {
      const char* promise;
      std::int64_t days, broken;
    };
    constexpr std::array<Promise, 7> promises = {{{"none", 0, 0},
                                                  {"kept", 0, 0},
                                                  {"kept", 1, 1},
                                                  {"broken", 2, 1},
                                                  {"broken", 5, 3},
                                                  {"broken", 10, 4},
                                                  {"none", 0, 4}}};
    std::vector<JourneyState> paid, owed;
    for (const JourneySegment& segment : tables_.segments()) {
      for (const Promise& promise : promises) {
        for (const std::int64_t contacts : {0, 3, 7}) {
          Path path;
          path.segment = &segment;
          JourneyState state = state_of(path, tables_, std::min(rules_.nights, 200));
          state.promise = promise.promise;
          state.promise_days = promise.days;
          state.broken_promises = promise.broken;
          state.contacts_7d = contacts;
          if (state.promise == "kept") state.promise = "open";
          owed.push_back(state);
          state.promise = promise.promise;
          state.dpd = state.overdue_fen = 0;
          state.bucket = tables_.buckets()[0];
          state.due_in_days = 20;
          paid.push_back(state);
        }
      }
    }
    TRY_ASSIGN(const auto before, tables_.decide(owed));
    TRY_ASSIGN(const auto after, tables_.decide(paid));
    for (std::size_t i = 0; i < paid.size(); ++i) {
      const std::string was = before[i] ? before[i]->treatment : "";
      const std::string is = after[i] ? after[i]->treatment : "";
      std::vector<WalkedNight> nights = {{owed[i], was, before[i] ? before[i]->row : 0},
                                         {paid[i], is, after[i] ? after[i]->row : 0}};
      if (is.empty()) {
        report_.add(say_no_answer(), std::move(nights));
      } else if (rules_.level(is) > rules_.level_after_payment) {
        report_.add(say_stuck(is), std::move(nights));
      }
    }
    return kernel::Ok{};
  }

  // Under a hold, no channel that a pack refuses however the rest may be.
  kernel::Status check_holds() {
    std::vector<JourneyState> states;
    for (const JourneySegment& segment : tables_.segments()) {
      for (const std::string& flag : tables_.flags()) {
        for (std::size_t dpd = 0; dpd < tables_.buckets().size(); ++dpd) {
          const bool stage = dpd == 0 || tables_.buckets()[dpd] != tables_.buckets()[dpd - 1];
          if (!stage) continue;
          Path path;
          path.segment = &segment;
          states.push_back(state_of(path, tables_, static_cast<std::int64_t>(dpd)));
          states.back().flag = flag;
          if (dpd == 0) states.back().due_in_days = 3;
        }
      }
    }
    TRY_ASSIGN(const auto answers, tables_.decide(states));
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (!answers[i]) {
        report_.add(say_no_answer(), {{states[i], "", 0}});
        continue;
      }
      if (answers[i]->channel == "none") continue;
      const auto script = rules_.scripts.find(answers[i]->script);
      const auto refused =
          packs_.refused(states[i], *answers[i],
                         script == rules_.scripts.end() ? JourneyRules::Asks{} : script->second);
      if (refused.empty()) continue;
      report_.add(
          say_not_permitted(answers[i]->treatment, answers[i]->channel, states[i].flag, refused),
          {{states[i], answers[i]->treatment, answers[i]->row}});
    }
    return kernel::Ok{};
  }

  const JourneyRules& rules_;
  const JourneyTables& tables_;
  JourneyReport report_;
  JourneyPacks packs_;
  std::vector<Path> paths_;
};

}  // namespace

kernel::Result<std::vector<JourneyFinding>> check_journey(const Models& models,
                                                          const JourneyRules& rules) {
  TRY_ASSIGN(const JourneyTables tables, JourneyTables::prepare(models, rules.nights));
  return JourneyCheck(models, rules, tables).run();
}

}  // namespace strategy
