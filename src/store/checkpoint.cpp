#include "store/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace store {

namespace {

constexpr int pages_a_checkpoint = 1'000;
// A log that grows faster than it is taken back, or that a reader holds: what is left of it is made
// in a commit after all, so that it begins again from its start. 64 MiB.
constexpr int longest_log = 16'000;

}  // namespace

Checkpointer::~Checkpointer() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  sqlite3_close(db_);
}

void Checkpointer::serve(sqlite3* writer) {
  sqlite3_wal_hook(
      writer,
      [](void* self, sqlite3* db, const char*, int pages) {
        static_cast<Checkpointer*>(self)->committed(db, pages);
        return SQLITE_OK;
      },
      this);
}

void Checkpointer::sync_early() {
  ask(early_);
}

void Checkpointer::ask(bool& what) {
  {
    const std::lock_guard lock(mutex_);
    what = true;
    if (!thread_.joinable()) thread_ = std::jthread([this](const auto& stop) { run(stop); });
  }
  woken_.notify_one();
}

// No failure where it fails: the commit asks for all of it, by a descriptor that is told of it too.
void Checkpointer::sync_log() const {
  const int log = ::open((path_ + "-wal").c_str(), O_RDONLY | O_CLOEXEC);
  if (log < 0) return;
  ::fdatasync(log);
  ::close(log);
}

// In the commit, by the thread that writes. A checkpoint that fails is no failure of the commit:
// the log keeps it, and the next one tries again.
void Checkpointer::committed(sqlite3* writer, int pages) {
  {
    const std::lock_guard lock(mutex_);
    if (pages < pages_) pages_ = 0;  // it began again from its start
    if (pages < pages_ + pages_a_checkpoint) return;
    pages_ = pages;
  }
  ask(wanted_);
  if (pages >= longest_log) {
    const auto alone = hold();
    sqlite3_wal_checkpoint_v2(writer, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
}

void Checkpointer::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (woken_.wait(lock, stop, [this] { return wanted_ || early_; })) {
    const bool checkpoint = std::exchange(wanted_, false), early = std::exchange(early_, false);
    lock.unlock();
    if (early) sync_log();
    if (checkpoint) make();
    lock.lock();
  }
}

void Checkpointer::make() {
  const auto alone = hold();
  if (db_ == nullptr) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path_.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
      sqlite3_close(db_);
      db_ = nullptr;
      return;
    }
    // Before its first statement a connection knows of no log, and would do nothing.
    sqlite3_exec(db_, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nullptr, nullptr,
                 nullptr);
  }
  sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace store
