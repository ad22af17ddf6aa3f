// error: no matching function for call|too few arguments|is private
#include "kernel/secret.h"

std::string_view number(const kernel::Phone& phone, const kernel::Disclosure& fact) {
#ifdef WRONG
  return phone.reveal();
#else
  return phone.reveal(fact);
#endif
}
