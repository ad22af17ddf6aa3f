// error: could not convert '7'
#include "kernel/id.h"

struct CaseTag {};

kernel::Id<CaseTag> made_up() {
#ifdef WRONG
  return 7;
#else
  return kernel::Id<CaseTag>(7);
#endif
}
