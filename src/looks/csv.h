#pragma once
// One cell of a CSV file that a spreadsheet may open. A text that a spreadsheet would take for a
// formula (OWASP: it begins with = + - @, tab, CR, LF or the wide forms) gets a ' in front; what
// holds a comma, a quote or a line's end is quoted (RFC 4180).

#include <string>
#include <string_view>

namespace looks {

std::string csv_cell(std::string_view text);

}  // namespace looks
