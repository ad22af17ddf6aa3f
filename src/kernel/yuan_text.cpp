#include "kernel/yuan_text.h"

namespace kernel {

std::string yuan_text(Money amount) {
  std::string text = amount.format_yuan();
  const std::size_t first = text.front() == '-' ? 1 : 0;
  for (std::size_t at = text.find('.'); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace kernel
