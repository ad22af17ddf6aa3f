#include "wording/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace wording {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::size_t pattern_chars_max = 500;
constexpr int depth_max = 8;
constexpr int gap_max = 40;
constexpr std::array stops = {hard_stop, soft_stop, colon};

class Parser {
 public:
  Parser(const Folder& folder, std::string_view text, std::string_view where, bool exception)
      : folder_(folder), text_(to_utf32(text)), where_(where), exception_(exception) {}

  Result<Pattern> parse() {
    if (text_.size() > pattern_chars_max) return error("longer than 500 characters");
    TRY_ASSIGN(Pattern whole, alternatives(0));
    if (at_ < text_.size()) return error("a ')' too many");
    if (!exception_ && whole.least == 0) return error("it would match nothing at all");
    return whole;
  }

 private:
  using Node = Pattern::Node;

  Error error(std::string_view what) const {
    return {Code::invalid_input,
            fmt::format("pattern '{}', character {}: {}", to_utf8(text_), at_ + 1, what), where_};
  }
  bool take(char32_t c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<Pattern> alternatives(int depth) {
    if (depth > depth_max) return error("brackets too deep");
    std::vector<Pattern> all;
    do {
      TRY_ASSIGN(Pattern one, sequence(depth));
      all.push_back(std::move(one));
    } while (take(U'|'));
    if (all.size() == 1) return std::move(all[0]);
    Pattern choice;
    choice.least = std::numeric_limits<std::size_t>::max();
    for (const Pattern& one : all) choice.least = std::min(choice.least, one.least);
    Node node{.kind = Node::Kind::choice};
    node.choices = std::move(all);
    choice.parts.push_back(std::move(node));
    return choice;
  }

  Result<Pattern> sequence(int depth) {
    Pattern made;
    while (at_ < text_.size() && text_[at_] != U'|' && text_[at_] != U')') {
      TRY_ASSIGN(auto part, item(depth));
      auto& [nodes, least] = part;
      if (take(U'?')) {
        Node maybe{.kind = Node::Kind::choice, .optional = true};
        maybe.choices.push_back({std::move(nodes), least});
        nodes.assign(1, std::move(maybe));
        least = 0;
      }
      made.least += least;
      std::move(nodes.begin(), nodes.end(), std::back_inserter(made.parts));
    }
    return made;
  }

  struct Part {
    std::vector<Node> nodes;
    std::size_t least = 0;
  };
  Result<Part> item(int depth) {
    if (take(U'(')) {
      TRY_ASSIGN(Pattern inside, alternatives(depth + 1));
      if (!take(U')')) return error("a ')' is missing");
      Node group{.kind = Node::Kind::choice};
      const std::size_t least = inside.least;
      group.choices.push_back(std::move(inside));
      return Part{{std::move(group)}, least};
    }
    if (take(U'[')) return set();
    if (take(U'~')) return gap();
    if (take(U'^')) return Part{{Node{.kind = Node::Kind::begin}}, 0};
    if (take(U'$')) return Part{{Node{.kind = Node::Kind::end}}, 0};
    return character();
  }

  Result<Part> set() {
    Node group{.kind = Node::Kind::choice};
    std::size_t least = std::numeric_limits<std::size_t>::max();
    while (!take(U']')) {
      if (at_ >= text_.size()) return error("a ']' is missing");
      TRY_ASSIGN(Part one, character());
      least = std::min(least, one.least);
      group.choices.push_back({std::move(one.nodes), one.least});
    }
    if (group.choices.empty()) return error("nothing between '[' and ']'");
    return Part{{std::move(group)}, least};
  }

  Result<Part> gap() {
    Node node{.kind = Node::Kind::gap};
    node.over_soft_stops = take(U'~');
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_]) && node.gap_max <= gap_max)
      node.gap_max = node.gap_max * 10 + static_cast<int>(text_[at_++] - U'0');
    if (at_ == begin || node.gap_max < 1 || node.gap_max > gap_max)
      return error("'~' wants how many characters there may be, 1 to 40");
    return Part{{std::move(node)}, 0};
  }

  Result<Part> character() {
    const char32_t c = text_[at_];
    if (c == U'?' || c == U'{' || c == U'}') return error("it means nothing here");
    if (c == U'@') {
      if (!exception_) return error("'@' is for exceptions");
      ++at_;
      return Part{{Node{.kind = Node::Kind::one, .c = marker}}, 1};
    }
    const std::u32string folded = folder_.fold_one(c);
    if (folded.empty()) return error("a character that texts are searched without");
    Part part;
    for (const char32_t one : folded) {
      if (one >= 0x10000) return error("only characters of Unicode's first plane");
      if (is_stop(one) && !exception_) return error("a word does not cross a stop; use ~~");
      part.nodes.push_back({.kind = Node::Kind::one, .c = one});
      ++part.least;
    }
    ++at_;
    return part;
  }

  const Folder& folder_;
  std::u32string text_;
  std::string where_;
  bool exception_;
  std::size_t at_ = 0;
};

char32_t searched(char32_t c, bool by_sound) {
  return by_sound && is_han(c) ? syllable_of(c) : c;
}

void write_byte(unsigned char byte, std::string& out) {
  out += fmt::format("\\x{:02x}", byte);
}

void write_char(const Alphabet& alphabet, char32_t c, std::string& out) {
  std::string bytes;
  alphabet.append(c, bytes);
  for (const char byte : bytes) write_byte(static_cast<unsigned char>(byte), out);
}

void write(const Alphabet& alphabet, const Pattern& pattern, bool by_sound, std::string& out);

void write_edge(const Alphabet& alphabet, bool begin, std::string& out) {
  out += begin ? "(?:^" : "(?:$";
  for (const char32_t stop : stops) {
    out += '|';
    write_char(alphabet, stop, out);
  }
  out += ')';
}

// Any character but stops. Those have the codes 1 to 3 (Alphabet()), so it is a range of bytes.
void write_gap(const Pattern::Node& node, std::string& out) {
  const char* any = node.over_soft_stops ? R"((?:\x40[\x01\x03-\x3f]|[\x41-\x7f][\x01-\x3f]))"
                                         : R"((?:\x40[\x01\x05-\x3f]|[\x41-\x7f][\x01-\x3f]))";
  out += fmt::format("{}{{0,{}}}?", any, node.gap_max);
}

void write_choice(const Alphabet& alphabet, const Pattern::Node& node, bool by_sound,
                  std::string& out) {
  out += "(?:";
  for (std::size_t i = 0; i < node.choices.size(); ++i) {
    if (i > 0) out += '|';
    write(alphabet, node.choices[i], by_sound, out);
  }
  out += node.optional ? ")?" : ")";
}

void write(const Alphabet& alphabet, const Pattern& pattern, bool by_sound, std::string& out) {
  using Kind = Pattern::Node::Kind;
  for (const Pattern::Node& node : pattern.parts) {
    switch (node.kind) {
      case Kind::one:
        write_char(alphabet, searched(node.c, by_sound), out);
        break;
      case Kind::choice:
        write_choice(alphabet, node, by_sound, out);
        break;
      case Kind::gap:
        write_gap(node, out);
        break;
      case Kind::begin:
      case Kind::end:
        write_edge(alphabet, node.kind == Kind::begin, out);
        break;
    }
  }
}

}  // namespace

// Code 0 is every character of no list; the stops come first, for write_gap.
Alphabet::Alphabet() : table_(0x10000, 0) {
  for (const char32_t stop : stops) add(stop);
  add(marker);
}

void Alphabet::add(char32_t c) {
  if (full() || c >= table_.size()) return;
  const auto [at, added] = codes_.try_emplace(c, static_cast<std::uint16_t>(codes_.size() + 1));
  if (added) table_[c] = at->second;
}

void Alphabet::append(char32_t c, std::string& out) const {
  const unsigned code = c < table_.size() ? table_[c] : 0;
  out.push_back(static_cast<char>(0x40 + code / 63));
  out.push_back(static_cast<char>(0x01 + code % 63));
}

std::string Alphabet::encode(const View& view) const {
  std::string out;
  out.reserve(view.size() * 2);
  for (const Element& element : view) append(element.c, out);
  return out;
}

Result<Pattern> parse_pattern(const Folder& folder, std::string_view text, std::string_view where,
                              bool exception) {
  return Parser(folder, text, where, exception).parse();
}

void add_to(Alphabet& alphabet, const Pattern& pattern, bool by_sound) {
  for (const Pattern::Node& node : pattern.parts) {
    if (node.kind == Pattern::Node::Kind::one) alphabet.add(searched(node.c, by_sound));
    for (const Pattern& choice : node.choices) add_to(alphabet, choice, by_sound);
  }
}

std::string to_regex(const Alphabet& alphabet, const Pattern& pattern, bool by_sound) {
  std::string out;
  write(alphabet, pattern, by_sound, out);
  return out;
}

}  // namespace wording
