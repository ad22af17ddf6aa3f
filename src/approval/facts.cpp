#include "approval/facts.h"

#include "http/json.h"

namespace approval {

struct ApprovalBody {
  ApprovalId approval_id{0};
  std::string kind, subject, detail;
  kernel::Money amount_fen;
  std::int64_t size = 0, level = 1, levels = 1;
  std::string payload_sha256, table_version;
  std::optional<kernel::Instant> due_at;
  std::optional<std::string> made_for, rule_id;
};
BOOST_DESCRIBE_STRUCT(ApprovalBody, (),
                      (approval_id, kind, subject, detail, amount_fen, size, level, levels,
                       payload_sha256, table_version, due_at, made_for, rule_id))

struct DeputyBody {
  DeputyId deputy_id{0};
  std::string deputy;
  kernel::Date from_date, until_date;
};
BOOST_DESCRIBE_STRUCT(DeputyBody, (), (deputy_id, deputy, from_date, until_date))

void tell(store::Transaction& tx, const char* kind, const Approval& a,
          const std::optional<Step>& step, std::string_view by, kernel::Instant now) {
  ApprovalBody body{.approval_id = a.approval_id,
                    .kind = a.kind,
                    .subject = a.subject,
                    .detail = a.detail,
                    .amount_fen = a.amount_fen,
                    .size = a.size,
                    .level = step ? step->level : a.level,
                    .levels = a.levels,
                    .payload_sha256 = a.payload_sha256,
                    .table_version = a.table_version,
                    .due_at = {},
                    .made_for = {},
                    .rule_id = {}};
  if (a.state == "waiting") body.due_at = a.due_at;
  if (step) {
    body.made_for = step->made_for;
    body.rule_id = step->rule_id;
  }
  tx.append({kind,
             a.customer_no.empty() ? "approval:" + std::to_string(a.approval_id.value())
                                   : "customer:" + a.customer_no,
             by == "approval" ? "approval" : "user:" + std::string(by), now,
             http::write_json(body)});
}

void tell(store::Transaction& tx, const char* kind, const Deputy& d, std::string_view by,
          kernel::Instant now) {
  tx.append({kind, "user:" + d.user_name, "user:" + std::string(by), now,
             http::write_json(DeputyBody{d.deputy_id, d.deputy, d.from_date, d.until_date})});
}

}  // namespace approval
