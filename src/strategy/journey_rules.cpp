// decisions/journey.csv: rule,subject,value,zh,en,source.

#include <charconv>
#include <fstream>
#include <sstream>

#include "strategy/journey.h"
#include "strategy/record.h"

namespace strategy {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool to_number(const std::string& text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// "@3" is every treatment of that harshness.
std::set<std::string> treatments_of(const JourneyRules& rules, const std::string& text,
                                    std::string& unknown) {
  std::set<std::string> all;
  for (const std::string& word : words_of(text)) {
    int level = 0;
    if (word[0] == '@' && to_number(word.substr(1), level)) {
      for (const auto& [treatment, of] : rules.levels) {
        if (of == level) all.insert(treatment);
      }
    } else if (rules.levels.contains(word)) {
      all.insert(word);
    } else {
      unknown = word;
    }
  }
  return all;
}

// What is wrong with the line; empty where nothing is.
std::string read_line(JourneyRules& rules, const std::vector<std::string>& fields) {
  const std::string &rule = fields[0], &subject = fields[1], &value = fields[2];
  std::string unknown;
  if (rule == "level") {
    int level = 0;
    if (!to_number(value, level)) return "the harshness is a whole number";
    for (const std::string& treatment : words_of(subject)) {
      if (!rules.levels.emplace(treatment, level).second) return treatment + " stands twice";
    }
  } else if (rule == "before") {
    JourneyRules::Before before{treatments_of(rules, subject, unknown),
                                treatments_of(rules, value, unknown), fields[3], fields[4],
                                fields[5]};
    rules.before.push_back(std::move(before));
  } else if (rule == "last") {
    rules.last.merge(treatments_of(rules, subject, unknown));
  } else if (rule == "asks") {
    const auto words = words_of(value);
    if (words.size() != 3) return "asks has purpose, role, and whether the debt is mentioned";
    rules.scripts[subject] = {words[0], words[1], words[2] == "yes"};
  } else {
    int* number = rule == "after_payment" ? &rules.level_after_payment
                  : rule == "quiet"       ? &rules.quiet_nights
                  : rule == "nights"      ? &rules.nights
                                          : nullptr;
    if (number == nullptr) return "there is no rule called " + rule;
    if (!to_number(value, *number) || *number < 0) return "the value is a whole number";
  }
  return unknown.empty() ? "" : "no level is given for " + unknown;
}

}  // namespace

kernel::Result<JourneyRules> JourneyRules::parse(std::string_view csv, std::string_view where) {
  JourneyRules rules;
  std::size_t at = 0;
  for (int record = 1; at < csv.size(); ++record) {
    const auto fields = parse_record(csv, at);
    const std::string wrong = fields.size() != 6 ? "a line has six fields"
                              : record == 1      ? ""
                                                 : read_line(rules, fields);
    if (!wrong.empty()) {
      return kernel::Error{kernel::Code::invalid_input, wrong,
                           std::string(where) + ":" + std::to_string(record)};
    }
  }
  constexpr int kNightsMax = 4'000;
  if (rules.nights > kNightsMax) rules.nights = kNightsMax;
  return rules;
}

kernel::Result<JourneyRules> JourneyRules::load(const std::filesystem::path& decisions) {
  const std::filesystem::path path = decisions / "journey.csv";
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return kernel::Error{kernel::Code::not_found, "cannot be read", path.string()};
  return parse(bytes.str(), path.string());
}

int JourneyRules::level(const std::string& treatment) const {
  const auto at = levels.find(treatment);
  return at == levels.end() ? -1 : at->second;
}

}  // namespace strategy
