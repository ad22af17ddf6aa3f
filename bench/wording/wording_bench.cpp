// wording_bench [DECISIONS] [SECONDS]: the labelled lines checked one by one on one core, and
// the search alone: RE2::Set against a loop of PCRE2 (JIT) over every pattern, answers compared.

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "decision/csv.h"
#include "kernel/check.h"
#include "wording/lists.h"
#include "wording/matcher.h"
#include "wording/types.h"

namespace {

using Clock = std::chrono::steady_clock;
using Answers = std::vector<std::set<std::size_t>>;  // patterns found, by text

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  CHECK_MSG(static_cast<bool>(in), path.c_str());
  return std::move(text).str();
}

// Calls `all` over and over; gives texts a second.
template <class All>
double rate(std::size_t texts, double seconds, All all) {
  all();  // what is made at first use is made
  std::size_t done = 0;
  const auto begin = Clock::now();
  double spent = 0;
  do {
    all();
    done += texts;
    spent = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (spent < seconds);
  return static_cast<double>(done) / spent;
}

struct Search {
  std::vector<std::string> regexes, texts;  // encoded
};

Search search_of(const std::filesystem::path& decisions, const std::vector<std::string>& texts) {
  std::map<std::string, std::string> bytes;
  wording::Texts lists;
  for (const std::string& name : wording::list_files())
    lists[name] = bytes[name] = read(decisions / "wording" / name);
  const auto folder = wording::Folder::make(*wording::read_lookalikes(lists));
  const auto made = wording::read_lists(*folder, lists);
  CHECK(static_cast<bool>(made));
  wording::Alphabet alphabet;
  for (const auto& word : made->words) wording::add_to(alphabet, word.pattern, false);
  Search search;
  for (const auto& word : made->words)
    search.regexes.push_back(wording::to_regex(alphabet, word.pattern, false));
  for (const auto& text : texts)
    search.texts.push_back(alphabet.encode(wording::plain_view(folder->fold(text))));
  return search;
}

Answers by_set(const Search& search, const wording::Matcher& matcher) {
  Answers answers(search.texts.size());
  for (std::size_t i = 0; i < search.texts.size(); ++i)
    for (const auto& found : matcher.find(search.texts[i], 1000)) answers[i].insert(found.pattern);
  return answers;
}

class Loop {
 public:
  explicit Loop(const std::vector<std::string>& regexes) {
    for (const std::string& regex : regexes) {
      int error = 0;
      PCRE2_SIZE at = 0;
      codes_.push_back(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()), regex.size(), 0,
                                     &error, &at, nullptr));
      CHECK(codes_.back() != nullptr);
      pcre2_jit_compile(codes_.back(), PCRE2_JIT_COMPLETE);
    }
    match_ = pcre2_match_data_create(1, nullptr);
  }
  Answers find(const Search& search) const {
    Answers answers(search.texts.size());
    for (std::size_t i = 0; i < search.texts.size(); ++i) {
      const auto* text = reinterpret_cast<PCRE2_SPTR>(search.texts[i].data());
      for (std::size_t k = 0; k < codes_.size(); ++k)
        if (pcre2_match(codes_[k], text, search.texts[i].size(), 0, 0, match_, nullptr) >= 0)
          answers[i].insert(k);
    }
    return answers;
  }

 private:
  std::vector<pcre2_code*> codes_;
  pcre2_match_data* match_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path decisions = argc > 1 ? argv[1] : "decisions";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const auto opened = Clock::now();
  const auto rules = wording::Rules::load(decisions);
  CHECK_MSG(static_cast<bool>(rules), rules ? "" : rules.error().message.c_str());
  const double load_ms = std::chrono::duration<double, std::milli>(Clock::now() - opened).count();

  std::vector<std::string> texts;
  std::size_t bytes = 0;
  const std::string csv = read(decisions / "wording" / "labelled.csv");
  decision::CsvReader reader(csv, "labelled.csv");
  (void)reader.take_line();
  while (!reader.done()) {
    const auto cells = reader.take_line();
    if (!cells || cells->size() != 7) continue;
    texts.push_back((*cells)[6]);
    bytes += texts.back().size();
  }
  const auto check_all = [&] {
    for (const std::string& text : texts) CHECK(static_cast<bool>(rules->check(text, {})));
  };
  const double checks = rate(texts.size(), seconds, check_all);

  const Search search = search_of(decisions, texts);
  std::vector<std::size_t> numbers(search.regexes.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  const auto matcher = wording::Matcher::make(search.regexes, numbers);
  CHECK(static_cast<bool>(matcher));
  const Loop loop(search.regexes);
  const bool same = by_set(search, *matcher) == loop.find(search);
  const double set_rate = rate(texts.size(), seconds, [&] { (void)by_set(search, *matcher); });
  const double loop_rate = rate(texts.size(), seconds, [&] { (void)loop.find(search); });

  std::printf("texts %zu, %zu bytes each on average, patterns %zu; rules loaded in %.0f ms\n",
              texts.size(), bytes / texts.size(), search.regexes.size(), load_ms);
  std::printf("whole check, one core:        %10.0f texts/s\n", checks);
  std::printf("search alone, RE2::Set:       %10.0f texts/s\n", set_rate);
  std::printf("search alone, PCRE2 JIT loop: %10.0f texts/s\n", loop_rate);
  std::printf("answers of the two: %s\n", same ? "the same" : "DIFFERENT");
  return same ? 0 : 1;
}
