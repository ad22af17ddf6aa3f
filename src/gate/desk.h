#pragma once
// Many callers, one commit. Enters: a request a caller; the first to find nobody at work takes all
// that wait, asks the gate for all at once and commits once. Leaves: each caller's own reply once
// it is durable. A request that breaks its batch fails alone: the others are asked again without
// it. `unavailable` (the store does not answer, too many wait, the desk closes) is safe to ask
// again with the same idempotency key, whether it was in or not.

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "gate/types.h"
#include "kernel/result.h"
#include "store/store.h"

namespace gate {

class Desk {
 public:
  struct Options {
    std::size_t batch_max = 256;  // requests in one transaction
    // Batches under way at once. 0: two on PostgreSQL, so that one is judged while the other is
    // written; one on SQLite, which has one writer.
    int leaders = 0;
    // A leader waits this long at most for those who were answered a moment ago and come again:
    // two small batches cost nearly twice what one does. Who is alone never waits.
    std::chrono::microseconds patience{200};
    // Callers that wait for a batch to take them, at most: one more is told so at once instead of
    // waiting for an answer that comes too late.
    std::size_t waiting_max = 4096;
  };
  // Both outlive the desk.
  Desk(store::Store& store, const Gate& gate, Options options);
  Desk(store::Store& store, const Gate& gate) : Desk(store, gate, Options()) {}
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk();  // closes

  // As Gate::ask, in a transaction of its own; from any thread, until durable. Those of one batch
  // are judged at the latest `now` of them.
  kernel::Result<Reply> ask(Request request, kernel::Instant now);

  // Nobody new is let in; returns when everybody who was has an answer.
  void close();

 private:
  struct Job;
  struct Queue;
  using Jobs = std::span<const std::shared_ptr<Job>>;
  void lead();  // takes what waits and answers it
  std::vector<std::shared_ptr<Job>> take();
  void answer(Jobs batch);
  kernel::Status try_all(Jobs batch, bool& threw);

  store::Store& store_;
  const Gate& gate_;
  const Options options_;
  const std::unique_ptr<Queue> queue_;
};

}  // namespace gate
