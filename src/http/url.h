#pragma once
// The parts of a request target. Enters: what a client sent. Leaves: decoded text, or an Error.
// Never true: a decoded value that is not UTF-8, or holds NUL.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace http {

bool is_utf8(std::string_view text);
kernel::Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

// "a=1&b=%E5%BC%A0" ; a name given twice is refused.
kernel::Result<std::map<std::string, std::string>> parse_query(std::string_view query);

// "session=abc; theme=dark": cookies that are ill-formed are dropped.
std::map<std::string, std::string> parse_cookies(std::string_view header);

// Values of "/cases/{case_id}" in "/cases/C0001", if it fits. Segments are decoded one by one, so a
// value may hold "%2F" and no value is empty.
std::optional<std::map<std::string, std::string>> match_path(std::string_view pattern,
                                                             std::string_view path);

}  // namespace http
