#pragma once
// Reading the files of conformance/: a line is a JSON object. Only for conformance_*.cpp.

#include <filesystem>
#include <functional>
#include <string>

#include "http/json.h"
#include "kernel/result.h"

namespace gate {

kernel::Result<std::string> read_text_file(const std::filesystem::path& path);

// Every line of the .jsonl files of a folder, by name, with where it stands ("file:line").
kernel::Status for_each_line(
    const std::filesystem::path& folder,
    const std::function<kernel::Status(const std::string& line, const std::string& where)>& each);

template <class T>
kernel::Result<T> read_line(const std::string& line, const std::string& where) {
  auto read = http::parse_json<T>(line);
  if (!read)
    return kernel::Error{kernel::Code::invalid_input,
                         read.error().message + " (" + read.error().where + ")", where};
  return std::move(*read);
}

}  // namespace gate
