#pragma once
// What is known of a case when its records might be destroyed: from the latest book, intake, the
// gate's holds, promises and the fact log.

#include <string_view>

#include "book/types.h"
#include "records/rules.h"
#include "store/store.h"

namespace records {

CaseState load_case_state(store::Transaction& tx, const book::BookView* book,
                          std::string_view customer_no, kernel::Date today);

// Whether the book alone says that the case is open; false where the store must be asked.
bool open_by_book(const book::BookView* book, std::string_view customer_no);

}  // namespace records
