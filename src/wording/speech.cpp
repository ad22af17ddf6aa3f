#include "wording/speech.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "wording/matcher.h"

namespace wording {

using kernel::Result;

namespace {

constexpr std::uint32_t around_max = 80;  // characters looked at on each side

struct Sentence {
  std::uint32_t from, to;
};

Sentence sentence_of(const Normal& text, Place place) {
  const auto size = static_cast<std::uint32_t>(text.chars.size());
  Sentence found{place.from, place.to};
  while (found.from > 0 && place.from - found.from < around_max &&
         text.chars[found.from - 1].c != hard_stop)
    --found.from;
  while (found.to < size && found.to - place.to < around_max && text.chars[found.to].c != hard_stop)
    ++found.to;
  return found;
}

std::string encode(const Alphabet& alphabet, const Normal& text, std::uint32_t from,
                   std::uint32_t to) {
  std::string out;
  for (std::uint32_t i = from; i < to; ++i) alphabet.append(text.chars[i].c, out);
  return out;
}

// The sentence with the words in question as one marker.
std::string marked(const Alphabet& alphabet, const Normal& text, Place place) {
  const Sentence sentence = sentence_of(text, place);
  std::string out = encode(alphabet, text, sentence.from, place.from);
  alphabet.append(marker, out);
  return out + encode(alphabet, text, place.to, sentence.to);
}

Result<std::unique_ptr<re2::RE2>> any_of(const Alphabet& alphabet, const Lists& lists,
                                         bool customer) {
  std::string regex;
  for (const Speaker& one : lists.speakers)
    if (one.customer == customer)
      regex += (regex.empty() ? "" : "|") + to_regex(alphabet, one.pattern, false);
  if (regex.empty()) return std::unique_ptr<re2::RE2>();
  return compile(regex);
}

// The last match: where it ends, and how long it is.
std::pair<std::size_t, std::size_t> last_match(const re2::RE2* regex, const std::string& text) {
  std::pair<std::size_t, std::size_t> last{0, 0};
  if (regex == nullptr) return last;
  re2::StringPiece hit;
  for (std::size_t at = 0; at < text.size();) {
    if (!regex->Match(text, at, text.size(), re2::RE2::UNANCHORED, &hit, 1)) break;
    const auto end = static_cast<std::size_t>(hit.data() - text.data()) + hit.size();
    if (end > last.first) last = {end, hit.size()};
    at = static_cast<std::size_t>(hit.data() - text.data()) + 2;
  }
  return last;
}

}  // namespace

Result<Speech> Speech::make(const Alphabet& alphabet, const Lists& lists) {
  Speech speech;
  for (const Exception& exception : lists.exceptions) {
    TRY_ASSIGN(auto regex, compile(to_regex(alphabet, exception.pattern, false)));
    speech.rules_.push_back({exception.wording_class, exception.position, std::move(regex)});
  }
  TRY_ASSIGN(speech.customer_, any_of(alphabet, lists, true));
  TRY_ASSIGN(speech.us_, any_of(alphabet, lists, false));
  return speech;
}

// Who was named last speaks: "客户说…", until "我告知…". "跟客户说" is the longer of two that end
// together, and it is we who speak.
bool Speech::customer_speaks(const std::string& before) const {
  const auto customer = last_match(customer_.get(), before);
  const auto us = last_match(us_.get(), before);
  return customer.first > 0 && customer > us;
}

bool Speech::excused(const Alphabet& alphabet, const Normal& text, Place place,
                     const std::string& wording_class, const std::string& position) const {
  const std::string sentence = marked(alphabet, text, place);
  const auto fits = [&](const Rule& rule) {
    return (rule.wording_class == "*" || rule.wording_class == wording_class) &&
           (rule.position.empty() || rule.position == position) &&
           re2::RE2::PartialMatch(sentence, *rule.regex);
  };
  if (std::any_of(rules_.begin(), rules_.end(), fits)) return true;
  if (position != "note") return false;
  return customer_speaks(encode(alphabet, text, sentence_of(text, place).from, place.from));
}

bool Speech::excused(const Alphabet& alphabet, const Normal& text, Place place,
                     const std::vector<std::unique_ptr<re2::RE2>>& unless) {
  if (unless.empty()) return false;
  const std::string sentence = marked(alphabet, text, place);
  return std::any_of(unless.begin(), unless.end(),
                     [&](const auto& regex) { return re2::RE2::PartialMatch(sentence, *regex); });
}

bool ordinary_words(const Normal& text, Place place) {
  thread_local const std::unique_ptr<icu::BreakIterator> words = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createWordInstance(icu::Locale::getChina(), status));
    return U_SUCCESS(status) != 0 ? std::move(made) : nullptr;
  }();
  if (!words) return false;
  const Sentence sentence = sentence_of(text, place);
  icu::UnicodeString chars;
  std::int32_t from = 0, to = 0;
  for (std::uint32_t i = sentence.from; i < sentence.to; ++i) {
    if (i == place.from) from = chars.length();
    chars.append(static_cast<UChar32>(text.chars[i].c));
    if (i + 1 == place.to) to = chars.length();
  }
  words->setText(chars);
  std::int32_t begin = words->first();
  for (std::int32_t end = words->next(); end != icu::BreakIterator::DONE;
       begin = end, end = words->next()) {
    const bool overlaps = begin < to && end > from;
    if (overlaps && end - begin >= 2 && is_han(static_cast<char32_t>(chars.char32At(begin))))
      return true;
  }
  return false;
}

}  // namespace wording
