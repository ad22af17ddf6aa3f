#include "gate/held.h"

#include <limits>
#include <map>

#include "gate/door.h"
#include "gate/pack_view.h"
#include "store/vault.h"

namespace gate {

using store::HeldSection;
using store::Telling;
using store::Transaction;
using store::Whose;

namespace {

constexpr int all_rows = std::numeric_limits<int>::max();

HeldSection tell_permits(Transaction& tx, const Whose& whose) {
  HeldSection section{.name = "contacts",
                      .title = "经合规闸门许可的联系",
                      .note = "每次联系之前都须取得许可；未用掉的许可没有联系。",
                      .columns = {{"reserved_at", "许可时间", "at"},
                                  {"customer_no", "客户号"},
                                  {"role", "联系对象", "contact_role"},
                                  {"channel", "渠道", "channel"},
                                  {"purpose", "目的", "purpose"},
                                  {"state", "状态", "permit_state"},
                                  {"used_at", "联系时间", "at"},
                                  {"outcome", "结果", "outcome"},
                                  {"packs", "依据的规则包"}},
                      .rows = {}};
  tx.query(
      "SELECT reserved_at, customer_no, role, channel, purpose, state, used_at, outcome, packs"
      " FROM permit WHERE person_key = $1 ORDER BY reserved_at, permit_id",
      {whose.person_key}, [&](const store::Row& row) {
        const auto used = row.opt_instant(6);
        section.rows.push_back({row.instant(0).format(), row.text(1), row.text(2), row.text(3),
                                row.text(4), row.text(5), used ? used->format() : "",
                                row.opt_text(7).value_or(""), row.text(8)});
      });
  return section;
}

// "本日已达上限（《…》第…条）；…" of codes parted by a space.
std::string reasons_of(const std::string& codes,
                       const std::map<std::string, std::pair<std::string, std::string>>& rules) {
  std::string all, code;
  for (const char c : codes + ' ') {
    if (c != ' ') {
      code += c;
      continue;
    }
    if (code.empty()) continue;
    const auto rule = rules.find(code);
    all += (all.empty() ? "" : "；") +
           (rule == rules.end() ? code : rule->second.first + "（" + rule->second.second + "）");
    code.clear();
  }
  return all;
}

HeldSection tell_refusals(Transaction& tx, const Gate& gate, const Whose& whose,
                          const Telling& telling) {
  HeldSection section{.name = "refusals",
                      .title = "闸门拒绝的联系",
                      .note = "这些联系没有发生。规则的说明与依据取自现行规则包。",
                      .columns = {{"refused_at", "时间", "at"},
                                  {"customer_no", "客户号"},
                                  {"channel", "渠道", "channel"},
                                  {"purpose", "目的", "purpose"},
                                  {"codes", "规则"},
                                  {"reasons", "原因与依据"}},
                      .rows = {}};
  std::map<std::string, std::pair<std::string, std::string>> rules;
  const kernel::Date today = telling.now.china_date();
  for (const PackShown& pack : show_packs(gate.packs(tx, today).set(), today).packs)
    for (const PackRule& rule : pack.rows)
      rules.emplace(rule.code, std::pair(rule.reason_zh, rule.citation));
  for (const std::string& customer_no : whose.customer_nos)
    for (const RefusalRow& one : refusals_of(tx, customer_no, all_rows))
      section.rows.push_back({one.refused_at.format(), customer_no, one.channel, one.purpose,
                              one.codes, reasons_of(one.codes, rules)});
  return section;
}

kernel::Result<HeldSection> tell_holds(Transaction& tx, const Whose& whose,
                                       const Telling& telling) {
  HeldSection section{.name = "holds",
                      .title = "暂停",
                      .note = {},
                      .columns = {{"since", "起", "at"},
                                  {"kind", "事由", "hold"},
                                  {"until", "至", "date"},
                                  {"lifted_at", "解除", "at"},
                                  {"reason", "说明", "note"}},
                      .rows = {}};
  for (const PastHold& past : hold_history(tx, whose.person_key)) {
    std::string reason;
    if (!past.hold.sealed_reason.empty()) {
      TRY_ASSIGN(const kernel::Note note,
                 tx.vault().open_sealed<kernel::NoteTag>("hold.reason", past.hold.sealed_reason));
      reason = note.reveal(telling.fields);
    }
    section.rows.push_back({past.hold.since.format(), past.hold.kind,
                            past.hold.until ? past.hold.until->format() : "",
                            past.lifted_at ? past.lifted_at->format() : "", reason});
  }
  return section;
}

}  // namespace

store::HeldPart held(const Gate& gate) {
  return {.room = "gate",
          .tell = [&gate](Transaction& tx, const Whose& whose,
                          const Telling& telling) -> kernel::Result<std::vector<HeldSection>> {
            TRY_ASSIGN(HeldSection holds, tell_holds(tx, whose, telling));
            return std::vector<HeldSection>{
                tell_permits(tx, whose), tell_refusals(tx, gate, whose, telling), std::move(holds)};
          },
          .erase = [](Transaction& tx, const Whose& whose, kernel::Instant now) -> kernel::Status {
            return forget_person(tx, whose.person_key, whose.customer_nos, now);
          },
          .clean = {}};
}

}  // namespace gate
