#include "gate/clock.h"

#include <fmt/format.h>
#include <time.h>

#include <cstdlib>
#include <mutex>

namespace gate {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNodeMayDiffer = 120 * kSecond;
constexpr std::int64_t kLeap = 30 * kSecond;  // between two readings; NTP slews far less

std::int64_t uptime_us() {
  timespec t{};
  ::clock_gettime(CLOCK_BOOTTIME, &t);
  return t.tv_sec * kSecond + t.tv_nsec / 1000;
}

}  // namespace

struct Clock::Guard {
  std::function<std::int64_t()> steady_us;
  std::mutex mutex;
  struct Good {
    kernel::Instant own;
    std::int64_t steady_us = 0;
  };
  std::optional<Good> last;

  // By how much the clock leapt since the last good reading, in µs; 0: it went on as it should.
  // Once it has leapt it stays refused until it is back, or the program is started again.
  std::int64_t leap(kernel::Instant own) {
    const std::lock_guard held(mutex);
    const std::int64_t steady = steady_us();
    if (last) {
      const std::int64_t off = own.micros_since(last->own) - (steady - last->steady_us);
      if (std::abs(off) > kLeap) return off;
    }
    last = {own, steady};
    return 0;
  }
};

Clock Clock::given() {
  return {};
}

Clock Clock::trusted(std::function<std::int64_t()> steady_us) {
  Clock clock;
  clock.guard_ = std::make_shared<Guard>();
  clock.guard_->steady_us = steady_us ? std::move(steady_us) : uptime_us;
  return clock;
}

Clock::Reading Clock::read(std::optional<kernel::Instant> database, kernel::Instant own) const {
  if (!guard_) return {own, ""};
  if (!database) {
    const std::int64_t leap = guard_->leap(own);
    if (leap == 0) return {own, ""};
    return {own, fmt::format("this machine's clock leapt by {} s", leap / kSecond)};
  }
  const std::int64_t off = own.micros_since(*database);
  if (std::abs(off) <= kNodeMayDiffer) return {*database, ""};
  return {*database, fmt::format("this node's clock is {} s off the database's", off / kSecond)};
}

}  // namespace gate
