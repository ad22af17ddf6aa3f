#include "rights/others.h"

#include <algorithm>

#include "kernel/secret.h"

namespace rights {

namespace {

constexpr std::size_t phone_digits = 7;  // shorter runs of digits are amounts and dates

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Where a mobile number ends that begins here, as people write them: 138 1234 5678, 138-1234-5678.
// 0: none begins here. Its digits go to `digits`.
std::size_t end_of_mobile(std::string_view text, std::size_t at, std::string& digits) {
  constexpr std::size_t mobile_digits = 11;
  digits.clear();
  while (at < text.size() && digits.size() < mobile_digits) {
    const bool between = !digits.empty() && (text[at] == ' ' || text[at] == '-');
    if (between && at + 1 < text.size() && is_digit(text[at + 1])) ++at;
    if (!is_digit(text[at])) return 0;
    digits += text[at++];
  }
  const bool whole = digits.size() == mobile_digits && (at == text.size() || !is_digit(text[at]));
  return whole && digits[0] == '1' && digits[1] >= '3' ? at : 0;
}

std::string mask_numbers(std::string_view text, const std::vector<std::string>& own) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      out += text[at++];
      continue;
    }
    std::string digits;
    std::size_t end = end_of_mobile(text, at, digits);
    if (end == 0) {
      end = at;
      while (end < text.size() && is_digit(text[end])) ++end;
      digits = text.substr(at, end - at);
    }
    const bool masked =
        digits.size() >= phone_digits && std::find(own.begin(), own.end(), digits) == own.end();
    out += masked ? kernel::mask_phone(digits) : text.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace

std::string mask_others(std::string_view text, const std::vector<std::string>& names,
                        const std::vector<std::string>& own_numbers) {
  std::string out = mask_numbers(text, own_numbers);
  for (const std::string& name : names) {
    if (name.size() < 2) continue;
    const std::string masked = kernel::mask_name(name);
    for (auto at = out.find(name); at != out.npos; at = out.find(name, at + masked.size()))
      out.replace(at, name.size(), masked);
  }
  return out;
}

}  // namespace rights
