#pragma once
// How work that may run beside the rest is launched: with one thread, when it is asked for.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace kernel {

inline std::launch beside(unsigned threads) {
  return threads > 1 ? std::launch::async : std::launch::deferred;
}

// work(0) to work(count − 1), each by whichever thread is free, the caller's among them; all are
// done when it returns. `work` does not throw.
inline void over_each(std::size_t count, unsigned threads,
                      const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto some = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < std::min<std::size_t>(threads, count); ++i) others.emplace_back(some);
  some();
}

}  // namespace kernel
