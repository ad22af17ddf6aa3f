#include "wording/matcher.h"

namespace wording {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::int64_t set_memory = 256 << 20;  // its automaton grows with what texts bring
constexpr std::int64_t one_memory = 4 << 20;

re2::RE2::Options options(std::int64_t memory) {
  re2::RE2::Options wanted(re2::RE2::Latin1);  // bytes: Alphabet's codes, not UTF-8
  wanted.set_log_errors(false);
  wanted.set_dot_nl(true);
  wanted.set_max_mem(memory);
  return wanted;
}

}  // namespace

Result<std::unique_ptr<re2::RE2>> compile(const std::string& regex) {
  auto made = std::make_unique<re2::RE2>(regex, options(one_memory));
  if (!made->ok())
    return Error{Code::invalid_input, "the pattern is too large: " + made->error(), "pattern"};
  return made;
}

Result<Matcher> Matcher::make(const std::vector<std::string>& regexes,
                              std::vector<std::size_t> numbers) {
  Matcher matcher;
  matcher.numbers_ = std::move(numbers);
  matcher.set_ = std::make_unique<re2::RE2::Set>(options(set_memory), re2::RE2::UNANCHORED);
  for (const std::string& regex : regexes) {
    TRY_ASSIGN(auto one, compile(regex));
    matcher.each_.push_back(std::move(one));
    std::string why;
    if (matcher.set_->Add(regex, &why) < 0)
      return Error{Code::invalid_input, "the pattern cannot be searched for: " + why, "pattern"};
  }
  if (!regexes.empty() && !matcher.set_->Compile())
    return Error{Code::invalid_input, "the lists are too large to be searched at once",
                 "words.csv"};
  return matcher;
}

std::vector<Found> Matcher::find(std::string_view encoded, std::size_t most) const {
  std::vector<Found> found;
  if (each_.empty()) return found;
  std::vector<int> which;
  re2::RE2::Set::ErrorInfo error{};
  const re2::StringPiece text(encoded.data(), encoded.size());
  if (!set_->Match(text, &which, &error) && error.kind == re2::RE2::Set::kNoError) return found;
  if (error.kind != re2::RE2::Set::kNoError) {
    // Out of memory for the whole automaton: slowly, each by itself, rather than not at all.
    which.resize(each_.size());
    for (std::size_t i = 0; i < which.size(); ++i) which[i] = static_cast<int>(i);
  }
  for (const int index : which) {
    const re2::RE2& one = *each_[static_cast<std::size_t>(index)];
    re2::StringPiece hit;
    std::size_t at = 0;
    while (found.size() < most && at <= text.size() &&
           one.Match(text, at, text.size(), re2::RE2::UNANCHORED, &hit, 1)) {
      const auto from = static_cast<std::size_t>(hit.data() - text.data());
      const std::size_t to = from + hit.size();
      found.push_back({numbers_[static_cast<std::size_t>(index)], from / 2, to / 2});
      at = to > at ? to : at + 2;
    }
  }
  return found;
}

}  // namespace wording
