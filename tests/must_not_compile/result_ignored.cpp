// error: ignoring return.* \[-Werror=unused-result\]
#include "kernel/result.h"

kernel::Status save();

void work() {
#ifdef WRONG
  save();
#else
  CHECK(save());
#endif
}
