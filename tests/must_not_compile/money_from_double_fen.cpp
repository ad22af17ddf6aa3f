// error: use of deleted function
#include "kernel/money.h"

kernel::Money price(double yuan, std::int64_t fen) {
#ifdef WRONG
  return kernel::Money::from_fen(yuan * 100);
#else
  static_cast<void>(yuan);
  return kernel::Money::from_fen(fen);
#endif
}
