#pragma once
// A token bucket per client address. Addresses at rest are forgotten, so memory stays bounded.

#include <mutex>
#include <string>
#include <unordered_map>

#include "kernel/date.h"

namespace server {

class Rate {
 public:
  Rate(double per_s, int burst) : per_s_(per_s), burst_(burst) {}
  // True while there is a token; a rate of 0 never says no.
  bool take(const std::string& address, kernel::Instant now);

 private:
  struct Bucket {
    double tokens;
    kernel::Instant at;
  };
  void forget_full(kernel::Instant now);

  const double per_s_;
  const double burst_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace server
