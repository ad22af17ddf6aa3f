#include "casework/said.h"

#include <algorithm>

#include "intake/types.h"

namespace casework {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

bool in_hardship(store::Transaction& tx, const Deps& deps, const std::string& customer_no,
                 kernel::Instant now) {
  const auto person = deps.gate.directory().person(tx, customer_no);
  if (!person) return false;
  const auto holds = gate::holds_of(tx, person->person_key, now);
  return std::any_of(holds.begin(), holds.end(), [](const gate::Hold& hold) {
    return hold.kind == "hardship" || hold.kind == "mental_health";
  });
}

}  // namespace

Result<wording::Verdict> check_note(store::Transaction& tx, const Deps& deps,
                                    const std::string& customer_no, std::string_view text,
                                    const std::string& by, kernel::Instant now) {
  if (text.empty()) return wording::Verdict{};
  wording::Context context;
  context.position = "note";
  return wording::check_said(
      tx, deps.decisions,
      {.text = text, .context = context, .subject = "customer:" + customer_no, .by = "user:" + by},
      now);
}

Status refuse_bad_note(const Deps& deps, const std::string& customer_no, std::string_view text,
                       const char* field, const std::string& by, kernel::Instant now) {
  TRY_ASSIGN(const auto verdict, deps.store.transact([&](store::Transaction& tx) {
    return check_note(tx, deps, customer_no, text, by, now);
  }));
  if (verdict.allowed) return kernel::Ok{};
  return Error{Code::invalid_input, "this may not be written: " + wording::codes_of(verdict),
               field};
}

Result<wording::Verdict> check_script(store::Transaction& tx, const Deps& deps,
                                      const gate::Request& wanted, std::string_view text,
                                      kernel::Instant now) {
  const auto point = intake::load_contact_point(tx, wanted.contact_point_id);
  if (!point) return Error{Code::not_found, "there is no such contact point", "contact_point_id"};
  const bool spoken =
      wanted.channel == "call" || wanted.channel == "robot_call" || wanted.channel == "visit";
  wording::Context context;
  context.role = point->role;
  context.channel = wanted.channel;
  context.identity_confirmed = !spoken;
  context.hardship = in_hardship(tx, deps, wanted.customer_no, now);
  context.position = spoken ? "opening" : wanted.channel == "letter" ? "letter" : "message";
  return wording::check_said(tx, deps.decisions,
                             {.text = text,
                              .context = context,
                              .subject = "customer:" + wanted.customer_no,
                              .by = "user:" + wanted.asker},
                             now);
}

}  // namespace casework
