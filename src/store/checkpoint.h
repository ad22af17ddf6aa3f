#pragma once
// SQLite's write-ahead log back into its file, by a thread of its own: whoever commits, and whoever
// waits to, does not wait for that.

#include <sqlite3.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace store {

class Checkpointer {
 public:
  explicit Checkpointer(std::string path) : path_(std::move(path)) {}
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  // In place of SQLite's own checkpoints, which are made in the commit that finds the log long.
  // `writer` goes before this object.
  void serve(sqlite3* writer);
  // While it is held none is made here.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(making_); }

 private:
  void committed(sqlite3* writer, int pages);
  void run(const std::stop_token& stop);
  void make();

  const std::string path_;
  sqlite3* db_ = nullptr;  // opened by the first checkpoint; of the thread
  std::mutex making_;
  std::mutex mutex_;  // of what follows
  std::condition_variable_any woken_;
  bool wanted_ = false;
  int pages_ = 0;  // the log had when a checkpoint was last asked for
  std::jthread thread_;
};

}  // namespace store
