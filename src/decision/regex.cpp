#define PCRE2_CODE_UNIT_WIDTH 8
#include "decision/regex.h"

#include <pcre2.h>

#include <deque>
#include <optional>

#include "decision/regex_translate.h"

namespace decision {

namespace {

constexpr std::size_t kPatternMax = 10'000;
constexpr std::size_t kTextMax = 1 << 20;
constexpr std::size_t kResultMax = 1 << 20;
constexpr std::size_t kPartsMax = 100'000;
constexpr std::uint32_t kStepsMax = 2'000'000;  // of one search: some tens of milliseconds
constexpr std::uint32_t kHeapKib = 64 * 1024;
constexpr std::size_t kKeptMax = 64;

kernel::Error mistake(const std::string& message) {
  return {kernel::Code::invalid_input, message, ""};
}

PCRE2_SPTR bytes_of(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::string library_message(int code) {
  PCRE2_UCHAR text[120];
  pcre2_get_error_message(code, text, sizeof(text));
  return reinterpret_cast<const char*>(text);
}

std::uint32_t library_options(const RegexFlags& flags) {
  std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF;
  if (flags.caseless) options |= PCRE2_CASELESS;
  if (flags.multiline) options |= PCRE2_MULTILINE;
  return options;
}

using CompileContext =
    std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;
using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using Regex = std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)>;

struct Kept {
  std::string pattern;
  std::string flags;
  Pattern compiled;
};

}  // namespace

struct Pattern::Code {
  Regex regex{nullptr, pcre2_code_free};
  bool literal = false;  // q: a replacement has no "$" either
  std::uint32_t groups = 0;
};

namespace {

// Walks over the matches in one text, from the left.
class Search {
 public:
  Search(const pcre2_code* regex, std::string_view text)
      : regex_(regex),
        text_(text),
        limits_(pcre2_match_context_create(nullptr), pcre2_match_context_free),
        found_(pcre2_match_data_create_from_pattern(regex, nullptr), pcre2_match_data_free) {
    pcre2_set_match_limit(limits_.get(), kStepsMax);
    pcre2_set_heap_limit(limits_.get(), kHeapKib);
  }

  // Whether there is a further one.
  kernel::Result<bool> next() {
    if (text_.size() > kTextMax) return mistake("the text is longer than 1 MiB");
    std::uint32_t options = checked_ ? PCRE2_NO_UTF_CHECK : 0;
    int answer = pcre2_match(regex_, bytes_of(text_), text_.size(), at_, options, found_.get(),
                             limits_.get());
    if (answer == PCRE2_ERROR_NOMATCH) return false;
    if (answer < 0) return mistake("the pattern gives up on this text: " + library_message(answer));
    checked_ = true;
    at_ = end();
    return true;
  }

  // As next(), for those that go on after the match: an empty one would hold them up for ever.
  kernel::Result<bool> next_part() {
    TRY_ASSIGN(bool more, next());
    if (more && start() == end()) return mistake("the pattern meets the empty text");
    return more;
  }

  std::size_t start() const { return bounds(0).first; }
  std::size_t end() const { return bounds(0).second; }
  std::string_view group(std::size_t number) const {
    auto [from, to] = bounds(number);
    return from == PCRE2_UNSET ? std::string_view() : text_.substr(from, to - from);
  }

 private:
  std::pair<std::size_t, std::size_t> bounds(std::size_t group) const {
    const PCRE2_SIZE* all = pcre2_get_ovector_pointer(found_.get());
    return {all[group * 2], all[group * 2 + 1]};
  }

  const pcre2_code* regex_;
  std::string_view text_;
  MatchContext limits_;
  MatchData found_;
  std::size_t at_ = 0;
  bool checked_ = false;
};

// A replacement in pieces: a text, or a group's number.
struct Piece {
  std::string text;
  std::optional<std::size_t> group;
};

std::size_t group_number(std::string_view text, std::size_t& at, std::size_t groups) {
  auto number = static_cast<std::size_t>(text[at++] - '0');
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    std::size_t longer = number * 10 + static_cast<std::size_t>(text[at] - '0');
    if (longer > groups) break;
    number = longer;
    ++at;
  }
  return number;
}

kernel::Result<std::vector<Piece>> read_replacement(std::string_view text, std::size_t groups) {
  std::vector<Piece> pieces(1);
  for (std::size_t i = 0; i < text.size();) {
    char c = text[i++];
    if (c == '\\') {
      bool known = i < text.size() && (text[i] == '\\' || text[i] == '$');
      if (!known) return mistake("in a replacement, \"\\\" stands before \"\\\" or \"$\"");
      pieces.back().text += text[i++];
    } else if (c == '$') {
      bool digit = i < text.size() && text[i] >= '0' && text[i] <= '9';
      if (!digit) return mistake("in a replacement, \"$\" stands before a number");
      pieces.push_back({"", group_number(text, i, groups)});
      pieces.emplace_back();
    } else {
      pieces.back().text += c;
    }
  }
  return pieces;
}

}  // namespace

kernel::Result<Pattern> Pattern::compile(std::string_view pattern, std::string_view flags) {
  thread_local std::deque<Kept> kept;
  for (const Kept& known : kept) {
    if (known.pattern == pattern && known.flags == flags) return known.compiled;
  }
  if (pattern.size() > kPatternMax) return mistake("the pattern is longer than 10,000 bytes");
  TRY_ASSIGN(RegexFlags read, read_regex_flags(flags));
  TRY_ASSIGN(std::string text, translate_regex(pattern, read));
  CompileContext rules(pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
  pcre2_set_newline(rules.get(), PCRE2_NEWLINE_LF);
  int code = 0;
  PCRE2_SIZE place = 0;
  auto compiled = std::make_shared<Code>();
  compiled->regex.reset(pcre2_compile(bytes_of(text), text.size(), library_options(read), &code,
                                      &place, rules.get()));
  if (!compiled->regex) return mistake("the pattern is not one: " + library_message(code));
  compiled->literal = read.literal;
  pcre2_pattern_info(compiled->regex.get(), PCRE2_INFO_CAPTURECOUNT, &compiled->groups);
  Pattern made;
  made.code_ = std::move(compiled);
  kept.push_front({std::string(pattern), std::string(flags), made});
  if (kept.size() > kKeptMax) kept.pop_back();
  return made;
}

kernel::Result<bool> Pattern::found_in(std::string_view text) const {
  return Search(code_->regex.get(), text).next();
}

kernel::Result<std::string> Pattern::replaced(std::string_view text,
                                              std::string_view replacement) const {
  std::vector<Piece> pieces{{std::string(replacement), std::nullopt}};
  if (!code_->literal) {
    TRY_ASSIGN(pieces, read_replacement(replacement, code_->groups));
  }
  TRY_ASSIGN(bool meets_empty, found_in(""));
  if (meets_empty) return mistake("the pattern meets the empty text");
  Search search(code_->regex.get(), text);
  std::string result;
  std::size_t after = 0;
  while (true) {
    TRY_ASSIGN(bool more, search.next_part());
    if (!more) break;
    result += text.substr(after, search.start() - after);
    for (const Piece& piece : pieces) {
      if (!piece.group) result += piece.text;
      if (piece.group && *piece.group <= code_->groups) result += search.group(*piece.group);
    }
    if (result.size() > kResultMax) return mistake("the result is longer than 1 MiB");
    after = search.end();
  }
  return result += text.substr(after);
}

kernel::Result<std::vector<std::string>> Pattern::split(std::string_view text) const {
  TRY_ASSIGN(bool meets_empty, found_in(""));
  if (meets_empty) return mistake("the pattern meets the empty text");
  Search search(code_->regex.get(), text);
  std::vector<std::string> parts;
  std::size_t after = 0;
  while (true) {
    TRY_ASSIGN(bool more, search.next_part());
    if (!more) break;
    if (parts.size() > kPartsMax) return mistake("the text has too many parts");
    parts.emplace_back(text.substr(after, search.start() - after));
    after = search.end();
  }
  parts.emplace_back(text.substr(after));
  return parts;
}

}  // namespace decision
