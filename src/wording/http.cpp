// One question: may this be said?

#include <optional>

#include "http/json.h"
#include "wording/types.h"

namespace wording {

using kernel::Result;

struct CheckIn {
  http::Document text;
  std::optional<std::string> role, channel, position;
  std::optional<bool> identity_confirmed, hardship;
};
BOOST_DESCRIBE_STRUCT(CheckIn, (), (text, role, channel, position, identity_confirmed, hardship))

namespace {

// Nothing is written and nothing kept: what is typed here may never be said.
Result<Verdict> check_text(store::Store& store, const std::filesystem::path& decisions,
                           const CheckIn& in, const http::Request& request) {
  Context context;
  context.role = in.role.value_or(context.role);
  context.channel = in.channel.value_or(context.channel);
  context.position = in.position.value_or(context.position);
  context.identity_confirmed = in.identity_confirmed.value_or(context.identity_confirmed);
  context.hardship = in.hardship.value_or(context.hardship);
  TRY_ASSIGN(const Rules rules, store.read([&](store::Transaction& tx) {
    return Rules::in_force(tx, decisions, request.now.china_date());
  }));
  return rules.check(in.text.text, context);
}

}  // namespace

std::vector<http::Route> routes(store::Store& store, std::filesystem::path decisions) {
  return {http::route<CheckIn, Verdict>(
      "POST", "/api/v1/wording/check", "wording",
      "May this be said? Every rule it breaks, with the words marked and a suggestion",
      http::every_role(),
      [&store, decisions = std::move(decisions)](const CheckIn& in, const http::Request& request) {
        return check_text(store, decisions, in, request);
      })};
}

}  // namespace wording
