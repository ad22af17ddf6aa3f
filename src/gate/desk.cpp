#include "gate/desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>

namespace gate {

struct Desk::Job {
  static constexpr int kDone = 1, kLeads = 2;
  Request request;
  kernel::Instant now;
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
  std::condition_variable left, arrived;
  std::deque<std::shared_ptr<Job>> jobs;
  int leaders = 0;
  std::size_t inside = 0;     // callers that have not left
  std::size_t in_flight = 0;  // requests in batches under way
  std::size_t away = 0;       // callers answered a moment ago, who may come again
  int patient = 0;            // leaders that wait for them
  bool closed = false;

  // Of all that are asked now and may come again, one leader's part.
  std::size_t part(const Options& options) const {
    const auto leaders_max = static_cast<std::size_t>(options.leaders);
    return std::min((jobs.size() + in_flight + away + leaders_max - 1) / leaders_max,
                    options.batch_max);
  }

  kernel::Status enter(const std::shared_ptr<Job>& job, std::size_t waiting_max) {
    if (closed)
      return kernel::Error{kernel::Code::unavailable,
                           "the program is ending; ask again with the same idempotency_key", ""};
    if (jobs.size() >= waiting_max)
      return kernel::Error{
          kernel::Code::unavailable,
          fmt::format("{} others wait for the gate already and nothing was asked; ask again with"
                      " the same idempotency_key in a few seconds",
                      jobs.size()),
          ""};
    jobs.push_back(job);
    ++inside;
    if (away > 0) --away;
    if (patient > 0) arrived.notify_all();
    return kernel::Ok{};
  }
};

Desk::Desk(store::Store& store, const Gate& gate, Options options)
    : store_(store),
      gate_(gate),
      options_{.batch_max = std::max<std::size_t>(options.batch_max, 1),
               .leaders = options.leaders > 0   ? options.leaders
                          : store.on_postgres() ? 2
                                                : 1,
               .patience = options.patience,
               .waiting_max = std::max<std::size_t>(options.waiting_max, 1)},
      queue_(std::make_unique<Queue>()) {}

Desk::~Desk() {
  close();
}

void Desk::close() {
  std::unique_lock held(queue_->mutex);
  queue_->closed = true;
  queue_->left.wait(held, [&] { return queue_->inside == 0; });
}

kernel::Result<Reply> Desk::ask(Request request, kernel::Instant now) {
  const auto job = std::make_shared<Job>();
  job->request = std::move(request);
  job->now = now;
  bool leads = false;
  {
    const std::lock_guard held(queue_->mutex);
    TRY(queue_->enter(job, options_.waiting_max));
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
      const std::lock_guard held(queue_->mutex);
      if (--queue_->inside == 0) queue_->left.notify_all();
      return std::move(*job->reply);
    } else {
      job->state.wait(state, std::memory_order_acquire);
    }
  }
}

std::vector<std::shared_ptr<Desk::Job>> Desk::take() {
  std::vector<std::shared_ptr<Job>> batch;
  Queue& queue = *queue_;
  std::unique_lock held(queue.mutex);
  const auto enough = [&] { return queue.closed || queue.jobs.size() >= queue.part(options_); };
  if (queue.away > 0 && !enough()) {
    ++queue.patient;
    if (!queue.arrived.wait_for(held, options_.patience, enough)) queue.away = 0;
    --queue.patient;
  }
  const std::size_t most = queue.part(options_);
  while (!queue.jobs.empty() && batch.size() < most) {
    batch.push_back(std::move(queue.jobs.front()));
    queue.jobs.pop_front();
  }
  queue.in_flight += batch.size();
  return batch;
}

void Desk::lead() {
  const std::vector<std::shared_ptr<Job>> batch = take();
  if (!batch.empty()) answer(batch);
  std::shared_ptr<Job> next;
  {
    // One of those that wait leads on; it stays in the queue and takes itself along.
    const std::lock_guard held(queue_->mutex);
    queue_->in_flight -= batch.size();
    queue_->away += batch.size();
    const auto free = std::find_if(queue_->jobs.begin(), queue_->jobs.end(),
                                   [](const auto& job) { return !job->chosen; });
    if (free != queue_->jobs.end()) {
      next = *free;
      next->chosen = true;
    } else {
      --queue_->leaders;
    }
  }
  for (const auto& job : batch) job->add(Job::kDone);
  if (next) next->add(Job::kLeads);
}

kernel::Status Desk::try_all(Jobs batch, bool& threw) {
  std::vector<Request> requests;
  kernel::Instant now = batch.front()->now;
  for (const auto& job : batch) {
    requests.push_back(job->request);
    now = std::max(now, job->now);
  }
  std::vector<kernel::Result<Reply>> replies;
  try {
    TRY(store_.transact([&](store::Transaction& tx) -> kernel::Status {
      replies = gate_.ask_many(tx, requests, now);
      return kernel::Ok{};
    }));
  } catch (const std::exception&) {  // a library threw; those who wait must still be told
    threw = true;
    return kernel::Error{kernel::Code::unavailable,
                         "this request failed inside; nothing was reserved", ""};
  }
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->reply.emplace(std::move(replies[i]));
  return kernel::Ok{};
}

void Desk::answer(Jobs batch) {
  bool threw = false;
  const kernel::Status together = try_all(batch, threw);
  if (together) return;
  // A store that does not answer will not answer each of them either; what is wrong with one of
  // them is found by asking the halves.
  const bool down = together.error().code == kernel::Code::unavailable && !threw;
  if (!down && batch.size() > 1) {
    const std::size_t half = batch.size() / 2;
    answer(batch.first(half));
    answer(batch.subspan(half));
    return;
  }
  for (const auto& job : batch) job->reply.emplace(together.error());
}

}  // namespace gate
