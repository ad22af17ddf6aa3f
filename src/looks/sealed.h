#pragma once
// What this room keeps sealed by the vault (store/sealed.h): what was said besides the code, of an
// unmasking and of an alert.

#include "store/sealed.h"

namespace looks {

inline store::SealedTables sealed_tables() {
  return {{"unmask_text", {"look_id"}, true, {{"sealed_text", "looks.unmask_text"}}},
          {"look_alert", {"alert_id"}, true, {{"sealed_note", "looks.alert_note"}}}};
}

}  // namespace looks
