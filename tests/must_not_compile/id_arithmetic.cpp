// error: no match for 'operator\+'
#include "kernel/id.h"

struct CaseTag {};

kernel::Id<CaseTag> next(kernel::Id<CaseTag> id) {
#ifdef WRONG
  return id + 1;
#else
  return kernel::Id<CaseTag>(id.value() + 1);
#endif
}
