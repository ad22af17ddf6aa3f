#pragma once
// What one thread makes while another still works with what was made before: in order, so many of
// them ahead and no more.

#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "kernel/result.h"

namespace intake {

template <class T, std::size_t count>
class Ahead {
 public:
  // Fills one, which may hold what an earlier one left; false: there was nothing more.
  using Make = std::function<kernel::Result<bool>(T&)>;
  explicit Ahead(Make make) : make_(std::move(make)), thread_([this] { run(); }) {}
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;
  ~Ahead() {
    {
      const std::lock_guard lock(mutex_);
      left_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  // The next, there until the one after is asked for; null: that was all.
  kernel::Result<T*> next() {
    std::unique_lock lock(mutex_);
    if (given_) ++taken_;
    given_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return made_ > taken_ || ended_; });
    if (made_ > taken_) return &all_[taken_ % count];
    TRY(status_);
    return nullptr;
  }

 private:
  void run() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return made_ - taken_ < count || left_; });
      if (left_) return;
      T& next = all_[made_ % count];
      lock.unlock();
      const kernel::Result<bool> any = make_(next);
      lock.lock();
      if (any && *any) {
        ++made_;
      } else {
        if (!any) status_ = any.error();
        ended_ = true;
      }
      changed_.notify_all();
      if (ended_) return;
    }
  }

  Make make_;
  std::array<T, count> all_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::size_t made_ = 0, taken_ = 0;
  bool given_ = false, ended_ = false, left_ = false;
  kernel::Status status_ = kernel::Ok{};
  std::thread thread_;
};

}  // namespace intake
