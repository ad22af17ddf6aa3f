#pragma once
// A file's bytes, for tests: one that cannot be read is a failure, not an empty text.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tests {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  EXPECT_TRUE(in) << path;
  return bytes;
}

}  // namespace tests
