#include "tests/stories/story.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace stories {
namespace {

std::string trim(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::size_t at = 1;
  while (at < line.size()) {
    const std::size_t end = line.find('|', at);
    if (end == std::string::npos) break;
    all.push_back(trim(line.substr(at, end - at)));
    at = end + 1;
  }
  return all;
}

void read_file(const std::filesystem::path& file, std::vector<Story>& stories) {
  std::ifstream in(file);
  std::string raw;
  for (int number = 1; std::getline(in, raw); ++number) {
    const std::string line = trim(raw);
    const Step here{file.filename().string(), line, number, {}};
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("Story: ")) {
      stories.push_back({here.file, line.substr(7), {}});
      continue;
    }
    if (stories.empty() || stories.back().file != here.file)
      not_understood(here, "stands before the first Story:");
    std::vector<Step>& steps = stories.back().steps;
    if (line[0] == '|') {
      if (steps.empty()) not_understood(here, "a table without a step");
      steps.back().table.push_back(cells(line));
      if (steps.back().table.back().size() != steps.back().table.front().size())
        not_understood(here, "a row of another length than the table's head");
      continue;
    }
    bool known = false;
    for (const char* word : {"Given ", "When ", "Then ", "And "}) {
      if (!line.starts_with(word)) continue;
      Step step = here;
      step.text = trim(line.substr(std::string(word).size()));
      steps.push_back(step);
      known = true;
    }
    if (!known) not_understood(here, "begins with none of Story:, Given, When, Then, And, |, #");
  }
}

}  // namespace

void not_understood(const Step& step, const std::string& why) {
  throw std::runtime_error(step.file + ":" + std::to_string(step.line) + ": \"" + step.text +
                           "\" " + why);
}

std::vector<Story> read_stories(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".story") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Story> stories;
  for (const auto& file : files) read_file(file, stories);
  return stories;
}

bool fits(const std::string& pattern, const std::string& text, Arguments& arguments) {
  static const std::regex special(R"([.^$+*?()\[\]\\|])"), place(R"(\{[a-z_]+\})");
  const std::string escaped = std::regex_replace(pattern, special, R"(\$&)");
  const std::regex whole(std::regex_replace(escaped, place, R"((\S+|"[^"]*"))"));
  std::smatch match;
  if (!std::regex_match(text, match, whole)) return false;
  for (std::size_t i = 1; i < match.size(); ++i) {
    std::string value = match[i];
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    arguments.push_back(value);
  }
  return true;
}

}  // namespace stories
