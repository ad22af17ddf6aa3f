// error: static assertion failed|use of deleted function
#include <fmt/format.h>

#include "kernel/secret.h"

std::string print(const kernel::Name& name) {
#ifdef WRONG
  return fmt::format("{}", name);
#else
  return fmt::format("{}", name.masked());
#endif
}
