#include "store/list.h"

namespace store {

void TextList::add_json(std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  json_ += json_.empty() ? "[\"" : ",\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') json_ += '\\';
    if (byte < 0x20) {
      json_ += "\\u00";
      json_ += hex[byte >> 4];
      json_ += hex[byte & 15];
    } else {
      json_ += c;
    }
  }
  json_ += '"';
}

}  // namespace store
