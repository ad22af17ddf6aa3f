#pragma once
// Notes of a case: sealed on disk, a fact without the words.

#include <string>

#include "kernel/date.h"
#include "kernel/secret.h"
#include "store/store.h"

namespace casework {

void save_note(store::Transaction& tx, const std::string& customer_no, const kernel::Note& text,
               const std::string& by, kernel::Instant now);

}  // namespace casework
