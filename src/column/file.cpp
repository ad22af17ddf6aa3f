#include "column/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace column {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

Error unavailable(const char* what, const std::filesystem::path& file) {
  return Error{Code::unavailable, std::string(what) + ": " + std::strerror(errno), file.string()};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return unavailable("cannot open", file);
  struct stat info {};
  MappedFile mapped;
  if (::fstat(fd, &info) == 0 && info.st_size > 0) {
    mapped.size_ = static_cast<std::size_t>(info.st_size);
    void* at = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) {
      mapped.size_ = 0;
      const Error error = unavailable("cannot map", file);
      ::close(fd);
      return error;
    }
    mapped.data_ = static_cast<const char*>(at);
  }
  ::close(fd);
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<char*>(data_), size_);
}

Status write_file(const std::filesystem::path& file, std::span<const char> bytes, bool durable) {
  const int fd = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return unavailable("cannot write", file);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const Error error = unavailable("cannot write", file);
      ::close(fd);
      return error;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  const bool synced = !durable || ::fsync(fd) == 0;
  if (::close(fd) != 0 || !synced) return unavailable("cannot make durable", file);
  return kernel::Ok{};
}

Status sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return unavailable("cannot open the folder", folder);
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  if (!synced) return unavailable("cannot make the folder durable", folder);
  return kernel::Ok{};
}

}  // namespace column
