#pragma once
// Names that a FEEL expression may use. FEEL's names may hold spaces and operators ("Loan - fee"),
// so a parser must know them: it takes the longest known one at each place.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace decision {

// One level of names in force, and those around it.
struct NameScope {
  const NameScope* outer = nullptr;
  std::vector<std::string> names;
};

// "  Full   Name " becomes "Full Name".
std::string normal_name(std::string_view text);

bool is_name_start(char c);
bool is_name_part(char c);

// Where the name ends in the text if it stands at `at`; nullopt where it does not.
std::optional<std::size_t> match_name(std::string_view text, std::size_t at, std::string_view name);

struct NameMatch {
  std::string name;
  std::size_t end;
};
std::optional<NameMatch> longest_name(std::string_view text, std::size_t at,
                                      const NameScope& scope);
std::optional<NameMatch> longest_name(std::string_view text, std::size_t at,
                                      const std::set<std::string>& names);

}  // namespace decision
