#pragma once
// What this room keeps sealed by the vault (store/sealed.h): why contact was stopped, and why it
// may go on.

#include "store/sealed.h"

namespace gate {

inline store::SealedTables sealed_tables() {
  return {{"hold",
           {"hold_id"},
           true,
           {{"reason", "hold.reason"}, {"lift_reason", "hold.lift_reason"}}}};
}

}  // namespace gate
