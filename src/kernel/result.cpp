#include "kernel/result.h"

namespace kernel {

const char* code_name(Code code) {
  switch (code) {
    case Code::invalid_input:
      return "invalid_input";
    case Code::unauthenticated:
      return "unauthenticated";
    case Code::forbidden:
      return "forbidden";
    case Code::not_found:
      return "not_found";
    case Code::conflict:
      return "conflict";
    case Code::too_many:
      return "too_many";
    case Code::unavailable:
      return "unavailable";
    case Code::corrupt:
      return "corrupt";
  }
  CHECK_MSG(false, "unknown code");
  return "";
}

}  // namespace kernel
