#pragma once
// Files of a log folder: written beside, synced, renamed; read whole.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace tlog {

// Errors: not_found, unavailable; too large a file is corrupt.
kernel::Result<std::string> read_whole(const std::filesystem::path& file,
                                       std::size_t most = 64 * 1024 * 1024);
// Whole and durable, or as it was: temporary file, fsync, rename, fsync of the folder.
kernel::Status replace_file(const std::filesystem::path& file, std::string_view bytes);

// Many files made durable together. Each is written under a temporary name; commit() syncs them
// all, renames them and syncs the folders. A file system is synced whole where that is cheaper.
class FileBatch {
 public:
  static constexpr std::string_view temporary = ".tmp";  // added to a name

  explicit FileBatch(std::filesystem::path root) : root_(std::move(root)) {}
  kernel::Status write(const std::string& path, std::string_view bytes);  // from the root
  kernel::Status commit();

 private:
  kernel::Status make_folder(const std::filesystem::path& folder);
  std::filesystem::path root_;
  std::vector<std::string> written_;
  std::string last_folder_;  // it is there
};

}  // namespace tlog
