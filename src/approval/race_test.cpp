// Many answer at once, and some are killed in the middle: what is approved is done, once, and what
// is done was approved.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/approval_office.h"

namespace approval {
namespace {

using kernel::Code;

// Runs `act` with 0 … count − 1, all let go at once.
void at_once(int count, const std::function<void(int)>& act) {
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      while (!go) std::this_thread::yield();
      act(i);
    });
  go = true;
  for (std::thread& thread : threads) thread.join();
}

constexpr int threads = 8, rounds = 12;

TEST(ApprovalRace, two_approvers_eight_threads_one_effect) {
  in_each_office([](Office& office) {
    for (int round = 0; round < rounds; ++round) {
      const ApprovalId id = office.must_ask("li.na", 1, "pay:" + std::to_string(round)).approval_id;
      std::atomic<int> won{0}, lost{0}, odd{0};
      at_once(threads, [&](int i) {  // four retries of each of two
        const auto said = office.approve(id, i % 2 ? "zhao.min" : "qian.er");
        ++(said ? won : said.error().code == Code::conflict ? lost : odd);
      });
      EXPECT_EQ(won, threads / 2);
      EXPECT_EQ(lost, threads / 2);
      EXPECT_EQ(odd, 0);
    }
    EXPECT_EQ(office.texts("SELECT subject FROM done GROUP BY subject HAVING COUNT(*) <> 1"), "");
    EXPECT_EQ(office.texts("SELECT kind || ' ' || COUNT(*) FROM fact GROUP BY kind ORDER BY kind"),
              "approval_asked 12\napproval_given 12\n");
    EXPECT_EQ(office.texts("SELECT subject FROM approval WHERE state <> 'approved'"), "");
  });
}

// Yes, no, taking back and the clock, all at once: one of them has it, and it is done exactly where
// it was approved.
TEST(ApprovalRace, every_end_against_every_other) {
  in_each_office([](Office& office) {
    std::vector<ApprovalId> ids;
    for (int round = 0; round < rounds; ++round)
      ids.push_back(office.must_ask("li.na", 1, "pay:" + std::to_string(round)).approval_id);
    at_once(threads, [&](int i) {
      for (const ApprovalId id : ids) {
        if (i % 4 == 0) std::ignore = office.approve(id, "zhao.min");
        if (i % 4 == 1) std::ignore = office.refuse(id, "qian.er");
        if (i % 4 == 2) std::ignore = office.withdraw(id, "li.na");
        if (i % 4 == 3) office.sweep();
      }
    });
    EXPECT_EQ(office.texts("SELECT subject FROM approval WHERE state = 'waiting'"), "");
    EXPECT_EQ(office.texts("SELECT subject FROM approval WHERE state = 'approved'"
                           " EXCEPT SELECT subject FROM done"),
              "");
    EXPECT_EQ(office.texts("SELECT subject FROM done EXCEPT SELECT subject FROM approval WHERE"
                           " state = 'approved'"),
              "");
    EXPECT_EQ(office.texts("SELECT subject FROM done GROUP BY subject HAVING COUNT(*) <> 1"), "");
    EXPECT_EQ(office.texts("SELECT 'ends ' || COUNT(*) FROM fact WHERE kind <> 'approval_asked'"),
              "ends 12\n");
  });
}

// The same request by eight threads at once waits once.
TEST(ApprovalRace, asked_by_eight_threads_it_waits_once) {
  in_each_office([](Office& office) {
    at_once(threads,
            [&](int i) { std::ignore = office.ask(office.wanted(i % 2 ? "li.na" : "wang.wei")); });
    EXPECT_EQ(office.texts("SELECT state FROM approval"), "waiting\n");
    EXPECT_EQ(office.kinds(), "approval_asked\n");
  });
}

// A process that dies between the effect and the commit leaves neither.
void kill_between(const std::string& url, const std::filesystem::path& folder) {
  std::int64_t id = 0;
  {
    const auto store = tests::open_store(url, folder, test_schema());
    id = Office(*store).must_ask("li.na").approval_id.value();
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = tests::open_store(url, folder, test_schema());
    Office office(*store);
    office.in_effect = [] { ::_exit(7); };
    std::ignore = office.approve(ApprovalId(id), "zhao.min");
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 7) << "it died elsewhere";
  const auto store = tests::open_store(url, folder, test_schema());
  Office office(*store);
  EXPECT_EQ(office.find(ApprovalId(id)).state, "waiting");
  EXPECT_EQ(office.done() + office.texts("SELECT made_by FROM approval_step"), "");
  EXPECT_EQ(office.kinds(), "approval_asked\n");
  EXPECT_TRUE(office.approve(ApprovalId(id), "zhao.min"));  // whoever tries again
  EXPECT_EQ(office.done(), "pay:1 by zhao.min\n");
}

TEST(ApprovalRace, killed_before_its_commit_nothing_was_approved) {
  {
    const tests::Folder folder;
    kill_between((folder.path() / "casebook.sqlite").string(), folder.path());
  }
  const tests::Folder folder;
  if (const std::string url = tests::fresh_postgres_url(folder.path()); !url.empty())
    kill_between(url, folder.path());
}

}  // namespace
}  // namespace approval
