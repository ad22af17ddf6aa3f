#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "intake/mapping.h"
#include "intake/types.h"
#include "tests/stores.h"

namespace intake {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<store::Migration> all_schema() {
  auto all = store::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

TEST(uci_card, imports_through_its_mapping_alone) {
  const fs::path file = "../shared/data/uci-credit-card-clients.csv.gz";
  if (!fs::exists(file)) GTEST_SKIP() << file << " is absent: the real card file is not tested";
  tests::Folder folder;
  const auto store =
      tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(), all_schema());
  const auto report = import_files(*store, {.data_dir = folder.path(),
                                            .mapping = "examples/mappings/uci-card.toml",
                                            .files = {file},
                                            .imported_by = "test",
                                            .now = tests::Clock::now()});
  ASSERT_TRUE(report) << report.error().message << " " << report.error().where;
  std::cerr << report->text();
  EXPECT_EQ(report->rejected, 0);

  const auto refs = store->read([&](store::Transaction& tx) {
    return load_batch_refs(tx, folder.path(), kernel::Date::from_ymd(2005, 10, 1));
  });
  ASSERT_TRUE(refs);
  ASSERT_EQ(refs->size(), 3u);
  const auto balances = column::Sheet::open((*refs)[1].folder, true);
  ASSERT_TRUE(balances);
  EXPECT_EQ(balances->rows(), 30'000u);
  std::map<int, int> by_months;
  const int as_of = kernel::Date::from_ymd(2005, 10, 1).days();
  for (const int oldest : balances->get<std::int32_t>("oldest_due_date")) {
    ++by_months[oldest == 0 ? 0 : (as_of - oldest + 15) / 30];
  }
  // Counted straight from column X6.
  const std::map<int, int> expected = {{0, 23'182}, {1, 3'688}, {2, 2'667}, {3, 322}, {4, 76},
                                       {5, 26},     {6, 11},    {7, 9},     {8, 19}};
  EXPECT_EQ(by_months, expected);
}

}  // namespace
}  // namespace intake
