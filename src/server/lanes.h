#pragma once
// Who waits for a worker, and whose turn it is. Each asker has a lane, and workers go round the
// lanes: whoever asks a thousand things at once waits behind each one thing that others ask, and
// holds an eighth of the workers at most. Strangers, whose sign-ins are costly by design, hold a
// sixteenth, all together. A worker mostly waits for the disk: many make one commit together.
// Safe from any thread.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace server {

class Lanes {
 public:
  using Work = std::function<void()>;

  // `workers`: at least two are made, so that nobody ever holds the last one.
  // `waiting_most`: of one asker. `strangers`: false where nobody signs in, all are alike then.
  Lanes(int workers, std::size_t waiting_most, bool strangers);
  ~Lanes();  // finishes

  // The work of `known`, if that was seen to be signed in, else of the stranger at `address`.
  // False, and never run: too much of it waits already, or it is finishing.
  bool post(const std::string& known, const std::string& address, Work work);
  // What the last answer has shown of a credential. "": there was none.
  void tell(const std::string& credential, bool signed_in);
  void finish();  // runs what waits, then ends

 private:
  struct Lane {
    bool stranger = false;
    int running = 0;
    std::deque<Work> waiting;
  };
  using Turns = std::deque<std::string>;  // lanes with work that waits, the next one first

  void work();
  bool take(Turns& turns, std::string& asker, Work& work);
  bool next(std::string& asker, Work& work);

  const int lane_most_, strangers_most_;
  const std::size_t waiting_most_;
  const bool strangers_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::unordered_map<std::string, Lane> lanes_;
  std::unordered_set<std::string> signed_in_;
  Turns of_known_, of_strangers_;
  int strangers_running_ = 0;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace server
