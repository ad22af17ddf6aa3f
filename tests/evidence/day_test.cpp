// After a day of the whole house, on both stores: everything is sealed, store and log fit, and no
// value that names or finds a person, a customer, a number or a user is in any entry of the log.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "app/rooms.h"
#include "evidence/types.h"
#include "people/types.h"
#include "tests/evidence/day.h"
#include "tests/stores.h"
#include "tlog/tlog.h"
#include "tlog/verify.h"

namespace app {
namespace {

namespace fs = std::filesystem;
using tests::check;
using tests::make_day;
using tests::work_the_day;

// Every cell of the sample's files that could point to somebody, and what the store made of them.
std::set<std::string> known_values(store::Store& store, const fs::path& sample) {
  std::set<std::string> values;
  for (const auto& file : fs::directory_iterator(sample)) {
    if (file.path().extension() != ".csv") continue;
    std::ifstream in(file.path());
    std::string line, cell;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream cells(line);
      while (std::getline(cells, cell, ',')) {
        std::size_t digits = 0;
        bool wide = false;
        for (const char c : cell) {
          digits += c >= '0' && c <= '9' ? 1 : 0;
          wide |= static_cast<unsigned char>(c) >= 0x80;
        }
        const bool date = cell.size() == 10 && cell[4] == '-' && cell[7] == '-';
        if (!date && ((wide && cell.size() >= 6) || (digits >= 7 && cell.size() >= 8)))
          values.insert(cell);
      }
    }
  }
  check(store.read([&](store::Transaction& tx) {
    for (const char* sql :
         {"SELECT customer_no FROM customer", "SELECT account_no FROM intake_account",
          "SELECT customer_no || ':' || contact_no FROM contact_point",
          "SELECT person_key FROM permit", "SELECT number_index FROM permit",
          "SELECT subject FROM log_key"})
      tx.query(sql, {}, [&](const store::Row& row) { values.insert(row.text(0)); });
    for (const people::User& user : people::load_users(tx)) {
      values.insert("\"" + user.user_name + "\"");
      values.insert(user.shown_name);
    }
    return true;
  }));
  values.erase("");
  return values;
}

TEST(Evidence, a_day_of_the_house_is_sealed_and_its_log_names_nobody) {
  tests::for_each_store(all_migrations(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    work_the_day(store);
    evidence::Sealer sealer(store, {.place = {.folder = folder / "log",
                                              .key_file = (folder / "test.log.key").string(),
                                              .name = "evenhand/test"},
                                    .pack_bytes = gate::used_pack});
    const auto sealed = sealer.seal_all(tests::Clock::now());
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_GT(sealed->facts, 300);
    const auto checked = evidence::check_store(store, folder / "log", {.data = folder / "data"});
    ASSERT_TRUE(checked) << checked.error().message;
    for (const auto& finding : checked->findings)
      ADD_FAILURE() << finding.kind << " " << finding.where << " " << finding.message_en;
    EXPECT_GT(checked->permits, 20);
    EXPECT_GT(checked->refusals, 5);
    const tlog::Report files = tlog::verify(folder / "log", {.other_folders = {"packs"}});
    for (const auto& finding : files.findings)
      ADD_FAILURE() << finding.kind << " " << finding.file << " " << finding.message_en;

    std::string entries;
    const tlog::Reader log(folder / "log", static_cast<std::uint64_t>(sealed->size));
    ASSERT_TRUE(log.entries(0, static_cast<std::uint64_t>(sealed->size),
                            [&](std::uint64_t, std::string_view entry) -> kernel::Status {
                              entries += std::string(entry) + "\n";
                              return kernel::Ok{};
                            }));
    const std::set<std::string> values = known_values(store, folder / "sample");
    EXPECT_GT(values.size(), 2'000U);
    for (const std::string& value : values)
      EXPECT_EQ(entries.find(value), entries.npos)
          << value << " in " << entries.substr(entries.find(value) - 200, 300);
  });
}

}  // namespace
}  // namespace app
