// error: is private within this context
#include "kernel/secret.h"

std::string_view number(const kernel::Phone& phone, const kernel::Disclosure& fact) {
#ifdef WRONG
  return phone.reveal(kernel::Disclosure());
#else
  return phone.reveal(fact);
#endif
}
