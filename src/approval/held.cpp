#include "approval/held.h"

#include "approval/types.h"
#include "store/vault.h"

namespace approval {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling& telling) {
  store::HeldSection section{.name = "approvals",
                             .title = "就您的案件所作的审批",
                             .note = {},
                             .columns = {{"asked_at", "申请时间", "at"},
                                         {"kind", "事项", "approval_kind"},
                                         {"state", "结果", "approval_state"},
                                         {"ended_at", "办结时间", "at"},
                                         {"reason", "理由", "note"}},
                             .rows = {}};
  kernel::Status status = kernel::Ok{};
  for (const std::string& customer_no : whose.customer_nos)
    tx.query(
        "SELECT asked_at, kind, state, ended_at, reason FROM approval WHERE customer_no = $1"
        " ORDER BY asked_at",
        {customer_no}, [&](const store::Row& row) {
          std::string reason;
          if (const std::string sealed = row.blob(4); !sealed.empty()) {
            const auto note = tx.vault().open_sealed<kernel::NoteTag>("approval.reason", sealed);
            if (!note) {
              status = note.error();
              return;
            }
            reason = note->reveal(telling.fields);
          }
          const auto ended = row.opt_instant(3);
          section.rows.push_back({row.instant(0).format(), row.text(1), row.text(2),
                                  ended ? ended->format() : "", reason});
        });
  if (!status) return status.error();
  return std::vector<store::HeldSection>{std::move(section)};
}

// That something was asked and answered, and by whom, stays; whose case it was and why goes.
kernel::Status erase(store::Transaction& tx, const store::Whose& whose, kernel::Instant) {
  for (const std::string& customer_no : whose.customer_nos) {
    tx.execute(
        "UPDATE approval_step SET note = $1 WHERE approval_id IN"
        " (SELECT approval_id FROM approval WHERE customer_no = $2)",
        {store::Blob{""}, customer_no});
    tx.execute("UPDATE approval SET reason = $1, customer_no = '' WHERE customer_no = $2",
               {store::Blob{""}, customer_no});
  }
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held() {
  return {.room = "approval", .tell = tell, .erase = erase, .clean = {}};
}

}  // namespace approval
