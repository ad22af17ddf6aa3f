#pragma once
// Bytes of a file in, UTF-8 text out. Unpacks gzip. Bytes that are not text (broken encoding,
// control characters, U+FFFD left by an earlier program) become U+FFFD, and the list says where:
// the line they stand in is rejected, never repaired by guessing.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace intake {

enum class Encoding { utf_8, gb18030 };

struct BadByte {
  std::size_t offset;  // in the decoded text
  unsigned char byte;  // as it stood in the file
};

struct Decoded {
  std::string text;
  std::vector<BadByte> bad;  // by offset
};

kernel::Result<std::string> read_bytes(const std::filesystem::path& file);  // gzip is unpacked
// `allowed_control`: a delimiter such as \x01 is no fault.
Decoded decode(std::string bytes, Encoding encoding, std::string_view allowed_control = {});
// Characters the encoding has no place for become "?"; used for reject files only.
std::string encode(std::string_view utf8, Encoding encoding);

}  // namespace intake
