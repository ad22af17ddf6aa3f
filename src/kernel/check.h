#pragma once
// CHECK: our own mistakes. On in release; prints what and where, then aborts.
// Never for bad input or a failing world: those are Result and ordinary values.

namespace kernel {
[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               const char* message);
}

#define CHECK(condition)                               \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::kernel::check_failed(#condition, __FILE__, __LINE__, ""))
#define CHECK_MSG(condition, message)                  \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::kernel::check_failed(#condition, __FILE__, __LINE__, message))
