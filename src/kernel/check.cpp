#include "kernel/check.h"

#include <cstdio>
#include <cstdlib>

namespace kernel {

void check_failed(const char* condition, const char* file, int line, const char* message) {
  std::fprintf(stderr, "evenhand: internal error at %s:%d: CHECK(%s) failed%s%s\n", file, line,
               condition, *message ? ": " : "", message);
  std::abort();
}

}  // namespace kernel
