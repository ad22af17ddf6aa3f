// error: no match for 'operator=='
#include "kernel/id.h"

struct CaseTag {};
struct PermitTag {};

bool same(kernel::Id<CaseTag> a, kernel::Id<PermitTag> b) {
#ifdef WRONG
  return a == b;
#else
  return a.value() == b.value();
#endif
}
