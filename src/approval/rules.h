#pragma once
// decisions/approval.dmn: who may ask, how many levels and hours, who may approve each, who may
// stand in for whom. Pure. What the table does not say plainly is no.

#include <string>
#include <string_view>

#include "approval/types.h"

namespace approval {

inline constexpr char table_file[] = "approval.dmn";

struct Terms {
  int levels = 0, wait_hours = 0;
};

struct Said {
  bool may = false;
  std::string rule_id;
};

// What a request is, as the table sees it.
struct Matter {
  std::string_view kind, detail;
  std::int64_t amount_fen = 0, size = 0;
};
Matter matter_of(const Approval& approval);

bool may_ask(const decision::Model& table, std::string_view kind, http::Role role);
// invalid_input where the table gives no whole number of levels (1 to 9) and hours (1 to 8,760).
kernel::Result<Terms> terms_of(const decision::Model& table, const Matter& matter);
Said may_approve(const decision::Model& table, const Matter& matter, int level, http::Role role);
// For how many days at most; 0: never.
std::int64_t deputy_days(const decision::Model& table, http::Role role, http::Role deputy);

}  // namespace approval
