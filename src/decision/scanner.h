#pragma once
// Scanner: walks a FEEL text for the parser: symbols, keywords, numbers, strings. Names are the
// parser's matter (names.h). Comments count as space.

#include <optional>
#include <string>
#include <string_view>

#include "decision/decimal.h"

namespace decision {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) { skip_space(); }

  std::string_view text() const { return text_; }
  std::size_t at() const { return at_; }
  void go_to(std::size_t position);  // and past spaces after it
  bool done() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const;

  bool sees(std::string_view symbol) const { return text_.substr(at_).starts_with(symbol); }
  bool take(std::string_view symbol);
  bool sees_word(std::string_view word) const;  // a whole word
  bool take_word(std::string_view word);
  std::string_view peek_word() const;  // the run of name parts here; may be empty
  bool sees_number() const;

  std::optional<Decimal> take_number();
  std::optional<std::string> take_string();  // at '"'; nullopt where it is not well formed

 private:
  void skip_space();
  bool take_escape(std::string& into);
  std::string_view text_;
  std::size_t at_ = 0;
};

void append_utf8(std::string& text, char32_t code_point);

}  // namespace decision
