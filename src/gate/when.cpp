#include "gate/when.h"

#include <algorithm>

namespace gate {

namespace {

// A festival week with a hold and a cooldown takes a dozen steps; a pack that never opens ends
// here.
constexpr int kStepsMax = 40;

struct Search {
  const PackSet& packs;
  const History& history;

  int open_minute() const { return packs.largest(&PackOptions::open_minute, 0); }

  kernel::Instant next_opening(kernel::Instant t) const {
    const Zone local = history.local();
    const kernel::Instant today = local.at(local.date(t), open_minute());
    return t < today ? today : local.at(local.date(t).plus_days(1), open_minute());
  }

  std::optional<kernel::Instant> after_cooldown(kernel::Instant t) const {
    const std::int64_t gap = packs.largest(&PackOptions::gap_minutes, 0);
    std::optional<kernel::Instant> end;
    for (const Touch& touch : history.touches) {
      if (!touch.same_person || !touch.contact || !touch.settled) continue;
      const kernel::Instant free = touch.at.plus_seconds(gap * 60);
      if (free > t && (!end || free > *end)) end = free;
    }
    return end;
  }

  std::optional<kernel::Instant> next_lifting(kernel::Instant t) const {
    std::optional<kernel::Instant> next;
    for (const HoldSpan& hold : history.holds) {
      if (!hold.until) continue;
      const kernel::Instant free = history.local().at(hold.until->plus_days(1), 0);
      if (free > t && (!next || free < *next)) next = free;
    }
    return next;
  }

  // The next moment after t at which this rule may answer differently.
  std::optional<kernel::Instant> next_chance(const Refusal& refusal, kernel::Instant t) const {
    if (refusal.again == "at_open") return next_opening(t);
    if (refusal.again == "next_day")
      return history.local().at(history.local().date(t).plus_days(1), open_minute());
    if (refusal.again == "after_cooldown") return after_cooldown(t);
    if (refusal.again == "when_lifted") return next_lifting(t);
    return std::nullopt;
  }

  std::vector<Refusal> fired_at(kernel::Instant t) const {
    return packs.refusals(facts_at(history, packs.calendar(), t));
  }

  std::optional<kernel::Instant> free_of(const Refusal& refusal, kernel::Instant now) const {
    std::optional<kernel::Instant> t = now;
    for (int step = 0; step < kStepsMax; ++step) {
      t = next_chance(refusal, *t);
      if (!t) return std::nullopt;
      const std::vector<Refusal> fired = fired_at(*t);
      const bool still = std::any_of(fired.begin(), fired.end(), [&](const Refusal& other) {
        return other.pack == refusal.pack && other.rule_id == refusal.rule_id;
      });
      if (!still) return t;
    }
    return std::nullopt;
  }
};

}  // namespace

std::optional<kernel::Instant> find_allowed_at(const PackSet& packs, const History& history,
                                               kernel::Instant now,
                                               std::vector<Refusal>& refusals) {
  const Search search{packs, history};
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
    const std::vector<Refusal> fired = search.fired_at(t);
    if (fired.empty()) return t;
    kernel::Instant next = t;
    for (const Refusal& refusal : fired) {
      const auto chance = search.next_chance(refusal, t);
      if (!chance) return std::nullopt;
      next = std::max(next, *chance);
    }
    t = next;
  }
  return std::nullopt;
}

}  // namespace gate
