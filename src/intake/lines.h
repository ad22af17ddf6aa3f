#pragma once
// The lines of a file whose text comes some at a time: a window of it moves from its first byte to
// its last. Only what lies in windows that somebody still holds is in memory, and of each line all.

#include <functional>
#include <memory>

#include "intake/decode.h"
#include "intake/scan.h"
#include "kernel/result.h"

namespace intake {

// Some of the file's text, and where it is no text.
struct Window {
  Decoded decoded;
  std::size_t begin = 0;  // in the file's text
};

// Adds the file's next text; none at its end.
using MoreText = std::function<kernel::Status(Decoded& text)>;
MoreText all_of(Decoded text);  // of text that is there as a whole

class TextLines {
 public:
  TextLines(const MoreText& more, const Dialect& dialect);

  // The next line; false at the end. It views window(), which may be another than before.
  kernel::Result<bool> next(Record& record, std::size_t expected);
  // The next line of this window; false where it ends.
  bool next_here(Record& record, std::size_t expected) { return scanner_.next(record, expected); }
  std::shared_ptr<const Window> window() const { return window_; }
  const BadByte* bad_byte(const Record& record);  // the first in it; asked line after line
  std::size_t position() const { return window_->begin + scanner_.position(); }  // in the file

 private:
  kernel::Status move();

  const MoreText& more_;
  std::shared_ptr<Window> window_;
  Scanner scanner_;
  std::size_t next_bad_ = 0;
};

}  // namespace intake
