#include "gate/desk.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

namespace gate {

struct Desk::Job {
  static constexpr int kDone = 1, kLeads = 2;
  Request request;
  std::optional<kernel::Result<Reply>> reply;
  std::atomic<int> state{0};  // bits: its reply is there; its caller leads a batch now
  bool chosen = false;        // to lead; under the queue's mutex

  void add(int bit) {
    state.fetch_or(bit, std::memory_order_acq_rel);
    state.notify_one();
  }
};

struct Desk::Queue {
  std::mutex mutex;
  std::deque<std::shared_ptr<Job>> jobs;
  int leaders = 0;
};

Desk::Desk(store::Store& store, const Gate& gate, std::function<kernel::Instant()> clock,
           Options options)
    : store_(store),
      gate_(gate),
      clock_(std::move(clock)),
      options_{.batch_max = std::max<std::size_t>(options.batch_max, 1),
               .leaders = options.leaders > 0   ? options.leaders
                          : store.on_postgres() ? 2
                                                : 1},
      queue_(std::make_unique<Queue>()) {}

Desk::~Desk() = default;

kernel::Result<Reply> Desk::ask(Request request) {
  const auto job = std::make_shared<Job>();
  job->request = std::move(request);
  bool leads = false;
  {
    const std::lock_guard held(queue_->mutex);
    queue_->jobs.push_back(job);
    leads = queue_->leaders < options_.leaders;
    if (leads) ++queue_->leaders;
  }
  if (leads) lead();
  for (;;) {
    const int state = job->state.load(std::memory_order_acquire);
    if ((state & Job::kLeads) != 0) {
      // Also where another leader has answered it meanwhile: somebody must take what waits.
      job->state.fetch_and(~Job::kLeads, std::memory_order_acq_rel);
      lead();
    } else if ((state & Job::kDone) != 0) {
      return std::move(*job->reply);
    } else {
      job->state.wait(state, std::memory_order_acquire);
    }
  }
}

void Desk::lead() {
  std::vector<std::shared_ptr<Job>> batch;
  {
    const std::lock_guard held(queue_->mutex);
    while (!queue_->jobs.empty() && batch.size() < options_.batch_max) {
      batch.push_back(std::move(queue_->jobs.front()));
      queue_->jobs.pop_front();
    }
  }
  if (!batch.empty()) answer(batch);
  std::shared_ptr<Job> next;
  {
    // One of those that wait leads on; it stays in the queue and takes itself along.
    const std::lock_guard held(queue_->mutex);
    const auto free = std::find_if(queue_->jobs.begin(), queue_->jobs.end(),
                                   [](const auto& job) { return !job->chosen; });
    if (free != queue_->jobs.end()) {
      next = *free;
      next->chosen = true;
    } else {
      --queue_->leaders;
    }
  }
  if (next) next->add(Job::kLeads);
  for (const auto& job : batch) job->add(Job::kDone);
}

kernel::Status Desk::try_all(std::vector<std::shared_ptr<Job>>& batch) {
  std::vector<Request> requests;
  for (const auto& job : batch) requests.push_back(job->request);
  std::vector<kernel::Result<Reply>> replies;
  TRY(store_.transact([&](store::Transaction& tx) -> kernel::Status {
    replies = gate_.ask_many(tx, requests, clock_());
    return kernel::Ok{};
  }));
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->reply.emplace(std::move(replies[i]));
  return kernel::Ok{};
}

void Desk::answer(std::vector<std::shared_ptr<Job>>& batch) {
  const kernel::Status together = try_all(batch);
  if (together) return;
  // A store that does not answer will not answer each of them either; what is wrong with one of
  // them is found by asking one by one.
  const bool alone = together.error().code != kernel::Code::unavailable && batch.size() > 1;
  for (const auto& job : batch) {
    std::vector<std::shared_ptr<Job>> one = {job};
    const kernel::Status status = alone ? try_all(one) : together;
    if (!status) job->reply.emplace(status.error());
  }
}

}  // namespace gate
