// error: could not convert '150'
#include "kernel/money.h"

kernel::Money price() {
#ifdef WRONG
  return 150;
#else
  return kernel::Money::from_fen(150);
#endif
}
