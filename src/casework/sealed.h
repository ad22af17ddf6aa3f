#pragma once
// What this room keeps sealed by the vault (store/sealed.h): notes, and what was noted of a
// promise.

#include "store/sealed.h"

namespace casework {

inline store::SealedTables sealed_tables() {
  return {{"promise", {"promise_id"}, true, {{"note", "promise.note"}}},
          {"note", {"note_id"}, true, {{"text", "note.text"}}}};
}

}  // namespace casework
