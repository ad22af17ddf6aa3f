// error: is private within this context
#include "gate/types.h"

gate::Permit forged(gate::Permit::Bound bound, gate::Permit real) {
#ifdef WRONG
  return gate::Permit(std::move(bound));
#else
  static_cast<void>(bound);
  return real;
#endif
}
