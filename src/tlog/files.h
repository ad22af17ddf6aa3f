#pragma once
// Files of a log folder, made durable many together; read whole.

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

// Many files made durable together, by commit(). A file system is synced whole where that is
// cheaper than one file after the other.
class FileBatch {
 public:
  static constexpr std::string_view temporary = ".tmp";  // added to a name

  explicit FileBatch(std::filesystem::path root) : root_(std::move(root)) {}
  // Paths are from the root. This one is whole or as it was: it gets its name by commit().
  kernel::Status replace(const std::string& path, std::string_view bytes);
  // For a name that is not taken, and that nobody reads before the caller tells of it: under it at
  // once. A crash may leave it half, for the caller to remove.
  kernel::Status add(const std::string& path, std::string_view bytes);
  kernel::Status commit();

 private:
  struct Written {
    std::string file;
    bool beside = false;  // under its temporary name
  };
  kernel::Status make_folder(const std::filesystem::path& folder);
  std::filesystem::path root_;
  std::vector<Written> written_;
  std::string last_folder_;  // it is there
};

}  // namespace tlog
