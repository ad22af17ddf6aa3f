#include "intake/full_block.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "intake/read.h"

namespace intake {
namespace {

const kernel::Date today = kernel::Date::from_ymd(2026, 11, 20);

TEST(blocks, that_are_full_are_taken_in_order_while_the_next_ones_grow) {
  Table customers(kind_of(KindId::customers)), accounts(kind_of(KindId::accounts));
  std::vector<std::string> taken;
  const FullBlock::Take take = [&](const Table& block) -> kernel::Status {
    if (taken.size() == 4) return kernel::Error{kernel::Code::unavailable, "no room", ""};
    taken.push_back(fmt::format("{} {} {}", block.kind().name, block.rows(), block.text(0, 0)));
    return kernel::Ok{};
  };
  FullBlock full(take);
  int number = 0;
  const auto hand_on = [&](Table& table, int rows) {
    for (int i = 0; i < rows; ++i) {
      const std::string key = std::to_string(++number);
      std::vector<Cell> cells(table.kind().fields.size());
      for (Cell& cell : cells) cell.text = key;
      table.append(cells);
    }
    return full.hand_on(table);
  };
  ASSERT_TRUE(full.taken());
  ASSERT_TRUE(hand_on(customers, 3));
  EXPECT_EQ(customers.rows(), 0u);
  EXPECT_EQ(customers.rows_before(), 3u);
  ASSERT_TRUE(hand_on(customers, 2));
  ASSERT_TRUE(hand_on(accounts, 1));
  ASSERT_TRUE(hand_on(customers, 4));
  EXPECT_EQ(customers.rows_before(), 9u);
  ASSERT_TRUE(full.taken());
  EXPECT_EQ(taken, (std::vector<std::string>{"customers 3 1", "customers 2 4", "accounts 1 6",
                                             "customers 4 7"}));
  ASSERT_TRUE(hand_on(accounts, 1));
  EXPECT_FALSE(hand_on(accounts, 1));  // of the one before
}

// More lines than a block of a table: what is handed on and what is left are all of them.
TEST(blocks, of_a_file_are_all_of_its_records) {
  const auto mapping =
      parse_mapping("[[file]]\nmatch=\"*\"\n[[file.record]]\nkind = \"customers\"\n", "m.toml");
  std::string text = "customer_no\n";
  constexpr std::size_t many = 2 * block_rows + 10;
  for (std::size_t i = 0; i < many; ++i) text += fmt::format("C{}\n", i);
  const auto read = [&](bool fails) {
    Known known;
    std::size_t next = 0;
    const auto as_they_came = [&](const Table& block) {
      for (std::size_t row = 0; row < block.rows(); ++row)
        ASSERT_EQ(block.text(0, row), fmt::format("C{}", next++));
    };
    const auto done = read_file(mapping->files[0], all_of(decode(text, Encoding::utf_8)), known,
                                {"f.csv", today, {}, 0, [&](const Table& block) -> kernel::Status {
                                   as_they_came(block);
                                   if (fails)
                                     return kernel::Error{kernel::Code::unavailable, "no room", ""};
                                   return kernel::Ok{};
                                 }});
    EXPECT_EQ(static_cast<bool>(done), !fails);
    if (fails) return;
    EXPECT_EQ(done->tables[0].rows(), 10u);
    as_they_came(done->tables[0]);
    EXPECT_EQ(next, many);
  };
  read(false);
  read(true);
}

}  // namespace
}  // namespace intake
