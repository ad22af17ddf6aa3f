#pragma once
// What must be kept, for how long, and what may never be destroyed: documents of a case (sealed),
// the retention of every room's records by decisions/retention.dmn, and legal holds. What enters:
// bytes, what rooms keep (store/kept.h). What leaves: documents, facts, lists of what was
// destroyed. Never true: a document readable without a fact; anything destroyed that a legal hold
// names, that belongs to an open case, or half; anything destroyed without a fact.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/types.h"
#include "book/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "kernel/secret.h"
#include "records/virus.h"
#include "store/kept.h"
#include "store/store.h"

namespace records {

const std::vector<store::Migration>& schema();

// ---- documents ---------------------------------------------------------------------------------

struct DocumentTag {};
using DocumentId = kernel::Id<DocumentTag>;

// recording letter agreement notice photo identity payment_receipt complaint court other
const std::vector<std::string>& document_kinds();
// Where it came from: staff customer agency court bank system
const std::vector<std::string>& document_sources();

// Why somebody reads one, or takes an evidence pack: case_work complaint court audit
// customer_request
const std::vector<std::string>& read_reasons();

inline constexpr std::size_t document_bytes_max = 256u << 20;        // of one document
inline constexpr std::size_t document_upload_bytes_max = 20u << 20;  // of one sent over HTTP

struct Document {
  DocumentId document_id{0};
  std::string customer_no, kind, source, media_type, sha256;  // sha256: of the bytes, hex
  std::int64_t bytes = 0;
  kernel::Date dated_on;  // of the letter, the call …; the day it was added where nobody said
  kernel::Instant added_at;
  std::string added_by;  // user name, or "command"
  std::string state;     // kept | destroyed
  std::optional<kernel::Instant> destroyed_at;
};
BOOST_DESCRIBE_STRUCT(Document, (),
                      (document_id, customer_no, kind, source, media_type, sha256, bytes, dated_on,
                       added_at, added_by, state, destroyed_at))

struct NewDocument {
  std::string customer_no, kind, source = "staff";
  std::string file_name;  // personal data may be in it: sealed; may be empty
  std::optional<kernel::Date> dated_on;
  std::string by;
};
// Sealed and durable; fact document_added. The same bytes for the same case again are the same
// document: nothing is written. invalid_input where kind, source, size (1 to document_bytes_max) or
// type is not allowed or the scan found something (fact document_refused), not_found where there is
// no such case, unavailable where the scan gives no verdict. An empty scan: nobody is asked.
kernel::Result<Document> add_document(store::Store& store, const std::filesystem::path& data_dir,
                                      const NewDocument& document, std::string_view bytes,
                                      kernel::Instant now, const VirusScan& scan = {});

// ".pdf" …; ".bin" for a type not known.
std::string extension_of(std::string_view media_type);

std::vector<Document> documents_of(store::Transaction& tx, std::string_view customer_no);
std::optional<Document> find_document(store::Transaction& tx, DocumentId document_id);

struct OpenedDocument {
  Document document;
  std::string file_name, bytes;
};
// Leaves the facts secret_disclosed and document_read (who, why), whether or not the bytes can then
// be read. conflict: it was destroyed. corrupt: the bytes are not those that were added.
kernel::Result<OpenedDocument> open_document(store::Store& store,
                                             const std::filesystem::path& data_dir,
                                             DocumentId document_id, std::string_view reason,
                                             std::string_view by, kernel::Instant now);

// ---- legal holds -------------------------------------------------------------------------------

struct LegalHoldTag {};
using LegalHoldId = kernel::Id<LegalHoldTag>;

struct LegalHold {
  LegalHoldId legal_hold_id{0};
  std::string scope;        // person | case | document | kind
  std::string subject;      // person_key, customer_no, document_id or a kind of record
  std::string customer_no;  // the case it was set from; empty for a kind
  kernel::Instant set_at;
  std::string set_by;
  std::optional<kernel::Date> until;  // its last day; none: until lifted
  std::optional<kernel::Instant> lifted_at;
  std::string lifted_by;
  std::string sealed_reason;  // by the vault, purpose "legal_hold.reason"
};

struct LegalHoldRequest {
  std::string scope;
  std::string subject;  // customer_no for a person and a case; document_id; kind
  kernel::Note reason = kernel::Note::take("");
  std::optional<kernel::Date> until;
  std::string by;
};
// From the moment this is durable nothing it names is destroyed. Fact legal_hold_set.
kernel::Result<LegalHold> set_legal_hold(store::Transaction& tx, const LegalHoldRequest& request,
                                         kernel::Instant now);
// Four eyes: one asks with a reason, another approves (approval/types.h). Once approved it is
// lifted, fact legal_hold_lifted.
kernel::Result<approval::Approval> ask_lift(store::Transaction& tx,
                                            const approval::Setup& approvals, LegalHoldId id,
                                            const kernel::Note& reason, std::string_view by,
                                            kernel::Instant now);
std::optional<approval::Approval> lift_asked(store::Transaction& tx, LegalHoldId id,
                                             kernel::Instant now);
approval::Effect lift_effect();
std::optional<LegalHold> find_legal_hold(store::Transaction& tx, LegalHoldId id);
std::vector<LegalHold> legal_holds(store::Transaction& tx);  // all, newest first
// Those in force on `today` that touch this case: its person, itself, a document of it.
std::vector<LegalHold> legal_holds_on(store::Transaction& tx, std::string_view customer_no,
                                      kernel::Date today);
bool in_force(const LegalHold& hold, kernel::Date today);

// ---- retention ---------------------------------------------------------------------------------

// What destroys, for the table: rooms' kinds, handed in by app.
using KeptKinds = std::vector<store::KeptKind>;
KeptKinds kept(const std::filesystem::path& data_dir);  // this room's own: documents by kind

// One kind of record that a run destroyed or would destroy, and by which row.
struct DueLine {
  std::string kind, code, rule_id, citation, rank, certainty;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(DueLine, (), (kind, code, rule_id, citation, rank, certainty, count))

// A table in force that asks for less than the law of the shipped one: the law is kept, and said.
struct Loosened {
  std::string code, kind, lender_kind, jurisdiction, citation;
  std::int64_t keep_months = 0;  // by the law
};
BOOST_DESCRIBE_STRUCT(Loosened, (), (code, kind, lender_kind, jurisdiction, citation, keep_months))

struct RetentionReport {
  std::string run_id;  // empty: a dry run, or nothing was due
  kernel::Date date;
  bool dry_run = false;
  std::string version;  // of retention.dmn in force
  std::int64_t looked_at = 0, due = 0, destroyed = 0;
  std::int64_t held = 0;       // due, but a legal hold names them
  std::int64_t open = 0;       // of a case, plan or complaint that is not over
  std::int64_t not_known = 0;  // no rule for the kind, or the day it counts from is not known: kept
  std::vector<DueLine> lines;
  std::vector<Loosened> loosened;   // CN_RETENTION
  std::string list_json, list_csv;  // files of the destruction list; empty: none
  std::string text() const;
};
BOOST_DESCRIBE_STRUCT(RetentionReport, (),
                      (run_id, date, dry_run, version, looked_at, due, destroyed, held, open,
                       not_known, lines, loosened, list_json, list_csv))

struct RetentionOptions {
  std::filesystem::path data_dir, decisions;
  kernel::Date date;
  kernel::Instant now;
  bool dry_run = false;
  std::string by;   // "user:…", "night", "command"
  int batch = 200;  // records a transaction, at most
  KeptKinds kinds;  // of all rooms
  std::string jurisdiction = "CN";
};
// Destroys what is due on `date`, batch by batch, each whole with its fact record_destroyed; a run
// that was killed is finished by the next. Run again it finds nothing. The list of what was
// destroyed lies in <data>/retention/<run_id>.json and .csv.
kernel::Result<RetentionReport> run_retention(store::Store& store, const book::Shelf& shelf,
                                              const RetentionOptions& options);

// Why what is held of a case may not be erased on a day although its person asks: `open` (an
// account, plan, complaint or promise that is not over), `legal_hold`, `law` (with the row and its
// last day) or `not_known` (no rule, or no day it counts from). `kind` is empty where all of the
// case stays.
struct Duty {
  std::string customer_no, kind, why;
  std::optional<kernel::Date> until;
  std::string code, citation, certainty;
};
BOOST_DESCRIBE_STRUCT(Duty, (), (customer_no, kind, why, until, code, citation, certainty))
// Empty: everything may go. A record's day is not looked up one by one: each counts as made on the
// case's last activity, so nothing is erased too early.
kernel::Result<std::vector<Duty>> duties_to_keep(store::Transaction& tx, const book::Shelf& shelf,
                                                 const std::filesystem::path& decisions,
                                                 const std::vector<std::string>& customer_nos,
                                                 kernel::Date today);

// ---- over HTTP ---------------------------------------------------------------------------------

struct Deps {  // borrowed; they live as long as the server
  store::Store& store;
  std::filesystem::path data_dir;
  const approval::Setup& approvals;
  const book::Shelf& shelf;
  std::filesystem::path decisions;
  VirusScan scan;  // of what is uploaded; empty: nobody is asked
};
std::vector<http::Route> routes(const Deps& deps);

}  // namespace records
