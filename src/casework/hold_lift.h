#pragma once
// A collector asks that a hold on contact is lifted; a lead approves, by the one mechanism for
// that. What enters: the hold and why. What leaves: a request; once approved, the hold lifted in
// the same transaction.

#include "casework/types.h"

namespace casework {

// not_found where the person has no such hold in force. forbidden where the table lets nobody of
// this role ask.
kernel::Result<approval::Approval> ask_hold_lift(store::Transaction& tx, const Deps& deps,
                                                 const std::string& customer_no,
                                                 gate::HoldId hold_id, const std::string& reason,
                                                 std::string_view by, kernel::Instant now);

}  // namespace casework
