#include "http/status.h"

namespace http {

using kernel::Code;

int status_of(Code code) {
  switch (code) {
    case Code::invalid_input:
      return 400;
    case Code::unauthenticated:
      return 401;
    case Code::forbidden:
      return 403;
    case Code::not_found:
      return 404;
    case Code::conflict:
      return 409;
    case Code::too_many:
      return 429;
    case Code::unavailable:
      return 503;
    case Code::corrupt:
      return 500;
  }
  CHECK_MSG(false, "unknown code");
  return 500;
}

const char* meaning_of(Code code) {
  switch (code) {
    case Code::invalid_input:
      return "what was given cannot be understood; where names the field";
    case Code::unauthenticated:
      return "nobody is signed in";
    case Code::forbidden:
      return "signed in, but not for this";
    case Code::not_found:
      return "not there, or not yours to see";
    case Code::conflict:
      return "somebody else was first, or the state does not allow it";
    case Code::too_many:
      return "slow down; Retry-After says how long";
    case Code::unavailable:
      return "the store does not answer; try again";
    case Code::corrupt:
      return "bytes on disk are not what was written";
  }
  CHECK_MSG(false, "unknown code");
  return "";
}

Response error_response(const kernel::Error& error) {
  const ErrorAnswer answer{{code_name(error.code), error.message, error.where}};
  return {.status = status_of(error.code), .body = write_json(answer)};
}

}  // namespace http
