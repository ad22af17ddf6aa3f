#include "column/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "column/file.h"

namespace column {

namespace fs = std::filesystem;

NewFile::NewFile(fs::path file) : place_(std::move(file)), part_(place_.string() + ".tmp") {
  file_ = ::open(part_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
}

NewFile::~NewFile() {
  if (file_ < 0) return;
  ::close(file_);
  std::error_code ignored;
  fs::remove(part_, ignored);
}

kernel::Error NewFile::failed(const char* what) const {
  return {kernel::Code::unavailable, std::string(what) + ": " + std::strerror(errno),
          part_.string()};
}

kernel::Status NewFile::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failed("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
    size_ += n;
  }
  return kernel::Ok{};
}

kernel::Status NewFile::place() {
  if (file_ < 0 || ::fsync(file_) != 0) return failed("cannot make durable");
  if (::close(std::exchange(file_, -1)) != 0) return failed("cannot close");
  std::error_code error;
  fs::rename(part_, place_, error);
  if (error) {
    std::error_code ignored;
    fs::remove(part_, ignored);
    return kernel::Error{kernel::Code::unavailable, "cannot place: " + error.message(),
                         place_.string()};
  }
  return sync_folder(place_.has_parent_path() ? place_.parent_path() : fs::path("."));
}

}  // namespace column
