#include "server/lanes.h"

#include <algorithm>

namespace server {

namespace {
constexpr std::size_t known_most = 50'000;  // then all are strangers for one request
}

Lanes::Lanes(int workers, std::size_t waiting_most, bool strangers)
    : lane_most_(std::max(1, workers / 8)),
      strangers_most_(std::max(1, workers / 16)),
      waiting_most_(waiting_most),
      strangers_(strangers) {
  for (int i = 0; i < std::max(2, workers); ++i) threads_.emplace_back([this] { work(); });
}

Lanes::~Lanes() {
  finish();
}

bool Lanes::post(const std::string& known, const std::string& address, Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (finishing_) return false;
    const bool stranger = strangers_ && !signed_in_.contains(known);
    // No credential is also an address: one cannot be made to stand in another's lane.
    const std::string asker = (stranger ? "s" : "k") + (stranger || !strangers_ ? address : known);
    Lane& lane = lanes_[asker];
    lane.stranger = stranger;
    if (lane.waiting.size() >= waiting_most_) return false;
    lane.waiting.push_back(std::move(work));
    if (lane.waiting.size() == 1) (stranger ? of_strangers_ : of_known_).push_back(asker);
  }
  ready_.notify_one();
  return true;
}

void Lanes::tell(const std::string& credential, bool signed_in) {
  if (credential.empty() || !strangers_) return;
  const std::lock_guard lock(mutex_);
  if (!signed_in) {
    signed_in_.erase(credential);
    return;
  }
  if (signed_in_.size() >= known_most) signed_in_.clear();
  signed_in_.insert(credential);
}

// The first lane in turn that may have one more running; it goes to the end if more waits there.
bool Lanes::take(Turns& turns, std::string& asker, Work& work) {
  for (std::size_t tries = turns.size(); tries > 0; --tries) {
    asker = std::move(turns.front());
    turns.pop_front();
    Lane& lane = lanes_[asker];
    const bool may = lane.running < lane_most_;
    if (may) {
      work = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      ++lane.running;
      strangers_running_ += lane.stranger ? 1 : 0;
    }
    if (!lane.waiting.empty()) turns.push_back(asker);
    if (may) return true;
  }
  return false;
}

bool Lanes::next(std::string& asker, Work& work) {
  if (strangers_running_ < strangers_most_ && take(of_strangers_, asker, work)) return true;
  return take(of_known_, asker, work);
}

void Lanes::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::string asker;
    Work work;
    ready_.wait(lock, [&] {
      return next(asker, work) || (finishing_ && of_known_.empty() && of_strangers_.empty());
    });
    if (!work) return;
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
    const auto lane = lanes_.find(asker);
    --lane->second.running;
    strangers_running_ -= lane->second.stranger ? 1 : 0;
    if (lane->second.running == 0 && lane->second.waiting.empty()) lanes_.erase(lane);
    if (finishing_) ready_.notify_all();  // the last one's end is everybody's
  }
}

void Lanes::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace server
