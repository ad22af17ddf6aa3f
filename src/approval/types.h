#pragma once
// One four-eyes mechanism for whatever needs a second person. What enters: a request of a kind that
// approval.dmn and some room's Effect both know. What leaves: that effect, in the transaction of
// the last approval. Never true: approved and not done, or done and not approved; a name twice on
// one request, be it by a deputy; a kind approved that nobody wrote down.

#include <boost/describe/class.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/decision.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/money.h"
#include "kernel/result.h"
#include "kernel/secret.h"
#include "store/store.h"

namespace approval {

const std::vector<store::Migration>& schema();

struct ApprovalTag {};
using ApprovalId = kernel::Id<ApprovalTag>;

struct Ask {
  std::string kind;          // a word of approval.dmn
  std::string subject;       // "legal_hold:7": waits once at a time, per kind
  std::string detail;        // a word of the kind's own that the table may ask about; may be empty
  std::string customer_no;   // whose case; empty: nobody's
  kernel::Money amount_fen;  // what the table asks about; 0 where there is none
  std::int64_t size = 0;     // the same for days, records, …
  kernel::Note reason = kernel::Note::take("");
  // What is done on approval, JSON of ids, codes and amounts: never personal data.
  std::string payload = "{}";
  std::string by;  // user name
};

struct Approval {
  ApprovalId approval_id{0};
  std::string kind, subject, detail, customer_no;
  kernel::Money amount_fen;
  std::int64_t size = 0;
  std::string payload, payload_sha256;
  std::string sealed_reason;  // by the vault, purpose "approval.reason"
  std::string state;          // waiting | approved | refused | withdrawn | expired
  std::string asked_by;
  kernel::Instant asked_at;
  int level = 1, levels = 1;  // the level it waits for, or ended at; of how many
  int wait_hours = 0;         // each level's time
  kernel::Instant due_at;     // of this level; from then on it cannot be approved
  std::string table_version;  // of approval.dmn, that said levels and time
  std::optional<kernel::Instant> ended_at;
};

// ---- what it needs -----------------------------------------------------------------------------

// Somebody who works here now; whoever left is not among them.
struct Person {
  std::string user_name, shown_name;
  http::Role role = http::Role::collector;
};

// What a kind does once it is approved, in the same transaction: an Error, and nothing was
// approved.
struct Effect {
  std::string kind;
  std::function<kernel::Status(store::Transaction&, const Approval&, std::string_view by,
                               kernel::Instant now)>
      apply;
};

using Model = std::shared_ptr<const decision::Model>;
struct Setup {
  std::function<kernel::Result<Model>(store::Transaction&, kernel::Date)> table;  // in force
  std::function<std::vector<Person>(store::Transaction&)> staff;
  std::vector<Effect> effects;
};

// ---- asking and answering ----------------------------------------------------------------------

// Fact approval_asked. The same from the same person while it waits is the same request; another's,
// or with another payload, a conflict. forbidden: the table does not let this role ask, or does not
// know the kind.
kernel::Result<Approval> ask(store::Transaction& tx, const Setup& setup, const Ask& asked,
                             kernel::Instant now);

struct Answer {
  ApprovalId approval_id{0};
  kernel::Note note = kernel::Note::take("");  // needed to refuse
  std::string by;
};
// Facts approval_given, approval_refused. After the last level the effect is done. Again by the
// same person: the same answer, and nothing more is done. not_found where the person has no part in
// it, forbidden for who asked, who answered an earlier level, or whose authority was used already;
// conflict where it ended or its time is over.
kernel::Result<Approval> approve(store::Transaction& tx, const Setup& setup, const Answer& answer,
                                 kernel::Instant now);
kernel::Result<Approval> refuse(store::Transaction& tx, const Setup& setup, const Answer& answer,
                                kernel::Instant now);
// By who asked. Fact approval_withdrawn.
kernel::Result<Approval> withdraw(store::Transaction& tx, ApprovalId id, std::string_view by,
                                  kernel::Instant now);
// Ends what nobody answered in time. Facts approval_expired; how many.
int sweep(store::Transaction& tx, kernel::Instant now);

std::optional<Approval> find_approval(store::Transaction& tx, ApprovalId id);
// The one that waits and is in time.
std::optional<Approval> find_waiting(store::Transaction& tx, std::string_view kind,
                                     std::string_view subject, kernel::Instant now);

// ---- deputies ----------------------------------------------------------------------------------

struct DeputyTag {};
using DeputyId = kernel::Id<DeputyTag>;

struct Deputy {
  DeputyId deputy_id{0};
  std::string user_name, deputy;       // who is stood in for, and who does
  kernel::Date from_date, until_date;  // both counted
  kernel::Instant named_at;
  std::optional<kernel::Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(Deputy, (),
                      (deputy_id, user_name, deputy, from_date, until_date, named_at, ended_at))

// One deputy a day; whom and how long the table says. Facts deputy_named, deputy_ended (by either).
kernel::Result<Deputy> name_deputy(store::Transaction& tx, const Setup& setup, const Deputy& wanted,
                                   kernel::Instant now);
kernel::Status end_deputy(store::Transaction& tx, DeputyId id, std::string_view by,
                          kernel::Instant now);

// ---- over HTTP ---------------------------------------------------------------------------------

// Both live as long as the routes.
std::vector<http::Route> routes(store::Store& store, const Setup& setup);

}  // namespace approval
