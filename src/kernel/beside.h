#pragma once
// How work that may run beside the rest is launched: with one thread, when it is asked for.

#include <future>

namespace kernel {

inline std::launch beside(unsigned threads) {
  return threads > 1 ? std::launch::async : std::launch::deferred;
}

}  // namespace kernel
