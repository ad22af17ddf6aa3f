#include <fmt/format.h>

#include <algorithm>

#include "evidence/audit.h"

namespace evidence {

const std::vector<ViolationKind>& violation_kinds() {
  static const std::vector<ViolationKind> all = {
      {"log_broken", "日志本身不完整或被改动", "the log itself is altered, or not whole"},
      {"entry_unreadable", "条目无法读取", "an entry cannot be read"},
      {"pack_missing", "判断所依据的规则包不在日志中", "a pack it was judged by is not in the log"},
      {"pack_altered", "规则包内容与登记的哈希不符", "a pack's bytes are not those registered"},
      {"verdict_differs", "按当时的规则包重判，结论不同",
       "judged again by the packs of then, the verdict is another"},
      {"minute_differs", "判断时刻与记录的日期或分钟不符",
       "the day or minute judged is not that of the moment judged"},
      {"permit_twice", "同一许可授予两次", "one permit was granted twice"},
      {"permit_lost", "某人的许可次序缺号", "a number in a person's permits is missing"},
      {"permit_forked", "某人的许可次序重号", "two permits have one number of a person"},
      {"clock_back", "某人的许可时间倒退", "a person's permits go back in time"},
      {"person_differs", "同一许可涉及不同的人", "one permit, different persons"},
      {"count_differs", "记录的次数与重新计数不符", "a count says other than counted again"},
      {"person_cap_exceeded", "超过每人每日触达上限", "more contacts in a day than the cap"},
      {"number_cap_exceeded", "超过每号码每日尝试上限", "more attempts on a number than the cap"},
      {"used_twice", "许可使用两次", "a permit was used twice"},
      {"used_early", "许可在授予前使用", "a permit was used before it was reserved"},
      {"used_late", "许可失效后使用", "a permit was used after its end"},
      {"used_after_hold", "许可被暂停撤销后仍使用", "a permit a hold had revoked was used"},
      {"use_without_permit", "使用了从未授予的许可", "a permit was used that was never granted"},
      {"outcome_twice", "结果记录两次", "a permit has two outcomes"},
      {"contact_twice", "一个许可触达两次", "two contacts under one permit"},
      {"contact_without_permit", "没有已使用的许可却有触达", "a contact without a used permit"},
      {"hold_ignored", "判断时忽略了生效的暂停", "a hold in force was left out"},
  };
  return all;
}

void Findings::add(std::string_view kind, std::vector<std::int64_t> fact_ids, std::int64_t leaf,
                   std::string message_zh, std::string message_en) {
  if (leaf >= 0 && static_cast<std::size_t>(leaf) < silent_.size() &&
      silent_[static_cast<std::size_t>(leaf)])
    return;
  auto found = counts_.find(kind);
  if (found == counts_.end()) found = counts_.emplace(std::string(kind), 0).first;
  if (static_cast<std::size_t>(++found->second) > violations_kept) return;
  Violation violation{.kind = std::string(kind),
                      .fact_ids = {},
                      .leaf = leaf,
                      .message_zh = std::move(message_zh),
                      .message_en = std::move(message_en)};
  for (const std::int64_t id : fact_ids) violation.fact_ids.push_back(std::to_string(id));
  first_.push_back(std::move(violation));
}

void Findings::say_of(std::int64_t leaf, bool reported) {
  if (reported) return;
  silent_.resize(std::max(silent_.size(), static_cast<std::size_t>(leaf) + 1));
  silent_[static_cast<std::size_t>(leaf)] = true;
}

std::int64_t Findings::count(std::string_view kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

void Findings::give(AuditReport& report) const {
  report.violations = 0;
  report.by_kind.clear();
  for (const ViolationKind& kind : violation_kinds()) {
    report.by_kind.push_back({kind.kind, kind.meaning_zh, kind.meaning_en, count(kind.kind)});
    report.violations += report.by_kind.back().count;
  }
  report.first = first_;
  std::stable_sort(report.first.begin(), report.first.end(),
                   [](const Violation& a, const Violation& b) { return a.leaf < b.leaf; });
  report.good = report.violations == 0;
}

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

std::string text_of(const AuditReport& r) {
  std::string text = fmt::format("log {}  {} entries  root {}\n", r.origin, r.entries, r.root);
  text += fmt::format(
      "permits {}  refusals {}  uses {}  outcomes {}  contacts {}  holds {}\n"
      "persons {}  numbers {}  judged again {}  refused before any pack {}\n",
      r.granted, r.refused, r.used, r.outcomes, r.contacts, r.holds, r.persons, r.numbers,
      r.replayed, r.not_replayed);
  for (const PackCount& pack : r.packs)
    text += fmt::format("pack {}@{}  {} permits  {} refusals  sha256 {}\n", pack.pack, pack.version,
                        pack.permits, pack.refusals, pack.sha256);
  for (const RuleCount& rule : r.by_rule)
    text += fmt::format("rule {:<28} {:<20} {:>10}\n", rule.code, rule.pack, rule.refusals);
  for (const DayCount& day : r.by_day)
    text += fmt::format("day {}  granted {}  refused {}  used {}  contacts {}\n", day.date.format(),
                        day.granted, day.refused, day.used, day.contacts);
  for (const AskerCount& asker : r.by_asker_kind)
    text += fmt::format("asker {:<10} granted {}  refused {}\n", asker.asker_kind, asker.granted,
                        asker.refused);
  for (const ViolationCount& kind : r.by_kind)
    if (kind.count > 0) text += fmt::format("violation {}  {}\n", kind.kind, kind.count);
  for (const Violation& one : r.first)
    text += fmt::format("  {} at entry {}: {} (facts {})\n", one.kind, one.leaf, one.message_en,
                        joined(one.fact_ids));
  text += fmt::format("{} violations, {:.1f} s\n", r.violations,
                      static_cast<double>(r.milliseconds) / 1000);
  return text;
}

}  // namespace evidence
