// error: cannot convert|cannot bind|no matching function
#include "gate/types.h"
#include "intake/types.h"

// A disclosure that anybody can ask the store for opens a note, but no telephone number.
std::string number(store::Transaction& tx, const intake::ContactPoint& point,
                   const kernel::ContactDisclosure& by_permit, kernel::Instant now) {
  const kernel::Disclosure by_fact = tx.disclose("customer:C1", "dial", "user:x", now);
#ifdef WRONG
  return std::string(point.value.reveal(by_fact));
#else
  return std::string(point.value.reveal(by_permit));
#endif
}
