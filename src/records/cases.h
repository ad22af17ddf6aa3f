#pragma once
// What is known of a case when its records might be destroyed: from the latest book, intake, the
// gate's holds, promises and the fact log.

#include <string_view>
#include <unordered_set>

#include "book/types.h"
#include "records/rules.h"
#include "store/store.h"

namespace records {

CaseState load_case_state(store::Transaction& tx, const book::BookView* book,
                          std::string_view customer_no, kernel::Date today);

// Customers of the book none of whose accounts is open: of these the store must be asked, of all
// others it is settled that the case is open (nobody has said that it is over). They view the book.
std::unordered_set<std::string_view> over_by_book(const book::BookView& book);

}  // namespace records
