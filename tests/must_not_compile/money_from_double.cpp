// error: could not convert .1\.5
#include "kernel/money.h"

kernel::Money price() {
#ifdef WRONG
  return 1.5;
#else
  return kernel::Money::from_fen(150);
#endif
}
