#include "rights/rows.h"

#include "rights/consent.h"
#include "rights/correct.h"
#include "store/vault.h"

namespace rights {

namespace {

constexpr std::string_view kColumns =
    "SELECT request_id, person_key, customer_no, kind, received_by, received_on, identity,"
    " sealed_text, due_on, rule_id, table_version, citation, copy_days, taken_at, taken_by, state,"
    " outcome, approval_id, hold_id, copy_until, ended_at, ended_by FROM rights_request ";

template <class Tag>
std::optional<kernel::Id<Tag>> opt_id(const store::Row& row, int column) {
  const auto number = row.opt_i64(column);
  return number ? std::optional(kernel::Id<Tag>(*number)) : std::nullopt;
}

Request read_request(const store::Row& row) {
  Request r;
  r.request_id = row.id<RequestTag>(0);
  r.person_key = row.text(1);
  r.customer_no = row.text(2);
  r.kind = row.text(3);
  r.received_by = row.text(4);
  r.received_on = row.date(5);
  r.identity = row.text(6);
  r.sealed_text = row.blob(7);
  r.due_on = row.date(8);
  r.rule_id = row.text(9);
  r.table_version = row.text(10);
  r.citation = row.text(11);
  r.copy_days = row.i64(12);
  r.taken_at = row.instant(13);
  r.taken_by = row.text(14);
  r.state = row.text(15);
  r.outcome = row.text(16);
  r.approval_id = opt_id<approval::ApprovalTag>(row, 17);
  r.hold_id = opt_id<gate::HoldTag>(row, 18);
  r.copy_until = row.opt_date(19);
  r.ended_at = row.opt_instant(20);
  r.ended_by = row.text(21);
  return r;
}

std::vector<Request> read_all(store::Transaction& tx, std::string_view rest,
                              const store::Params& params) {
  std::vector<Request> all;
  tx.query(std::string(kColumns) + std::string(rest), params,
           [&](const store::Row& row) { all.push_back(read_request(row)); });
  return all;
}

}  // namespace

void insert_request(store::Transaction& tx, const Request& r) {
  tx.execute(
      "INSERT INTO rights_request (request_id, person_key, customer_no, kind, received_by,"
      " received_on, identity, sealed_text, due_on, rule_id, table_version, citation, copy_days,"
      " taken_at, taken_by, state, outcome, ended_by)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', '')",
      {r.request_id, r.person_key, r.customer_no, r.kind, r.received_by, r.received_on, r.identity,
       store::Blob{r.sealed_text}, r.due_on, r.rule_id, r.table_version, r.citation, r.copy_days,
       r.taken_at, r.taken_by, r.state});
}

void update_request(store::Transaction& tx, const Request& r) {
  tx.execute(
      "UPDATE rights_request SET state = $1, outcome = $2, approval_id = $3, hold_id = $4,"
      " copy_until = $5, ended_at = $6, ended_by = $7 WHERE request_id = $8",
      {r.state, r.outcome, r.approval_id, r.hold_id, r.copy_until, r.ended_at, r.ended_by,
       r.request_id});
}

std::optional<Request> find_request(store::Transaction& tx, RequestId id) {
  return tx.query_one<Request>(std::string(kColumns) + "WHERE request_id = $1", {id}, read_request);
}

std::optional<Request> find_open(store::Transaction& tx, std::string_view person_key,
                                 std::string_view kind) {
  return tx.query_one<Request>(
      std::string(kColumns) + "WHERE person_key = $1 AND kind = $2 AND ended_at IS NULL",
      {person_key, kind}, read_request);
}

std::vector<Request> load_requests(store::Transaction& tx, bool ended, int limit) {
  if (ended)
    return read_all(tx, "WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT $1", {limit});
  return read_all(tx, "WHERE ended_at IS NULL ORDER BY due_on, request_id LIMIT $1", {limit});
}

std::vector<Request> load_erasures(store::Transaction& tx) {
  return read_all(tx, "WHERE state = 'granted' AND kind = 'erase' ORDER BY due_on LIMIT 20", {});
}

std::vector<Request> requests_of(store::Transaction& tx, std::string_view person_key) {
  return read_all(tx, "WHERE person_key = $1 ORDER BY taken_at", {person_key});
}

void add_step(store::Transaction& tx, RequestId id, std::string_view step, std::string_view by,
              std::string_view detail, const kernel::Note& text, kernel::Instant now) {
  const std::string sealed = text.empty() ? "" : tx.vault().seal("rights.text", text);
  tx.execute(
      "INSERT INTO rights_step (request_id, step_no, step, made_at, made_by, detail, sealed_text)"
      " SELECT $1, COUNT(*) + 1, $2, $3, $4, $5, $6 FROM rights_step WHERE request_id = $1",
      {id, step, now, by, detail, store::Blob{sealed}});
}

std::vector<Step> load_steps(store::Transaction& tx, RequestId id) {
  std::vector<Step> all;
  tx.query(
      "SELECT step, made_at, made_by, detail, sealed_text FROM rights_step WHERE request_id = $1"
      " ORDER BY step_no",
      {id}, [&](const store::Row& row) {
        all.push_back({.step = row.text(0),
                       .made_at = row.instant(1),
                       .made_by = row.text(2),
                       .detail = row.text(3),
                       .sealed_text = row.blob(4)});
      });
  return all;
}

void forget_requests(store::Transaction& tx, std::string_view person_key, kernel::Instant now) {
  tx.execute(
      "UPDATE rights_step SET sealed_text = $1 WHERE request_id IN"
      " (SELECT request_id FROM rights_request WHERE person_key = $2)",
      {store::Blob{""}, person_key});
  forget_consents(tx, person_key);
  forget_corrections(tx, person_key);
  // Whatever else they had asked ends with them.
  tx.execute(
      "UPDATE rights_request SET state = 'done', outcome = 'granted', ended_at = $1,"
      " ended_by = 'erasure' WHERE person_key = $2 AND ended_at IS NULL",
      {now, person_key});
  tx.execute(
      "UPDATE rights_request SET person_key = '', customer_no = '', sealed_text = $1,"
      " hold_id = NULL WHERE person_key = $2",
      {store::Blob{""}, person_key});
}

}  // namespace rights
