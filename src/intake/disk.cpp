#include "intake/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace intake {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;

Error disk_error(const std::string& what, const fs::path& path) {
  return {Code::unavailable, what, path.string()};
}

kernel::Result<std::unique_ptr<FolderLock>> FolderLock::take(const fs::path& folder) {
  const fs::path file = folder / ".lock";
  const int fd = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error("cannot write in the data folder", file);
  auto lock = std::unique_ptr<FolderLock>(new FolderLock(fd));
  if (::flock(fd, LOCK_EX) != 0) return disk_error("cannot lock the data folder", file);
  return lock;
}

FolderLock::~FolderLock() {
  ::close(fd_);
}

void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

kernel::Status write_private(const fs::path& file, std::string_view bytes) {
  const std::string part = file.string() + ".tmp";
  const int fd = ::open(part.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error("cannot write the file", file);
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    good = n > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  good = ::fsync(fd) == 0 && good;
  ::close(fd);
  if (!good || ::rename(part.c_str(), file.c_str()) != 0) {
    return disk_error("cannot write the file", file);
  }
  return kernel::Ok{};
}

}  // namespace intake
