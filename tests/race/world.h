#pragma once
// The world of the long race: who lives in it, what is asked, whose clock is wrong, and what the
// processes tell of themselves. Everything random comes from a number, so that two processes ask
// the same question for the same number and nothing but the store is between them.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "gate/types.h"
#include "tests/town.h"

namespace race {

inline constexpr int kPersons = 10'000, kHot = 300;

inline std::uint64_t mix(std::uint64_t n) {  // splitmix64
  n += 0x9E3779B97F4A7C15ull;
  n = (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9ull;
  n = (n ^ (n >> 27)) * 0x94D049BB133111EBull;
  return n ^ (n >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed)) {}
  std::uint64_t next() { return mix(state_++); }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

// Each person has one to three customer numbers with a mobile of their own; a landline that three
// neighbours share; and a relative's mobile, which is another person's own.
inline std::shared_ptr<tests::Town> make_town() {
  auto town = std::make_shared<tests::Town>();
  for (int i = 0; i < kPersons; ++i)
    for (int c = 0; c <= i % 3; ++c) {
      const std::string customer_no = fmt::format("C{}-{}", i, c);
      town->add_person(customer_no, fmt::format("p{}", i));
      town->add_point(customer_no, "1", fmt::format("138{:08}", i));
      town->add_point(customer_no, "2", fmt::format("010{:08}", i / 3), "self", "phone");
      town->add_point(customer_no, "3", fmt::format("138{:08}", (i + 1) % kPersons),
                      "contact_person");
    }
  return town;
}

// The question of a number: asked twice, it is the same question under the same key.
inline gate::Request request_of(std::int64_t number) {
  Random random(static_cast<std::uint64_t>(number) * 7919 + 17);
  const auto person = random.below(random.one_in(2) ? kHot : kPersons);
  const auto customer = fmt::format("C{}-{}", person, random.below(person % 3 + 1));
  static constexpr const char* channels[] = {"call", "call", "call", "sms", "robot_call"};
  const auto kind = random.below(8);
  gate::Request request{.customer_no = customer,
                        .contact_point_id = customer + (kind < 5   ? ":1"
                                                        : kind < 7 ? ":2"
                                                                   : ":3"),
                        .channel = channels[random.below(5)],
                        .purpose = kind == 7 ? "relay" : "collect",
                        .says_debt = kind != 7,
                        .asker = random.one_in(4) ? "agency:one" : "li.na",
                        .idempotency_key = fmt::format("race {}", number)};
  if (kind == 5 || kind == 6) request.channel = "call";  // a landline takes no text message
  return request;
}

// ---- what all processes are told ---------------------------------------------------------------

struct Config {
  std::filesystem::path folder;
  std::string url;
  std::string broken;  // empty, or what is broken on purpose (broken.h)
  int threads = 32;
  std::uint64_t seed = 1;
  std::int64_t begin_us = 0;   // machine's clock when the race began
  std::int64_t end_us = 0;     // when it is over
  std::int64_t world_us = 0;   // the world's time at its beginning
  std::int64_t period_us = 1;  // after so long the world leaps to the next day
  std::int64_t speed = 1;      // seconds of the world in one of the machine

  std::string key_file() const { return (folder / "test.key").string(); }
  std::filesystem::path log() const { return folder / "data" / "log"; }
  void save() const {
    std::ofstream(folder / "config") << url << "\n"
                                     << (broken.empty() ? "-" : broken) << "\n"
                                     << threads << " " << seed << " " << begin_us << " " << end_us
                                     << " " << world_us << " " << period_us << " " << speed << "\n";
  }
  static Config load(const std::filesystem::path& folder) {
    Config config{.folder = folder};
    std::ifstream in(folder / "config");
    std::getline(in, config.url);
    std::getline(in, config.broken);
    if (config.broken == "-") config.broken.clear();
    in >> config.threads >> config.seed >> config.begin_us >> config.end_us >> config.world_us >>
        config.period_us >> config.speed;
    CHECK(static_cast<bool>(in));
    return config;
  }
};

inline std::int64_t machine_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The world's true time: some minutes about each midnight, one after the other, so that a race of
// minutes passes several; what lies between is slept through. It never goes back.
inline std::int64_t world_us(const Config& config) {
  const std::int64_t since = machine_us() - config.begin_us;
  return config.world_us + since / config.period_us * 86'400'000'000 +
         since % config.period_us * config.speed;
}

// The same for PostgreSQL, whose clock is the one that counts there.
inline std::string world_sql(const Config& config) {
  return fmt::format(
      "SELECT {} + (m - {}) / {} * 86400000000 + (m - {}) % {} * {} FROM"
      " (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS m) AS machine",
      config.world_us, config.begin_us, config.period_us, config.begin_us, config.period_us,
      config.speed);
}

// A process's own clock: right, some seconds wrong, or days; and leaping to and fro.
class SkewedClock {
 public:
  SkewedClock(const Config& config, std::uint64_t seed)
      : config_(config), random_(seed), base_us_(random_.one_in(5) ? wild() : little()) {
    skew_us_ = base_us_;
  }
  kernel::Instant now() const {
    return kernel::Instant::from_micros(world_us(config_) + skew_us_.load());
  }
  void leap() {
    const std::int64_t kind = random_.below(6);
    skew_us_ = base_us_ + (kind == 0 ? wild() : kind == 1 ? little() : 0);
  }

 private:
  std::int64_t between(std::int64_t most_s) {
    return (random_.below(2 * most_s) - most_s) * 1'000'000;
  }
  std::int64_t little() { return between(15); }
  std::int64_t wild() { return random_.one_in(2) ? between(3 * 86'400) : between(3 * 3'600); }

  const Config& config_;
  Random random_;
  std::int64_t base_us_;
  std::atomic<std::int64_t> skew_us_{0};
};

// ---- what the processes tell -------------------------------------------------------------------

// In a file all of them map: what a process counted stays when it is killed.
struct Counters {
  std::atomic<std::int64_t> next_question, asked, granted, repeated, refused, errors,
      unknown_commits, spent, spend_refused, outcomes, outcome_refused, holds, lifts, clock_refused,
      seals, expired, over;
};

inline Counters& map_counters(const std::filesystem::path& folder) {
  const int fd = ::open((folder / "counters").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  CHECK(fd >= 0 && ::ftruncate(fd, sizeof(Counters)) == 0);
  void* at = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(at != MAP_FAILED);
  ::close(fd);
  return *static_cast<Counters*>(at);
}

// The record outside: a line for each thing the store has acknowledged, written before anything
// else is done. It survives the kill of its process.
class Record {
 public:
  Record(const std::filesystem::path& folder, const std::string& name) {
    std::filesystem::create_directories(folder / "record");
    fd_ =
        ::open((folder / "record" / name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd_ >= 0);
  }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;
  ~Record() { ::close(fd_); }
  void say(const std::string& line) const {
    const std::string whole = line + "\n";
    CHECK(::write(fd_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size()));
  }

 private:
  int fd_ = -1;
};

}  // namespace race
