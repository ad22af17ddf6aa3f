// error: no match for 'operator\*'
#include "kernel/money.h"

kernel::Money interest(kernel::Money principal) {
#ifdef WRONG
  return principal * 0.0005;
#else
  return principal.share_ppm(500, kernel::Rounding::half_up);
#endif
}
