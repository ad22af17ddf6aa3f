#pragma once
// The file of somebody who works here: background check, confidentiality agreement, certificates,
// conflicts of interest, who stands in (B 岗), and the last day. Each change is a fact. Never true:
// a user at work after the last day; one who has or sees a case they have declared a conflict with.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "people/types.h"

namespace people {

enum class RecordKind { background_check, confidentiality, certificate };
BOOST_DESCRIBE_ENUM(RecordKind, background_check, confidentiality, certificate)

struct RecordTag {};
using RecordId = kernel::Id<RecordTag>;

struct StaffRecord {
  RecordId record_id{0};
  RecordKind kind = RecordKind::certificate;
  std::string title, number;  // of the paper; may be empty but for a certificate
  std::string issuer;         // who issued it, or who did the check
  std::string document;       // where the paper lies: a shelf, a file's name; may be empty
  kernel::Date issued_on;     // or signed, or checked
  std::optional<kernel::Date> valid_until;  // good to the end of that day; a certificate has one
  std::string made_by;
  kernel::Instant made_at;
  std::optional<kernel::Instant> ended_at;  // withdrawn, or put in by mistake: counts no more
};

struct ConflictTag {};
using ConflictId = kernel::Id<ConflictTag>;

struct Conflict {
  ConflictId conflict_id{0};
  std::string case_id;  // the customer's number
  std::string reason, declared_by;
  kernel::Instant declared_at;
  std::optional<kernel::Instant> ended_at;
};

struct StaffFile {
  User user;
  std::vector<StaffRecord> records;  // the latest first
  std::vector<Conflict> conflicts;
};
// Fact: secret_disclosed.
kernel::Result<StaffFile> load_file(store::Transaction& tx, UserId user_id, std::string_view by,
                                    kernel::Instant now);

// From the first record of a kind on, the records decide what the gate is told of it. Facts:
// staff_record_saved, staff_record_ended.
kernel::Result<RecordId> save_record(store::Transaction& tx, UserId user_id,
                                     const StaffRecord& record, std::string_view by,
                                     kernel::Instant now);
kernel::Status end_record(store::Transaction& tx, UserId user_id, RecordId record_id,
                          std::string_view by, kernel::Instant now);
bool has_records(store::Transaction& tx, UserId user_id, RecordKind kind);

// The case leaves their hands at once and is theirs no more, by night or by hand, until the
// conflict ends. Facts: conflict_declared, conflict_ended, and those of the case that moves.
kernel::Result<ConflictId> declare_conflict(store::Transaction& tx, UserId user_id,
                                            std::string_view case_id, std::string_view reason,
                                            std::string_view by, kernel::Instant now);
kernel::Status end_conflict(store::Transaction& tx, UserId user_id, ConflictId conflict_id,
                            std::string_view by, kernel::Instant now);

// Who gets this user's cases when they leave or must not have one; empty: their team's lead. Fact:
// backup_set.
kernel::Status set_backup(store::Transaction& tx, UserId user_id, std::string_view backup,
                          std::string_view by, kernel::Instant now);

// The last day; after it, or at once, they are out: sessions end and the cases go to the backup,
// else to the team's lead, else to the night. Facts: employment_end_set, user_left.
struct Leaving {
  std::optional<kernel::Date> last_day;  // nothing: it is taken back
  bool at_once = false;
};
struct Left {
  bool gone = false;
  std::int64_t cases_moved = 0, cases_released = 0;
  std::string to_user_name;  // empty: nobody
};
kernel::Result<Left> set_leaving(store::Transaction& tx, UserId user_id, const Leaving& leaving,
                                 std::string_view by, kernel::Instant now);

// What ends within these days, the soonest first; what has ended and was not followed, too.
struct Expiring {
  UserId user_id{0};
  std::string user_name, shown_name;
  RecordKind kind = RecordKind::certificate;
  kernel::Date valid_until;
};
std::vector<Expiring> load_expiring(store::Transaction& tx, kernel::Date today, int days);

std::vector<http::Route> staff_file_routes(store::Store& store);

}  // namespace people
