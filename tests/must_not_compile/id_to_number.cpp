// error: cannot convert 'kernel::Id<CaseTag>' to 'int64_t'
#include "kernel/id.h"

struct CaseTag {};

std::int64_t number(kernel::Id<CaseTag> id) {
#ifdef WRONG
  return id;
#else
  return id.value();
#endif
}
