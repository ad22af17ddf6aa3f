#pragma once
// What this room keeps sealed by the vault (store/sealed.h): what was said when a case was moved by
// hand.

#include "store/sealed.h"

namespace allocation {

inline store::SealedTables sealed_tables() {
  return {{"reassignment", {"reassignment_id"}, true, {{"note", "reassignment.note"}}}};
}

}  // namespace allocation
