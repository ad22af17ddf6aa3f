#pragma once
// A night's stages put on disk for good while those after them are decided. A stage that is made
// lies under its name at once, for all that reads it; a mark beside it says that all of it is on
// disk. Never: a mark of a stage that a power cut would take away, or one before the mark of an
// earlier stage.

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "kernel/result.h"

namespace flow {

class Settling {
 public:
  // Of the stages in this folder. With one thread a stage is on disk when begin() returns.
  Settling(std::filesystem::path part, unsigned threads);
  Settling(const Settling&) = delete;
  Settling& operator=(const Settling&) = delete;
  ~Settling();  // what was begun is put on disk first

  // Whether the stage was marked, by this night or by one that was killed. What is not marked is
  // made again, and so is all behind it.
  bool has(std::size_t position) const;
  // The stage is whole, under its name, and stays as it is.
  void begin(std::size_t position);
  // All that were begun are on disk and marked; else why not.
  kernel::Status wait();
  // Before the folder becomes an edition.
  void remove_marks() const;

 private:
  kernel::Status settle(std::size_t position) const;
  void run();

  const std::filesystem::path part_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> begun_;  // in front the one at hand
  bool ending_ = false;
  kernel::Status settled_;
  std::thread thread_;
};

}  // namespace flow
