#pragma once
// What somebody else says of one who has just proved to them who they are.

#include <string>
#include <vector>

#include "people/types.h"

namespace people {

struct Vouched {
  SignInBy by = SignInBy::directory;
  std::string source;   // "directory", or the provider's issuer
  std::string subject;  // the account's id there, which outlives names
  std::string user_name, shown_name;
  std::vector<std::string> groups;
  bool create = false;  // whether this source may bring new users
};

// Names both sides agree on: 2 to 32 of a-z 0-9 _ . -, beginning with a letter. Directories take
// capitals, blanks and wide letters for the same name; guesses are counted by name, so none of that
// is sent on. Nothing: not such a name.
std::optional<std::string> plain_user_name(std::string_view typed);

}  // namespace people
