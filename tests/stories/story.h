#pragma once
// Reads *.story files: given / when / then that a clerk can read. A step is matched against patterns
// with {places}; a table under a step belongs to it. Knows nothing of debts: world.h does.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stories {

using Table = std::vector<std::vector<std::string>>;  // the first row names the columns

struct Step {
  std::string file, text;  // without Given/When/Then/And
  int line = 0;
  Table table;
};

struct Story {
  std::string file, name;
  std::vector<Step> steps;
};

// Every story of a folder, by file name. Anything that is not a story line is an exception that
// says file and line: a story that is not understood must not pass.
std::vector<Story> read_stories(const std::filesystem::path& folder);

using Arguments = std::vector<std::string>;

template <class World>
class Book {
 public:
  using Action = std::function<void(World&, const Arguments&, const Step&)>;
  void add(const std::string& pattern, Action action) {
    patterns_.push_back({pattern, std::move(action)});
  }
  // Runs the one pattern that fits; none or two is an error in the story.
  void run(World& world, const Step& step) const;

 private:
  struct Pattern {
    std::string text;
    Action action;
  };
  std::vector<Pattern> patterns_;
};

// The values at the {places} when the text fits the pattern.
bool fits(const std::string& pattern, const std::string& text, Arguments& arguments);
[[noreturn]] void not_understood(const Step& step, const std::string& why);

template <class World>
void Book<World>::run(World& world, const Step& step) const {
  const Pattern* found = nullptr;
  Arguments arguments;
  for (const Pattern& pattern : patterns_) {
    Arguments candidate;
    if (!fits(pattern.text, step.text, candidate)) continue;
    if (found) not_understood(step, "fits two patterns: " + found->text + " / " + pattern.text);
    found = &pattern;
    arguments = candidate;
  }
  if (!found) not_understood(step, "fits no pattern");
  found->action(world, arguments, step);
}

}  // namespace stories
