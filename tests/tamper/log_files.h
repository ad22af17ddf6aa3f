#pragma once
// Files of a log as whoever holds the disk handles them; rounds and seed of a run.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "tlog/files.h"

namespace tests {

namespace fs = std::filesystem;

inline int rounds() {
  const char* given = std::getenv("EVENHAND_TAMPER_ROUNDS");
  return given ? std::atoi(given) : 1;
}

// The short form is the same each time; the long one looks elsewhere at each run.
inline std::uint64_t seed() {
  const char* given = std::getenv("EVENHAND_TAMPER_SEED");
  if (given) return std::strtoull(given, nullptr, 10);
  return rounds() == 1 ? 20'261'122 : std::random_device{}();
}

inline std::string read(const fs::path& file) {
  return tlog::read_whole(file).value();
}
inline void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}
// Partial tiles that a wider one follows may go: nobody reads them any more.
inline bool outgrown(const fs::path& file) {
  const fs::path folder = file.parent_path();
  if (folder.extension() != ".p") return false;
  fs::path full = folder;
  full.replace_extension();
  if (fs::exists(full)) return true;
  const int width = std::atoi(file.filename().c_str());
  for (const auto& other : fs::directory_iterator(folder))
    if (std::atoi(other.path().filename().c_str()) > width) return true;
  return false;
}
inline void copy_folder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

}  // namespace tests
