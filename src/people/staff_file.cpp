#include "people/staff_file.h"

#include <algorithm>

#include "http/json.h"
#include "people/rows.h"
#include "people/users.h"
#include "store/vault.h"

namespace people {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;
using store::Transaction;

// What of a record is sealed.
struct Paper {
  std::string title, number, issuer, document;
};
BOOST_DESCRIBE_STRUCT(Paper, (), (title, number, issuer, document))

namespace {

struct PaperTag {
  static std::string mask(std::string_view) { return "****"; }
};
constexpr std::string_view paper_purpose = "people.staff_record";
constexpr std::string_view reason_purpose = "people.staff_conflict";
constexpr std::size_t text_bytes_max = 300;

const char* word_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::background_check:
      return "background_check";
    case RecordKind::confidentiality:
      return "confidentiality";
    case RecordKind::certificate:
      return "certificate";
  }
  CHECK_MSG(false, "no such kind of record");
  return "";
}

RecordKind kind_of(std::string_view word) {
  for (const RecordKind kind : {RecordKind::background_check, RecordKind::confidentiality})
    if (word == word_of(kind)) return kind;
  CHECK_MSG(word == word_of(RecordKind::certificate), "a record's kind is not one of ours");
  return RecordKind::certificate;
}

void tell(Transaction& tx, std::string kind, UserId user_id, std::string_view by, Instant now,
          std::string body = "{}") {
  tx.append({.kind = std::move(kind),
             .subject = subject_of(user_id),
             .made_by = std::string(by),
             .made_at = now,
             .body = std::move(body)});
}

std::string said(const char* name, std::string_view word) {
  return std::string("{\"") + name + "\":\"" + std::string(word) + "\"}";
}

Result<User> need(Transaction& tx, UserId user_id) {
  tx.lock(subject_of(user_id));
  auto user = find_user_by_id(tx, user_id);
  if (!user) return Error{Code::not_found, "no such user", "user_id"};
  return std::move(*user);
}

Error wrong(const char* what, const char* where) {
  return {Code::invalid_input, what, where};
}

// ---- records -----------------------------------------------------------------------------------

Status check(const StaffRecord& record, Date today) {
  for (const auto& [text, where] :
       {std::pair(&record.title, "title"), std::pair(&record.number, "number"),
        std::pair(&record.issuer, "issuer"), std::pair(&record.document, "document")})
    if (text->size() > text_bytes_max) return wrong("at most 300 bytes", where);
  if (record.issuer.empty()) return wrong("say who issued it, or who did the check", "issuer");
  if (record.issued_on > today)
    return wrong("not before it is there: today or earlier", "issued_on");
  if (record.valid_until && *record.valid_until < record.issued_on)
    return wrong("not before the day it was issued", "valid_until");
  if (record.kind != RecordKind::certificate) return Ok{};
  if (record.title.empty() || record.number.empty())
    return wrong("a certificate has a name and a number",
                 record.title.empty() ? "title" : "number");
  if (!record.valid_until) return wrong("a certificate has a last day", "valid_until");
  return Ok{};
}

// What the records of a kind come to, for the gate and the night.
struct Sum {
  bool any = false;           // one counts
  std::optional<Date> until;  // the latest end; nothing: one has none
};

Sum sum_of(Transaction& tx, UserId user_id, RecordKind kind) {
  Sum sum;
  bool endless = false;
  tx.query(
      "SELECT valid_until FROM staff_record WHERE user_id = $1 AND kind = $2 AND ended_at IS NULL",
      {user_id, word_of(kind)}, [&](const store::Row& row) {
        const auto until = row.opt_date(0);
        sum.any = true;
        endless = endless || !until;
        if (until && (!sum.until || *sum.until < *until)) sum.until = until;
      });
  if (endless) sum.until = std::nullopt;
  return sum;
}

void bring_up(Transaction& tx, User user, RecordKind kind) {
  const Sum sum = sum_of(tx, user.user_id, kind);
  switch (kind) {
    case RecordKind::background_check:
      user.background_checked = sum.any;
      user.background_until = sum.until;
      break;
    case RecordKind::confidentiality:
      user.confidentiality_signed = sum.any;
      break;
    case RecordKind::certificate:
      user.certified_until = sum.until;
      break;
  }
  save_user(tx, user);
}

// ---- whose cases go where ----------------------------------------------------------------------

// The backup, else the lead of the team; nobody who is out themselves.
std::optional<User> successor_of(Transaction& tx, const User& user, Date today) {
  const auto fits = [&](const User& one) {
    return one.user_id != user.user_id && is_employed(one, today) && !one.team.empty();
  };
  if (!user.backup.empty())
    if (auto backup = find_user(tx, user.backup); backup && fits(*backup)) return backup;
  for (User& one : load_users(tx))
    if (one.role == http::Role::lead && one.team == user.team && fits(one)) return std::move(one);
  return std::nullopt;
}

Result<Left> hand_over(Transaction& tx, const User& user, std::vector<std::string> cases,
                       std::string_view why, std::string_view by, Instant now) {
  const auto to = successor_of(tx, user, now.china_date());
  TRY_ASSIGN(const auto done,
             allocation::hand_over(tx, {.customer_nos = std::move(cases),
                                        .to_user_name = to ? to->user_name : "",
                                        .to_team = to ? to->team : "",
                                        .by = std::string(by),
                                        .reason = kernel::Note::take(std::string(why)),
                                        .now = now}));
  return Left{.gone = false,
              .cases_moved = done.moved,
              .cases_released = done.released,
              .to_user_name = to ? to->user_name : ""};
}

Result<Left> leave(Transaction& tx, const User& before, std::string_view by, Instant now) {
  User after = before;
  after.active = false;
  change_user(tx, before, after, by, now);
  TRY_ASSIGN(Left left, hand_over(tx, after, allocation::load_customers_of(tx, after.user_name),
                                  "离职交接", by, now));
  left.gone = true;
  tell(tx, "user_left", after.user_id, by, now,
       "{\"cases_moved\":" + std::to_string(left.cases_moved) +
           ",\"cases_released\":" + std::to_string(left.cases_released) + "}");
  return left;
}

}  // namespace

bool has_records(Transaction& tx, UserId user_id, RecordKind kind) {
  return *tx.query_i64("SELECT COUNT(*) FROM staff_record WHERE user_id = $1 AND kind = $2",
                       {user_id, word_of(kind)}) > 0;
}

Result<RecordId> save_record(Transaction& tx, UserId user_id, const StaffRecord& record,
                             std::string_view by, Instant now) {
  TRY_ASSIGN(const User user, need(tx, user_id));
  TRY(check(record, now.china_date()));
  const RecordId record_id(tx.next_id());
  const Paper paper{record.title, record.number, record.issuer, record.document};
  const std::string sealed =
      tx.vault().seal(paper_purpose, kernel::Secret<PaperTag>::take(http::write_json(paper)));
  tx.execute(
      "INSERT INTO staff_record (record_id, user_id, kind, sealed_paper, issued_on, valid_until, "
      "made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {record_id, user_id, word_of(record.kind), store::Blob{sealed}, record.issued_on,
       record.valid_until, by, now});
  bring_up(tx, user, record.kind);
  tell(tx, "staff_record_saved", user_id, by, now, said("record", word_of(record.kind)));
  return record_id;
}

Status end_record(Transaction& tx, UserId user_id, RecordId record_id, std::string_view by,
                  Instant now) {
  TRY_ASSIGN(const User user, need(tx, user_id));
  const auto kind = tx.query_one<RecordKind>(
      "SELECT kind FROM staff_record WHERE record_id = $1 AND user_id = $2 AND ended_at IS NULL",
      {record_id, user_id}, [](const store::Row& row) { return kind_of(row.text(0)); });
  if (!kind) return Error{Code::not_found, "no such record in this file", "record_id"};
  tx.execute("UPDATE staff_record SET ended_at = $2 WHERE record_id = $1", {record_id, now});
  bring_up(tx, user, *kind);
  tell(tx, "staff_record_ended", user_id, by, now, said("record", word_of(*kind)));
  return Ok{};
}

Result<ConflictId> declare_conflict(Transaction& tx, UserId user_id, std::string_view case_id,
                                    std::string_view reason, std::string_view by, Instant now) {
  TRY_ASSIGN(const User user, need(tx, user_id));
  if (case_id.empty() || case_id.size() > 64) return wrong("name the case", "case_id");
  if (reason.empty() || reason.size() > 1000) return wrong("say what the relation is", "reason");
  if (allocation::is_barred(tx, case_id, user.user_name))
    return Error{Code::conflict, "this conflict is declared already", "case_id"};
  const ConflictId conflict_id(tx.next_id());
  const std::string sealed =
      tx.vault().seal(reason_purpose, kernel::Secret<PaperTag>::take(std::string(reason)));
  tx.execute(
      "INSERT INTO staff_conflict (conflict_id, user_id, customer_no, sealed_reason, declared_by, "
      "declared_at) VALUES ($1, $2, $3, $4, $5, $6)",
      {conflict_id, user_id, case_id, store::Blob{sealed}, by, now});
  allocation::bar(tx, case_id, user.user_name, now.china_date());
  tell(tx, "conflict_declared", user_id, by, now);
  const auto allotment = allocation::load_allotment(tx, case_id);
  if (allotment && allotment->collector == user.user_name)
    TRY(hand_over(tx, user, {std::string(case_id)}, "利益冲突回避", by, now));
  return conflict_id;
}

Status end_conflict(Transaction& tx, UserId user_id, ConflictId conflict_id, std::string_view by,
                    Instant now) {
  TRY_ASSIGN(const User user, need(tx, user_id));
  const auto customer_no = tx.query_one<std::string>(
      "SELECT customer_no FROM staff_conflict "
      "WHERE conflict_id = $1 AND user_id = $2 AND ended_at IS NULL",
      {conflict_id, user_id}, [](const store::Row& row) { return row.text(0); });
  if (!customer_no) return Error{Code::not_found, "no such conflict in this file", "conflict_id"};
  tx.execute("UPDATE staff_conflict SET ended_at = $2 WHERE conflict_id = $1", {conflict_id, now});
  allocation::unbar(tx, *customer_no, user.user_name);
  tell(tx, "conflict_ended", user_id, by, now);
  return Ok{};
}

Status set_backup(Transaction& tx, UserId user_id, std::string_view backup, std::string_view by,
                  Instant now) {
  TRY_ASSIGN(User user, need(tx, user_id));
  if (!backup.empty()) {
    const auto other = find_user(tx, backup);
    if (!other || !is_employed(*other, now.china_date()) || other->team.empty())
      return wrong("somebody at work who has a team", "backup");
    if (other->user_id == user.user_id) return wrong("nobody stands in for themselves", "backup");
  }
  user.backup = backup;
  save_user(tx, user);
  tell(tx, "backup_set", user_id, by, now, said("backup", backup));
  return Ok{};
}

Result<Left> set_leaving(Transaction& tx, UserId user_id, const Leaving& leaving,
                         std::string_view by, Instant now) {
  TRY_ASSIGN(User user, need(tx, user_id));
  const Date today = now.china_date();
  if (leaving.at_once && leaving.last_day && *leaving.last_day > today)
    return wrong("at once, or on a later day", "last_day");
  user.employed_until = leaving.at_once && !leaving.last_day ? today : leaving.last_day;
  save_user(tx, user);
  tell(tx, "employment_end_set", user_id, by, now,
       said("last_day", user.employed_until ? user.employed_until->format() : ""));
  const bool over = user.employed_until && *user.employed_until < today;
  if (!user.active || !(leaving.at_once || over)) return Left{};
  return leave(tx, user, by, now);
}

Status end_employments(store::Store& store, Instant now) {
  const Date today = now.china_date();
  TRY_ASSIGN(const auto users, store.read([](Transaction& tx) { return load_users(tx); }));
  for (const User& seen : users) {
    if (!seen.active || is_employed(seen, today)) continue;
    const Status done = store.transact([&](Transaction& tx) -> Status {
      TRY_ASSIGN(const User user, need(tx, seen.user_id));
      if (!user.active || is_employed(user, today)) return Ok{};
      TRY(leave(tx, user, "employment_end", now));
      return Ok{};
    });
    if (!done) return done;
  }
  return Ok{};
}

// ---- reading -----------------------------------------------------------------------------------

namespace {

struct SealedRecord {
  StaffRecord record;
  std::string sealed;
};

std::vector<SealedRecord> load_records(Transaction& tx, UserId user_id) {
  std::vector<SealedRecord> all;
  tx.query(
      "SELECT record_id, kind, sealed_paper, issued_on, valid_until, made_by, made_at, ended_at "
      "FROM staff_record WHERE user_id = $1 ORDER BY made_at DESC, record_id DESC",
      {user_id}, [&](const store::Row& row) {
        SealedRecord one{.record = {.record_id = row.id<RecordTag>(0),
                                    .kind = kind_of(row.text(1)),
                                    .issued_on = row.date(3),
                                    .valid_until = row.opt_date(4),
                                    .made_by = row.text(5),
                                    .made_at = row.instant(6),
                                    .ended_at = row.opt_instant(7)},
                         .sealed = row.blob(2)};
        all.push_back(std::move(one));
      });
  return all;
}

struct SealedConflict {
  Conflict conflict;
  std::string sealed;
};

std::vector<SealedConflict> load_conflicts(Transaction& tx, UserId user_id) {
  std::vector<SealedConflict> all;
  tx.query(
      "SELECT conflict_id, customer_no, sealed_reason, declared_by, declared_at, ended_at "
      "FROM staff_conflict WHERE user_id = $1 ORDER BY declared_at DESC, conflict_id DESC",
      {user_id}, [&](const store::Row& row) {
        SealedConflict one{.conflict = {.conflict_id = row.id<ConflictTag>(0),
                                        .case_id = row.text(1),
                                        .reason = {},
                                        .declared_by = row.text(3),
                                        .declared_at = row.instant(4),
                                        .ended_at = row.opt_instant(5)},
                           .sealed = row.blob(2)};
        all.push_back(std::move(one));
      });
  return all;
}

}  // namespace

Result<StaffFile> load_file(Transaction& tx, UserId user_id, std::string_view by, Instant now) {
  auto user = find_user_by_id(tx, user_id);
  if (!user) return Error{Code::not_found, "no such user", "user_id"};
  StaffFile file{.user = std::move(*user), .records = {}, .conflicts = {}};
  const auto disclosure = tx.disclose(subject_of(user_id), "staff_file", std::string(by), now);
  for (SealedRecord& one : load_records(tx, user_id)) {
    TRY_ASSIGN(const auto sealed, tx.vault().open_sealed<PaperTag>(paper_purpose, one.sealed));
    TRY_ASSIGN(const Paper paper, http::parse_json<Paper>(sealed.reveal(disclosure)));
    one.record.title = paper.title;
    one.record.number = paper.number;
    one.record.issuer = paper.issuer;
    one.record.document = paper.document;
    file.records.push_back(std::move(one.record));
  }
  for (SealedConflict& one : load_conflicts(tx, user_id)) {
    TRY_ASSIGN(const auto sealed, tx.vault().open_sealed<PaperTag>(reason_purpose, one.sealed));
    one.conflict.reason = sealed.reveal(disclosure);
    file.conflicts.push_back(std::move(one.conflict));
  }
  return file;
}

std::vector<Expiring> load_expiring(Transaction& tx, Date today, int days) {
  const Date until = today.plus_days(days);
  std::vector<Expiring> all;
  for (const User& user : load_users(tx)) {
    if (!is_employed(user, today)) continue;
    const auto add = [&](RecordKind kind, const std::optional<Date>& end) {
      if (end && *end <= until)
        all.push_back({user.user_id, user.user_name, user.shown_name, kind, *end});
    };
    add(RecordKind::certificate, user.certified_until);
    if (user.background_checked) add(RecordKind::background_check, user.background_until);
  }
  std::stable_sort(all.begin(), all.end(), [](const Expiring& a, const Expiring& b) {
    return a.valid_until < b.valid_until;
  });
  return all;
}

}  // namespace people
