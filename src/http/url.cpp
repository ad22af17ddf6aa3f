#include "http/url.h"

#include <cstdint>

namespace http {

namespace {

using kernel::Code;
using kernel::Error;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at == rest.npos ? rest.size() : at + 1);
  return part;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int more = lead < 0x80   ? 0
                     : lead < 0xc2 ? -1
                     : lead < 0xe0 ? 1
                     : lead < 0xf0 ? 2
                     : lead < 0xf5 ? 3
                                   : -1;
    if (more < 0 || i + static_cast<std::size_t>(more) >= text.size()) return false;
    std::uint32_t code = more == 0 ? lead : lead & (0x3fu >> more);
    for (int k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3f);
    }
    const bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    i += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

kernel::Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{Code::invalid_input, "% without two hex digits", "url"};
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (out.find('\0') != out.npos || !is_utf8(out))
    return Error{Code::invalid_input, "the address is not UTF-8 text", "url"};
  return out;
}

kernel::Result<std::map<std::string, std::string>> parse_query(std::string_view query) {
  std::map<std::string, std::string> values;
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.empty()) continue;
    const std::string_view name = take_until(value, '=');
    TRY_ASSIGN(std::string decoded_name, percent_decode(name, true));
    TRY_ASSIGN(std::string decoded_value, percent_decode(value, true));
    if (decoded_value.empty()) continue;  // an empty filter is no filter
    if (!values.emplace(decoded_name, std::move(decoded_value)).second)
      return Error{Code::invalid_input, "given twice", decoded_name};
  }
  return values;
}

std::map<std::string, std::string> parse_cookies(std::string_view header) {
  std::map<std::string, std::string> cookies;
  while (!header.empty()) {
    std::string_view value = take_until(header, ';');
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    const std::string_view name = take_until(value, '=');
    if (!name.empty()) cookies.emplace(name, value);
  }
  return cookies;
}

std::optional<std::map<std::string, std::string>> match_path(std::string_view pattern,
                                                             std::string_view path) {
  std::map<std::string, std::string> values;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view want = take_until(pattern, '/');
    const std::string_view have = take_until(path, '/');
    if (want.empty() != have.empty()) return std::nullopt;
    if (want.size() > 2 && want.front() == '{' && want.back() == '}') {
      auto value = percent_decode(have, false);
      if (!value || value->empty()) return std::nullopt;
      values.emplace(want.substr(1, want.size() - 2), std::move(*value));
    } else if (want != have) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace http
