#include "decision/regex_translate.h"

#include <array>
#include <vector>

#include "decision/unicode.h"

namespace decision {

namespace {

constexpr int kNestingMax = 100;
constexpr int kGroupsMax = 1000;
constexpr int kTimesMax = 10'000;

constexpr const char* kNameStart =
    ":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}"
    "\\x{200C}-\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}"
    "\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}";
constexpr const char* kNameMore = "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}";
constexpr const char* kNotWord = "\\p{P}\\p{Z}\\p{C}";
constexpr const char* kSpace = " \\t\\n\\r";

std::string written(char32_t c) {
  bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  if (plain) return {static_cast<char>(c)};
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string digits;
  for (; c != 0 || digits.empty(); c >>= 4) digits.insert(digits.begin(), kHex[c & 15]);
  return "\\x{" + digits + "}";
}

bool is_category(std::string_view name) {
  constexpr std::string_view kAll =
      " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C "
      "Cc Cf Co Cn ";
  return !name.empty() && name.find(' ') == std::string_view::npos &&
         kAll.find(" " + std::string(name) + " ") != std::string_view::npos;
}

// What a class holds: characters, which know case-variants, and escapes, which do not; and, apart,
// classes that are themselves "all but …".
struct ClassParts {
  std::string characters;
  std::string escapes;
  std::vector<std::string> all_but;
};

// "[abc]", or alternatives of such classes where one cannot say it.
std::string as_class(const ClassParts& parts, bool caseless) {
  std::vector<std::string> options;
  if (!caseless) {
    if (!parts.characters.empty() || !parts.escapes.empty()) {
      options.push_back("[" + parts.characters + parts.escapes + "]");
    }
  } else {
    if (!parts.characters.empty()) options.push_back("[" + parts.characters + "]");
    if (!parts.escapes.empty()) options.push_back("(?-i:[" + parts.escapes + "])");
  }
  for (const std::string& set : parts.all_but) options.push_back("(?-i:[^" + set + "])");
  if (options.size() == 1) return options[0];
  std::string text;
  for (const std::string& option : options) text += (text.empty() ? "(?:" : "|") + option;
  return text + ")";
}

// The pattern without its spaces, except those inside classes; "\ s" is "\s" then.
std::u32string without_spaces(const std::u32string& pattern) {
  std::u32string kept;
  int classes = 0;
  bool escaped = false;
  for (char32_t c : pattern) {
    bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (space && classes == 0) continue;
    if (!escaped && c == '[') ++classes;
    if (!escaped && c == ']' && classes > 0) --classes;
    escaped = !escaped && c == '\\';
    kept += c;
  }
  return kept;
}

class Translator {
 public:
  Translator(std::string_view pattern, const RegexFlags& flags)
      : text_(to_code_points(pattern)), flags_(flags) {
    if (flags_.drop_spaces && !flags_.literal) text_ = without_spaces(text_);
  }

  kernel::Result<std::string> run() {
    if (flags_.literal) {
      for (char32_t c : text_) out_ += written(c);
      return out_;
    }
    alternatives(0);
    if (error_.empty() && !done()) fail("\")\" without \"(\"");
    if (error_.empty()) return out_;
    return kernel::Error{kernel::Code::invalid_input, "the pattern is not one: " + error_,
                         "character " + std::to_string(at_ + 1)};
  }

 private:
  bool done() const { return at_ >= text_.size(); }
  char32_t peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : U'\0';
  }
  bool take(char32_t c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }
  void alternatives(int depth) {
    if (depth > kNestingMax) return fail("groups are nested too deeply");
    while (error_.empty()) {
      if (done() || peek() == ')') return;
      if (take('|')) {
        out_ += '|';
        continue;
      }
      atom(depth);
      quantifier();
    }
  }

  void atom(int depth) {
    char32_t c = text_[at_++];
    if (c == '(') return group(depth);
    if (c == '[') {
      std::string made;
      if (char_class(made, 0)) out_ += made;
      return;
    }
    if (c == '\\') return escape();
    if (c == '.') {
      out_ += flags_.dot_all ? "(?s:.)" : "[^\\n\\r]";
    } else if (c == '^') {
      out_ += flags_.multiline ? "^" : "\\A";
    } else if (c == '$') {
      out_ += flags_.multiline ? "$" : "\\z";
    } else if (std::u32string_view(U"?*+{}]").find(c) != std::u32string_view::npos) {
      fail("a \"" + to_utf8({&c, 1}) + "\" must be written with a backslash");
    } else {
      out_ += written(c);
    }
  }

  void group(int depth) {
    bool captures = true;
    if (take('?')) {
      if (!take(':')) return fail("after \"(?\" only \":\" may stand");
      captures = false;
    }
    int number = captures ? ++groups_ : 0;
    if (groups_ > kGroupsMax) return fail("has too many groups");
    out_ += captures ? "(" : "(?:";
    alternatives(depth + 1);
    if (!error_.empty()) return;
    if (!take(')')) return fail("\"(\" without \")\"");
    out_ += ')';
    closed_.resize(static_cast<std::size_t>(groups_) + 1);
    if (captures) closed_[static_cast<std::size_t>(number)] = true;
  }

  void quantifier() {
    if (!error_.empty()) return;
    if (take('?')) {
      out_ += '?';
    } else if (take('*')) {
      out_ += '*';
    } else if (take('+')) {
      out_ += '+';
    } else if (take('{')) {
      if (!quantity()) return fail("a quantity is written {n}, {n,} or {n,m}");
    } else {
      return;
    }
    if (take('?')) out_ += '?';
  }

  std::optional<int> count() {
    int value = 0;
    bool any = false;
    while (peek() >= '0' && peek() <= '9') {
      value = std::min(value * 10 + static_cast<int>(peek() - '0'), kTimesMax + 1);
      any = true;
      ++at_;
    }
    return any && value <= kTimesMax ? std::optional(value) : std::nullopt;
  }

  bool quantity() {
    auto low = count();
    if (!low) return false;
    out_ += "{" + std::to_string(*low);
    if (take(',')) {
      out_ += ',';
      if (peek() != '}') {
        auto high = count();
        if (!high || *high < *low) return false;
        out_ += std::to_string(*high);
      }
    }
    out_ += '}';
    return take('}');
  }

  // \1…: the longest number that so many groups before it have; they must have ended.
  void back_reference(char32_t first) {
    int number = static_cast<int>(first - '0');
    while (peek() >= '0' && peek() <= '9') {
      int longer = number * 10 + static_cast<int>(peek() - '0');
      if (longer > groups_) break;
      number = longer;
      ++at_;
    }
    auto index = static_cast<std::size_t>(number);
    if (index >= closed_.size() || !closed_[index])
      return fail("\\" + std::to_string(number) + " refers to no group before it");
    out_ += "\\g{" + std::to_string(number) + "}";
  }

  void escape() {
    if (done()) return fail("a backslash stands at the end");
    if (peek() >= '1' && peek() <= '9') return back_reference(text_[at_++]);
    ClassParts parts;
    bool single = escape_into(parts);
    if (error_.empty()) out_ += single ? parts.characters : as_class(parts, flags_.caseless);
  }

  // Adds what the escape means; says whether it is a single character.
  bool escape_into(ClassParts& parts) {
    char32_t c = done() ? U'\0' : text_[at_++];
    if (auto meant = single_escape(c)) {
      parts.characters += written(*meant);
      return true;
    }
    switch (c) {
      case 's':
        parts.escapes += kSpace;
        break;
      case 'S':
        parts.all_but.emplace_back(kSpace);
        break;
      case 'd':
        parts.escapes += "\\p{Nd}";
        break;
      case 'D':
        parts.escapes += "\\P{Nd}";
        break;
      case 'w':
        parts.all_but.emplace_back(kNotWord);
        break;
      case 'W':
        parts.escapes += kNotWord;
        break;
      case 'i':
        parts.escapes += kNameStart;
        break;
      case 'I':
        parts.all_but.emplace_back(kNameStart);
        break;
      case 'c':
        parts.escapes += std::string(kNameStart) + kNameMore;
        break;
      case 'C':
        parts.all_but.push_back(std::string(kNameStart) + kNameMore);
        break;
      case 'p':
      case 'P':
        property(c == 'P', parts);
        break;
      default:
        fail("\\" + to_utf8({&c, 1}) + " means nothing");
    }
    return false;
  }

  static std::optional<char32_t> single_escape(char32_t c) {
    if (c == 'n') return U'\n';
    if (c == 'r') return U'\r';
    if (c == 't') return U'\t';
    bool itself = std::u32string_view(U"\\|.?*+(){}$-[]^").find(c) != std::u32string_view::npos;
    return itself ? std::optional(c) : std::nullopt;
  }

  void property(bool negated, ClassParts& parts) {
    std::string name;
    if (!take('{')) return fail("\\p must be followed by {…}");
    while (!done() && peek() != '}' && name.size() < 60) name += to_utf8({&text_[at_++], 1});
    if (!take('}')) return fail("\\p{ does not end");
    if (is_category(name)) {
      parts.escapes += std::string(negated ? "\\P{" : "\\p{") + name + "}";
      return;
    }
    auto block = name.starts_with("Is") ? regex_block(name.substr(2)) : std::nullopt;
    if (!block) return fail("there is no category or block \"" + name + "\"");
    if (negated) {
      parts.all_but.push_back(*block);
    } else {
      parts.escapes += *block;
    }
  }

  // After "[": "a-z", "^…" and "-[…]" for what is taken away.
  bool char_class(std::string& made, int depth) {
    if (depth > kNestingMax) return refuse("classes are nested too deeply");
    bool negated = take('^');
    ClassParts parts;
    std::string without;
    bool first = true;
    while (!take(']')) {
      if (done()) return refuse("\"[\" without \"]\"");
      if (!first && peek() == '-' && peek(1) == '[') {
        at_ += 2;
        if (!char_class(without, depth + 1)) return false;
        if (!take(']')) return refuse("after what a class is without, it must end");
        break;
      }
      if (!class_part(parts, first)) return false;
      first = false;
    }
    if (first) return refuse("a class is empty");
    std::string one = as_class(parts, flags_.caseless);
    if (!negated && without.empty()) {
      made += one;
      return true;
    }
    made += "(?:";
    if (!without.empty()) made += "(?!" + without + ")";
    made += negated ? "(?!" + one + ")(?s:.))" : one + ")";
    return true;
  }

  bool refuse(const char* why) {
    fail(why);
    return false;
  }

  // A character, an escape, or a range of characters.
  bool class_part(ClassParts& parts, bool first) {
    auto low = class_character(parts, first);
    if (!error_.empty()) return false;
    bool ranges =
        low && peek() == '-' && peek(1) != ']' && peek(1) != '[' && at_ + 1 < text_.size();
    if (!ranges) {
      if (low) parts.characters += written(*low);
      return true;
    }
    ++at_;
    ClassParts none;
    if (peek() == '-') return refuse("a range in a class may not end with a bare \"-\"");
    auto high = class_character(none, false);
    if (!error_.empty()) return false;
    if (!high || *high < *low) return refuse("a range in a class is not one");
    parts.characters += written(*low) + "-" + written(*high);
    return true;
  }

  // The character here, or nothing where it was an escape for many.
  std::optional<char32_t> class_character(ClassParts& parts, bool first) {
    char32_t c = text_[at_++];
    if (c == '[') {
      fail("a \"[\" in a class must be written with a backslash");
      return std::nullopt;
    }
    bool stray = c == '-' && !first && peek() != ']' && !(peek() == '-' && peek(1) == '[');
    if (stray) {
      fail("a \"-\" in a class stands first or last, or has a backslash");
      return std::nullopt;
    }
    if (c != '\\') return c;
    if (auto meant = done() ? std::nullopt : single_escape(peek())) {
      ++at_;
      return meant;
    }
    escape_into(parts);
    return std::nullopt;
  }

  std::u32string text_;
  RegexFlags flags_;
  std::size_t at_ = 0;
  std::string out_;
  std::string error_;
  int groups_ = 0;
  std::vector<bool> closed_;
};

}  // namespace

kernel::Result<RegexFlags> read_regex_flags(std::string_view flags) {
  RegexFlags read;
  for (char flag : flags) {
    if (flag == 's')
      read.dot_all = true;
    else if (flag == 'm')
      read.multiline = true;
    else if (flag == 'i')
      read.caseless = true;
    else if (flag == 'x')
      read.drop_spaces = true;
    else if (flag == 'q')
      read.literal = true;
    else
      return kernel::Error{kernel::Code::invalid_input, "the flags may be of s, m, i, x and q", ""};
  }
  return read;
}

kernel::Result<std::string> translate_regex(std::string_view pattern, const RegexFlags& flags) {
  return Translator(pattern, flags).run();
}

}  // namespace decision
