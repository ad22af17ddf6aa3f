#include "strategy/record.h"

namespace strategy {

std::vector<std::string> parse_record(std::string_view csv, std::size_t& at) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (; at < csv.size(); ++at) {
    const char c = csv[at];
    if (quoted) {
      const bool doubled = c == '"' && at + 1 < csv.size() && csv[at + 1] == '"';
      if (c == '"' && !doubled) {
        quoted = false;
        continue;
      }
      fields.back() += c;
      if (doubled) ++at;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

}  // namespace strategy
