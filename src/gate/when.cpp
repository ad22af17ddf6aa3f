#include "gate/when.h"

#include <algorithm>
#include <deque>

namespace gate {

namespace {

// A festival week with a hold and a cooldown takes a dozen steps; a pack that never opens ends
// here.
constexpr int kStepsMax = 40;

bool is_same_rule(const Refusal& a, const Refusal& b) {
  return &a == &b || (a.rule_id == b.rule_id && a.pack == b.pack);
}

class Search {
 public:
  Search(const PackSet& packs, const History& history)
      : packs_(packs),
        history_(history),
        applicable_(packs.applicable(history.jurisdiction, history.products)),
        local_(history.local()),
        open_minute_(packs.largest(&PackOptions::open_minute, 0, applicable_)),
        gap_minutes_(packs.largest(&PackOptions::gap_minutes, 0, applicable_)) {}

  // The next moment after t at which this rule may answer differently.
  std::optional<kernel::Instant> next_chance(const Refusal& refusal, kernel::Instant t) const {
    const auto chance = by_its_words(refusal, t);
    const auto ended = kernel::Date::parse(refusal.effective_until);
    if (!ended) return chance;
    const kernel::Instant over = local_.at(ended->plus_days(1), open_minute_);
    return over > t && (!chance || over < *chance) ? over : chance;
  }

  std::optional<kernel::Instant> by_its_words(const Refusal& refusal, kernel::Instant t) const {
    if (refusal.again == "at_open") return next_opening(t);
    if (refusal.again == "next_day") return local_.at(local_.date(t).plus_days(1), open_minute_);
    if (refusal.again == "after_cooldown") return after_cooldown(t);
    if (refusal.again == "when_lifted") return next_lifting(t);
    return std::nullopt;
  }

  // Many rules come to the same moments: each is asked about once.
  const Verdict& fired_at(kernel::Instant t) {
    for (const Moment& known : moments_)
      if (known.at == t) return known.verdict;
    Moment& made = moments_.emplace_back();
    made.at = t;
    packs_.check(facts_at(history_, packs_.calendar(), t), applicable_, made.verdict);
    return made.verdict;
  }

  std::optional<kernel::Instant> free_of(const Refusal& refusal, kernel::Instant now) {
    std::optional<kernel::Instant> t = now;
    for (int step = 0; step < kStepsMax; ++step) {
      t = next_chance(refusal, *t);
      if (!t) return std::nullopt;
      const auto& fired = fired_at(*t).rows();
      if (std::none_of(fired.begin(), fired.end(),
                       [&](const Refusal* other) { return is_same_rule(*other, refusal); }))
        return t;
    }
    return std::nullopt;
  }

 private:
  struct Moment {
    kernel::Instant at;
    Verdict verdict;
  };

  kernel::Instant next_opening(kernel::Instant t) const {
    const kernel::Instant today = local_.at(local_.date(t), open_minute_);
    return t < today ? today : local_.at(local_.date(t).plus_days(1), open_minute_);
  }

  std::optional<kernel::Instant> after_cooldown(kernel::Instant t) const {
    std::optional<kernel::Instant> end;
    for (const Touch& touch : history_.touches) {
      if (!touch.same_person || !touch.contact || !touch.settled) continue;
      const kernel::Instant free = touch.at.plus_seconds(gap_minutes_ * 60);
      if (free > t && (!end || free > *end)) end = free;
    }
    return end;
  }

  std::optional<kernel::Instant> next_lifting(kernel::Instant t) const {
    std::optional<kernel::Instant> next;
    for (const HoldSpan& hold : history_.holds) {
      if (!hold.until) continue;
      const kernel::Instant free = local_.at(hold.until->plus_days(1), 0);
      if (free > t && (!next || free < *next)) next = free;
    }
    return next;
  }

  const PackSet& packs_;
  const History& history_;
  const Applicable& applicable_;
  const Zone local_;
  const int open_minute_;
  const std::int64_t gap_minutes_;
  std::deque<Moment> moments_;
};

}  // namespace

std::optional<kernel::Instant> find_allowed_at(const PackSet& packs, const History& history,
                                               kernel::Instant now,
                                               std::vector<Refusal>& refusals) {
  Search search(packs, history);
  bool can_tell = true;
  kernel::Instant t = now;
  for (Refusal& refusal : refusals) {
    refusal.allowed_at = search.free_of(refusal, now);
    if (refusal.allowed_at)
      t = std::max(t, *refusal.allowed_at);
    else
      can_tell = false;
  }
  for (int step = 0; can_tell && step < kStepsMax; ++step) {
    // Rules may fire at t that did not at first: midnight frees the caps and closes the hours.
    const Verdict& fired = search.fired_at(t);
    if (fired.allowed()) return t;
    kernel::Instant next = t;
    for (const Refusal* refusal : fired.rows()) {
      const auto chance = search.next_chance(*refusal, t);
      if (!chance) return std::nullopt;
      next = std::max(next, *chance);
    }
    t = next;
  }
  return std::nullopt;
}

}  // namespace gate
