// error: could not convert|cannot convert|conversion from
#include "kernel/secret.h"

std::string text(const kernel::Address& address) {
#ifdef WRONG
  return address;
#else
  return address.masked();
#endif
}
