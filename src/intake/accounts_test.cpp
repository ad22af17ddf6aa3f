#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <utility>

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

constexpr const char* mapping = R"(
[source]
encoding = "utf-8"
as_of = "2026-11-20"
[[file]]
match = "customers*"
[[file.record]]
kind = "customers"
[[file]]
match = "accounts*"
[[file.record]]
kind = "accounts"
)";

// A data folder of its own; a day's file of accounts, as "account_no,customer_no,product" lines.
class Desk {
 public:
  explicit Desk(store::Store& store) : store_(store) {
    put("mapping.toml", mapping);
    std::string customers = "customer_no\n";
    for (int i = 1; i < 10; ++i) customers += fmt::format("C{}\n", i);
    put("customers.csv", customers);
  }
  kernel::Result<ImportReport> import(const std::vector<std::string>& lines) {
    std::string text =
        "account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,billing_day,"
        "status\n";
    for (const std::string& line : lines) text += line + ",2020-01-31,1,500,5,open\n";
    const std::string name = fmt::format("accounts{}.csv", ++files_);
    put(name, text);
    return import_files(store_, {.data_dir = folder_.path() / "data",
                                 .mapping = folder_.path() / "mapping.toml",
                                 .files = {folder_.path() / name, folder_.path() / "customers.csv"},
                                 .imported_by = "user:1",
                                 .now = tests::Clock::now()});
  }

 private:
  void put(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  store::Store& store_;
  tests::Folder folder_;
  int files_ = 0;
};

std::vector<std::string> rows(store::Store& store, const std::string& sql, int columns) {
  std::vector<std::string> all;
  const auto done = store.read([&](store::Transaction& tx) {
    tx.query(sql, {}, [&](const store::Row& row) {
      all.push_back(row.text(0));
      for (int i = 1; i < columns; ++i) all.back() += " " + row.text(i);
    });
  });
  CHECK(done);
  return all;
}
std::vector<std::string> by_account(store::Store& store) {
  return rows(store, "SELECT account_no, customer_no FROM intake_account ORDER BY account_no", 2);
}
std::vector<std::string> by_customer(store::Store& store) {
  return rows(store,
              "SELECT customer_no, account_no, product FROM customer_account"
              " ORDER BY customer_no, account_no",
              3);
}

TEST(accounts, are_known_by_number_and_by_customer_whatever_order_they_came_in) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path&) {
    Desk desk(store);
    ASSERT_TRUE(desk.import({"A300000000000003,C2,card", "A1,C9,online_loan", "A20,C1,card",
                             "A300000000000002,C2,card_instalment", "A2,C1,card"}));
    EXPECT_THAT(by_account(store), ElementsAre("A1 C9", "A2 C1", "A20 C1", "A300000000000002 C2",
                                               "A300000000000003 C2"));
    EXPECT_THAT(by_customer(store),
                ElementsAre("C1 A2 card", "C1 A20 card", "C2 A300000000000002 card_instalment",
                            "C2 A300000000000003 card", "C9 A1 online_loan"));
  });
}

// More than are put in order at a time, numbers and customers of every length falling and rising.
TEST(accounts, are_known_where_there_are_very_many) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path&) {
    Desk desk(store);
    std::vector<std::string> lines, accounts, customers;
    const char* products[] = {"card", "card_instalment", "online_loan"};
    for (int i = 0; i < 12'000; ++i) {
      const std::string account = fmt::format("A{}", (i * 7'919) % 12'007);
      const std::string customer = fmt::format("C{}", 1 + i % 9);
      const char* product = products[i % 3];
      lines.push_back(account + "," + customer + "," + product);
      accounts.push_back(account + " " + customer);
      customers.push_back(customer + " " + account + " " + product);
    }
    ASSERT_TRUE(desk.import(lines));
    std::sort(accounts.begin(), accounts.end());
    std::sort(customers.begin(), customers.end());
    EXPECT_EQ(by_account(store), accounts);
    EXPECT_EQ(by_customer(store), customers);
    ASSERT_TRUE(desk.import({"A12007,C1,card", "A0,C1,card", "A1,C2,card"}));
    EXPECT_EQ(by_account(store).size(), accounts.size() + 1);
    EXPECT_EQ(by_customer(store).size(), customers.size() + 1);
  });
}

TEST(accounts, that_changed_hands_or_product_are_written_again) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path&) {
    Desk desk(store);
    ASSERT_TRUE(desk.import({"A1,C1,card", "A2,C1,card", "A3,C2,card", "A4,C3,card"}));
    ASSERT_TRUE(desk.import({"A5,C1,card", "A3,C1,card", "A2,C1,online_loan", "A1,C1,card"}));
    EXPECT_THAT(by_account(store), ElementsAre("A1 C1", "A2 C1", "A3 C1", "A4 C3", "A5 C1"));
    EXPECT_THAT(by_customer(store), ElementsAre("C1 A1 card", "C1 A2 online_loan", "C1 A3 card",
                                                "C1 A5 card", "C3 A4 card"));
  });
}

// A store in which something happens between what an import reads and what it writes.
class Interrupted final : public store::Store {
 public:
  Interrupted(store::Store& inner, std::function<void()> meanwhile)
      : inner_(inner), meanwhile_(std::move(meanwhile)) {}
  kernel::Status migrate(const std::vector<store::Migration>& all) override {
    return inner_.migrate(all);
  }
  kernel::Status scrub() override { return inner_.scrub(); }
  bool on_postgres() const override { return inner_.on_postgres(); }
  store::Vault& vault() override { return inner_.vault(); }
  std::int64_t next_id() override { return inner_.next_id(); }

 protected:
  kernel::Status run_body(const Body& body, bool write) override {
    if (write && meanwhile_) std::exchange(meanwhile_, nullptr)();
    bool kept = false;  // else the body has its own reason, and that is no failure of the store
    const auto work = [&](store::Transaction& tx) -> kernel::Status {
      kept = body(tx);
      if (kept) return kernel::Ok{};
      return kernel::Error{kernel::Code::conflict, "rolled back", ""};
    };
    const kernel::Status status = write ? inner_.transact(work) : inner_.read(work);
    return kept ? status : kernel::Ok{};
  }

 private:
  store::Store& inner_;
  std::function<void()> meanwhile_;
};

TEST(accounts, an_import_that_another_one_overtook_leaves_nothing) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path&) {
    Desk other(store);
    Interrupted interrupted(store, [&] { ASSERT_TRUE(other.import({"A1,C2,card"})); });
    Desk desk(interrupted);
    const auto refused = desk.import({"A1,C1,card", "A2,C1,card"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, kernel::Code::conflict);
    EXPECT_THAT(refused.error().message, HasSubstr("run it again"));
    EXPECT_THAT(by_account(store), ElementsAre("A1 C2"));
    ASSERT_TRUE(desk.import({"A1,C1,card", "A2,C1,card"}));
    EXPECT_THAT(by_customer(store), ElementsAre("C1 A1 card", "C1 A2 card"));
  });
}

TEST(accounts, of_an_older_program_keep_customer_and_product) {
  auto before = all_schema();
  std::erase_if(before, [](const store::Migration& one) {
    return one.room == "intake" && one.name >= "006";
  });
  ASSERT_LT(before.size(), all_schema().size());
  tests::for_each_store(before, [](store::Store& store, const fs::path&) {
    ASSERT_TRUE(store.transact([](store::Transaction& tx) {
      tx.execute(
          "INSERT INTO intake_account (account_no, customer_no, product) VALUES"
          " ('A2', 'C1', 'card'), ('A1', 'C2', ''), ('A3', 'C1', 'online_loan')");
    }));
    ASSERT_TRUE(store.migrate(all_schema()));
    EXPECT_THAT(by_account(store), ElementsAre("A1 C2", "A2 C1", "A3 C1"));
    EXPECT_THAT(by_customer(store), ElementsAre("C1 A2 card", "C1 A3 online_loan", "C2 A1 "));
  });
}

}  // namespace
}  // namespace intake
