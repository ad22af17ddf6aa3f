#include "intake/lines.h"

#include <algorithm>
#include <utility>

namespace intake {

constexpr std::size_t window_bytes = 512 * 1024;

MoreText all_of(Decoded text) {
  return [text = std::move(text), given = false](Decoded& into) mutable -> kernel::Status {
    if (!std::exchange(given, true)) into = text;
    return kernel::Ok{};
  };
}

TextLines::TextLines(const MoreText& more, const Dialect& dialect)
    : more_(more), window_(std::make_shared<Window>()), scanner_("", dialect, false) {}

kernel::Result<bool> TextLines::next(Record& record, std::size_t expected) {
  while (!scanner_.next(record, expected)) {
    if (!scanner_.wants_more()) return false;
    TRY(move());
  }
  return true;
}

// What is left of the window, and at least as much behind it: a long line is gone through again a
// few times, not with every part. Blocks that view the window before keep it.
kernel::Status TextLines::move() {
  const Window& before = *window_;
  const std::size_t from = scanner_.position(), left = before.decoded.text.size() - from;
  auto window = std::make_shared<Window>();
  Decoded& text = window->decoded;
  window->begin = before.begin + from;
  text.text.reserve(left + window_bytes);
  text.text.assign(before.decoded.text, from);
  for (const BadByte& bad : before.decoded.bad) {
    if (bad.offset >= from) text.bad.push_back({bad.offset - from, bad.byte});
  }
  bool whole = false;
  while (!whole && text.text.size() < std::max(2 * left, left + 1)) {
    const std::size_t size = text.text.size();
    TRY(more_(text));
    whole = text.text.size() == size;
  }
  window_ = std::move(window);
  next_bad_ = 0;
  scanner_.give(window_->decoded.text, whole);
  return kernel::Ok{};
}

const BadByte* TextLines::bad_byte(const Record& record) {
  const auto& bad = window_->decoded.bad;
  while (next_bad_ < bad.size() && bad[next_bad_].offset < record.begin) ++next_bad_;
  if (next_bad_ == bad.size() || bad[next_bad_].offset >= record.end) return nullptr;
  return &bad[next_bad_];
}

}  // namespace intake
