// The long race: processes of many threads over ten thousand persons, killed at random together
// with their database, with wrong clocks and doubled retries. Afterwards a checker reads only the
// log (and, for what was acknowledged and lost, what the processes wrote down outside).
//
//   long_race                      the short form, as a test
//   long_race --run STORE SECONDS [PROCESSES [THREADS]]     sqlite | postgres

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <iostream>

#include "tests/race/check.h"
#include "tests/race/client.h"
#include "tests/race/cluster.h"
#include "tests/stores.h"

namespace race {
namespace {

namespace fs = std::filesystem;

struct Plan {
  bool postgres = false;
  int processes = 8, threads = 32;
  double seconds = 10;  // at least; until enough was granted, at most three minutes more
  std::string broken;
  std::uint64_t seed = 1;
  std::int64_t days = 4;      // of the world, that the race lasts
  double kill_every_s = 2.5;  // on average; 0: nobody is killed
};

// The shipped pack without closing hours and festivals, so that a race is a race at any hour.
void write_decisions(const fs::path& folder) {
  fs::create_directories(folder / "decisions" / "packs");
  fs::copy("decisions", folder / "decisions",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  for (const auto& file : fs::directory_iterator(folder / "decisions" / "packs"))
    if (file.path().filename() != "cn-bank-card.dmn") fs::remove(file.path());
  fs::remove(folder / "decisions" / "packs.dmn");
  const fs::path pack = folder / "decisions" / "packs" / "cn-bank-card.dmn";
  std::ifstream in(pack, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  std::string xml = text.str();
  const auto set = [&](const std::string& option, const std::string& value) {
    const auto at = xml.find("id=\"option_text_" + option + "\"");
    CHECK_MSG(at != xml.npos, option.c_str());
    const auto begin = xml.find("<text>", at) + 6, end = xml.find("</text>", begin);
    xml.replace(begin, end - begin, value);
  };
  set("open_minute", "0");
  set("legal_open_minute", "0");
  set("close_minute", "1440");
  set("legal_close_minute", "1440");
  set("rest_on", "\"none\"");
  std::ofstream(pack, std::ios::binary) << xml;
}

class Race {
 public:
  explicit Race(const Plan& plan)
      : plan_(plan), random_(plan.seed), counters_(map_counters(folder_.path())) {
    config_.folder = folder_.path();
    fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);
    write_decisions(folder_.path());
    if (plan_.postgres) cluster_.emplace(folder_.path() / "pg");
    config_.url = plan_.postgres ? cluster_->url() : (folder_.path() / "casebook.sqlite").string();
    config_.broken = plan_.broken;
    config_.threads = plan_.threads;
    config_.seed = plan_.seed;
    config_.begin_us = machine_us();
    config_.end_us = config_.begin_us + static_cast<std::int64_t>((plan_.seconds + 180) * 1e6);
    // Each period has a midnight in its middle. A gate refuses a clock that is half a minute
    // (SQLite) or two (PostgreSQL) off: so long a caller may wait.
    config_.speed = plan_.postgres ? 20 : 10;
    config_.period_us = static_cast<std::int64_t>(plan_.seconds * 1e6) / plan_.days;
    config_.world_us = kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 21), 0).micros() -
                       config_.period_us * config_.speed / 2;
    config_.save();
    prepare_store();
  }

  Checked run() {
    for (int i = 0; i < plan_.processes; ++i) children_.push_back(start(i));
    while (going_on()) {
      const double pause = plan_.kill_every_s == 0 ? 0.5 : plan_.kill_every_s * 2;
      nap(static_cast<std::int64_t>(pause * 1e6 * static_cast<double>(random_.below(1000)) / 1e3));
      restart_the_dead();
      if (plan_.kill_every_s > 0) kill_something();
    }
    seconds_ = static_cast<double>(machine_us() - config_.begin_us) / 1e6;
    counters_.over = 1;
    for (Child& child : children_) wait_for_end(child);
    std::cout << text() << std::flush;
    seal_the_rest();
    return check(config_);
  }

  std::string text() const {
    const Counters& c = counters_;
    return fmt::format(
        "{} on {}: {:.0f} s, {} days of the world, {} processes of {} threads\n"
        "asked {}, granted {}, refused {} (for the clock {}), the same again {}, errors {} (commit "
        "unknown {})\n"
        "spent {}, refused to spend {}, outcomes {} (refused {}), expired {}, holds {}, lifted {}, "
        "seals {}\n"
        "killed: {} processes, {} backends, the whole server {} times\n",
        plan_.broken.empty() ? "race" : "race of a gate broken by '" + plan_.broken + "'",
        plan_.postgres ? "PostgreSQL" : "SQLite", seconds_, days(), plan_.processes, plan_.threads,
        c.asked.load(), c.granted.load(), c.refused.load(), c.clock_refused.load(),
        c.repeated.load(), c.errors.load(), c.unknown_commits.load(), c.spent.load(),
        c.spend_refused.load(), c.outcomes.load(), c.outcome_refused.load(), c.expired.load(),
        c.holds.load(), c.lifts.load(), c.seals.load(), kills_, backend_kills_, server_kills_);
  }
  std::int64_t kills() const { return kills_ + backend_kills_ + server_kills_; }
  std::int64_t died_alone() const { return died_alone_; }
  const Config& config() const { return config_; }

 private:
  struct Child {
    pid_t pid = 0;
    int process = 0, generation = 0;
  };

  // A loaded machine may need a quarter of a minute to start PostgreSQL again.
  bool going_on() const {
    const std::int64_t now = machine_us();
    if (now >= config_.end_us) return false;
    if (static_cast<double>(now - config_.begin_us) < plan_.seconds * 1e6) return true;
    return counters_.granted < 200 || counters_.refused < 100 ||
           (plan_.kill_every_s > 0 && kills() < 3) ||
           (plan_.postgres && plan_.kill_every_s > 0 && server_kills_ + backend_kills_ < 2);
  }
  std::int64_t days() const { return (machine_us() - config_.begin_us) / config_.period_us + 1; }

  void prepare_store() {
    auto opened = store::Store::open(
        {.url = config_.url, .key_file = config_.key_file(), .clock = [this] { return now(); }});
    CHECK_MSG(static_cast<bool>(opened), opened ? "" : opened.error().message.c_str());
    const auto migrated = (*opened)->migrate(schema());
    CHECK_MSG(static_cast<bool>(migrated), migrated ? "" : migrated.error().message.c_str());
    const auto done = (*opened)->transact([&](store::Transaction& tx) {
      if (tx.on_postgres()) set_database_clock(tx, config_);
      if (!plan_.broken.empty()) take_guards_away(tx, plan_.broken);
    });
    CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
  }

  kernel::Instant now() const { return kernel::Instant::from_micros(world_us(config_)); }

  Child start(int process, int generation = 0) const {
    const std::string folder = config_.folder.string(), number = std::to_string(process),
                      made = std::to_string(generation);
    const pid_t pid = ::fork();
    CHECK(pid >= 0);
    if (pid == 0) {
      ::execl("/proc/self/exe", "long_race", "--client", folder.c_str(), number.c_str(),
              made.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    return {pid, process, generation};
  }

  static void nap(std::int64_t us) { std::this_thread::sleep_for(std::chrono::microseconds(us)); }

  void restart(Child& child) { child = start(child.process, child.generation + 1); }

  // Nobody ends by itself before the race does: a process that did has failed.
  void restart_the_dead() {
    for (Child& child : children_) {
      int status = 0;
      if (::waitpid(child.pid, &status, WNOHANG) != child.pid) continue;
      ++died_alone_;
      std::cerr << "process " << child.process << " ended by itself: " << status << "\n";
      restart(child);
    }
  }

  void kill_something() {
    const bool server = plan_.postgres && machine_us() > server_again_us_ && random_.one_in(3);
    if (server) {
      if (random_.one_in(2)) {
        cluster_->kill_and_start();
        ++server_kills_;
      } else {
        backend_kills_ += cluster_->kill_a_backend(random_);
      }
      server_again_us_ = machine_us() + 5'000'000;
    } else {
      Child& child = children_[static_cast<std::size_t>(
          random_.below(static_cast<std::int64_t>(children_.size())))];
      ::kill(child.pid, SIGKILL);
      ::waitpid(child.pid, nullptr, 0);
      ++kills_;
      restart(child);
    }
  }

  // One that hangs is a failure of its own, and shows where.
  void wait_for_end(Child& child) {
    int status = 0;
    const std::int64_t until_us = machine_us() + 120'000'000;
    while (::waitpid(child.pid, &status, WNOHANG) == 0) {
      if (machine_us() > until_us) {
        const std::string look = fmt::format(
            "gdb -p {} -batch -ex 'thread apply all backtrace 12' 2>&1 | grep -v '^.New' >&2",
            child.pid);
        if (std::system(look.c_str()) != 0) std::cerr << "no gdb to look with\n";
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, &status, 0);
        break;
      }
      nap(20'000);
    }
    if (status == 0) return;
    ++died_alone_;
    std::cerr << "process " << child.process << " ended with " << status << "\n";
  }

  void seal_the_rest() {
    auto opened = store::Store::open(
        {.url = config_.url, .key_file = config_.key_file(), .clock = [this] { return now(); }});
    CHECK_MSG(static_cast<bool>(opened), opened ? "" : opened.error().message.c_str());
    evidence::Sealer sealer(**opened, seal_options(config_));
    const auto sealed = sealer.seal_all(now());
    CHECK_MSG(static_cast<bool>(sealed), sealed ? "" : sealed.error().message.c_str());
  }

  Plan plan_;
  Random random_;
  tests::Folder folder_;
  Counters& counters_;
  Config config_;
  double seconds_ = 0;
  std::int64_t server_again_us_ = 0;  // not before: it must be up to be killed
  std::optional<Cluster> cluster_;
  std::vector<Child> children_;
  std::int64_t kills_ = 0, backend_kills_ = 0, server_kills_ = 0, died_alone_ = 0;
};

void expect_good(const Plan& plan) {
  Race race(plan);
  const Checked checked = race.run();
  std::cout << checked.text();
  EXPECT_EQ(checked.caps_exceeded(), 0);
  EXPECT_EQ(checked.double_use(), 0);
  EXPECT_EQ(checked.permits_lost, 0);
  EXPECT_TRUE(checked.good()) << evidence::text_of(checked.audit);
  EXPECT_EQ(race.died_alone(), 0);
  // It was a race: much was granted and refused, and somebody died.
  EXPECT_GT(checked.audit.granted, 50);
  EXPECT_GT(checked.audit.refused, 50);
  EXPECT_GT(race.kills(), 1);
  EXPECT_GT(checked.acknowledged, 50);
}

Checked run_broken(const Plan& plan) {
  Race race(plan);
  Checked checked = race.run();
  std::cout << checked.text();
  return checked;
}

TEST(long_race, on_sqlite) {
  expect_good({.seconds = 14, .seed = 11});
}

TEST(long_race, one_process_on_sqlite) {
  expect_good({.processes = 1, .threads = 256, .seconds = 8, .seed = 12, .kill_every_s = 1.5});
}

TEST(long_race, on_postgres) {
  if (!Cluster::installed()) GTEST_SKIP() << "no PostgreSQL 15 on this machine (tools/setup)";
  expect_good({.postgres = true, .seconds = 18, .seed = 13});
}

// The checker is only worth what it can find.
TEST(long_race, a_gate_that_miscounts_is_found) {
  const Checked checked = run_broken({.processes = 2,
                                      .threads = 8,
                                      .seconds = 5,
                                      .broken = "count",
                                      .days = 1,
                                      .kill_every_s = 0});
  EXPECT_GT(checked.caps_exceeded(), 0);
  EXPECT_GT(checked.count("count_differs"), 0);
}

TEST(long_race, a_permit_spent_twice_is_found) {
  const Checked checked = run_broken(
      {.processes = 2, .threads = 16, .seconds = 5, .broken = "use", .days = 1, .kill_every_s = 0});
  EXPECT_GT(checked.double_use(), 0);
}

TEST(long_race, a_gate_without_its_lock_is_found) {
  if (!Cluster::installed()) GTEST_SKIP() << "no PostgreSQL 15 on this machine (tools/setup)";
  const Checked checked = run_broken({.postgres = true,
                                      .processes = 4,
                                      .threads = 16,
                                      .seconds = 8,
                                      .broken = "lock",
                                      .days = 1,
                                      .kill_every_s = 0});
  EXPECT_GT(checked.count("permit_forked") + checked.count("count_differs"), 0);
}

int run_one(int argc, char** argv) {
  Plan plan{.postgres = std::string(argv[2]) == "postgres",
            .processes = argc > 4 ? std::atoi(argv[4]) : 8,
            .threads = argc > 5 ? std::atoi(argv[5]) : 32,
            .seconds = std::atof(argv[3]),
            .seed = static_cast<std::uint64_t>(machine_us()),
            .kill_every_s = 2};
  Race race(plan);
  const Checked checked = race.run();
  std::cout << checked.text() << evidence::text_of(checked.audit);
  return checked.good() && race.died_alone() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace race

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == "--client") {
    const race::Config config = race::Config::load(argv[2]);
    return race::Client(config, std::atoi(argv[3]), std::atoi(argv[4])).run();
  }
  if (argc >= 4 && std::string(argv[1]) == "--run") return race::run_one(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
