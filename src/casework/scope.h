#pragma once
// Which cases somebody reaches, by decisions/case_scope.dmn: nobody's, the own ones, the team's or
// all, perhaps only of the own regions. Enters: who asks. Leaves: a scope, for one case at a door
// or for a list. Never true: a case reached because a table is broken or says nothing of a role.

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "book/types.h"
#include "http/route.h"
#include "kernel/result.h"
#include "store/store.h"

namespace casework {

// What a question about scope needs; borrowed.
struct ScopeSources {
  const book::Shelf& shelf;
  const std::filesystem::path& decisions;
};

struct CaseScope {
  enum class Cases { none, own, team, all };
  Cases cases = Cases::none;
  std::vector<std::int32_t>
      regions;  // leading digits of GB/T 2260 codes, any of; empty: everywhere
};

// By the table in force on the day. An Error where it gives no whole answer.
kernel::Result<CaseScope> decide_scope(store::Transaction& tx,
                                       const std::filesystem::path& decisions,
                                       const http::Caller& caller, kernel::Date date);

// The one row check, for every route with a case. A case is of the team of who has it; one that
// nobody has, of the team last night's allocation meant it for. Nobody reaches one they are barred
// from (allocation::bar), whatever the table says.
bool may_reach(store::Transaction& tx, const ScopeSources& sources, const http::Caller& caller,
               std::string_view customer_no, kernel::Instant now);

// Whether a team's people and their day are the caller's to see and to give cases to.
bool may_reach_team(store::Transaction& tx, const std::filesystem::path& decisions,
                    const http::Caller& caller, std::string_view team, kernel::Instant now);

// 44 holds 4401 and 440106.
bool in_region(std::int32_t region_code, std::int32_t leading_digits);

}  // namespace casework
