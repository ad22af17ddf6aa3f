#include "rights/held.h"

#include "rights/consent.h"
#include "rights/rows.h"
#include "store/vault.h"

namespace rights {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling& telling) {
  store::HeldSection section{.name = "rights_requests",
                             .title = "您的请求与答复",
                             .note = {},
                             .columns = {{"received_on", "收到", "date"},
                                         {"kind", "请求", "request_kind"},
                                         {"due_on", "期限", "date"},
                                         {"state", "状态", "request_state"},
                                         {"outcome", "结果", "request_outcome"},
                                         {"text", "内容", "note"}},
                             .rows = {}};
  for (const Request& one : requests_of(tx, whose.person_key)) {
    std::string text;
    if (!one.sealed_text.empty()) {
      TRY_ASSIGN(const kernel::Note note,
                 tx.vault().open_sealed<kernel::NoteTag>("rights.text", one.sealed_text));
      text = note.reveal(telling.fields);
    }
    section.rows.push_back(
        {one.received_on.format(), one.kind, one.due_on.format(), one.state, one.outcome, text});
  }
  store::HeldSection consents{.name = "consents",
                              .title = "您的同意",
                              .note = "每个目的以最近一行为准。",
                              .columns = {{"dated_on", "日期", "date"},
                                          {"purpose", "目的", "consent_purpose"},
                                          {"state", "状态", "consent_state"},
                                          {"how", "方式", "received_by"},
                                          {"proof_sha256", "凭证 SHA-256"}},
                              .rows = {}};
  for (const Consent& one : consents_of(tx, whose.person_key))
    consents.rows.push_back(
        {one.dated_on.format(), one.purpose, one.state, one.how, one.proof_sha256});
  return std::vector<store::HeldSection>{std::move(section), std::move(consents)};
}

}  // namespace

store::HeldPart held() {
  return {.room = "rights", .tell = tell, .erase = {}, .clean = {}};
}

}  // namespace rights
