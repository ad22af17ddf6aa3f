// error: use of deleted function
#include "kernel/secret.h"

kernel::ContactDisclosure keep(kernel::ContactDisclosure& one) {
#ifdef WRONG
  return one;
#else
  return std::move(one);
#endif
}
