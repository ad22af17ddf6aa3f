#pragma once
// One process of the long race: many threads that ask, spend, tell outcomes, set and lift holds,
// and ask again what they have asked before, until the race ends or the process is killed. What the
// store has acknowledged is written to the outside record.

#include <deque>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "evidence/types.h"
#include "gate/desk.h"
#include "gate/types.h"
#include "tests/race/broken.h"
#include "tests/race/schema.h"
#include "tests/race/world.h"

namespace race {

class Client {
 public:
  Client(const Config& config, int process, int generation)
      : config_(config),
        process_(process),
        seed_(mix(config.seed * 1'000'003 + static_cast<std::uint64_t>(process) * 10'007 +
                  static_cast<std::uint64_t>(generation))),
        clock_(config_, seed_),
        counters_(map_counters(config.folder)),
        record_(config.folder, fmt::format("{}-{}", process, generation)),
        town_(make_town()),
        gate_(gate::Packs::load(config.folder / "decisions"), town_, tests::good_asker,
              gate::Clock::trusted([this] { return world_us(config_); })) {}

  int run() {
    while (!(store_ = open())) {
      if (over()) return 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    desk_ = std::make_unique<gate::Desk>(*store_, gate_);
    std::vector<std::thread> threads;
    for (int i = 0; i < config_.threads; ++i) threads.emplace_back([this, i] { work(i); });
    threads.emplace_back([this] { leap(); });
    if (process_ <= 1) threads.emplace_back([this] { seal(); });
    if (process_ <= 1) threads.emplace_back([this] { sweep(); });
    for (std::thread& thread : threads) thread.join();
    return 0;
  }

 private:
  bool over() const { return counters_.over != 0 || machine_us() >= config_.end_us; }

  std::unique_ptr<store::Store> open() {
    auto opened = store::Store::open(
        {.url = config_.url, .key_file = config_.key_file(), .connections = 8, .clock = [this] {
           return clock_.now();
         }});
    if (!opened) return nullptr;
    if (!(*opened)->migrate(schema())) return nullptr;  // the server was killed just now
    return std::move(*opened);
  }

  // What the gate does in a transaction; of a gate broken on purpose, in one that lies to it.
  template <class Work>
  auto transact(const Work& work) {
    return store_->transact([&](store::Transaction& tx) {
      if (config_.broken.empty()) return work(tx);
      BrokenTransaction broken(tx, config_.broken);
      return work(static_cast<store::Transaction&>(broken));
    });
  }

  // Counts an error, and what may be in without anybody having been told.
  void count_error(const kernel::Error& error) {
    // The first few are worth reading; the rest are like them.
    if (counters_.errors++ % 1000 == 0) std::cerr << "error: " << error.message << "\n";
    if (error.message.find("not known") != error.message.npos) ++counters_.unknown_commits;
  }

  void say_granted(std::int64_t number, const gate::Permit& permit) const {
    const gate::Permit::Bound& b = permit.bound();
    record_.say(fmt::format("granted {} {} {}", number, b.permit_id.value(), b.person_key));
  }

  std::optional<gate::Permit> ask(std::int64_t number, Random& random) {
    const gate::Request request = request_of(number);
    for (int attempt = 0; attempt < 6 && !over(); ++attempt) {
      ++counters_.asked;
      // Half of them over the desk, whose callers share commits.
      auto reply = config_.broken.empty() && random.one_in(2)
                       ? desk_->ask(request, clock_.now())
                       : transact([&](store::Transaction& tx) {
                           return gate_.ask(tx, request, clock_.now());
                         });
      if (reply) return take(number, std::move(*reply));
      count_error(reply.error());
      // Most ask again under the same key, as the error tells them to; some are gone for good.
      if (random.one_in(4)) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(20 << attempt));
    }
    return std::nullopt;
  }

  std::optional<gate::Permit> take(std::int64_t number, gate::Reply reply) {
    if (!reply.permit) {
      ++counters_.refused;
      for (const gate::Refusal& r : reply.answer.refusals)
        if (r.code == "GATE_CLOCK") ++counters_.clock_refused;
      return std::nullopt;
    }
    ++(reply.repeated ? counters_.repeated : counters_.granted);
    say_granted(number, *reply.permit);
    return std::move(reply.permit);
  }

  // Many at once, as a dialer asks.
  void ask_many(std::int64_t first, std::int64_t count, Random& random) {
    std::vector<gate::Request> requests;
    for (std::int64_t i = 0; i < count; ++i) requests.push_back(request_of(first + i));
    counters_.asked += count;
    auto replies = transact(
        [&](store::Transaction& tx) { return gate_.ask_many(tx, requests, clock_.now()); });
    if (!replies) return count_error(replies.error());
    for (std::size_t i = 0; i < replies->size(); ++i) {
      auto& reply = (*replies)[i];
      if (!reply) {
        count_error(reply.error());
        continue;
      }
      if (auto permit = take(first + static_cast<std::int64_t>(i), std::move(*reply)))
        use(std::move(*permit), random);
    }
  }

  // Spent and contacted under, or not; an outcome told once, twice or never.
  void use(gate::Permit permit, Random& random) {
    const gate::Permit::Bound bound = permit.bound();
    const bool spend = !random.one_in(4);
    if (spend) {
      auto held = std::make_shared<std::optional<gate::Permit>>(std::move(permit));
      bool again = false;  // a transaction that runs twice has given its permit away
      const auto spent = transact([&](store::Transaction& tx) -> kernel::Result<gate::Spent> {
        if (again) return kernel::Error{kernel::Code::conflict, "run again", ""};
        again = true;
        gate::Permit mine = std::move(**held);
        auto done = gate_.spend(tx, std::move(mine), clock_.now());
        if (done)
          tx.append({"contact_attempted", "customer:" + bound.customer_no, "user:li.na",
                     done->used_at,
                     fmt::format(R"({{"attempt_id":"{}","permit_id":"{}","contact_point_id":"{}",)"
                                 R"("channel":"{}","purpose":"{}"}})",
                                 tx.next_id(), bound.permit_id.value(), bound.contact_point_id,
                                 bound.channel, bound.purpose)});
        return done;
      });
      if (spent) {
        ++counters_.spent;
        record_.say(fmt::format("used {}", bound.permit_id.value()));
      } else {
        ++counters_.spend_refused;
        if (spent.error().code == kernel::Code::unavailable) count_error(spent.error());
      }
    }
    if (random.one_in(3)) return;  // nobody ever tells
    static constexpr const char* words[] = {
        "no_answer", "no_answer", "busy",     "promise",
        "unknown",   "delivered", "not_made", "connected_right_party"};
    const std::string word = words[random.below(8)];
    for (int times = random.one_in(8) ? 2 : 1; times > 0; --times) tell(bound.permit_id, word);
  }

  void tell(gate::PermitId permit_id, const std::string& word) {
    const auto told = transact([&](store::Transaction& tx) {
      return gate_.record_outcome(tx, permit_id, word, "user:li.na", clock_.now());
    });
    if (told) {
      ++counters_.outcomes;
      record_.say(fmt::format("outcome {} {}", permit_id.value(), word));
    } else {
      ++counters_.outcome_refused;
      if (told.error().code == kernel::Code::unavailable) count_error(told.error());
    }
  }

  void set_hold(Random& random) {
    const std::int64_t person = random.below(random.one_in(2) ? kHot : kPersons);
    const auto held = transact([&](store::Transaction& tx) {
      return gate::set_hold(tx, *town_,
                            {.customer_no = fmt::format("C{}-0", person),
                             .kind = random.one_in(2) ? "dispute" : "complaint",
                             .set_by = "li.na"},
                            clock_.now());
    });
    if (!held) return count_error(held.error());
    ++counters_.holds;
    record_.say(fmt::format("hold {}", held->hold_id.value()));
    const std::lock_guard lock(mutex_);
    holds_.push_back({person, held->hold_id});
  }

  void lift_hold(Random&) {
    std::pair<std::int64_t, gate::HoldId> one{0, 0};
    {
      const std::lock_guard lock(mutex_);
      if (holds_.size() < 5) return;
      one = holds_.front();
      holds_.pop_front();
    }
    const auto lifted = transact([&](store::Transaction& tx) {
      return gate::lift_hold(tx, *town_, fmt::format("C{}-0", one.first), one.second,
                             kernel::Note::take("race"), "li.na", clock_.now());
    });
    if (!lifted) return count_error(lifted.error());
    ++counters_.lifts;
  }

  void work(int thread) {
    Random random(seed_ + static_cast<std::uint64_t>(thread) * 977);
    while (!over()) {
      const std::int64_t kind = random.below(100);
      if (kind < 3) {
        set_hold(random);
      } else if (kind < 6) {
        lift_hold(random);
      } else if (kind < 16) {
        const std::int64_t count = 2 + random.below(14);
        ask_many(counters_.next_question.fetch_add(count), count, random);
      } else {
        // A new question, or one that somebody has asked, is asking or has lost the answer of.
        const std::int64_t next =
            kind < 70 ? counters_.next_question++
                      : std::max<std::int64_t>(counters_.next_question - random.below(600), 0);
        if (auto permit = ask(next, random)) use(std::move(*permit), random);
      }
    }
  }

  // Its clock is set to another wrong time every few seconds.
  void leap() {
    Random random(seed_ + 5);
    while (!over()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(500 + random.below(4000)));
      clock_.leap();
    }
  }

  void seal() {
    evidence::Sealer sealer(*store_, seal_options(config_));
    while (!over()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      if (sealer.seal_all(kernel::Instant::from_micros(world_us(config_)))) ++counters_.seals;
    }
  }

  void sweep() {
    while (!over()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
      const auto swept =
          transact([&](store::Transaction& tx) { return gate::expire_permits(tx, clock_.now()); });
      if (swept) counters_.expired += *swept;
    }
  }

  const Config& config_;
  int process_;
  std::uint64_t seed_;
  SkewedClock clock_;
  Counters& counters_;
  Record record_;
  std::shared_ptr<tests::Town> town_;
  gate::Gate gate_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<gate::Desk> desk_;
  std::mutex mutex_;
  std::deque<std::pair<std::int64_t, gate::HoldId>> holds_;
};

}  // namespace race
