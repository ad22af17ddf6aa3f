// error: no matching function for call|too few arguments|cannot convert
#include "kernel/money.h"

kernel::Money half(kernel::Money amount) {
#ifdef WRONG
  return amount.share(5000);
#else
  return amount.share(5000, kernel::Rounding::half_up);
#endif
}
