#pragma once
// Whoever sets a legal hold and whoever destroys take this lock first, in one transaction with what
// they then look at and do: never a hold on something half destroyed.

#include <string_view>

namespace records {

inline constexpr std::string_view destruction_lock = "records.destruction";

}  // namespace records
