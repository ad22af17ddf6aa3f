// error: is private within this context
#include "intake/types.h"

std::string number(const intake::ContactPoint& point, const kernel::ContactDisclosure& by_permit) {
#ifdef WRONG
  return std::string(point.value.reveal(kernel::ContactDisclosure{}));
#else
  return std::string(point.value.reveal(by_permit));
#endif
}
