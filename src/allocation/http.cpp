// POST /allotments: a lead gives cases to a collector by hand.

#include <boost/describe/class.hpp>

#include "allocation/types.h"

namespace allocation {

using kernel::Code;
using kernel::Error;
using kernel::Result;

struct ReassignInput {
  std::vector<std::string> case_ids;
  std::string to_user_name, reason;
};
BOOST_DESCRIBE_STRUCT(ReassignInput, (), (case_ids, to_user_name, reason))

struct Reassigned {
  std::int64_t moved = 0;
};
BOOST_DESCRIBE_STRUCT(Reassigned, (), (moved))

namespace {

constexpr std::size_t cases_max = 1000;

Result<Reassigned> reassign_cases(store::Store& store, const FindCollector& find_collector,
                                  const Reach& reach, const ReassignInput& in,
                                  const http::Request& request) {
  if (in.case_ids.empty() || in.case_ids.size() > cases_max)
    return Error{Code::invalid_input, "name 1 to 1,000 cases", "case_ids"};
  return store.transact([&](store::Transaction& tx) -> Result<Reassigned> {
    const auto collector = find_collector(tx, in.to_user_name);
    if (!collector)
      return Error{Code::invalid_input, "nobody of that name can be given cases", "to_user_name"};
    if (!reach.team(tx, request, collector->team))
      return Error{Code::forbidden, "you give cases to your own team only", "to_user_name"};
    for (const std::string& case_id : in.case_ids)
      if (!reach.to(tx, request, case_id))
        return Error{Code::not_found, "there is no such case", case_id};
    TRY_ASSIGN(const int moved,
               reassign(tx, {.customer_nos = in.case_ids,
                             .to_user_name = collector->user_name,
                             .to_team = collector->team,
                             .by = "user:" + std::to_string(request.caller->user_id),
                             .reason = kernel::Note::take(in.reason),
                             .now = request.now}));
    return Reassigned{moved};
  });
}

}  // namespace

std::vector<http::Route> routes(store::Store& store, FindCollector find_collector, Reach reach) {
  return {http::route<ReassignInput, Reassigned>(
      "POST", "/api/v1/allotments", "allocation",
      "Give cases to a collector; the night leaves them there until recalled",
      {.roles = {http::Role::lead, http::Role::admin}},
      [&store, find_collector = std::move(find_collector), reach = std::move(reach)](
          const ReassignInput& in, const http::Request& request) {
        return reassign_cases(store, find_collector, reach, in, request);
      })};
}

}  // namespace allocation
