#pragma once
// The data folder of an import: held alone while one runs, written so that a power cut leaves it
// whole.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace intake {

kernel::Error disk_error(const std::string& what, const std::filesystem::path& path);

// One import at a time in a data folder, over all processes of this machine.
class FolderLock {
 public:
  static kernel::Result<std::unique_ptr<FolderLock>> take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

void sync_folder(const std::filesystem::path& folder);
// To a temporary name, synced, then renamed; readable by the owner only: it holds lines in clear.
kernel::Status write_private(const std::filesystem::path& file, std::string_view bytes);

}  // namespace intake
