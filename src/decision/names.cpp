#include "decision/names.h"

#include <cctype>

namespace decision {

namespace {

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

// The characters after which FEEL allows spaces inside a name that has none, and the reverse.
bool is_mark(char c) {
  return !is_name_part(c) && !is_space(c);
}

void keep_longer(std::optional<NameMatch>& best, const std::string& name, std::string_view text,
                 std::size_t at) {
  if (name.empty() || name[0] != text[at]) return;
  auto end = match_name(text, at, name);
  if (end && (!best || *end > best->end)) best = NameMatch{name, *end};
}

}  // namespace

bool is_name_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '?' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_name_part(char c) {
  return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::string normal_name(std::string_view text) {
  std::string name;
  for (char c : text) {
    if (!is_space(c)) {
      name += c;
    } else if (!name.empty() && name.back() != ' ') {
      name += ' ';
    }
  }
  if (!name.empty() && name.back() == ' ') name.pop_back();
  return name;
}

std::optional<std::size_t> match_name(std::string_view text, std::size_t at,
                                      std::string_view name) {
  char previous = '\0';
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool spaces = at < text.size() && is_space(text[at]);
    bool beside_mark = is_mark(name[i]) || (i > 0 && is_mark(previous));
    if (name[i] == ' ') {
      bool next_is_mark = i + 1 < name.size() && is_mark(name[i + 1]);
      if (!spaces && !next_is_mark && !is_mark(previous)) return std::nullopt;
      while (at < text.size() && is_space(text[at])) ++at;
      continue;
    }
    if (spaces && beside_mark) {
      while (at < text.size() && is_space(text[at])) ++at;
    }
    if (at >= text.size() || text[at] != name[i]) return std::nullopt;
    previous = name[i];
    ++at;
  }
  bool cut = at < text.size() && is_name_part(text[at]) && is_name_part(previous);
  return cut ? std::nullopt : std::optional(at);
}

std::optional<NameMatch> longest_name(std::string_view text, std::size_t at,
                                      const NameScope& scope) {
  std::optional<NameMatch> best;
  if (at >= text.size()) return best;
  for (const NameScope* level = &scope; level != nullptr; level = level->outer) {
    for (const std::string& name : level->names) keep_longer(best, name, text, at);
  }
  return best;
}

std::optional<NameMatch> longest_name(std::string_view text, std::size_t at,
                                      const std::set<std::string>& names) {
  std::optional<NameMatch> best;
  if (at >= text.size()) return best;
  std::string first(1, text[at]);
  for (auto i = names.lower_bound(first); i != names.end() && (*i)[0] == text[at]; ++i) {
    keep_longer(best, *i, text, at);
  }
  return best;
}

}  // namespace decision
