#pragma once
// What codes are called in a copy for the person, in plain Chinese; a code not known is shown as it
// is.

#include <string>
#include <string_view>

#include "strategy/types.h"

namespace rights {

// `words` as of store::HeldColumn: "at", "date", "fen", "text", "note", "yes_no" or a variable.
std::string show_value(std::string_view words, const std::string& value,
                       const strategy::Words& of_tables);

}  // namespace rights
