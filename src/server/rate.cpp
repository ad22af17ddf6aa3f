#include "server/rate.h"

#include <algorithm>

namespace server {

namespace {
constexpr std::size_t buckets_max = 20'000;
}

bool Rate::take(const std::string& address, kernel::Instant now) {
  if (per_s_ <= 0) return true;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= buckets_max) forget_full(now);
  auto& bucket = buckets_.try_emplace(address, Bucket{burst_, now}).first->second;
  const double passed_s = static_cast<double>(now.micros_since(bucket.at)) / 1e6;
  bucket.tokens = std::min(burst_, bucket.tokens + std::max(0.0, passed_s) * per_s_);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void Rate::forget_full(kernel::Instant now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    const double passed_s = static_cast<double>(now.micros_since(entry.second.at)) / 1e6;
    return entry.second.tokens + passed_s * per_s_ >= burst_;
  });
  if (buckets_.size() >= buckets_max) buckets_.clear();  // a flood from everywhere: start again
}

}  // namespace server
