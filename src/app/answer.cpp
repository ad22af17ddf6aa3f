#include "app/answer.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

namespace app {

using kernel::Code;
using kernel::Error;

int exit_code_of(Code code) {
  switch (code) {
    case Code::invalid_input:
    case Code::unauthenticated:
    case Code::forbidden:
      return 2;
    case Code::not_found:
      return 3;
    case Code::conflict:
      return 4;
    case Code::too_many:
    case Code::unavailable:
      return 5;
    case Code::corrupt:
      return 6;
  }
  return 6;
}

int fail(const Error& error) {
  std::cerr << "evenhand: " << error.message;
  if (!error.where.empty()) std::cerr << "\n  at " << error.where;
  std::cerr << "\n";
  return exit_code_of(error.code);
}

int say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', stdout);
  if (std::fflush(stdout) == 0) return 0;
  return fail({Code::unavailable, "standard output cannot be written", ""});
}

bool on_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

kernel::Result<std::string> read_file(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Code::not_found, "cannot read the file", path};
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

}  // namespace app
