#include "tlog/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

namespace tlog {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

// From here on one sync of the file system is cheaper than one of each file.
constexpr std::size_t many_files = 32;

Error unavailable(const char* what, const fs::path& file) {
  return Error{Code::unavailable, std::string(what) + ": " + std::strerror(errno), file.string()};
}

class Descriptor {
 public:
  Descriptor(const fs::path& file, int flags)
      : fd_(::open(file.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return fd_; }

 private:
  int fd_;
};

Status write_bytes(const fs::path& file, std::string_view bytes, bool sync, int flags = O_TRUNC) {
  const Descriptor fd(file, O_CREAT | O_WRONLY | flags);
  if (fd < 0 && errno == EEXIST)
    return Error{Code::conflict, "there is such a file already", file.string()};
  if (fd < 0) return unavailable("cannot write", file);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return unavailable("cannot write", file);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  if (sync && ::fsync(fd) != 0) return unavailable("cannot make durable", file);
  return kernel::Ok{};
}

Status sync_path(const fs::path& path, int flags) {
  const Descriptor fd(path, flags);
  if (fd < 0 || ::fsync(fd) != 0) return unavailable("cannot make durable", path);
  return kernel::Ok{};
}

// Hands the bytes to the disk; they are durable only after fsync. Where a file system does not know
// the call, fsync does all of it.
void begin_writing(const fs::path& file, unsigned flags) {
  const Descriptor fd(file, O_RDONLY);
  if (fd >= 0) ::sync_file_range(fd, 0, 0, flags);
}

Status sync_file_system(const fs::path& folder) {
  const Descriptor fd(folder, O_RDONLY | O_DIRECTORY);
  if (fd < 0 || ::syncfs(fd) != 0) return unavailable("cannot make durable", folder);
  return kernel::Ok{};
}

}  // namespace

Result<std::string> read_whole(const fs::path& file, std::size_t most) {
  const Descriptor fd(file, O_RDONLY);
  if (fd < 0) {
    const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found : Code::unavailable;
    return Error{code, std::string("cannot read: ") + std::strerror(errno), file.string()};
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0) return unavailable("cannot read", file);
  if (!S_ISREG(info.st_mode)) return Error{Code::corrupt, "not a file", file.string()};
  if (static_cast<std::size_t>(info.st_size) > most)
    return Error{Code::corrupt, "the file is too large", file.string()};
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = ::read(fd, bytes.data() + got, bytes.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unavailable("cannot read", file);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

Status replace_file(const fs::path& file, std::string_view bytes) {
  const fs::path beside = file.string() + std::string(FileBatch::temporary);
  TRY(write_bytes(beside, bytes, true));
  if (::rename(beside.c_str(), file.c_str()) != 0) return unavailable("cannot rename", beside);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

Status FileBatch::make_folder(const fs::path& folder) {
  if (folder.native() == last_folder_) return kernel::Ok{};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return Error{Code::unavailable, "cannot make the folder: " + error.message(), folder.string()};
  }
  last_folder_ = folder.native();
  return kernel::Ok{};
}

Status FileBatch::replace(const std::string& path, std::string_view bytes) {
  const fs::path file = root_ / path;
  TRY(make_folder(file.parent_path()));
  TRY(write_bytes(file.native() + std::string(temporary), bytes, false));
  written_.push_back({file.native(), true});
  return kernel::Ok{};
}

Status FileBatch::add(const std::string& path, std::string_view bytes) {
  const fs::path file = root_ / path;
  TRY(make_folder(file.parent_path()));
  TRY(write_bytes(file, bytes, false, O_EXCL));
  written_.push_back({file.native()});
  return kernel::Ok{};
}

// The bytes of all files go to the disk before the first fsync, so that it commits the file
// system's journal for all of them and the others find it done: one commit a batch, not one a file.
Status FileBatch::commit() {
  if (written_.empty()) return kernel::Ok{};
  const auto now_at = [](const Written& one) {
    return one.beside ? one.file + std::string(temporary) : one.file;
  };
  const bool many = written_.size() > many_files;
  if (many) {
    TRY(sync_file_system(root_));
  } else {
    for (const unsigned step : {SYNC_FILE_RANGE_WRITE, SYNC_FILE_RANGE_WAIT_AFTER})
      for (const Written& one : written_) begin_writing(now_at(one), step);
    for (const Written& one : written_) TRY(sync_path(now_at(one), O_RDONLY));
  }
  std::set<fs::path> folders;
  bool renamed = false;
  for (const Written& one : written_) {
    if (one.beside && ::rename(now_at(one).c_str(), one.file.c_str()) != 0)
      return unavailable("cannot rename", now_at(one));
    renamed = renamed || one.beside;
    for (fs::path up = one.file; !many && up != root_;) folders.insert(up = up.parent_path());
  }
  if (many && renamed) TRY(sync_file_system(root_));
  for (const fs::path& folder : folders) TRY(sync_path(folder, O_RDONLY | O_DIRECTORY));
  written_.clear();
  return kernel::Ok{};
}

}  // namespace tlog
