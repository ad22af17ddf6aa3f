#pragma once
// What this room keeps sealed by the vault (store/sealed.h): what a person asked for, and what was
// answered and noted, and what stood in a field before it was put right.

#include "store/sealed.h"

namespace rights {

inline store::SealedTables sealed_tables() {
  return {{"rights_request", {"request_id"}, true, {{"sealed_text", "rights.text"}}},
          {"rights_step", {"request_id", "step_no"}, true, {{"sealed_text", "rights.text"}}},
          {"rights_correction", {"correction_id"}, true, {{"sealed_before", "rights.before"}}}};
}

}  // namespace rights
