// After a day of the whole house, on both stores: everything is sealed, store and log fit, and no
// value that names or finds a person, a customer, a number or a user is in any entry of the log.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "app/rooms.h"
#include "evidence/types.h"
#include "intake/types.h"
#include "people/types.h"
#include "sample/types.h"
#include "tests/stores.h"
#include "tlog/tlog.h"
#include "tlog/verify.h"

namespace app {
namespace {

namespace fs = std::filesystem;
using kernel::Date;

const Date day = Date::from_ymd(2026, 11, 20);

template <class T>
void check(const kernel::Result<T>& result) {
  CHECK_MSG(static_cast<bool>(result), result ? "" : result.error().message.c_str());
}

void make_day(store::Store& store, const fs::path& folder) {
  check(sample::make_sample(
      {.accounts = 300, .seed = 7, .as_of = day.plus_days(-1), .out_dir = folder / "sample"}));
  intake::ImportOptions import{.data_dir = folder / "data",
                               .mapping = folder / "sample/mapping.toml"};
  for (const auto& file : fs::directory_iterator(folder / "sample"))
    if (file.path().extension() == ".csv") import.files.push_back(file.path());
  import.imported_by = "test";
  import.now = tests::Clock::now();
  check(intake::import_files(store, import));
  check(people::make_demo_staff(store, tests::Clock::now(), people::cost_for_tests));
  flow::NightOptions options{
      .data_dir = folder / "data", .decisions_dir = "decisions", .date = day};
  options.now = tests::Clock::now();
  options.ports = make_flow_ports(folder / "data", "decisions");
  check(flow::run_night(store, options));
}

// Calls to many customers, answered or refused, some told of; and a hold.
void work_the_day(store::Store& store) {
  const gate::Gate gate = make_gate("decisions", gate::Clock::given());
  std::vector<std::pair<std::string, std::string>> points;
  check(store.read([&](store::Transaction& tx) {
    tx.query("SELECT customer_no, customer_no || ':' || contact_no FROM contact_point ORDER BY 2",
             {}, [&](const store::Row& row) { points.emplace_back(row.text(0), row.text(1)); });
    return true;
  }));
  std::size_t granted = 0;
  for (std::size_t i = 0; i < points.size() && i < 120; ++i) {
    check(store.transact([&](store::Transaction& tx) -> kernel::Status {
      gate::Request request{.customer_no = points[i].first,
                            .contact_point_id = points[i].second,
                            .channel = "call",
                            .purpose = "collect",
                            .asker = "early1"};
      TRY_ASSIGN(auto reply, gate.ask(tx, request, tests::Clock::now()));
      if (!reply.permit) return kernel::Ok{};
      const gate::PermitId permit = reply.permit->bound().permit_id;
      if (++granted % 3 == 0) return kernel::Ok{};
      return gate.record_outcome(tx, permit, granted % 2 ? "no_answer" : "promise", "early1",
                                 tests::Clock::now());
    }));
  }
  check(store.transact([&](store::Transaction& tx) {
    return gate::set_hold(tx, *gate::intake_directory(),
                          {.customer_no = points[0].first,
                           .kind = "dispute",
                           .reason = kernel::Note::take("said so on the phone"),
                           .set_by = "early1"},
                          tests::Clock::now());
  }));
}

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
    const auto checked = evidence::check_store(store, folder / "log");
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
