// error: no matching function for call
#include "gate/types.h"

gate::Permit none(gate::Permit real) {
#ifdef WRONG
  return gate::Permit();
#else
  return real;
#endif
}
