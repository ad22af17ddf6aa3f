#pragma once
// May we contact this person? What enters is a Request; what leaves is a Permit, reserved in the
// transaction that counted it, or every rule that refused, with citation and when it would be
// allowed. Never true: a contact without a Permit, a Permit used twice, a cap passed by any race,
// retry or crash. What is not known is refused.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "gate/clock.h"
#include "gate/ports.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "kernel/secret.h"
#include "store/store.h"

namespace gate {

const std::vector<store::Migration>& schema();

struct PermitTag {};
using PermitId = kernel::Id<PermitTag>;
struct HoldTag {};
using HoldId = kernel::Id<HoldTag>;

// ---- asking ------------------------------------------------------------------------------------

struct Request {
  std::string customer_no;
  std::string contact_point_id;  // or, when empty, `number`: a number on this customer's file
  std::string number;
  std::string channel;    // call | robot_call | sms | email | letter | visit | push | wechat
  std::string purpose;    // remind | collect | negotiate | relay | answer | legal_notice
  std::string script;     // which script or template of which version; may be empty for a free talk
  bool says_debt = true;  // does what will be said or written mention the debt?
  int visitors = 0;       // people going, for a visit
  std::string asker;      // user name, "agency:<name>" or "machine:<name>"
  std::string idempotency_key;  // the same key gives the same permit; empty: none
  // What is known of a machine whose operator answers for it (the command line, on the machine that
  // has the key file); everybody else is looked up by the port, whatever they say of themselves.
  std::optional<AskerFacts> vouched;
};

// One row of one pack that said no.
struct Refusal {
  std::string code, citation;
  std::string rank;       // statute | department_rule | normative | standard | association | lender
  std::string certainty;  // found | copy (only in a copy: check the official text) | memory
  std::string reason_zh, reason_en;
  std::string again;  // at_open | next_day | after_cooldown | when_lifted | never
  std::string effective_from, effective_until;  // its days, both included; empty: always
  std::string pack, version, table, rule_id;
  int row = 0;
  std::optional<kernel::Instant> allowed_at;  // when this rule would no longer refuse
};
BOOST_DESCRIBE_STRUCT(Refusal, (),
                      (code, citation, rank, certainty, reason_zh, reason_en, again, effective_from,
                       effective_until, pack, version, table, rule_id, row, allowed_at))

struct PackRef {
  std::string pack, version;
};
BOOST_DESCRIBE_STRUCT(PackRef, (), (pack, version))

struct Answer {
  bool allowed = false;
  kernel::Instant asked_at;  // the moment judged: never before what the person's row has seen
  int contacts_left_today = 0;
  int attempts_left_today = 0;                // on this number
  std::optional<kernel::Instant> allowed_at;  // when none would refuse; none: cannot be told
  std::vector<Refusal> refusals;              // all that fired, in the order of packs and rows
  std::vector<PackRef> packs;
};
BOOST_DESCRIBE_STRUCT(Answer, (),
                      (allowed, asked_at, contacts_left_today, attempts_left_today, allowed_at,
                       refusals, packs))

// An answer with what it was given on; no facts where customer or point are not known.
struct Explained {
  Answer answer;
  std::vector<std::pair<std::string, std::string>> facts;
};

// The right to one contact with one person at one point, over one channel, for one purpose. Only
// the gate makes one; whoever sends takes it by value, so it is gone after one try.
class Permit {
 public:
  Permit(Permit&&) noexcept = default;
  Permit& operator=(Permit&&) noexcept = default;
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;

  struct Bound {
    PermitId permit_id;
    std::string person_key, customer_no, contact_point_id, number_index;
    std::string channel, purpose, script, asker;
    bool says_debt = true;
    kernel::Instant reserved_at, expires_at;
  };
  // CHECKs that it was not moved away: a permit given to a channel cannot be looked at again.
  const Bound& bound() const {
    CHECK_MSG(bound_ != nullptr, "a Permit used after it was given away");
    return *bound_;
  }
  const Bound* operator->() const { return &bound(); }

 private:
  friend class Gate;
  explicit Permit(Bound bound) : bound_(std::make_unique<const Bound>(std::move(bound))) {}
  std::unique_ptr<const Bound> bound_;
};

struct Reply {
  Answer answer;
  std::optional<Permit> permit;  // there when answer.allowed
  bool repeated = false;         // the same idempotency key had been granted before
};

// What a permit became when it was spent. The row says `used` before anything leaves the house.
struct Spent {
  Permit::Bound bound;
  kernel::Instant used_at;
};

// What somebody says became of a permit.
struct Told {
  PermitId permit_id{0};
  std::string outcome;  // of outcomes()
  std::string by;
};

// Words an outcome may have. All but the last four count as a contact had with the person; every
// one of them counts as an attempt on the number. Unknown counts as a contact: nobody can say it
// was not one.
bool is_outcome(std::string_view outcome);
bool counts_as_contact(std::string_view outcome);  // of pending and words not known: true
const std::vector<std::string>& outcomes();
const std::vector<std::string>& channels();
const std::vector<std::string>& purposes();

// ---- policy packs ------------------------------------------------------------------------------

class PackSet;      // packs.h
struct Applicable;  // packs.h: which packs protect a person

// The packs of <decisions>/packs/*.dmn with the calendar of <decisions>/calendar-cn.csv, united:
// what one refuses is refused. A file that cannot be read is kept as a pack that refuses
// everything.
class Packs {
 public:
  static Packs load(const std::filesystem::path& decisions);
  // The same as they are in force on a date: a released pack from its day on, without a restart.
  static Packs in_force(store::Transaction& tx, const std::filesystem::path& decisions,
                        kernel::Date date);
  explicit Packs(std::shared_ptr<const PackSet> set) : set_(std::move(set)) {}

  std::vector<PackRef> refs() const;
  std::vector<PackRef> refs(const Applicable& applicable) const;
  std::vector<std::string> problems() const;  // file: what is wrong; empty when all is well
  int cap_person_day() const;                 // the smallest of all packs
  int cap_number_day() const;
  int cap_person_day(const Applicable& applicable) const;  // of those that protect a person
  int cap_number_day(const Applicable& applicable) const;
  // Today's window for calls, the narrowest of all packs: minutes of the day in China.
  struct Window {
    int open_minute = 0, close_minute = 0;
  };
  Window window() const;
  Window window(const Applicable& applicable) const;
  const PackSet& set() const { return *set_; }

 private:
  std::shared_ptr<const PackSet> set_;
};

// Why the gate could not run this text as a pack, and would refuse everything; empty: it could.
std::string pack_problem(std::string_view file, std::string_view xml);

// ---- judging again -----------------------------------------------------------------------------

// A fact as an entry of the evidence log holds it; texts are borrowed for the call.
struct LoggedFact {
  std::string_view name;
  std::variant<std::monostate, bool, std::int64_t, std::string_view, std::vector<std::string_view>>
      value;
};

// What packs, given by their bytes, say to logged facts: for an audit, which has only the log.
class Replay {
 public:
  Replay();
  ~Replay();
  // What is wrong with it, empty when nothing: a pack that cannot be read refuses everything.
  std::string add(const PackRef& pack, std::string_view dmn);
  bool has(const PackRef& pack) const;
  // All that fires, as the gate would have it. All of `packs` must have been added (CHECKed); a
  // fact that is missing or of another type is an Error.
  kernel::Result<std::vector<Refusal>> refusals(const std::vector<PackRef>& packs,
                                                const std::vector<LoggedFact>& facts);
  // The smallest cap of these packs, per person and per number; none where no pack has one.
  std::optional<int> cap_person_day(const std::vector<PackRef>& packs);
  std::optional<int> cap_number_day(const std::vector<PackRef>& packs);

 private:
  struct Sets;
  std::unique_ptr<Sets> sets_;
};

// ---- the gate ----------------------------------------------------------------------------------

class Gate {
 public:
  // Packs by date, as Packs::in_force gives them.
  using PackSource = std::function<Packs(store::Transaction&, kernel::Date)>;
  Gate(PackSource packs, std::shared_ptr<const Directory> directory, AskerPort asker,
       Clock clock = Clock::given());
  // The same packs on every day.
  Gate(Packs packs, std::shared_ptr<const Directory> directory, AskerPort asker,
       Clock clock = Clock::given());

  // "May I, and how many are left?" Nothing is written, nothing counted.
  Answer question(store::Transaction& tx, const Request& request, kernel::Instant now) const;

  // The same with every fact the packs looked at, by name, as FEEL literals.
  Explained explain(store::Transaction& tx, const Request& request, kernel::Instant now) const;
  std::vector<Answer> questions(store::Transaction& tx, std::span<const Request> requests,
                                kernel::Instant now) const;

  // Reserves a permit, or leaves the refusal; both are a row and a fact. An Error only for a
  // mis-stated request: an idempotency key that was used for another one. `now` is this node's
  // clock; what counts is the gate's (clock.h), and never before what the person's row has seen.
  kernel::Result<Reply> ask(store::Transaction& tx, const Request& request,
                            kernel::Instant now) const;
  // The same for many, in the order given: each grant counts for those after it. Everybody's
  // history is loaded at once, everything is written at once; a mis-stated request is an Error in
  // its place and does not concern the others.
  std::vector<kernel::Result<Reply>> ask_many(store::Transaction& tx,
                                              std::span<const Request> requests,
                                              kernel::Instant now) const;

  // For channels, before anything leaves the house. Fails (conflict) when the permit is expired,
  // revoked by a hold that came meanwhile, or already used by whoever holds the same one.
  kernel::Result<Spent> spend(store::Transaction& tx, Permit permit, kernel::Instant now) const;
  std::vector<kernel::Result<Spent>> spend_many(store::Transaction& tx, std::vector<Permit> permits,
                                                kernel::Instant now) const;
  // Permits reserved earlier by this asker, to be spent now: for dialers and agencies, which come
  // back with ids. not_found where it is another's, conflict where it is no longer reserved.
  std::vector<kernel::Result<Permit>> claim_many(store::Transaction& tx,
                                                 std::span<const PermitId> permit_ids,
                                                 std::string_view asker) const;

  // For the channel that holds a spent permit: leaves the fact secret_disclosed and opens the
  // number or address it was given for. Conflict when the permit is not in use by `by`: never
  // spent, its time over, or its outcome told.
  kernel::Result<kernel::ContactDisclosure> disclose(store::Transaction& tx, PermitId permit_id,
                                                     std::string_view by,
                                                     kernel::Instant now) const;

  // What became of a permit; once. `not_made` is for a permit that was never acted on.
  kernel::Status record_outcome(store::Transaction& tx, PermitId permit_id,
                                std::string_view outcome, std::string_view by,
                                kernel::Instant now) const;
  std::vector<kernel::Status> record_outcomes(store::Transaction& tx, std::span<const Told> told,
                                              kernel::Instant now) const;

  Packs packs(store::Transaction& tx, kernel::Date date) const { return packs_(tx, date); }
  // The day `days` Chinese workdays after `from`, by the calendar in force on `from`; a year it
  // says nothing of has only its weekends off, so that a day is never counted too late.
  kernel::Date workdays_after(store::Transaction& tx, kernel::Date from, int days) const;
  const Directory& directory() const { return *directory_; }

 private:
  class Batch;  // all that is known for the requests of one call (batch.h)
  static Permit make_permit(Permit::Bound bound) { return Permit(std::move(bound)); }

  PackSource packs_;
  std::shared_ptr<const Directory> directory_;
  AskerPort asker_;
  Clock clock_;
};

// ---- permits as rows ---------------------------------------------------------------------------

struct PermitRow {
  PermitId permit_id{0};
  std::string person_key, customer_no, contact_point_id, channel, purpose, asker;
  std::string state;    // reserved | used | done | revoked
  std::string outcome;  // empty while not known
  kernel::Instant reserved_at, expires_at;
  std::optional<kernel::Instant> used_at, outcome_at;
};
std::optional<PermitRow> find_permit(store::Transaction& tx, PermitId permit_id);
// Permits of one person that were used, newest first.
std::vector<PermitRow> permits_of(store::Transaction& tx, std::string_view person_key, int limit);

struct RefusalRow {
  std::string contact_point_id, channel, purpose, asker;
  kernel::Instant refused_at;
  std::string codes;  // separated by spaces
};
std::vector<RefusalRow> refusals_of(store::Transaction& tx, std::string_view customer_no,
                                    int limit);  // newest first

// Permits past their time without an outcome become `unknown`: a fact each. Returns how many.
std::int64_t expire_permits(store::Transaction& tx, kernel::Instant now);

// Contacts of today by person_key, for lists: only persons who have any.
std::unordered_map<std::string, int> contacts_today(store::Transaction& tx, kernel::Instant now);
// Contacts per customer_no in [from, to): for the night's cut; only customers who have any.
std::unordered_map<std::string, int> contacts_between(store::Transaction& tx, kernel::Instant from,
                                                      kernel::Instant to);

// What the owner of a PostgreSQL store holds to, whatever anybody asks the door for; nothing: not
// checked. Only the owner may set it.
struct Limits {
  std::optional<std::int64_t> clock_tolerance_s;  // a permit's time and the database's clock
  std::optional<std::int64_t> contacts_day;       // own contacts of a person, a day
  std::optional<std::int64_t> attempts_day;       // own attempts on a number, a day
};
void set_limits(store::Transaction& tx, const Limits& limits);

// ---- the tables as they stand, for whoever checks them against the facts (evidence) ------------

// Fields as facts name them (permit_id, person, number, nth, channel, …), in JSON's values without
// quotes; `packs` as pack@version, a space between. Who did it is named as facts name it. "" where
// there is none.
struct TableRow {
  std::int64_t row_id = 0;  // permit_id, refusal_id, hold_id
  std::string customer_no;
  std::vector<std::pair<std::string_view, std::string>> fields;
  std::string state, outcome;                        // of a mark: which
  kernel::Instant at;                                // reserved, refused, set, marked
  std::string by;                                    // who set, who marked
  std::optional<kernel::Instant> used_at, ended_at;  // outcome known, lifted
  std::string ended_by;
};
struct PackRow {
  std::string pack, version, sha256, calendar_sha256, bytes;
};
using EachRow = std::function<void(const TableRow&)>;
void each_permit_row(store::Transaction& tx, const EachRow& each);   // by permit_id
void each_refusal_row(store::Transaction& tx, const EachRow& each);  // by refusal_id
void each_hold_row(store::Transaction& tx, const EachRow& each);     // by hold_id
void each_mark_row(store::Transaction& tx, const EachRow& each);
void each_pack_row(store::Transaction& tx, const std::function<void(const PackRow&)>& each);
// person_key, how many permits the person had, and when the last one was granted.
void each_person_seen(
    store::Transaction& tx,
    const std::function<void(const std::string&, std::int64_t, kernel::Instant)>& each);
// The bytes of a pack that was used; none where it never was.
std::optional<std::string> used_pack(store::Transaction& tx, std::string_view pack,
                                     std::string_view version);

// ---- holds -------------------------------------------------------------------------------------

// Why a person may not be contacted (or, for `lost`, why others may be asked to pass a word on).
// It holds for the person, whichever customer number it was set on.
struct Hold {
  HoldId hold_id{0};
  std::string person_key, customer_no;
  std::string kind;  // one of hold_kinds()
  kernel::Instant since;
  std::optional<kernel::Date> until;  // its last day; none: until lifted
  std::string set_by;
  std::string sealed_reason;  // by the vault, purpose "hold.reason"
};

struct HoldRequest {
  std::string customer_no, kind;
  kernel::Note reason = kernel::Note::take("");
  std::optional<kernel::Date> until;
  std::string set_by;
};

const std::vector<std::string>& hold_kinds();

// Setting one revokes the person's permits that are not used yet, in the same transaction.
kernel::Result<Hold> set_hold(store::Transaction& tx, const Directory& directory,
                              const HoldRequest& request, kernel::Instant now);
// From any customer number of the person.
kernel::Status lift_hold(store::Transaction& tx, const Directory& directory,
                         std::string_view customer_no, HoldId hold_id, const kernel::Note& reason,
                         std::string_view by, kernel::Instant now);
// All of a person, also those lifted or over, earliest first.
struct PastHold {
  Hold hold;
  std::optional<kernel::Instant> lifted_at;
  std::string lifted_by;
};
std::vector<PastHold> hold_history(store::Transaction& tx, std::string_view person_key);
std::vector<Hold> holds_of(store::Transaction& tx, std::string_view person_key,
                           kernel::Instant now);  // in force
// Holds in force at the cut, of everyone: person_key and customer_no in each.
std::vector<Hold> holds_at(store::Transaction& tx, kernel::Instant cut);

// ---- over HTTP ---------------------------------------------------------------------------------

// For compliance: ask as if, what was refused by which rule, how much of the caps is used today.
std::vector<http::Route> routes(store::Store& store, const Gate& gate);

// ---- the command line --------------------------------------------------------------------------

// `evenhand gate ask`: one JSON request, an array of them, or one a line; answers in the same form.
// docs/gate.md has the fields.
kernel::Result<std::string> answer_json(store::Store& store, const Gate& gate,
                                        std::string_view json, kernel::Instant now);

}  // namespace gate
