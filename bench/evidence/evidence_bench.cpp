// evidence_bench STORE DIR FACTS [PROOFS]: appends facts as a night does, seals them, asks for
// proofs and checks store against log; says how fast, on one thread, and how large. STORE is a
// SQLite file or postgres://…; both STORE and DIR should be new. bench/evidence/run calls it.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "evidence/log_folder.h"
#include "evidence/rows.h"
#include "evidence/types.h"
#include "gate/types.h"
#include "tlog/verify.h"

namespace {

namespace fs = std::filesystem;

kernel::Instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return kernel::Instant::from_micros(
      std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

double seconds() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

double cpu_seconds() {  // of this process, so that a shared machine can be told from a slow one
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

struct Took {
  double wall = seconds(), cpu = cpu_seconds();
  void say(const char* what, std::int64_t count) const {
    const double w = seconds() - wall, c = cpu_seconds() - cpu;
    std::printf("%-34s %10lld  %8.2f s wall %8.2f s cpu  %9.0f /s wall %9.0f /s cpu\n", what,
                static_cast<long long>(count), w, c, static_cast<double>(count) / w,
                static_cast<double>(count) / std::max(c, 1e-9));
    std::fflush(stdout);
  }
};

template <class T>
T must(kernel::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s (%s)\n", result.error().message.c_str(), result.error().where.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

// Two facts an account, as publishing a night leaves them; accounts come again after `accounts`.
std::vector<store::Fact> night_facts(std::int64_t first, std::int64_t count,
                                     std::int64_t accounts) {
  std::vector<store::Fact> facts;
  for (std::int64_t i = first; i < first + count; ++i) {
    const std::string account = std::to_string(100'000'000 + i / 2 % accounts);
    facts.push_back({i % 2 == 0 ? "bucket_changed" : "treatment_decided", "account:A" + account,
                     "night", now(),
                     R"({"date":"2026-11-22","edition":"5c0f3a1be2d7","customer_no":"C)" + account +
                         R"(","treatment_before":"remind_sms","treatment":"call_early",)"
                         R"("channel":"call","work":"collect","file":"treatment.dmn",)"
                         R"("version":"5c0f3a1be2d7","row":12})"});
  }
  return facts;
}

std::int64_t bytes_under(const fs::path& folder) {
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& file : fs::recursive_directory_iterator(folder, error))
    if (file.is_regular_file(error)) bytes += static_cast<std::int64_t>(file.file_size(error));
  return bytes;
}

void say_times(const char* what, std::vector<double>& times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](double part) {
    return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))] * 1e6;
  };
  std::printf("%-34s %10zu  p50 %.0f µs  p99 %.0f µs\n", what, times.size(), at(0.5), at(0.99));
}

void measure_proofs(store::Store& store, const fs::path& log, int proofs) {
  std::vector<std::int64_t> ids;
  must(store.read([&](store::Transaction& tx) {
    evidence::each_seal(tx, 1, [&](const evidence::Seal& seal) {
      for (const evidence::Range& range : seal.ranges) ids.push_back(range.first);
      return true;
    });
    return true;
  }));
  std::mt19937_64 random(7);
  std::vector<double> made, checked;
  const std::string vkey = must(evidence::read_vkey(log)).vkey();
  for (int i = 0; i < proofs; ++i) {
    const store::FactId id(ids[random() % ids.size()] + static_cast<std::int64_t>(random() % 64));
    const double begin = seconds();
    const auto text =
        store.read([&](store::Transaction& tx) { return evidence::make_proof(tx, log, id); });
    if (!text) continue;  // a block of fewer facts
    made.push_back(seconds() - begin);
    const double between = seconds();
    must(evidence::check_proof(*text, vkey));
    checked.push_back(seconds() - between);
  }
  if (made.empty()) return;
  say_times("a proof made (checked as well)", made);
  say_times("a proof checked", checked);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "evidence_bench STORE DIR FACTS [PROOFS]\n");
    return 64;
  }
  const fs::path folder = argv[2];
  const std::int64_t facts = std::atoll(argv[3]);
  const int proofs = argc > 4 ? std::atoi(argv[4]) : 2000;
  fs::create_directories(folder);
  auto store = must(
      store::Store::open({.url = argv[1], .key_file = (folder / "key").string(), .clock = now}));
  std::vector<store::Migration> tables = gate::schema();
  tables.insert(tables.end(), evidence::schema().begin(), evidence::schema().end());
  must(store->migrate(tables));
  evidence::Sealer sealer(*store, {.place = {.folder = folder / "log",
                                             .key_file = (folder / "log.key").string(),
                                             .name = "evenhand/bench"}});
  // First half: every account is new to the log; second half: each has its key already.
  const std::int64_t half = facts / 2, accounts = std::max<std::int64_t>(half / 2, 1);
  for (int part = 0; part < 2; ++part) {
    const Took appending;
    constexpr std::int64_t a_chunk = 40'000;
    for (std::int64_t first = 0; first < half; first += a_chunk) {
      const auto chunk = night_facts(first, std::min(a_chunk, half - first), accounts);
      must(store->transact([&](store::Transaction& tx) { return tx.append_many(chunk).value(); }));
    }
    appending.say(part == 0 ? "appended" : "appended, again", half);
    const Took sealing;
    must(sealer.seal_all(now()));
    sealing.say(part == 0 ? "sealed, all subjects new" : "sealed, all subjects known", half);
  }
  const Took verifying;
  tlog::VerifyOptions options;
  options.keys = {must(evidence::read_vkey(folder / "log"))};
  const tlog::Report report = tlog::verify(folder / "log", options);
  verifying.say("log verified", static_cast<std::int64_t>(report.tree.size));
  std::printf("findings %llu\n", static_cast<unsigned long long>(report.finding_count));
  const Took checking;
  const auto checked = must(evidence::check_store(*store, folder / "log"));
  checking.say("store checked against log", checked.facts);
  std::printf("findings %lld\n", static_cast<long long>(checked.finding_count));
  measure_proofs(*store, folder / "log", proofs);
  const std::int64_t log_bytes = bytes_under(folder / "log");
  std::printf("log %.1f bytes a fact", static_cast<double>(log_bytes) / static_cast<double>(facts));
  std::int64_t rows = 0;
  if (store->on_postgres()) {
    rows = must(store->read([](store::Transaction& tx) {
      return *tx.query_i64(
          "SELECT pg_total_relation_size('fact') + pg_total_relation_size('log_key')"
          " + pg_total_relation_size('seal') + "
          "pg_total_relation_size('fact_unsealed')");
    }));
  } else {
    must(store->scrub());
    rows = static_cast<std::int64_t>(fs::file_size(argv[1]));
  }
  std::printf(", store %.1f bytes a fact\n",
              static_cast<double>(rows) / static_cast<double>(facts));
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("peak memory %.0f MB\n", static_cast<double>(used.ru_maxrss) / 1024);
  return 0;
}
