#pragma once
// What this room keeps sealed by the vault (store/sealed.h): what was noted of an attempt.

#include "store/sealed.h"

namespace outreach {

inline store::SealedTables sealed_tables() {
  return {{"attempt", {"attempt_id"}, true, {{"note", "attempt.note"}}}};
}

}  // namespace outreach
