#pragma once
// For long work of many small parts: how far one transaction may take it.

#include "store/store.h"

namespace store {

// Whether anybody else, of this process or another, waits for this write transaction to end. On
// SQLite who writes is alone: work in parts asks after each, and commits once somebody waits. On
// PostgreSQL nobody does.
bool others_wait(const Transaction& tx);

// Runs `work` in a write transaction that everybody sees at once, and that is durable at the latest
// with the next one that transact() makes, of whoever. For parts that somebody makes again where
// they are missing: a power cut takes the last of them, and nothing that came before what it left.
kernel::Status transact_part(Store& store, const std::function<void(Transaction&)>& work);

}  // namespace store
