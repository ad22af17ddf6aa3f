// /users/{user_id}/file and what changes it; /staff-expiring.

#include "http/status.h"
#include "people/staff_file.h"

namespace people {

using http::Nothing;
using http::Request;
using http::Role;
using http::Route;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::Transaction;

// ---- what goes over the wire -------------------------------------------------------------------

struct FileOf {
  UserId user_id{0};
};
BOOST_DESCRIBE_STRUCT(FileOf, (), (user_id))

BOOST_DESCRIBE_STRUCT(StaffRecord, (),
                      (record_id, kind, title, number, issuer, document, issued_on, valid_until,
                       made_by, made_at, ended_at))
BOOST_DESCRIBE_STRUCT(Conflict, (),
                      (conflict_id, case_id, reason, declared_by, declared_at, ended_at))

struct FileOut {
  UserId user_id{0};
  std::string user_name, shown_name, backup;
  bool active = true;
  std::optional<kernel::Date> employed_until;
  std::vector<StaffRecord> records;
  std::vector<Conflict> conflicts;
};
BOOST_DESCRIBE_STRUCT(FileOut, (),
                      (user_id, user_name, shown_name, backup, active, employed_until, records,
                       conflicts))

struct NewRecord {
  UserId user_id{0};
  RecordKind kind = RecordKind::certificate;
  std::optional<std::string> title, number, document;
  std::string issuer;
  kernel::Date issued_on;
  std::optional<kernel::Date> valid_until;
};
BOOST_DESCRIBE_STRUCT(NewRecord, (),
                      (user_id, kind, title, number, document, issuer, issued_on, valid_until))

struct WhichRecord {
  UserId user_id{0};
  RecordId record_id{0};
};
BOOST_DESCRIBE_STRUCT(WhichRecord, (), (user_id, record_id))

struct NewConflict {
  UserId user_id{0};
  std::string customer_no, reason;
};
BOOST_DESCRIBE_STRUCT(NewConflict, (), (user_id, customer_no, reason))

struct WhichConflict {
  UserId user_id{0};
  ConflictId conflict_id{0};
};
BOOST_DESCRIBE_STRUCT(WhichConflict, (), (user_id, conflict_id))

struct BackupIn {
  UserId user_id{0};
  std::string backup;
};
BOOST_DESCRIBE_STRUCT(BackupIn, (), (user_id, backup))

struct LeavingIn {
  UserId user_id{0};
  std::optional<kernel::Date> last_day;
  std::optional<bool> at_once;
};
BOOST_DESCRIBE_STRUCT(LeavingIn, (), (user_id, last_day, at_once))

BOOST_DESCRIBE_STRUCT(Left, (), (gone, cases_moved, cases_released, to_user_name))
BOOST_DESCRIBE_STRUCT(Expiring, (), (user_id, user_name, shown_name, kind, valid_until))

struct Within {
  std::optional<int> days;
};
BOOST_DESCRIBE_STRUCT(Within, (), (days))

struct ExpiringList {
  std::vector<Expiring> items;
};
BOOST_DESCRIBE_STRUCT(ExpiringList, (), (items))

struct MadeRecord {
  RecordId record_id{0};
};
BOOST_DESCRIBE_STRUCT(MadeRecord, (), (record_id))

struct MadeConflict {
  ConflictId conflict_id{0};
};
BOOST_DESCRIBE_STRUCT(MadeConflict, (), (conflict_id))

namespace {

std::string who(const Request& request) {
  return subject_of(UserId(request.caller->user_id));
}

// Nobody keeps their own file.
kernel::Status check_other(UserId user_id, const Request& request) {
  if (user_id.value() != request.caller->user_id) return kernel::Ok{};
  return Error{Code::conflict, "not your own; another administrator can", "user_id"};
}

Route get_file(store::Store& store) {
  return http::route<FileOf, FileOut>(
      "GET", "/api/v1/users/{user_id}/file", "people", "the staff file of one who works here",
      http::only({Role::compliance, Role::admin}),
      [&store](const FileOf& in, const Request& request) -> Result<FileOut> {
        TRY_ASSIGN(StaffFile file, store.transact([&](Transaction& tx) {
          return load_file(tx, in.user_id, who(request), request.now);
        }));
        return FileOut{.user_id = file.user.user_id,
                       .user_name = file.user.user_name,
                       .shown_name = file.user.shown_name,
                       .backup = file.user.backup,
                       .active = file.user.active,
                       .employed_until = file.user.employed_until,
                       .records = std::move(file.records),
                       .conflicts = std::move(file.conflicts)};
      });
}

Route post_record(store::Store& store) {
  return http::route<NewRecord, MadeRecord>(
      "POST", "/api/v1/users/{user_id}/records", "people",
      "a paper into the staff file: background check, confidentiality, certificate",
      http::only({Role::admin}),
      [&store](const NewRecord& in, const Request& request) -> Result<MadeRecord> {
        TRY(check_other(in.user_id, request));
        const StaffRecord record{.kind = in.kind,
                                 .title = in.title.value_or(""),
                                 .number = in.number.value_or(""),
                                 .issuer = in.issuer,
                                 .document = in.document.value_or(""),
                                 .issued_on = in.issued_on,
                                 .valid_until = in.valid_until,
                                 .made_by = {}};
        TRY_ASSIGN(const RecordId made, store.transact([&](Transaction& tx) {
          return save_record(tx, in.user_id, record, who(request), request.now);
        }));
        return MadeRecord{made};
      });
}

Route delete_record(store::Store& store) {
  return http::route<WhichRecord, Nothing>(
      "DELETE", "/api/v1/users/{user_id}/records/{record_id}", "people",
      "a paper counts no more: withdrawn, or put in by mistake", http::only({Role::admin}),
      [&store](const WhichRecord& in, const Request& request) -> Result<Nothing> {
        TRY(check_other(in.user_id, request));
        TRY(store.transact([&](Transaction& tx) {
          return end_record(tx, in.user_id, in.record_id, who(request), request.now);
        }));
        return Nothing{};
      });
}

Route post_conflict(store::Store& store) {
  return http::route<NewConflict, MadeConflict>(
      "POST", "/api/v1/users/{user_id}/conflicts", "people",
      "a conflict of interest: this user neither has nor sees the case from now on",
      http::only({Role::admin}),
      [&store](const NewConflict& in, const Request& request) -> Result<MadeConflict> {
        TRY_ASSIGN(const ConflictId made, store.transact([&](Transaction& tx) {
          return declare_conflict(tx, in.user_id, in.customer_no, in.reason, who(request),
                                  request.now);
        }));
        return MadeConflict{made};
      });
}

Route delete_conflict(store::Store& store) {
  return http::route<WhichConflict, Nothing>(
      "DELETE", "/api/v1/users/{user_id}/conflicts/{conflict_id}", "people",
      "the conflict is over: the night may give the case again", http::only({Role::admin}),
      [&store](const WhichConflict& in, const Request& request) -> Result<Nothing> {
        TRY(check_other(in.user_id, request));
        TRY(store.transact([&](Transaction& tx) {
          return end_conflict(tx, in.user_id, in.conflict_id, who(request), request.now);
        }));
        return Nothing{};
      });
}

Route put_backup(store::Store& store) {
  return http::route<BackupIn, Nothing>(
      "PUT", "/api/v1/users/{user_id}/backup", "people",
      "who gets the cases of one who leaves or must not have them", http::only({Role::admin}),
      [&store](const BackupIn& in, const Request& request) -> Result<Nothing> {
        TRY(store.transact([&](Transaction& tx) {
          return set_backup(tx, in.user_id, in.backup, who(request), request.now);
        }));
        return Nothing{};
      });
}

Route post_leaving(store::Store& store) {
  return http::route<LeavingIn, Left>(
      "POST", "/api/v1/users/{user_id}/leaving", "people",
      "the last day at work, or out at once: sessions end and the cases go on",
      http::only({Role::admin}),
      [&store](const LeavingIn& in, const Request& request) -> Result<Left> {
        TRY(check_other(in.user_id, request));
        return store.transact([&](Transaction& tx) {
          return set_leaving(tx, in.user_id,
                             {.last_day = in.last_day, .at_once = in.at_once.value_or(false)},
                             who(request), request.now);
        });
      });
}

Route get_expiring(store::Store& store) {
  return http::route<Within, ExpiringList>(
      "GET", "/api/v1/staff-expiring", "people", "certificates and checks that end soon",
      http::only({Role::lead, Role::compliance, Role::admin}),
      [&store](const Within& in, const Request& request) -> Result<ExpiringList> {
        const int days = in.days.value_or(30);
        if (days < 0 || days > 366) return Error{Code::invalid_input, "0 to 366 days", "days"};
        return store.read([&](Transaction& tx) {
          return ExpiringList{load_expiring(tx, request.now.china_date(), days)};
        });
      });
}

}  // namespace

std::vector<Route> staff_file_routes(store::Store& store) {
  return {get_file(store),        post_record(store), delete_record(store), post_conflict(store),
          delete_conflict(store), put_backup(store),  post_leaving(store),  get_expiring(store)};
}

}  // namespace people
