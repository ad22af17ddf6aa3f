#pragma once
// By when a request is to be answered: decisions/rights_deadline.dmn. Enters: a kind and the day it
// came. Leaves: the last day, and the row that says so with its source.

#include <filesystem>
#include <string>

#include "gate/types.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace rights {

struct Deadline {
  kernel::Date due_on;
  std::int64_t copy_days = 0;  // how long a granted copy may be fetched
  std::string rule_id, citation, version;
};

kernel::Result<Deadline> decide_deadline(store::Transaction& tx, const gate::Gate& gate,
                                         const std::filesystem::path& decisions,
                                         const std::string& kind, kernel::Date received_on,
                                         kernel::Date today);

}  // namespace rights
