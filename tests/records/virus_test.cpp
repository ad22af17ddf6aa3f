// Uploads before a real clamd with one signature of its own, so that no download is needed.

#include "records/virus.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "kernel/hash.h"
#include "tests/records_office.h"

namespace records {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using tests::Office;

constexpr const char* clamd = "/usr/sbin/clamd";

// What every scanner's makers agreed to find (eicar.org); in two pieces, for this file is scanned
// too.
std::string eicar() {
  return std::string(R"(X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-)") +
         "ANTIVIRUS-TEST-FILE!$H+H*";
}

// clamd as a process of this test, from a folder of its own; ended with it.
class Clamd {
 public:
  explicit Clamd(const fs::path& folder) : folder_(folder) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "ours.ndb") << "Made.Eicar:0:0:" << kernel::hex(eicar()) << "\n";
    std::ofstream(folder_ / "clamd.conf")
        << "DatabaseDirectory " << folder_.string() << "\nLocalSocket " << socket().string()
        << "\nForeground yes\nStreamMaxLength 1M\nLogFile " << (folder_ / "log").string() << "\n";
  }
  ~Clamd() { stop(); }

  fs::path socket() const { return folder_ / "clamd.ctl"; }
  bool start() {
    const std::string config = "--config-file=" + (folder_ / "clamd.conf").string();
    pid_ = ::fork();
    if (pid_ == 0) {
      const int null = ::open("/dev/null", O_RDWR);
      ::dup2(null, 1);
      ::dup2(null, 2);
      ::execl(clamd, clamd, config.c_str(), nullptr);
      ::_exit(127);
    }
    for (int i = 0; i < 300 && !fs::exists(socket()); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return fs::exists(socket());
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
    fs::remove(socket());
  }

 private:
  fs::path folder_;
  pid_t pid_ = 0;
};

NewDocument letter() {
  return {.customer_no = "C1", .kind = "letter", .file_name = "a.txt", .by = "li.na"};
}

TEST(Virus, what_clamd_finds_or_cannot_judge_is_not_kept) {
  if (!fs::exists(clamd)) GTEST_SKIP() << "no clamd here (tools/setup --test)";
  in_each_records_office([&](Office& office, const fs::path& data) {
    Clamd scanner(data / "clamd");
    ASSERT_TRUE(scanner.start()) << bytes_of(data / "clamd" / "log");
    const VirusScan scan = must(make_virus_scan("unix:" + scanner.socket().string()));
    const auto add = [&](const std::string& bytes) {
      return add_document(office.store(), data, letter(), bytes, Office::at(10), scan);
    };
    must(add("a letter\n"));
    EXPECT_EQ(sealed_files(data).size(), 1u);

    const auto found = add(eicar());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, kernel::Code::invalid_input);
    EXPECT_THAT(found.error().message, HasSubstr("Made.Eicar"));
    const auto long_one = add("a letter " + std::string(3 << 20, 'a'));
    ASSERT_FALSE(long_one);
    EXPECT_EQ(long_one.error().code, kernel::Code::unavailable) << long_one.error().message;
    scanner.stop();
    const auto unasked = add("another letter\n");
    ASSERT_FALSE(unasked);
    EXPECT_EQ(unasked.error().code, kernel::Code::unavailable);

    EXPECT_EQ(sealed_files(data).size(), 1u);
    std::vector<std::string> bodies;
    must(office.store().read([&](store::Transaction& tx) -> kernel::Status {
      EXPECT_EQ(documents_of(tx, "C1").size(), 1u);
      tx.query("SELECT body FROM fact WHERE kind = 'document_refused'", {},
               [&](const store::Row& row) { bodies.push_back(row.text(0)); });
      return kernel::Ok{};
    }));
    ASSERT_EQ(bodies.size(), 1u);
    EXPECT_THAT(bodies[0], HasSubstr(kernel::sha256_hex(eicar())));
    ASSERT_TRUE(scanner.start());
    must(add("another letter\n"));  // it is back
  });
}

TEST(Virus, an_address_is_a_socket_or_a_host) {
  for (const char* bad : {"", "unix:", "clamd", ":3310", "host:"})
    EXPECT_FALSE(make_virus_scan(bad)) << bad;
  const auto nobody = make_virus_scan("127.0.0.1:1");
  ASSERT_TRUE(nobody);
  EXPECT_EQ((*nobody)("bytes").error().code, kernel::Code::unavailable);
}

}  // namespace
}  // namespace records
