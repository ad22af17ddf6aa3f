// error: no match for 'operator\*'
#include "kernel/money.h"

kernel::Money product(kernel::Money a, kernel::Money b) {
#ifdef WRONG
  return a * b;
#else
  return a + b;
#endif
}
