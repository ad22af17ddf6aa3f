#include "casework/hold_lift.h"

#include <algorithm>

#include "http/json.h"
#include "store/vault.h"

namespace casework {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr char kind[] = "contact_hold_lift";  // a word of approval.dmn

struct HoldLiftPayload {
  gate::HoldId hold_id{0};
};
BOOST_DESCRIBE_STRUCT(HoldLiftPayload, (), (hold_id))

}  // namespace

Result<approval::Approval> ask_hold_lift(store::Transaction& tx, const Deps& deps,
                                         const std::string& customer_no, gate::HoldId hold_id,
                                         const std::string& reason, std::string_view by,
                                         kernel::Instant now) {
  if (deps.approvals == nullptr)
    return Error{Code::unavailable, "nobody can be asked here", "hold_id"};
  const auto person = deps.gate.directory().person(tx, customer_no);
  if (!person) return Error{Code::not_found, "there is no such case", "case_id"};
  const auto holds = gate::holds_of(tx, person->person_key, now);
  const auto hold = std::find_if(holds.begin(), holds.end(),
                                 [&](const gate::Hold& one) { return one.hold_id == hold_id; });
  if (hold == holds.end()) return Error{Code::not_found, "there is no such hold", "hold_id"};
  return approval::ask(tx, *deps.approvals,
                       {.kind = kind,
                        .subject = "hold:" + std::to_string(hold_id.value()),
                        .detail = hold->kind,
                        .customer_no = customer_no,
                        .amount_fen = {},
                        .size = 0,
                        .reason = kernel::Note::take(reason),
                        .payload = http::write_json(HoldLiftPayload{hold_id}),
                        .by = std::string(by)},
                       now);
}

approval::Effect hold_lift_effect(std::shared_ptr<const gate::Directory> directory) {
  return {kind,
          [directory = std::move(directory)](
              store::Transaction& tx, const approval::Approval& approved, std::string_view by,
              kernel::Instant now) -> kernel::Status {
            TRY_ASSIGN(const auto payload, http::parse_json<HoldLiftPayload>(approved.payload));
            TRY_ASSIGN(const kernel::Note reason, tx.vault().open_sealed<kernel::NoteTag>(
                                                      "approval.reason", approved.sealed_reason));
            return gate::lift_hold(tx, *directory, approved.customer_no, payload.hold_id, reason,
                                   by, now);
          }};
}

}  // namespace casework
