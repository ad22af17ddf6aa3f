// error: no match for 'operator=='
#include "kernel/secret.h"

bool same(const kernel::CitizenId& a, const kernel::CitizenId& b) {
#ifdef WRONG
  return a == b;
#else
  return a.masked() == b.masked();
#endif
}
