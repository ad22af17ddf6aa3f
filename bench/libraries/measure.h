#pragma once
// Time of one call, wall and CPU of this process, for work long enough to trust.

#include <sys/resource.h>

#include <chrono>

namespace bench {

struct Spent {
  double wall_s, cpu_s;
};

inline double cpu_now_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Work>
Spent measure(Work&& work) {
  const auto wall = std::chrono::steady_clock::now();
  const double cpu = cpu_now_s();
  work();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - wall;
  return {taken.count(), cpu_now_s() - cpu};
}

}  // namespace bench
