// Measures the gate over intake's people in a real store; bench/gate/run starts it.
//   gate_bench setup URL KEY PEOPLE
//   gate_bench dry   URL KEY PEOPLE SECONDS THREADS BATCH
//   gate_bench desk  URL KEY PEOPLE SECONDS CALLERS
//   gate_bench bulk  URL KEY PEOPLE SECONDS CONNECTIONS BATCH
// Each prints one JSON line. Every request is for the next person, so nothing is refused; a permit
// is a row, the person's row, a fact and its line for the sealer, durable; at the desk each has an
// idempotency key, as over HTTP. The packs are those of
// decisions/, looked up as the program does; askers are taken to be in order without a look-up.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "gate/desk.h"
#include "gate/types.h"
#include "intake/types.h"
#include "kernel/hash.h"
#include "store/vault.h"
#include "tables/types.h"

namespace {

using kernel::Instant;
using Seconds = std::chrono::duration<double>;
using Steady = std::chrono::steady_clock;

const Instant kTen = Instant::china(kernel::Date::from_ymd(2026, 11, 20), 600);  // a Friday
const Steady::time_point kBegun = Steady::now();
// The time of that day, which goes on as the machine's does.
Instant now() {
  return Instant::from_micros(
      kTen.micros() +
      std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - kBegun).count());
}

template <class T>
T must(kernel::Result<T> result) {
  if (!result) {
    fmt::print(stderr, "gate_bench: {} {}\n", result.error().message, result.error().where);
    std::exit(1);
  }
  return std::move(*result);
}

struct Options {
  std::string mode, url, key;
  int people = 0;
  double seconds = 3;
  int threads = 1;
  std::size_t batch = 1;
};

std::unique_ptr<store::Store> open(const Options& options) {
  auto store = must(store::Store::open(
      {.url = options.url,
       .key_file = options.key,
       .connections = std::max(options.threads, 8),
       .clock = [] {
         const auto now = std::chrono::system_clock::now();
         return Instant::from_micros(
             std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count());
       }}));
  std::vector<store::Migration> all;
  for (const auto* room : {&intake::schema(), &tables::schema(), &gate::schema()})
    all.insert(all.end(), room->begin(), room->end());
  must(store->migrate(all));
  return store;
}

std::string customer_no(int i) {
  return fmt::format("C{:07}", i);
}

// The rows that are locked are there beforehand, as those of the counter beside it are.
void make_rows_to_lock(store::Store& store, int people) {
  must(store.transact([&](store::Transaction& tx) {
    int i = 0;
    tx.insert_many("person_seen", {"person_key", "seen_at", "nth"}, [&](store::Params& row) {
      if (i == people) return false;
      static std::string key;
      key = kernel::hex(tx.vault().index_bytes("person", customer_no(i++)));
      row = {key, 0, 0};
      return true;
    });
    i = 0;
    tx.insert_many("number_seen", {"number_index"}, [&](store::Params& row) {
      if (i == people) return false;
      static std::string key;
      key = kernel::hex(tx.vault().index_bytes("contact_value", std::to_string(2 * i++)));
      row = {key};
      return true;
    });
    return 0;
  }));
}

void make_people(store::Store& store, int people) {
  must(store.transact([&](store::Transaction& tx) {
    const std::string sealed = tx.vault().seal("name", kernel::Name::take("张三"));
    int i = 0;
    tx.insert_many("customer",
                   {"customer_no", "person_key", "name_sealed", "citizen_id_sealed",
                    "address_sealed", "region_code", "language", "row_key", "jurisdiction", "zone"},
                   [&](store::Params& row) {
                     if (i == people) return false;
                     static std::string no, key;
                     no = customer_no(i);
                     key = kernel::hex(tx.vault().index_bytes("person", no));
                     const store::Blob blob{sealed};
                     row = {no, key, blob, blob, blob, 110000, "zh-CN", blob, "CN", ""};
                     return ++i, true;
                   });
    i = 0;
    tx.insert_many(
        "contact_point",
        {"customer_no", "contact_no", "role", "relation", "channel", "value_sealed", "value_index",
         "name_sealed", "valid", "source", "consent", "row_key", "place"},
        [&](store::Params& row) {
          if (i == 2 * people) return false;
          static std::string no, index;
          no = customer_no(i / 2);
          index = tx.vault().index_bytes("contact_value", std::to_string(i));
          const store::Blob blob{sealed};
          row = {no, i % 2 ? "2" : "1", "self", "",   "mobile", blob, store::Blob{index}, blob,
                 1,  "contract",        1,      blob, ""};
          return ++i, true;
        });
    i = 0;
    tx.insert_many("customer_account", {"customer_no", "account_no", "product"},
                   [&](store::Params& row) {
                     if (i == people) return false;
                     static std::string no, account;
                     no = customer_no(i);
                     account = "A" + no;
                     row = {no, account, "card"};
                     return ++i, true;
                   });
    return 0;
  }));
  make_rows_to_lock(store, people);
  if (store.on_postgres())
    must(store.transact([](store::Transaction& tx) {
      // Not the gate's own, which are empty: nobody analyses an empty table in life either.
      tx.execute("ANALYZE customer, contact_point, customer_account, person_seen, number_seen");
    }));
}

gate::Request request(int i) {
  const std::string no = customer_no(i);
  return {.customer_no = no,
          .contact_point_id = no + ":1",
          .channel = "call",
          .purpose = "collect",
          .script = "card_first@3",
          .asker = "machine:dialer"};
}

gate::AskerFacts good_machine(store::Transaction&, std::string_view, kernel::Date) {
  return {.kind = "machine", .certified = true, .licence_valid = true, .recording_ready = true};
}

gate::Gate make_gate() {
  const auto packs = [](store::Transaction& tx, kernel::Date date) {
    return gate::Packs::in_force(tx, "decisions", date);
  };
  return gate::Gate(packs, gate::intake_directory(), good_machine);
}

// Where the last run left off, so that no run asks for persons of the one before until all had one.
int first_person(store::Store& store, int people) {
  const auto permits = must(store.read([](store::Transaction& tx) {
    return tx.query_i64("SELECT COUNT(*) FROM permit").value_or(0);
  }));
  return static_cast<int>(permits % people);
}

// Runs `work` (which gives how many it did) from many threads and prints the rate and times.
void measure(const Options& options, const std::function<int()>& work) {
  std::atomic<long> done{0};
  std::mutex mutex;
  std::vector<double> all_us;
  const auto begin = Steady::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < options.threads; ++t)
    threads.emplace_back([&] {
      std::vector<double> us;
      while (Seconds(Steady::now() - begin).count() < options.seconds) {
        const auto start = Steady::now();
        done += work();
        us.push_back(Seconds(Steady::now() - start).count() * 1e6);
      }
      const std::lock_guard held(mutex);
      all_us.insert(all_us.end(), us.begin(), us.end());
    });
  for (std::thread& thread : threads) thread.join();
  const double took = Seconds(Steady::now() - begin).count();
  std::sort(all_us.begin(), all_us.end());
  const auto at = [&](double part) {
    return all_us[static_cast<std::size_t>(part * static_cast<double>(all_us.size() - 1))];
  };
  fmt::print(R"({{"mode":"{}","threads":{},"batch":{},"per_s":{:.0f},"p50_us":{:.1f},)"
             R"("p99_us":{:.1f}}})"
             "\n",
             options.mode, options.threads, options.batch, static_cast<double>(done) / took,
             at(0.5), at(0.99));
}

void run_dry(store::Store& store, const Options& options) {
  const gate::Gate gate = make_gate();
  std::atomic<int> next{0};
  measure(options, [&] {
    std::vector<gate::Request> requests;
    for (std::size_t k = 0; k < options.batch; ++k)
      requests.push_back(request(next++ % options.people));
    const auto answers = must(
        store.read([&](store::Transaction& tx) { return gate.questions(tx, requests, now()); }));
    CHECK(answers.size() == options.batch);
    return static_cast<int>(options.batch);
  });
}

void run_desk(store::Store& store, const Options& options) {
  const gate::Gate gate = make_gate();
  gate::Desk desk(store, gate);
  std::atomic<int> next{first_person(store, options.people)};
  std::atomic<int> refused{0};
  measure(options, [&] {
    const int i = next++;
    gate::Request wanted = request(i % options.people);
    wanted.idempotency_key = fmt::format("user/{}", i);
    const auto reply = must(desk.ask(std::move(wanted), now()));
    if (!reply.permit) ++refused;
    return reply.permit ? 1 : 0;
  });
  if (refused > 0) fmt::print(stderr, "gate_bench: {} refused\n", refused.load());
}

void run_bulk(store::Store& store, const Options& options) {
  const gate::Gate gate = make_gate();
  std::atomic<int> next{first_person(store, options.people)};
  measure(options, [&] {
    std::vector<gate::Request> requests;
    const int first = next.fetch_add(static_cast<int>(options.batch));
    for (std::size_t k = 0; k < options.batch; ++k)
      requests.push_back(request((first + static_cast<int>(k)) % options.people));
    return must(store.transact([&](store::Transaction& tx) {
      int granted = 0;
      for (const auto& reply : gate.ask_many(tx, requests, now()))
        granted += reply && reply->permit;
      return granted;
    }));
  });
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int i, double otherwise) {
    return i < argc ? std::atof(argv[i]) : otherwise;
  };
  if (argc < 5) return fmt::print(stderr, "see the head of gate_bench.cpp\n"), 2;
  const Options options{.mode = argv[1],
                        .url = argv[2],
                        .key = argv[3],
                        .people = static_cast<int>(number(4, 0)),
                        .seconds = number(5, 3),
                        .threads = static_cast<int>(number(6, 1)),
                        .batch = static_cast<std::size_t>(number(7, 1))};
  const auto store = open(options);
  if (options.mode == "setup") make_people(*store, options.people);
  if (options.mode == "dry") run_dry(*store, options);
  if (options.mode == "desk") run_desk(*store, options);
  if (options.mode == "bulk") run_bulk(*store, options);
}
