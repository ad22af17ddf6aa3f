#pragma once
// Who watches a log: witnesses and a time-stamp authority, from a small TOML file.
//   [[witness]] url vkey [ca_file timeout_ms]      [timestamp] url [ca_file tls_ca_file timeout_ms]

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tlog/witness.h"

namespace tlog {

struct Watch {
  std::vector<Witness> witnesses;
  std::optional<HttpTarget> authority;  // ca_file: of its TLS
  std::string tsa_ca;                   // PEM of the CAs its time-stamps must be signed under
};

// Error: not_found, invalid_input with file and line. A relative ca_file is beside the file.
kernel::Result<Watch> read_watch(const std::filesystem::path& file);

}  // namespace tlog
