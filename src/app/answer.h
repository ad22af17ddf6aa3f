#pragma once
// How a command answers: text to standard output, errors to standard error with what, where and the
// exit code of the kind of error.

#include <string>
#include <string_view>

#include "kernel/result.h"

namespace app {

int exit_code_of(kernel::Code code);
int fail(const kernel::Error& error);
int say(std::string_view text);  // 0, or 5 when standard output is gone
bool on_terminal();              // is standard error one? then progress is shown

kernel::Result<std::string> read_file(const std::string& path);  // "-": standard input

}  // namespace app
