// error: use of deleted function
#include "kernel/secret.h"

void keep(const kernel::Disclosure& fact) {
#ifdef WRONG
  const kernel::Disclosure kept = fact;
#else
  const kernel::Disclosure& kept = fact;
#endif
  static_cast<void>(kept);
}
