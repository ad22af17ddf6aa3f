#include "intake/progress.h"

#include <fmt/format.h>

#include <cstdio>

namespace intake {

void Progress::draw(const std::string& line) {
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::show(const std::string& what, std::size_t bytes_done) {
  if (!wanted_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  const std::size_t percent =
      total_ == 0 ? 100 : std::min<std::size_t>(100, bytes_done * 100 / total_);
  const std::string bar = fmt::format("{:━<{}}", "", percent * 30 / 100);
  draw(fmt::format("{:<36} {:3}% {}", bar, percent, what));
}

void Progress::stage(const std::string& what) {
  if (wanted_) draw(what + " …");
}

void Progress::done() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace intake
