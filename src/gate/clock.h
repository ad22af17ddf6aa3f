#pragma once
// What time it is, for counting. A node whose clock runs ahead must not get tomorrow's contacts
// today: on PostgreSQL the database's clock counts for all nodes, and a node that differs from it
// by more than two minutes is refused; on SQLite the process's own clock counts, as long as it goes
// on as steadily as the machine's uptime does. What is not trusted is refused with GATE_CLOCK.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kernel/date.h"

namespace gate {

class Clock {
 public:
  struct Reading {
    kernel::Instant now;
    std::string problem;  // not empty: the time is not known well enough to count by
  };

  // The caller's word is taken: rehearsals (--now), simulations and tests.
  static Clock given();
  // As above. `steady_us` counts microseconds and neither leaps nor goes back; by default the time
  // since the machine was started, sleep included (CLOCK_BOOTTIME).
  static Clock trusted(std::function<std::int64_t()> steady_us = {});

  // From the database's clock, where it has one, and the node's own.
  Reading read(std::optional<kernel::Instant> database, kernel::Instant own) const;

 private:
  struct Guard;  // the last good reading, shared by all copies
  std::shared_ptr<Guard> guard_;
};

}  // namespace gate
