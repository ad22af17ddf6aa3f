#include "flow/settling.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "column/file.h"
#include "flow/stages.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

constexpr const char* marks_name = "on-disk";

fs::path mark_of(const fs::path& part, std::size_t position) {
  return part / marks_name / stage_folder_name(position);
}

kernel::Status sync_file(const fs::path& file) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = opened >= 0 && ::fsync(opened) == 0;
  const std::string why = std::strerror(errno);
  if (opened >= 0) ::close(opened);
  if (synced) return kernel::Ok{};
  return kernel::Error{kernel::Code::unavailable, "cannot make durable: " + why, file.string()};
}

// Folders after what lies in them.
kernel::Status sync_all(const fs::path& folder) {
  std::vector<fs::path> folders{folder};
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->is_directory()) {
      folders.push_back(entry->path());
    } else {
      TRY(sync_file(entry->path()));
    }
  }
  if (failed) {
    return kernel::Error{kernel::Code::unavailable, "cannot read the folder: " + failed.message(),
                         folder.string()};
  }
  for (; !folders.empty(); folders.pop_back()) TRY(column::sync_folder(folders.back()));
  return kernel::Ok{};
}

}  // namespace

Settling::Settling(fs::path part, unsigned threads)
    : part_(std::move(part)), settled_(kernel::Ok{}) {
  if (threads > 1) thread_ = std::thread([this] { run(); });
}

Settling::~Settling() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Settling::has(std::size_t position) const {
  return fs::exists(mark_of(part_, position)) && fs::exists(part_ / stage_folder_name(position));
}

void Settling::begin(std::size_t position) {
  if (!thread_.joinable()) {
    if (settled_) settled_ = settle(position);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    begun_.push_back(position);
  }
  changed_.notify_all();
}

kernel::Status Settling::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return begun_.empty(); });
  return settled_;
}

void Settling::remove_marks() const {
  std::error_code ignored;
  fs::remove_all(part_ / marks_name, ignored);
}

// The mark itself may be lost: then the stage is made again.
kernel::Status Settling::settle(std::size_t position) const {
  TRY(sync_all(part_ / stage_folder_name(position)));
  TRY(column::sync_folder(part_));
  std::error_code failed;
  fs::create_directories(part_ / marks_name, failed);
  if (failed) {
    return kernel::Error{kernel::Code::unavailable, "cannot make the folder: " + failed.message(),
                         (part_ / marks_name).string()};
  }
  return column::write_file(mark_of(part_, position), {}, false);
}

// After a failure nothing more is marked: what would be made from it is made again.
void Settling::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !begun_.empty(); });
    if (begun_.empty()) return;
    if (settled_) {
      const std::size_t position = begun_.front();
      lock.unlock();
      const kernel::Status done = settle(position);
      lock.lock();
      settled_ = done;
    }
    begun_.pop_front();
    changed_.notify_all();
  }
}

}  // namespace flow
