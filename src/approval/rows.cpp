#include "approval/rows.h"

namespace approval {

using store::Row;
using store::Transaction;

namespace {

constexpr std::string_view columns =
    "SELECT approval_id, kind, subject, detail, customer_no, amount_fen, size, payload,"
    " payload_sha256, reason, state, asked_by, asked_at, level, levels, wait_hours, due_at,"
    " table_version, ended_at FROM approval ";

Approval read(const Row& row) {
  return {.approval_id = row.id<ApprovalTag>(0),
          .kind = row.text(1),
          .subject = row.text(2),
          .detail = row.text(3),
          .customer_no = row.text(4),
          .amount_fen = row.money(5),
          .size = row.i64(6),
          .payload = row.text(7),
          .payload_sha256 = row.text(8),
          .sealed_reason = row.blob(9),
          .state = row.text(10),
          .asked_by = row.text(11),
          .asked_at = row.instant(12),
          .level = static_cast<int>(row.i64(13)),
          .levels = static_cast<int>(row.i64(14)),
          .wait_hours = static_cast<int>(row.i64(15)),
          .due_at = row.instant(16),
          .table_version = row.text(17),
          .ended_at = row.opt_instant(18)};
}

std::vector<Approval> load(Transaction& tx, std::string_view where, const store::Params& params) {
  std::vector<Approval> all;
  tx.query(std::string(columns) + std::string(where), params,
           [&](const Row& row) { all.push_back(read(row)); });
  return all;
}

constexpr std::string_view deputy_columns =
    "SELECT deputy_id, user_name, deputy, from_date, until_date, named_at, ended_at FROM deputy ";

Deputy read_deputy(const Row& row) {
  return {.deputy_id = row.id<DeputyTag>(0),
          .user_name = row.text(1),
          .deputy = row.text(2),
          .from_date = row.date(3),
          .until_date = row.date(4),
          .named_at = row.instant(5),
          .ended_at = row.opt_instant(6)};
}

}  // namespace

void insert_approval(Transaction& tx, const Approval& a) {
  tx.execute(
      "INSERT INTO approval (approval_id, kind, subject, detail, customer_no, amount_fen, size,"
      " payload, payload_sha256, reason, state, asked_by, asked_at, level, levels, wait_hours,"
      " due_at, table_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
      " $15, $16, $17, $18)",
      {a.approval_id, a.kind, a.subject, a.detail, a.customer_no, a.amount_fen, a.size, a.payload,
       a.payload_sha256, store::Blob{a.sealed_reason}, a.state, a.asked_by, a.asked_at, a.level,
       a.levels, a.wait_hours, a.due_at, a.table_version});
}

void update_approval(Transaction& tx, const Approval& a) {
  tx.execute(
      "UPDATE approval SET state = $1, level = $2, due_at = $3, ended_at = $4"
      " WHERE approval_id = $5",
      {a.state, a.level, a.due_at, a.ended_at, a.approval_id});
}

std::optional<Approval> find_approval(Transaction& tx, ApprovalId id) {
  return tx.query_one<Approval>(std::string(columns) + "WHERE approval_id = $1", {id}, read);
}

std::optional<Approval> find_waiting_row(Transaction& tx, std::string_view kind,
                                         std::string_view subject) {
  return tx.query_one<Approval>(
      std::string(columns) + "WHERE state = 'waiting' AND kind = $1 AND subject = $2",
      {kind, subject}, read);
}

std::optional<Approval> find_waiting(Transaction& tx, std::string_view kind,
                                     std::string_view subject, kernel::Instant now) {
  auto found = find_waiting_row(tx, kind, subject);
  return found && now < found->due_at ? found : std::nullopt;
}

std::vector<Approval> load_waiting(Transaction& tx) {
  return load(tx, "WHERE state = 'waiting' ORDER BY asked_at, approval_id", {});
}

std::vector<Approval> load_late(Transaction& tx, kernel::Instant now) {
  return load(tx, "WHERE state = 'waiting' AND due_at <= $1 ORDER BY asked_at, approval_id", {now});
}

bool any_late(Transaction& tx, kernel::Instant now) {
  return tx
      .query_i64("SELECT 1 FROM approval WHERE state = 'waiting' AND due_at <= $1 LIMIT 1", {now})
      .has_value();
}

std::vector<Approval> load_past(Transaction& tx, std::string_view user_name, int count_max) {
  return load(tx,
              "WHERE state <> 'waiting' AND (asked_by = $1 OR approval_id IN (SELECT approval_id"
              " FROM approval_step WHERE made_by = $1 OR made_for = $1))"
              " ORDER BY ended_at DESC, approval_id DESC LIMIT $2",
              {user_name, count_max});
}

void insert_step(Transaction& tx, const Step& s) {
  tx.execute(
      "INSERT INTO approval_step (approval_id, level, verdict, made_by, made_for, made_at, rule_id,"
      " note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {s.approval_id, s.level, s.verdict, s.made_by, s.made_for, s.made_at, s.rule_id,
       store::Blob{s.sealed_note}});
}

std::vector<Step> load_steps(Transaction& tx, ApprovalId id) {
  std::vector<Step> all;
  tx.query(
      "SELECT level, verdict, made_by, made_for, made_at, rule_id, note FROM approval_step"
      " WHERE approval_id = $1 ORDER BY level",
      {id}, [&](const Row& row) {
        all.push_back({.approval_id = id,
                       .level = static_cast<int>(row.i64(0)),
                       .verdict = row.text(1),
                       .made_by = row.text(2),
                       .made_for = row.text(3),
                       .made_at = row.instant(4),
                       .rule_id = row.text(5),
                       .sealed_note = row.blob(6)});
      });
  return all;
}

void insert_deputy(Transaction& tx, const Deputy& d) {
  tx.execute(
      "INSERT INTO deputy (deputy_id, user_name, deputy, from_date, until_date, named_at, ended_by)"
      " VALUES ($1, $2, $3, $4, $5, $6, '')",
      {d.deputy_id, d.user_name, d.deputy, d.from_date, d.until_date, d.named_at});
}

void end_deputy_row(Transaction& tx, DeputyId id, std::string_view by, kernel::Instant now) {
  tx.execute("UPDATE deputy SET ended_at = $1, ended_by = $2 WHERE deputy_id = $3", {now, by, id});
}

std::optional<Deputy> find_deputy(Transaction& tx, DeputyId id) {
  return tx.query_one<Deputy>(std::string(deputy_columns) + "WHERE deputy_id = $1", {id},
                              read_deputy);
}

std::vector<Deputy> load_deputies(Transaction& tx, kernel::Date today) {
  std::vector<Deputy> all;
  tx.query(std::string(deputy_columns) +
               "WHERE ended_at IS NULL AND until_date >= $1 ORDER BY from_date, deputy_id",
           {today}, [&](const Row& row) { all.push_back(read_deputy(row)); });
  return all;
}

}  // namespace approval
