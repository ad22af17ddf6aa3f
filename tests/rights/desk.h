#pragma once
// Somebody's case with all that a case has, two people who may agree, and a log: for the tests of
// rights. Only tests include this.

#include <gmock/gmock.h>

#include "allocation/held.h"
#include "approval/held.h"
#include "book/held.h"
#include "casework/held.h"
#include "evidence/held.h"
#include "evidence/types.h"
#include "experiment/held.h"
#include "experiment/types.h"
#include "gate/held.h"
#include "intake/held.h"
#include "looks/held.h"
#include "looks/types.h"
#include "outreach/held.h"
#include "people/types.h"
#include "records/held.h"
#include "rights/consent.h"
#include "rights/correct.h"
#include "rights/types.h"
#include "tests/records_office.h"

namespace rights {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Instant;
using kernel::Note;
using records::day;
using records::must;
using store::Transaction;
using testing::HasSubstr;
using testing::Not;
using tests::Office;

inline std::vector<store::Migration> whole_schema() {
  std::vector<store::Migration> all = records::test_schema();
  for (const auto* room :
       {&experiment::schema(), &people::schema(), &looks::schema(), &evidence::schema(), &schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

// Case C1 (and C1b, the same person) with all that a case has; C2 is somebody else's.
class Desk {
 public:
  Desk(Office& office, const fs::path& folder)
      : office_(office), folder_(folder), shelf_(folder / "data") {
    post("/cases/C1/permits",
         R"({"contact_point_id":"C1:1","channel":"call","purpose":"collect","says_debt":true,)"
         R"("idempotency_key":"k1"})");
    post("/cases/C1/permits",
         R"({"contact_point_id":"C1:2","channel":"call","purpose":"collect","says_debt":true,)"
         R"("idempotency_key":"k2"})");
    post("/cases/C1/promises",
         R"({"account_no":"A1","amount_fen":120000,"due_date":"2026-11-25"})");
    post("/cases/C1/notes", R"({"text":"同事钱二称其在外地，电话13900001111"})");
    post("/cases/C2/notes", R"({"text":"赵一的备注"})", "wang.wei");
    document_ = records::add_pdf(office_, data(), "合同").document_id;
  }

  Deps deps() {
    return {.store = office_.store(),
            .shelf = shelf_,
            .gate = office_.gate(),
            .approvals = approvals_,
            .data_dir = data(),
            .decisions = "decisions",
            .parts = {intake::held(), casework::held(shelf_, "decisions", {}), book::held(),
                      experiment::held(), gate::held(office_.gate()), outreach::held(),
                      allocation::held(), records::held(data()), approval::held(), looks::held(),
                      evidence::held("decisions")}};
  }
  kernel::Result<Request> try_take(const std::string& kind, Instant now,
                                   const std::string& customer_no = "C1",
                                   const std::string& identity = "original_id") {
    return office_.store().transact([&](Transaction& tx) {
      return take_request(tx, deps(),
                          {.customer_no = customer_no,
                           .kind = kind,
                           .received_by = "letter",
                           .identity = identity,
                           .received_on = {},
                           .text = Note::take("本人要求"),
                           .by = "hu.bo"},
                          now);
    });
  }
  Request take(const std::string& kind, Instant now = Office::at(14)) {
    return must(try_take(kind, now));
  }
  kernel::Result<Request> try_grant(RequestId id, Instant now, const std::string& by = "hu.bo") {
    return office_.store().transact([&](Transaction& tx) {
      return grant(tx, deps(), {.request_id = id, .text = Note::take("同意"), .by = by}, now);
    });
  }
  kernel::Result<approval::Approval> try_approve(const Request& asked, Instant now,
                                                 const std::string& by = "sun.li") {
    return office_.store().transact([&](Transaction& tx) {
      return approval::approve(tx, approvals_, {.approval_id = *asked.approval_id, .by = by}, now);
    });
  }
  // Two people agree.
  void agree(RequestId id, Instant now) {
    const Request asked = must(try_grant(id, now));
    must(try_approve(asked, now));
  }
  void seal(Instant now) {
    evidence::Sealer sealer(office_.store(),
                            {.place = {.folder = folder_ / "log",
                                       .key_file = (folder_ / "test.log.key").string(),
                                       .name = "evenhand/test"},
                             .pack_bytes = gate::used_pack});
    must(sealer.seal_all(now));
  }
  std::string findings() {
    const auto checked = must(evidence::check_store(office_.store(), folder_ / "log"));
    std::string all;
    for (const auto& one : checked.findings)
      all += one.kind + " " + one.where + " " + one.message_en + "\n";
    return all;
  }
  Office& office() { return office_; }
  fs::path data() const { return folder_ / "data"; }
  fs::path folder() const { return folder_; }
  records::DocumentId document() const { return document_; }
  const approval::Setup& approvals() const { return approvals_; }

 private:
  void post(const std::string& path, const std::string& body, const std::string& who = "li.na") {
    const auto answer = office_.ask(who, "POST", path, body);
    CHECK_MSG(static_cast<bool>(answer), answer ? "" : answer.error().message.c_str());
  }
  Office& office_;
  fs::path folder_;
  book::Shelf shelf_;
  records::DocumentId document_{0};
  approval::Setup approvals_ = tests::approval_setup({effect()});
};

inline void at_each_desk(const std::function<void(Desk&)>& body) {
  tests::for_each_store(whole_schema(), [&](store::Store& store, const fs::path& folder) {
    Office office(store, folder);
    Desk desk(office, folder);
    body(desk);
  });
}

inline const Instant later = Instant::china(day("2032-06-01"), 600);  // every duty to keep is over

}  // namespace rights
