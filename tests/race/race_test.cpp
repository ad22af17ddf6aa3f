// Four processes of a hundred threads each ask the gate for the same person at the same moment, on
// SQLite and on PostgreSQL: exactly the cap is granted. The processes are this program again, with
// --ask; nothing is shared but the store.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>
#include <latch>
#include <set>
#include <sstream>
#include <thread>

#include "gate/types.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace {

constexpr int kProcesses = 4, kThreads = 100, kCap = 3;

std::string own_path;

std::shared_ptr<tests::Town> town() {
  auto made = std::make_shared<tests::Town>();
  made->add_person("C1", "p1");
  made->add_person("C2", "p1");
  made->add_point("C1", "1", "13800000001");
  made->add_point("C2", "1", "13800000002");
  return made;
}

// What one process does: opens the store, says "ready", waits for its input to close, asks from
// all threads at once, and prints a line for each grant (its id) and each error.
int ask_from_threads(const std::string& url, const std::string& folder, const std::string& key) {
  const auto store = tests::open_store(url, folder, gate::schema());
  const gate::Gate gate(gate::Packs::load("decisions"), town(), tests::good_asker);
  std::vector<std::string> said(kThreads);
  std::latch go(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] {
      go.wait();
      const std::string customer_no = i % 2 ? "C1" : "C2";
      const gate::Request request{.customer_no = key.empty() ? customer_no : "C1",
                                  .contact_point_id = key.empty() ? customer_no + ":1" : "C1:1",
                                  .channel = "call",
                                  .purpose = "collect",
                                  .asker = "li.na",
                                  .idempotency_key = key};
      const auto reply = store->transact(
          [&](store::Transaction& tx) { return gate.ask(tx, request, tests::Clock::now()); });
      if (!reply)
        said[i] = "error " + reply.error().message;
      else if (reply->permit)
        said[i] = fmt::format("granted {}", reply->permit->bound().permit_id.value());
      else
        said[i] = "refused " + reply->answer.refusals.front().code;
    });
  std::cout << "ready" << std::endl;
  for (char c; std::cin.get(c);) {
  }
  go.count_down();
  for (std::thread& thread : threads) thread.join();
  for (const std::string& line : said) std::cout << line << "\n";
  return 0;
}

struct Child {
  pid_t pid = 0;
  int output = -1;
};

Child start(const std::vector<std::string>& arguments, int input) {
  int output[2];
  CHECK(::pipe2(output, O_CLOEXEC) == 0);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    ::dup2(input, 0);
    ::dup2(output[1], 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(output[1]);
  return {pid, output[0]};
}

std::string read_some(int from) {
  char buffer[4096];
  const ssize_t got = ::read(from, buffer, sizeof buffer);
  return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
}

// All lines that all processes said, once all have ended.
std::vector<std::string> race(const std::string& url, const std::string& folder,
                              const std::string& key) {
  int gun[2];
  CHECK(::pipe2(gun, O_CLOEXEC) == 0);
  std::vector<Child> children;
  for (int i = 0; i < kProcesses; ++i)
    children.push_back(start({own_path, "--ask", url, folder, key}, gun[0]));
  ::close(gun[0]);
  for (const Child& child : children) EXPECT_EQ(read_some(child.output), "ready\n");
  ::close(gun[1]);
  std::vector<std::string> lines;
  for (const Child& child : children) {
    std::stringstream text;
    for (std::string some = read_some(child.output); !some.empty(); some = read_some(child.output))
      text << some;
    ::close(child.output);
    int status = 0;
    ::waitpid(child.pid, &status, 0);
    EXPECT_EQ(status, 0);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  return lines;
}

// A store of each kind, made and closed again before anybody else opens it.
void on_each_url(
    const std::function<void(const std::string& url, const std::string& folder)>& body) {
  const tests::Folder embedded;
  const std::string file = (embedded.path() / "casebook.sqlite").string();
  tests::open_store(file, embedded.path(), gate::schema());
  {
    SCOPED_TRACE("on SQLite");
    body(file, embedded.path().string());
  }
  const tests::Folder folder;
  const std::string url = tests::fresh_postgres_url(folder.path());
  if (url.empty()) {
    std::cout << "[   NOTE   ] no PostgreSQL: EVENHAND_TEST_POSTGRES is not set (./test sets it)\n";
    return;
  }
  tests::open_store(url, folder.path(), gate::schema());
  SCOPED_TRACE("on PostgreSQL");
  body(url, folder.path().string());
}

std::int64_t rows(const std::string& url, const std::string& folder, const std::string& sql) {
  const auto store = tests::open_store(url, folder, gate::schema());
  return *store->read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(-1); });
}

TEST(race, exactly_the_cap_is_granted) {
  on_each_url([](const std::string& url, const std::string& folder) {
    int granted = 0, refused = 0;
    for (const std::string& line : race(url, folder, "")) {
      granted += line.starts_with("granted ");
      refused += line == "refused CN_CALLS_3";
      EXPECT_FALSE(line.starts_with("error")) << line;
    }
    EXPECT_EQ(granted, kCap);
    EXPECT_EQ(refused, kProcesses * kThreads - kCap);
    EXPECT_EQ(rows(url, folder, "SELECT COUNT(*) FROM permit"), kCap);
    EXPECT_EQ(rows(url, folder, "SELECT COUNT(*) FROM fact WHERE kind = 'permit_granted'"), kCap);
    EXPECT_EQ(rows(url, folder, "SELECT COUNT(*) FROM fact WHERE kind = 'permit_refused'"),
              kProcesses * kThreads - kCap);
  });
}

TEST(race, one_idempotency_key_is_one_permit_whoever_asks) {
  on_each_url([](const std::string& url, const std::string& folder) {
    std::set<std::string> said;
    for (const std::string& line : race(url, folder, "the same key")) said.insert(line);
    EXPECT_EQ(said.size(), 1u);
    EXPECT_TRUE(said.begin()->starts_with("granted ")) << *said.begin();
    EXPECT_EQ(rows(url, folder, "SELECT COUNT(*) FROM permit"), 1);
  });
}

}  // namespace

int main(int argc, char** argv) {
  own_path = "/proc/self/exe";
  if (argc == 5 && std::string(argv[1]) == "--ask")
    return ask_from_threads(argv[2], argv[3], argv[4]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
