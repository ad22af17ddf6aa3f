#pragma once
// Who is behind a request: all customer numbers of the person, and all accounts of these.

#include <string>
#include <vector>

#include "rights/types.h"
#include "store/held.h"

namespace rights {

store::Whose load_whose(store::Transaction& tx, std::string_view person_key);
// What facts are about, and what permits refer to: for evidence::forget.
std::vector<std::string> subjects_of(store::Transaction& tx, const store::Whose& whose);

// not_found where the case is not the caller's to reach (casework).
kernel::Status reach(store::Transaction& tx, const Deps& deps, const http::Request& request,
                     std::string_view case_id);

}  // namespace rights
