// error: could not convert|no matching function|is private
#include "outreach/types.h"

// A channel takes the permit itself: there is nothing else to contact somebody with.
kernel::Result<outreach::ManualContact> call(store::Transaction& tx, const gate::Gate& gate,
                                             gate::Permit permit, kernel::Instant now) {
#ifdef WRONG
  return outreach::record_manual_call(tx, gate, {}, now);
#else
  return outreach::record_manual_call(tx, gate, std::move(permit), now);
#endif
}
