// error: use of deleted function
#include "gate/types.h"

gate::Permit second(gate::Permit& permit) {
#ifdef WRONG
  return permit;
#else
  return std::move(permit);
#endif
}
