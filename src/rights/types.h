#pragma once
// What a person may ask about their own data, and what we do about it (PIPL 15, 24, 44 to 50). What
// enters: a request that staff took in, with how identity was checked. What leaves: a deadline by
// table, a copy of everything held, a hold, an erasure; or a refusal with its reasons. Never true:
// a copy or an erasure without a second person; erased what a duty to keep stands on; half erased.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/types.h"
#include "book/types.h"
#include "gate/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "kernel/secret.h"
#include "records/types.h"
#include "store/held.h"
#include "store/store.h"

namespace rights {

const std::vector<store::Migration>& schema();

struct RequestTag {};
using RequestId = kernel::Id<RequestTag>;

const std::vector<std::string>& kinds();        // access correct erase restrict object …
const std::vector<std::string>& received_by();  // counter phone letter email online regulator
const std::vector<std::string>& identities();   // how it was checked that they are who they say

using HeldParts = std::vector<store::HeldPart>;

struct Deps {  // borrowed; they live as long as the server
  store::Store& store;
  const book::Shelf& shelf;
  const gate::Gate& gate;
  const approval::Setup& approvals;
  std::filesystem::path data_dir, decisions;
  HeldParts parts;  // of every room, in the order a reader wants them
};

struct NewRequest {
  std::string customer_no, kind, received_by, identity;
  std::optional<kernel::Date> received_on;  // today where nobody says; at most a year ago
  kernel::Note text = kernel::Note::take("");
  std::string by;
};

struct Request {
  RequestId request_id{0};
  std::string person_key, customer_no;  // empty once the person is erased
  std::string kind, received_by, identity;
  kernel::Date received_on, due_on;
  std::string sealed_text;  // by the vault, purpose "rights.text"
  std::string rule_id, table_version, citation;
  std::int64_t copy_days = 0;
  kernel::Instant taken_at;
  std::string taken_by;
  std::string state, outcome;
  std::optional<approval::ApprovalId> approval_id;
  std::optional<gate::HoldId> hold_id;
  std::optional<kernel::Date> copy_until;
  std::optional<kernel::Instant> ended_at;
  std::string ended_by;
};

// Fact rights_request_taken. The same kind of the same person again while it is not answered is the
// same request. Errors: not_found (no such case), invalid_input (a word that is none, no text).
kernel::Result<Request> take_request(store::Transaction& tx, const Deps& deps,
                                     const NewRequest& wanted, kernel::Instant now);

struct Answer {
  RequestId request_id{0};
  kernel::Note text = kernel::Note::take("");  // what the person is told; may not be empty
  std::string by;
};
// Access and erasure: asks a second person (approval). Restriction, objection, withdrawal of
// consent: the hold stands at once; an objection then waits for a person's review. Correction: was
// made. conflict: erasure where a duty to keep stands, or answered already.
kernel::Result<Request> grant(store::Transaction& tx, const Deps& deps, const Answer& answer,
                              kernel::Instant now);
// Facts rights_request_decided. `restrict_instead`: no contact but what the law wants (PIPL 47,
// last paragraph).
kernel::Result<Request> refuse(store::Transaction& tx, const Deps& deps, const Answer& answer,
                               bool restrict_instead, kernel::Instant now);
// The end of a review: the decision stays (upheld), or was changed by hand; `lift`: the person is
// content with automation again.
kernel::Result<Request> end_review(store::Transaction& tx, const Deps& deps, const Answer& answer,
                                   bool changed, bool lift, kernel::Instant now);

// What is done once a second person agreed: a copy may be made, or the erasure is under way.
approval::Effect effect();

// ---- the copy ----------------------------------------------------------------------------------

// Everything every room holds of the person, as one ZIP: index.html in plain Chinese, data.json,
// documents. Facts: secret_disclosed, document_read, rights_copy_made with the file's SHA-256. It
// is made in memory and never on disk.
struct CopyFile {
  std::string zip, file_name;
  std::int64_t sections = 0, rows = 0, documents = 0;
};
class Copy {  // the one place besides the gate that opens numbers: the person's own
 public:
  static kernel::Result<CopyFile> make(const Deps& deps, RequestId id, std::string_view by,
                                       kernel::Instant now);

 private:
  static kernel::Result<std::vector<store::HeldSection>> gather(store::Transaction& tx,
                                                                const Deps& deps,
                                                                const store::Whose& whose,
                                                                const kernel::Disclosure& fields,
                                                                kernel::Instant now);
};

// ---- erasure -----------------------------------------------------------------------------------

// Carries out what was approved: every room's rows, the facts' way back to the person and the
// request's own texts, all in one transaction; what lies in files after. One whose facts wait for
// their seal is left for the next call; one against which a duty to keep came up meanwhile is open
// again. How many persons were erased. Fact: person_erased.
kernel::Result<int> carry_out_erasures(const Deps& deps, kernel::Instant now);

std::vector<http::Route> routes(const Deps& deps);

}  // namespace rights
