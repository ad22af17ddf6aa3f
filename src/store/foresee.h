#pragma once
// For what is known to be read soon: it goes with another statement in one round trip.

#include <functional>

#include "store/store.h"

namespace store {

// Runs `read` to learn what it asks. On PostgreSQL each of its queries finds no rows now and goes
// with the transaction's next statement; whoever asks it later in the same words and parameters has
// the rows of that moment, once. A query that fails fails that statement. On SQLite, which has no
// round trips, `read` does not run. It may only read, and what it reads is asked for before this
// transaction writes it.
void foresee(Transaction& tx, const std::function<void()>& read);

}  // namespace store
