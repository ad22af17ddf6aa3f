#include "rights/whose.h"

#include <algorithm>

#include "casework/types.h"
#include "intake/types.h"

namespace rights {

store::Whose load_whose(store::Transaction& tx, std::string_view person_key) {
  store::Whose whose{.person_key = std::string(person_key), .customer_nos = {}, .account_nos = {}};
  whose.customer_nos = intake::load_customers_of(tx, person_key);
  std::sort(whose.customer_nos.begin(), whose.customer_nos.end());
  for (const std::string& customer_no : whose.customer_nos)
    for (std::string& account_no : intake::load_account_nos(tx, customer_no))
      whose.account_nos.push_back(std::move(account_no));
  return whose;
}

std::vector<std::string> subjects_of(store::Transaction& tx, const store::Whose& whose) {
  std::vector<std::string> all = {"person:" + whose.person_key};
  for (const std::string& account_no : whose.account_nos) all.push_back("account:" + account_no);
  for (const std::string& customer_no : whose.customer_nos) {
    all.push_back("customer:" + customer_no);
    for (const auto& point : intake::load_contact_points(tx, customer_no))
      if (point.role == "self") all.push_back("number:" + point.value_key);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

kernel::Status reach(store::Transaction& tx, const Deps& deps, const http::Request& request,
                     std::string_view case_id) {
  if (casework::may_reach(tx, {deps.shelf, deps.decisions}, *request.caller, case_id, request.now))
    return kernel::Ok{};
  return kernel::Error{kernel::Code::not_found, "there is no such case", "case_id"};
}

}  // namespace rights
