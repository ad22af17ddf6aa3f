#include "wording/normal.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <opencc/SimpleConverter.hpp>

namespace wording {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr char32_t planes_end = 0x30000;
constexpr char32_t dropped = 0;  // in a folded character's place: a gap

std::u32string utf32_of(const icu::UnicodeString& text) {
  std::u32string out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
    out.push_back(static_cast<char32_t>(text.char32At(i)));
  return out;
}

// Each Han character in simplified form: one call for all of them, a line each.
Result<std::vector<char32_t>> simplified() {
  std::vector<char32_t> one_to_one(planes_end);
  std::u32string lines;
  for (char32_t c = 0; c < planes_end; ++c) {
    one_to_one[c] = c;
    if (is_han(c)) lines += {c, U'\n'};
  }
  std::u32string answer;
  try {
    answer = to_utf32(opencc::SimpleConverter("t2s.json").Convert(to_utf8(lines)));
  } catch (const std::exception& failed) {
    return Error{Code::unavailable, "OpenCC cannot convert: " + std::string(failed.what()),
                 "t2s.json"};
  }
  if (answer.size() != lines.size())
    return Error{Code::unavailable, "OpenCC's t2s.json makes other than one character of one",
                 "t2s.json"};
  for (std::size_t i = 0; i < lines.size(); i += 2)
    if (lines[i] < planes_end) one_to_one[lines[i]] = answer[i];
  return one_to_one;
}

// What a folded character counts as: itself, a stop, or a gap.
char32_t role_of(char32_t c) {
  switch (c) {
    case U'。':
    case U'!':
    case U'?':
    case U';':
    case U'\n':
    case U'\r':
    case U'\u2028':
    case U'\u2029':
      return hard_stop;
    case U',':
    case U'、':
      return soft_stop;
    case U':':
      return colon;
    default:
      break;
  }
  const auto type = u_charType(static_cast<UChar32>(c));
  const bool word = (U_MASK(type) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
  return word ? c : dropped;
}

// Numerals written out, where three or more stand together: 一一〇, 幺幺零.
int numeral(char32_t c) {
  static constexpr std::u32string_view plain = U"零一二三四五六七八九",
                                       formal = U"〇壹贰叁肆伍陆柒捌玖";
  if (is_digit(c)) return static_cast<int>(c - U'0');
  if (c == U'幺') return 1;
  if (c == U'两') return 2;
  for (const auto digits : {plain, formal})
    if (const auto at = digits.find(c); at != digits.npos) return static_cast<int>(at);
  return -1;
}

void digits_of_words(Normal& text) {
  auto& chars = text.chars;
  for (std::size_t i = 0; i < chars.size();) {
    std::size_t end = i;
    while (end < chars.size() && numeral(chars[end].c) >= 0) ++end;
    if (end - i >= 3) {
      for (std::size_t k = i; k < end; ++k) {
        if (is_digit(chars[k].c)) continue;
        chars[k].c = U'0' + static_cast<char32_t>(numeral(chars[k].c));
        chars[k].changed = true;
      }
    }
    i = std::max(end, i + 1);
  }
}

// "坐。牢": a stop beside a single character is put there to hide a word. What parts longer
// pieces ("请坐，牢记") stays.
void drop_odd_stops(Normal& text) {
  auto& chars = text.chars;
  const auto stop = [&](std::size_t i) { return is_stop(chars[i].c) && chars[i].c != colon; };
  const auto edge = [&](std::size_t i) { return i >= chars.size() || is_stop(chars[i].c); };
  std::vector<bool> drop(chars.size(), false);
  for (std::size_t i = 0; i < chars.size(); ++i) {
    if (!stop(i)) continue;
    const bool left = i >= 1 && is_han(chars[i - 1].c) && edge(i - 2);
    const bool right = i + 1 < chars.size() && is_han(chars[i + 1].c) && edge(i + 2);
    drop[i] = left || right;
  }
  std::vector<Normal::Char> kept;
  kept.reserve(chars.size());
  bool gap = false;
  for (std::size_t i = 0; i < chars.size(); ++i) {
    if (drop[i]) {
      gap = true;
      continue;
    }
    kept.push_back(chars[i]);
    kept.back().gap |= gap;
    gap = false;
  }
  chars = std::move(kept);
}

}  // namespace

bool is_han(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c < planes_end) || c == U'〇';
}

std::u32string to_utf32(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size() / 2);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, i, size, c);
    out.push_back(static_cast<char32_t>(c));
  }
  return out;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (const char32_t c : text) {
    std::array<std::uint8_t, 4> bytes{};
    std::int32_t size = 0;
    UBool error = 0;
    U8_APPEND(bytes.data(), size, 4, static_cast<UChar32>(c), error);
    if (error == 0) out.append(reinterpret_cast<const char*>(bytes.data()), size);
  }
  return out;
}

Result<Folder> Folder::make(const Pairs& lookalikes) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status) != 0)
    return Error{Code::unavailable, "ICU has no NFKC data", u_errorName(status)};
  TRY_ASSIGN(const std::vector<char32_t> simple, simplified());
  Folder folder;
  folder.slices_.resize(planes_end);
  const auto put = [&folder](char32_t c, const std::u32string& folded) {
    folder.slices_[c] = {static_cast<std::uint32_t>(folder.pool_.size()),
                         static_cast<std::uint32_t>(std::min<std::size_t>(folded.size(), 255))};
    folder.pool_ += folded;
  };
  for (char32_t c = 0; c < planes_end; ++c) {
    icu::UnicodeString source(static_cast<UChar32>(c)), target;
    nfkc->normalize(source, target, status);
    std::u32string folded;
    for (const char32_t part : utf32_of(target)) {
      const char32_t plain = part < planes_end ? simple[part] : part;
      folded.push_back(role_of(plain));
    }
    if (U_FAILURE(status) != 0) folded.assign(1, role_of(c)), status = U_ZERO_ERROR;
    put(c, folded);
  }
  for (const auto& [from, to] : lookalikes) {
    if (from.empty() || to.empty())
      return Error{Code::invalid_input, "a pair of lookalikes needs both sides", "lookalikes.csv"};
    if (from.size() == 1 && from[0] < planes_end)
      put(from[0], to);
    else
      folder.sequences_[from[0]].emplace_back(from, to);
  }
  return folder;
}

Folder::Slice Folder::slice(char32_t c) const {
  return c < planes_end ? slices_[c] : Slice{0, 0};
}

std::u32string Folder::fold_one(char32_t c) const {
  const Slice s = slice(c);
  std::u32string folded = pool_.substr(s.at, s.size);
  std::erase(folded, dropped);
  return folded;
}

void Folder::append(Normal& out, char32_t c, std::uint32_t at, bool& gap) const {
  const Slice s = slice(c);
  if (s.size == 0) gap = true;
  for (std::uint32_t i = 0; i < s.size; ++i) {
    const char32_t folded = pool_[s.at + i];
    if (folded == dropped) {
      gap = true;
      continue;
    }
    if (folded == hard_stop && !out.chars.empty() && out.chars.back().c == hard_stop) continue;
    out.chars.push_back({folded, at, at + 1, gap, folded != c});
    gap = false;
  }
}

// Characters written in two halves (女马 for 妈).
void Folder::join_sequences(Normal& text) const {
  if (sequences_.empty()) return;
  std::vector<Normal::Char> joined;
  joined.reserve(text.chars.size());
  const auto fits = [&](std::size_t at, const std::u32string& from) {
    if (at + from.size() > text.chars.size()) return false;
    for (std::size_t i = 0; i < from.size(); ++i)
      if (text.chars[at + i].c != from[i]) return false;
    return true;
  };
  for (std::size_t i = 0; i < text.chars.size();) {
    const auto known = sequences_.find(text.chars[i].c);
    const std::pair<std::u32string, std::u32string>* pair = nullptr;
    if (known != sequences_.end())
      for (const auto& one : known->second)
        if (fits(i, one.first)) pair = &one;
    if (pair == nullptr) {
      joined.push_back(text.chars[i++]);
      continue;
    }
    const std::size_t last = i + pair->first.size() - 1;
    for (const char32_t c : pair->second)
      joined.push_back({c, text.chars[i].from, text.chars[last].to, text.chars[i].gap, true});
    i = last + 1;
  }
  text.chars = std::move(joined);
}

Normal Folder::fold(std::string_view text) const {
  Normal out;
  out.chars.reserve(text.size() / 2);
  bool gap = false;
  std::uint32_t at = 0;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t i = 0; i < size; ++at) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, i, size, c);
    append(out, static_cast<char32_t>(c), at, gap);
  }
  join_sequences(out);
  drop_odd_stops(out);
  digits_of_words(out);
  return out;
}

}  // namespace wording
