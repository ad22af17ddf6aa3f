#pragma once
// The one table from kernel::Code to HTTP status, and the body every error has. Also the names that
// server, people and the OpenAPI document must agree on.

#include <array>
#include <string>

#include "http/route.h"
#include "kernel/result.h"

namespace http {

inline constexpr char session_cookie[] = "evenhand_session";
inline constexpr char csrf_header[] = "x-csrf-token";

inline constexpr std::array all_codes = {
    kernel::Code::invalid_input, kernel::Code::unauthenticated, kernel::Code::forbidden,
    kernel::Code::not_found,     kernel::Code::conflict,        kernel::Code::too_many,
    kernel::Code::unavailable,   kernel::Code::corrupt,
};

int status_of(kernel::Code code);
const char* meaning_of(kernel::Code code);

struct ErrorBody {
  std::string code, message, where;
};
BOOST_DESCRIBE_STRUCT(ErrorBody, (), (code, message, where))

struct ErrorAnswer {
  ErrorBody error;
};
BOOST_DESCRIBE_STRUCT(ErrorAnswer, (), (error))

Response error_response(const kernel::Error& error);

}  // namespace http
