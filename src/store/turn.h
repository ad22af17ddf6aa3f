#pragma once
// For long work of many small parts: how far one transaction may take it.

#include "store/store.h"

namespace store {

// Whether anybody else, of this process or another, waits for this write transaction to end. On
// SQLite who writes is alone: work in parts asks after each, and commits once somebody waits. On
// PostgreSQL nobody does.
bool others_wait(const Transaction& tx);

}  // namespace store
