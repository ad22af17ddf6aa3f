// error: no match for 'operator\+'
#include "kernel/money.h"

kernel::Money more(kernel::Money amount) {
#ifdef WRONG
  return amount + 1;
#else
  return amount + kernel::Money::from_fen(1);
#endif
}
