#pragma once
// Many callers, one commit. What enters is one request a caller; the first to find nobody at work
// takes everybody's that wait, asks the gate for all at once, and commits once. What leaves is each
// caller's own reply, after it is durable. A request that breaks its batch fails alone: the others
// are asked again without it. When the store does not answer, everyone is told `unavailable`, and
// asking again with the same idempotency key is safe whether it was in or not.

#include <cstddef>
#include <functional>
#include <memory>

#include "gate/types.h"
#include "kernel/result.h"
#include "store/store.h"

namespace gate {

class Desk {
 public:
  struct Options {
    std::size_t batch_max = 256;  // requests in one transaction
    // Batches under way at once: on PostgreSQL one commits while the next is judged; SQLite has
    // one writer. 0: as fits the store.
    int leaders = 0;
  };
  // All three outlive the desk.
  Desk(store::Store& store, const Gate& gate, std::function<kernel::Instant()> clock,
       Options options);
  Desk(store::Store& store, const Gate& gate, std::function<kernel::Instant()> clock)
      : Desk(store, gate, std::move(clock), Options()) {}
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk();

  // As Gate::ask, in a transaction of its own. From any thread; blocks until durable.
  kernel::Result<Reply> ask(Request request);

 private:
  struct Job;
  struct Queue;
  void lead();  // takes what waits and answers it
  void answer(std::vector<std::shared_ptr<Job>>& batch);
  kernel::Status try_all(std::vector<std::shared_ptr<Job>>& batch);

  store::Store& store_;
  const Gate& gate_;
  const std::function<kernel::Instant()> clock_;
  const Options options_;
  const std::unique_ptr<Queue> queue_;
};

}  // namespace gate
