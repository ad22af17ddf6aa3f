#pragma once
// What changed becomes facts and rows, chunk by chunk; a chunk is published once, however often the
// night is killed and run again.

#include "book/types.h"
#include "flow/rows.h"
#include "flow/types.h"

namespace flow {

// Publishes what is not yet of a book that is current; gives the accounts changed in all of it.
kernel::Result<std::int64_t> publish(store::Store& store, const NightOptions& options,
                                     const NightRow& night);

}  // namespace flow
