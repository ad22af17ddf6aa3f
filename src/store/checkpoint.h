#pragma once
// What is done about SQLite's write-ahead log by a thread of its own: back into its file, and to
// disk before the commit of a long transaction asks for it. Whoever commits, and whoever waits to,
// does not wait for that.

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
  // In a long transaction, by the thread that writes: what its pages had no room for in memory is
  // in the log, and goes to disk now. The commit then waits for the rest only.
  void sync_early();
  // While it is held none is made here.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(making_); }

 private:
  void committed(sqlite3* writer, int pages);
  void ask(bool& what);  // of the thread
  void run(const std::stop_token& stop);
  void make();
  void sync_log() const;

  const std::string path_;
  sqlite3* db_ = nullptr;  // opened by the first checkpoint; of the thread
  std::mutex making_;
  std::mutex mutex_;  // of what follows
  std::condition_variable_any woken_;
  bool wanted_ = false, early_ = false;  // a checkpoint, a log that is on disk
  int pages_ = 0;                        // the log had when a checkpoint was last asked for
  std::jthread thread_;
};

}  // namespace store
