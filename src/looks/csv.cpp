#include "looks/csv.h"

namespace looks {

namespace {

bool may_be_formula(std::string_view text) {
  for (const std::string_view begin :
       {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"})
    if (text.starts_with(begin)) return true;
  return false;
}

}  // namespace

std::string csv_cell(std::string_view text) {
  const std::string safe = (may_be_formula(text) ? "'" : "") + std::string(text);
  if (safe.find_first_of(",\"\r\n") == safe.npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace looks
