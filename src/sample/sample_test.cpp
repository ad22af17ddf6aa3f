#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "sample/person.h"
#include "sample/types.h"
#include "tests/stores.h"

namespace sample {
namespace {

namespace fs = std::filesystem;
const kernel::Date as_of = kernel::Date::from_ymd(2026, 11, 21);

const std::set<std::string> free_blocks = {"154", "160", "161", "163", "164", "168", "169"};
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::vector<std::string>> rows(const fs::path& path) {
  std::vector<std::vector<std::string>> all;
  std::stringstream text(read(path));
  for (std::string line; std::getline(text, line);) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
      if (c == ',') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    all.push_back(fields);
  }
  return all;
}

TEST(sample, same_options_same_bytes) {
  tests::Folder a, b, c;
  ASSERT_TRUE(make_sample({.accounts = 500, .seed = 7, .as_of = as_of, .out_dir = a.path()}));
  ASSERT_TRUE(make_sample({.accounts = 500, .seed = 7, .as_of = as_of, .out_dir = b.path()}));
  ASSERT_TRUE(make_sample({.accounts = 500, .seed = 8, .as_of = as_of, .out_dir = c.path()}));
  int files = 0;
  for (const auto& entry : fs::directory_iterator(a.path())) {
    const auto name = entry.path().filename();
    EXPECT_EQ(read(a.path() / name), read(b.path() / name)) << name;
    const bool same = read(a.path() / name) == read(c.path() / name);
    EXPECT_EQ(same, name == "mapping.toml") << name;
    ++files;
  }
  EXPECT_EQ(files, 9);
}

TEST(sample, is_shaped_like_a_card_book) {
  tests::Folder folder;
  ASSERT_TRUE(
      make_sample({.accounts = 20'000, .seed = 1, .as_of = as_of, .out_dir = folder.path()}));
  std::map<int, int> by_month;
  const auto balances = rows(folder.path() / "balances.csv");
  ASSERT_EQ(balances.size(), 20'001u);
  for (std::size_t i = 1; i < balances.size(); ++i) {
    if (balances[i][9].empty()) {
      ++by_month[0];
    } else {
      const int days = as_of - *kernel::Date::parse(balances[i][9]);
      ++by_month[std::min(days / 30 + 1, 7)];
      EXPECT_GT(std::stoll(balances[i][7]), 0);
    }
  }
  EXPECT_NEAR(by_month[0], 17'000, 600);
  EXPECT_GT(by_month[1], 2 * by_month[2]);
  EXPECT_GT(by_month[2], by_month[3]);
  EXPECT_GT(by_month[3], by_month[4]);
  EXPECT_GT(by_month[7], by_month[6]);
  EXPECT_NEAR(static_cast<double>(rows(folder.path() / "customers.csv").size()), 18'200, 400);
}

TEST(sample, ids_and_numbers_are_valid_in_form_and_nobodys) {
  tests::Folder folder;
  ASSERT_TRUE(
      make_sample({.accounts = 1'000, .seed = 3, .as_of = as_of, .out_dir = folder.path()}));
  std::set<std::string> people;
  const auto customers = rows(folder.path() / "customers.csv");
  for (std::size_t i = 1; i < customers.size(); ++i) {
    const std::string& id = customers[i][2];
    ASSERT_EQ(id.size(), 18u);
    EXPECT_EQ(id.substr(4, 2), "99") << id;  // no such district
    const auto digits = static_cast<std::size_t>(std::count_if(id.begin(), id.end(), is_digit));
    EXPECT_GE(digits, 17u) << id;
    people.insert(id);
    static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t at = 0; at < 17; ++at) sum += (id[at] - '0') * weights[at];
    EXPECT_EQ(id[17], "10X98765432"[sum % 11]);
  }
  EXPECT_EQ(customers.size() - 1 - people.size(), (customers.size() - 1) / 200);
  const auto contacts = rows(folder.path() / "contacts.csv");
  for (std::size_t i = 1; i < contacts.size(); ++i) {
    if (contacts[i][4] != "mobile") continue;
    const std::string& number = contacts[i][5];
    EXPECT_EQ(number.size(), 11u);
    EXPECT_TRUE(std::all_of(number.begin(), number.end(), is_digit)) << number;
    EXPECT_EQ(free_blocks.count(number.substr(0, 3)), 1u) << number;
  }
  const auto accounts = rows(folder.path() / "accounts.csv");
  std::set<std::string> numbers;
  for (std::size_t i = 1; i < accounts.size(); ++i) numbers.insert(accounts[i][0]);
  EXPECT_EQ(numbers.size(), 1'000u);
}

}  // namespace
}  // namespace sample
