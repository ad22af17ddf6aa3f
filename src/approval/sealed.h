#pragma once
// What this room keeps sealed by the vault (store/sealed.h): why something was asked for, and what
// was answered.

#include "store/sealed.h"

namespace approval {

inline store::SealedTables sealed_tables() {
  return {{"approval", {"approval_id"}, true, {{"reason", "approval.reason"}}},
          {"approval_step", {"approval_id", "level"}, true, {{"note", "approval.note"}}}};
}

}  // namespace approval
