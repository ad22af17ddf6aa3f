#include <charconv>
#include <regex>
#include <set>

#include "tests/packs/agree.h"

namespace tests {

RandomFacts::RandomFacts(const std::vector<std::string>& pack_texts) {
  std::set<std::string> words = {"", "unknown", "卡", "card", "CN", "US", "UK"};
  // The days on which rows begin, and those before.
  words.insert(
      {"2021-10-31", "2021-11-01", "2025-02-27", "2025-02-28", "2026-01-29", "2026-01-30"});
  std::set<int> numbers = {-1, 0, 1, 2, 3, 600, 1440, 2'000'000};
  const std::regex word("\"([^\"<>]{1,24})\""), number("[0-9]{1,7}");
  const std::regex cell("<inputEntry[^>]*><text>([^<]*)</text>|_text_[a-z_]+\"><text>([^<]*)<");
  for (const std::string& xml : pack_texts) {
    for (std::sregex_iterator it(xml.begin(), xml.end(), cell), end; it != end; ++it) {
      const std::string text = (*it)[1].matched ? (*it)[1] : (*it)[2];
      for (std::sregex_iterator w(text.begin(), text.end(), word); w != end; ++w)
        words.insert((*w)[1]);
      for (std::sregex_iterator n(text.begin(), text.end(), number); n != end; ++n)
        for (const int step : {-1, 0, 1}) numbers.insert(std::stoi((*n)[0]) + step);
    }
  }
  words_.assign(words.begin(), words.end());
  numbers_.assign(numbers.begin(), numbers.end());
}

namespace {

struct Draw {
  Dice& dice;
  gate::Facts& facts;
  const std::vector<std::string>& words;
  const std::vector<int>& numbers;

  const std::string& word() const { return words[throw_dice(dice, words.size())]; }
  int number() const { return numbers[throw_dice(dice, numbers.size())]; }
  void operator()(std::string gate::Facts::*member) const { facts.*member = word(); }
  void operator()(bool gate::Facts::*member) const { facts.*member = throw_dice(dice, 2) == 0; }
  void operator()(int gate::Facts::*member) const { facts.*member = number(); }
  void operator()(std::optional<int> gate::Facts::*member) const {
    (facts.*member).reset();
    if (throw_dice(dice, 3) != 0) facts.*member = number();
  }
  void operator()(std::vector<std::string> gate::Facts::*member) const {
    (facts.*member).clear();
    for (std::size_t n = throw_dice(dice, 4); n > 0; --n) (facts.*member).push_back(word());
  }
};

}  // namespace

gate::Facts RandomFacts::draw(Dice& dice) const {
  gate::Facts facts;
  for (const gate::FactField& field : gate::fact_fields())
    std::visit(Draw{dice, facts, words_, numbers_}, field.member);
  return facts;
}

}  // namespace tests
