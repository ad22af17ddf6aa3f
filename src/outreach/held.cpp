#include "outreach/held.h"

#include <limits>

#include "outreach/types.h"
#include "store/vault.h"

namespace outreach {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling& telling) {
  store::HeldSection section{.name = "attempts",
                             .title = "联系经过",
                             .note = {},
                             .columns = {{"made_at", "时间", "at"},
                                         {"customer_no", "客户号"},
                                         {"channel", "渠道", "channel"},
                                         {"purpose", "目的", "purpose"},
                                         {"outcome", "结果", "outcome"},
                                         {"note", "备注", "note"}},
                             .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    for (const Attempt& one : attempts_of(tx, customer_no, std::numeric_limits<int>::max())) {
      std::string text;
      if (!one.sealed_note.empty()) {
        TRY_ASSIGN(const kernel::Note note,
                   tx.vault().open_sealed<kernel::NoteTag>("attempt.note", one.sealed_note));
        text = note.reveal(telling.fields);
      }
      section.rows.push_back(
          {one.made_at.format(), customer_no, one.channel, one.purpose, one.outcome, text});
    }
  return std::vector<store::HeldSection>{std::move(section)};
}

kernel::Status erase(store::Transaction& tx, const store::Whose& whose, kernel::Instant) {
  for (const std::string& customer_no : whose.customer_nos)
    tx.execute("DELETE FROM attempt WHERE customer_no = $1", {customer_no});
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held() {
  return {.room = "outreach", .tell = tell, .erase = erase, .clean = {}};
}

}  // namespace outreach
