#include "rights/others.h"

#include <algorithm>

#include "kernel/secret.h"

namespace rights {

namespace {

constexpr std::size_t phone_digits = 7;  // shorter runs of digits are amounts and dates

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string mask_numbers(std::string_view text, const std::vector<std::string>& own) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == at) {
      out += text[at++];
      continue;
    }
    const std::string run(text.substr(at, end - at));
    const bool masked =
        run.size() >= phone_digits && std::find(own.begin(), own.end(), run) == own.end();
    out += masked ? kernel::mask_phone(run) : run;
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
