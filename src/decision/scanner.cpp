#include "decision/scanner.h"

#include <cctype>

#include "decision/names.h"

namespace decision {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<char32_t> hex_value(std::string_view digits) {
  char32_t value = 0;
  for (char c : digits) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return std::nullopt;
    int digit = is_digit(c) ? c - '0' : std::tolower(static_cast<unsigned char>(c)) - 'a' + 10;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

}  // namespace

void append_utf8(std::string& text, char32_t c) {
  auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

char Scanner::peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

void Scanner::go_to(std::size_t position) {
  at_ = position;
  skip_space();
}

void Scanner::skip_space() {
  while (at_ < text_.size()) {
    std::string_view rest = text_.substr(at_);
    if (std::isspace(static_cast<unsigned char>(rest[0])) != 0) {
      ++at_;
    } else if (rest.starts_with("\xC2\xA0")) {  // no-break space
      at_ += 2;
    } else if (rest.starts_with("//")) {
      at_ += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      std::size_t end = rest.find("*/", 2);
      at_ += end == std::string_view::npos ? rest.size() : end + 2;
    } else {
      return;
    }
  }
}

bool Scanner::take(std::string_view symbol) {
  if (!sees(symbol)) return false;
  go_to(at_ + symbol.size());
  return true;
}

bool Scanner::sees_word(std::string_view word) const {
  return sees(word) && !is_name_part(peek(word.size()));
}

bool Scanner::take_word(std::string_view word) {
  return sees_word(word) && take(word);
}

std::string_view Scanner::peek_word() const {
  std::size_t end = at_;
  if (end < text_.size() && !is_name_start(text_[end])) return {};
  while (end < text_.size() && is_name_part(text_[end])) ++end;
  return text_.substr(at_, end - at_);
}

bool Scanner::sees_number() const {
  return is_digit(peek()) || (peek() == '.' && is_digit(peek(1)));
}

std::optional<Decimal> Scanner::take_number() {
  std::size_t end = at_;
  auto digits = [&] {
    while (end < text_.size() && is_digit(text_[end])) ++end;
  };
  auto digit_at = [&](std::size_t i) { return i < text_.size() && is_digit(text_[i]); };
  digits();
  if (end < text_.size() && text_[end] == '.' && digit_at(end + 1)) {
    ++end;
    digits();
  }
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    std::size_t sign = end + 1 < text_.size() && (text_[end + 1] == '-' || text_[end + 1] == '+');
    if (digit_at(end + 1 + sign)) {
      end += 1 + sign;
      digits();
    }
  }
  auto number = Decimal::parse(text_.substr(at_, end - at_));
  go_to(end);
  return number;
}

bool Scanner::take_escape(std::string& into) {
  char c = at_ < text_.size() ? text_[at_++] : '\0';
  constexpr std::string_view kPlain = "\"\\'/";
  if (kPlain.find(c) != std::string_view::npos && c != '\0') {
    into += c;
  } else if (c == 'n' || c == 't' || c == 'r') {
    into += c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
  } else if (c == 'u' || c == 'U') {
    std::size_t width = c == 'u' ? 4 : 6;
    auto value = text_.size() - at_ >= width ? hex_value(text_.substr(at_, width)) : std::nullopt;
    if (!value || *value > 0x10FFFF) return false;
    at_ += width;
    bool high = *value >= 0xD800 && *value < 0xDC00;
    if (high && text_.substr(at_).starts_with("\\u") && text_.size() - at_ >= 6) {
      auto low = hex_value(text_.substr(at_ + 2, 4));
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
      at_ += 6;
    }
    append_utf8(into, *value);
  } else {  // an unknown escape stands for itself, as in regular expressions: "\d"
    into += '\\';
    if (c != '\0') into += c;
  }
  return true;
}

std::optional<std::string> Scanner::take_string() {
  std::string result;
  ++at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    char c = text_[at_++];
    if (c != '\\') {
      result += c;
    } else if (!take_escape(result)) {
      return std::nullopt;
    }
  }
  if (at_ >= text_.size()) return std::nullopt;
  go_to(at_ + 1);
  return result;
}

}  // namespace decision
