#include "evidence/audit_recount.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "evidence/audit_lives.h"

namespace evidence {

namespace {

std::uint64_t hash_of(const Ref& ref) {  // random bytes already
  std::uint64_t hash = 0;
  std::memcpy(&hash, ref.data(), sizeof hash);
  return hash;
}

std::uint64_t hash_of(std::int64_t id) {  // ids made in one millisecond differ in the low bits
  std::uint64_t hash = static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ull;
  return hash ^ (hash >> 32);
}

std::string time_of(std::int64_t micros) {
  return kernel::Instant::from_micros(micros).format();
}

std::string word(std::int32_t number) {
  return number == no_value ? "null" : fmt::to_string(number);
}

}  // namespace

struct Recount::Lives {
  explicit Lives(const std::filesystem::path& folder) : of_persons(folder), of_numbers(folder) {}
  Spill<Life> of_persons;
  Spill<OnNumber> of_numbers;
};

Recount::Recount(const std::filesystem::path& temporary, Findings& findings)
    : findings_(findings),
      grants_(temporary),
      touches_(temporary),
      holds_(temporary),
      lives_(std::make_unique<Lives>(temporary)) {}
Recount::~Recount() = default;

void Recount::judged(const Judged& entry) {
  if (entry.permit_id != 0)
    grants_.add(hash_of(entry.permit_id), entry);
  else if (entry.nth != not_said)
    lives_->of_persons.add(hash_of(entry.person), {.entry = entry});
}

void Recount::touched(const Touched& entry) {
  touches_.add(hash_of(entry.permit_id), entry);
}

void Recount::hold(const HoldMoved& entry) {
  holds_.add(hash_of(entry.person), entry);
}

std::uint64_t Recount::hold_bit(std::string_view kind) {
  const auto found = hold_bits_.find(kind);
  if (found != hold_bits_.end()) return found->second;
  const std::uint64_t bit = 1ull << std::min<std::size_t>(hold_bits_.size(), 63);
  hold_bits_.emplace(kind, bit);
  return bit;
}

kernel::Status Recount::finish() {
  TRY(follow_permits());
  TRY(follow_persons());
  return follow_numbers();
}

// ---- each permit's life ------------------------------------------------------------------------

kernel::Status Recount::follow_permits() {
  for (std::size_t part = 0; part < Spill<Judged>::parts; ++part) {
    TRY_ASSIGN(auto grants, grants_.take(part));
    TRY_ASSIGN(auto touches, touches_.take(part));
    follow(grants, touches);
  }
  return kernel::Ok{};
}

void Recount::follow(std::vector<Judged>& grants, std::vector<Touched>& touches) {
  const auto by_leaf = [](const auto& a, const auto& b) {
    return std::tie(a.permit_id, a.leaf) < std::tie(b.permit_id, b.leaf);
  };
  std::sort(grants.begin(), grants.end(), by_leaf);
  std::sort(touches.begin(), touches.end(), by_leaf);
  const Touched* touch = touches.data();
  const Touched* const end = touch + touches.size();
  const auto orphan = [&](const Touched& one) {
    findings_.add(one.what == What::attempted ? "contact_without_permit" : "use_without_permit",
                  {one.fact_id}, one.leaf, fmt::format("许可 {} 在日志中从未授予", one.permit_id),
                  fmt::format("permit {} was never granted in this log", one.permit_id));
  };
  const Judged* before = nullptr;
  for (const Judged& grant : grants) {
    if (before != nullptr && before->permit_id == grant.permit_id) {
      findings_.add("permit_twice", {before->fact_id, grant.fact_id}, grant.leaf,
                    fmt::format("许可 {} 授予了两次", grant.permit_id),
                    fmt::format("permit {} was granted twice", grant.permit_id));
      continue;
    }
    before = &grant;
    for (; touch != end && touch->permit_id < grant.permit_id; ++touch) orphan(*touch);
    const Touched* const first = touch;
    while (touch != end && touch->permit_id == grant.permit_id) ++touch;
    const Life life = life_of(grant, first, touch);
    lives_->of_persons.add(hash_of(grant.person), life);
    lives_->of_numbers.add(hash_of(grant.number), {.fact_id = grant.fact_id,
                                                   .leaf = grant.leaf,
                                                   .at = grant.at,
                                                   .day = day_of(grant),
                                                   .number = grant.number,
                                                   .said = grant.said[attempts_today],
                                                   .imported = grant.imported[attempts_today],
                                                   .cap = grant.cap_number,
                                                   .revoked = life.revoked_after != never});
  }
  for (; touch != end; ++touch) orphan(*touch);
}

Life Recount::life_of(const Judged& grant, const Touched* begin, const Touched* end) {
  Life life{.entry = grant};
  const Touched *used = nullptr, *told = nullptr, *revoked = nullptr, *attempted = nullptr;
  const auto twice = [&](const char* kind, const Touched* first, const Touched& second,
                         const char* zh, const char* en) {
    findings_.add(kind, {first->fact_id, second.fact_id}, second.leaf,
                  fmt::format("许可 {} {}", grant.permit_id, zh),
                  fmt::format("permit {} {}", grant.permit_id, en));
  };
  for (const Touched* touch = begin; touch != end; ++touch) {
    if (touch->has_person && touch->person != grant.person)
      findings_.add("person_differs", {grant.fact_id, touch->fact_id}, touch->leaf,
                    fmt::format("许可 {} 属于另一个人", grant.permit_id),
                    fmt::format("permit {} is another person's", grant.permit_id));
    switch (touch->what) {
      case What::used:
        if (used) twice("used_twice", used, *touch, "使用了两次", "was used twice");
        used = touch;
        break;
      case What::outcome:
      case What::expired:
        if (told) twice("outcome_twice", told, *touch, "的结果记录了两次", "has two outcomes");
        told = touch;
        break;
      case What::revoked:
        revoked = touch;
        break;
      case What::attempted:
        if (attempted)
          twice("contact_twice", attempted, *touch, "触达了两次", "was contacted under twice");
        attempted = touch;
        break;
    }
  }
  if (told) {
    life.known_after = told->nth;
    life.known_at = told->at;
    life.meaning = told->meaning;
  }
  if (revoked) life.revoked_after = revoked->nth;
  if (attempted && !used)
    findings_.add("contact_without_permit", {attempted->fact_id, grant.fact_id}, attempted->leaf,
                  fmt::format("触达时许可 {} 没有使用记录", grant.permit_id),
                  fmt::format("contacted under permit {}, which was never used", grant.permit_id));
  if (revoked && (used || told)) {
    const Touched* late = used ? used : told;
    findings_.add("used_after_hold", {revoked->fact_id, late->fact_id}, late->leaf,
                  fmt::format("许可 {} 已被暂停撤销，仍被使用", grant.permit_id),
                  fmt::format("permit {} was revoked by a hold, and used", grant.permit_id));
  }
  if (used && used->at < grant.at)
    findings_.add("used_early", {grant.fact_id, used->fact_id}, used->leaf,
                  fmt::format("许可 {} 在授予前（{}）使用", grant.permit_id, time_of(used->at)),
                  fmt::format("permit {} was used at {}, before it was reserved", grant.permit_id,
                              time_of(used->at)));
  if (used && used->at > grant.expires_at)
    findings_.add(
        "used_late", {grant.fact_id, used->fact_id}, used->leaf,
        fmt::format("许可 {} 在失效（{}）后使用", grant.permit_id, time_of(grant.expires_at)),
        fmt::format("permit {} was used at {}, after its end at {}", grant.permit_id,
                    time_of(used->at), time_of(grant.expires_at)));
  return life;
}

// ---- each person -------------------------------------------------------------------------------

kernel::Status Recount::follow_persons() {
  for (std::size_t part = 0; part < Spill<Life>::parts; ++part) {
    TRY_ASSIGN(auto lives, lives_->of_persons.take(part));
    TRY_ASSIGN(auto holds, holds_.take(part));
    // A refusal comes after the permit whose number it carries.
    std::sort(lives.begin(), lives.end(), [](const Life& a, const Life& b) {
      const bool ra = a.entry.permit_id == 0, rb = b.entry.permit_id == 0;
      return std::tie(a.entry.person, a.entry.nth, ra, a.entry.leaf) <
             std::tie(b.entry.person, b.entry.nth, rb, b.entry.leaf);
    });
    std::sort(holds.begin(), holds.end(), [](const HoldMoved& a, const HoldMoved& b) {
      return std::tie(a.person, a.hold_id, a.lifted, a.leaf) <
             std::tie(b.person, b.hold_id, b.lifted, b.leaf);
    });
    const HoldMoved* hold = holds.data();
    const HoldMoved* const holds_end = hold + holds.size();
    for (std::size_t from = 0, to = 0; from < lives.size(); from = to) {
      const Ref& who = lives[from].entry.person;
      while (to < lives.size() && lives[to].entry.person == who) ++to;
      while (hold != holds_end && hold->person < who) ++hold;
      const HoldMoved* const first = hold;
      while (hold != holds_end && hold->person == who) ++hold;
      person(&lives[from], lives.data() + to, first, static_cast<std::size_t>(hold - first));
      ++persons_;
    }
  }
  return kernel::Ok{};
}

// The person's own permits and refusals, in the order the gate judged them.
void Recount::person(const Life* begin, const Life* end, const HoldMoved* holds,
                     std::size_t hold_count) {
  const Life* before = nullptr;  // the permit before
  bool forward = true;           // no clock went back: what is nine days old counts no more
  for (const Life* now = begin; now != end; ++now) {
    if (now->entry.permit_id != 0) {
      const std::int32_t nth = now->entry.nth, last = before ? before->entry.nth : 0;
      const std::int64_t near = before ? before->entry.fact_id : now->entry.fact_id;
      if (before && nth == last)
        findings_.add("permit_forked", {near, now->entry.fact_id}, now->entry.leaf,
                      fmt::format("同一人有两个第 {} 次许可", nth),
                      fmt::format("two permits are the person's number {}", nth));
      else if (nth != last + 1)
        findings_.add(
            "permit_lost", {near, now->entry.fact_id}, now->entry.leaf,
            fmt::format("第 {} 至 {} 次许可不在日志中", last + 1, nth - 1),
            fmt::format("the person's permits {} to {} are not in the log", last + 1, nth - 1));
      if (before && now->entry.at < before->entry.at) {
        forward = false;
        findings_.add("clock_back", {near, now->entry.fact_id}, now->entry.leaf,
                      fmt::format("第 {} 次许可的时间早于前一次", nth),
                      fmt::format("the person's permit {} is of an earlier time than the one "
                                  "before it",
                                  nth));
      }
      before = now;
    }
    while (forward && day_of(now->entry) - day_of(begin->entry) > 9) ++begin;
    compare(begin, *now);
    check_holds(*now, holds, hold_count);
  }
}

// The counts of one entry beside those made again.
void Recount::compare(const Life* begin, const Life& now) {
  const bool granted = now.entry.permit_id != 0;
  const Tallies own = count_again(begin, now, false, false);
  const Tallies& imported = now.entry.imported;
  const bool imports = std::any_of(imported.begin(), imported.end(), [](std::int32_t n) {
    return n != 0 && n != no_value && n != not_said;
  });
  const auto joined = [&](const Tallies& counted, std::size_t i) {
    if (imported[i] == not_said) return counted[i];
    return tallies()[i].joins == Joins::least ? std::min(counted[i], imported[i])
                                              : counted[i] + imported[i];
  };
  // A refusal may have known what was told after the same permit, or part of it. And where
  // somebody moved to another zone, all days are those of the new one.
  const auto fits = [&](std::size_t i, bool one_clock) {
    const std::int32_t without = joined(count_again(begin, now, false, one_clock), i);
    const std::int32_t with =
        granted ? without : joined(count_again(begin, now, true, one_clock), i);
    const std::int32_t said = now.entry.said[i];
    return said >= std::min(with, without) && said <= std::max(with, without);
  };
  for (std::size_t i = 0; i < tally_count; ++i) {
    const std::int32_t said = now.entry.said[i], is = joined(own, i);
    if (i == attempts_today || said == not_said || said == is) continue;
    if (tallies()[i].joins == Joins::row && (imports || !granted)) continue;
    if (fits(i, false) || fits(i, true)) continue;
    findings_.add(
        "count_differs", {now.entry.fact_id}, now.entry.leaf,
        fmt::format("{} 记为 {}，重新计数为 {}", tallies()[i].name, word(said), word(is)),
        fmt::format("{} says {}; counted again it is {}", tallies()[i].name, word(said), word(is)));
  }
  if (!granted || now.entry.cap_person == no_value) return;
  const std::int32_t with = joined(own, contacts_today) + 1;
  if (with > now.entry.cap_person)
    findings_.add(
        "person_cap_exceeded", {now.entry.fact_id}, now.entry.leaf,
        fmt::format("当日第 {} 次触达，上限 {}", with, now.entry.cap_person),
        fmt::format("contact {} of the day, where the cap is {}", with, now.entry.cap_person));
}

void Recount::check_holds(const Life& now, const HoldMoved* holds, std::size_t hold_count) {
  // One of the same nth may have come before or after a refusal: nothing to be said then.
  const auto before = [&](const HoldMoved& hold) {
    return hold.nth == not_said ? hold.at < now.entry.at : hold.nth < now.entry.nth;
  };
  for (std::size_t i = 0; i < hold_count; ++i) {
    const HoldMoved& set = holds[i];
    if (set.lifted || !before(set) || set.until < day_of(now.entry)) continue;
    const HoldMoved* lifted = nullptr;
    if (i + 1 < hold_count && holds[i + 1].lifted && holds[i + 1].hold_id == set.hold_id)
      lifted = &holds[i + 1];
    if (lifted && (before(*lifted) || now.entry.permit_id == 0)) continue;
    if (now.entry.holds & set.bit) continue;
    findings_.add("hold_ignored", {set.fact_id, now.entry.fact_id}, now.entry.leaf,
                  "判断时有暂停生效，事实中却没有",
                  "a hold was in force that the facts of this judgement do not have");
  }
}

// ---- each number -------------------------------------------------------------------------------

kernel::Status Recount::follow_numbers() {
  for (std::size_t part = 0; part < Spill<OnNumber>::parts; ++part) {
    TRY_ASSIGN(auto permits, lives_->of_numbers.take(part));
    std::sort(permits.begin(), permits.end(), [](const OnNumber& a, const OnNumber& b) {
      return std::tie(a.number, a.day, a.at, a.leaf) < std::tie(b.number, b.day, b.at, b.leaf);
    });
    for (std::size_t from = 0, to = 0; from < permits.size(); from = to) {
      const OnNumber& first = permits[from];
      if (from == 0 || permits[from - 1].number != first.number) ++numbers_;
      while (to < permits.size() && permits[to].number == first.number &&
             permits[to].day == first.day)
        ++to;
      // What is of a later day counts as today's, should it be there already: of an asker who was
      // first at midnight, or whose clock ran ahead. A count that is too high only refuses more.
      std::size_t later = to;
      while (later < permits.size() && permits[later].number == first.number) ++later;
      number_day(&permits[from], permits.data() + to, later - to);
    }
  }
  return kernel::Ok{};
}

void Recount::number_day(OnNumber* begin, OnNumber* end, std::size_t later) {
  std::int32_t living = 0, revoked = 0;
  for (const OnNumber* permit = begin; permit != end; ++permit) {
    if (permit->revoked) {
      ++revoked;
      continue;
    }
    ++living;
    if (permit->cap == no_value || living + permit->imported_count() <= permit->cap) continue;
    findings_.add("number_cap_exceeded", {permit->fact_id}, permit->leaf,
                  fmt::format("该号码当日第 {} 次尝试，上限 {}", living + permit->imported_count(),
                              permit->cap),
                  fmt::format("attempt {} of the day on this number, where the cap is {}",
                              living + permit->imported_count(), permit->cap));
  }
  // Each permit counted those before it: without revocations the counts are 0, 1, 2… once each.
  std::sort(begin, end, [](const OnNumber& a, const OnNumber& b) {
    return std::make_pair(a.own(), a.at) < std::make_pair(b.own(), b.at);
  });
  std::int32_t before = 0;
  for (const OnNumber* permit = begin; permit != end; ++permit, ++before) {
    if (permit->said == not_said) continue;
    const std::int32_t own = permit->own();
    if (own >= before - revoked && own <= before + static_cast<std::int32_t>(later)) continue;
    findings_.add("count_differs", {permit->fact_id}, permit->leaf,
                  fmt::format("attempts_today 记为 {}，重新计数为 {}", permit->said,
                              before + permit->imported_count()),
                  fmt::format("attempts_today says {}; counted again it is {}", permit->said,
                              before + permit->imported_count()));
  }
}

}  // namespace evidence
