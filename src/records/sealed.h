#pragma once
// What this room keeps sealed by the vault (store/sealed.h): keys and names of documents, and why
// destruction was forbidden.

#include "store/sealed.h"

namespace records {

inline store::SealedTables sealed_tables() {
  return {{"document",
           {"document_id"},
           true,
           {{"sealed_key", "document.key"}, {"sealed_name", "document.name"}}},
          {"legal_hold", {"legal_hold_id"}, true, {{"reason", "legal_hold.reason"}}}};
}

}  // namespace records
