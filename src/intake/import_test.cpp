#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "column/column.h"
#include "intake/decode.h"
#include "intake/types.h"
#include "store/vault.h"
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

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// A data folder beside one store, and imports into it.
struct Place {
  store::Store& store;
  tests::Folder folder;

  fs::path data() const { return folder.path() / "data"; }
  fs::path file(const std::string& name, std::string_view bytes) const {
    write(folder.path() / "in" / name, bytes);
    return folder.path() / "in" / name;
  }
  kernel::Result<ImportReport> import(const fs::path& mapping,
                                      const std::vector<fs::path>& files) const {
    return import_files(store, {.data_dir = data(),
                                .mapping = mapping,
                                .files = files,
                                .imported_by = "user:1",
                                .now = tests::Clock::now()});
  }
  std::vector<BatchRef> refs() const {
    auto refs = store.read([&](store::Transaction& tx) {
      return load_batch_refs(tx, data(), kernel::Date::from_ymd(2999, 1, 1));
    });
    CHECK(refs);
    return *refs;
  }
  column::Sheet sheet(std::string_view kind) const {
    for (const BatchRef& ref : refs()) {
      if (ref.kind != kind) continue;
      auto sheet = column::Sheet::open(ref.folder, true);
      CHECK(sheet);
      return std::move(*sheet);
    }
    CHECK_MSG(false, "no batch of that kind");
    return column::Sheet();
  }
  std::int64_t count(const std::string& table) const {
    auto n = store.read(
        [&](store::Transaction& tx) { return *tx.query_i64("SELECT COUNT(*) FROM " + table); });
    CHECK(n);
    return *n;
  }
  std::string text(const std::string& sql) const {  // the first row's
    auto first = store.read([&](store::Transaction& tx) {
      return tx.query_one<std::string>(sql, {}, [](const store::Row& row) { return row.text(0); });
    });
    CHECK(first && *first);
    return **first;
  }
};

void on_each_store(const std::function<void(const Place&)>& run) {
  tests::for_each_store(all_schema(), [&](store::Store& store, const fs::path&) {
    const Place place{store, {}};
    run(place);
  });
}

constexpr const char* canonical = R"(
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
content = "full"
[[file]]
match = "payments*"
[[file.record]]
kind = "payments"
[[file]]
match = "contacts*"
[[file.record]]
kind = "contacts"
)";

constexpr const char* customers_csv =
    "customer_no,name,citizen_id,region_code,address\n"
    "C1,张三,11019919900307123X,110100,北京市示例路1号\n"
    "C2,李四,,440100,\"广州市,样本街2号\"\n"
    "C3,王五,11019919900307123X,,\n";

constexpr const char* accounts_header =
    "account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,billing_day,status\n";

std::string accounts_csv() {
  return std::string(accounts_header) + "A1,C1,card,2020-01-31,5000000,500,5,open\n" +
         "A2,C2,card_instalment,2021-02-28,100000,500,28,open\n" +
         "A3,C3,online_loan,2022-03-01,200000,400,1,closed\n";
}

TEST(import, good_files_in_any_order_become_people_and_columns) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    const auto report =
        place.import(mapping, {place.file("accounts.csv", accounts_csv()),
                               place.file("contacts.csv",
                                          "customer_no,contact_no,role,relation,channel,value,name,"
                                          "valid,source,consent\n"
                                          "C1,1,self,,mobile,+86 154 0000 0001,张三,1,core,1\n"
                                          "C2,1,self,,email,a@example.com,李四,0,core,0\n"),
                               place.file("customers.csv", customers_csv)});
    ASSERT_TRUE(report) << report.error().message << report.error().where;
    EXPECT_EQ(report->accepted, 8);
    EXPECT_EQ(report->rejected, 0);
    const column::Sheet accounts = place.sheet("accounts");
    EXPECT_EQ(accounts.texts("account_no").at(2), "A3");
    EXPECT_EQ(accounts.codes("product").at(1), "card_instalment");
    EXPECT_EQ(accounts.get<std::int64_t>("credit_limit_fen")[0], 5'000'000);
    EXPECT_TRUE(place.refs()[0].full);

    const auto found = place.store.transact([](store::Transaction& tx) {
      const auto person = load_person(tx, "C1"), same = load_person(tx, "C3");
      EXPECT_TRUE(person && same);
      EXPECT_EQ(person->person_key, same->person_key);
      EXPECT_EQ(person->birth_date->format(), "1990-03-07");
      EXPECT_EQ(person->name.masked(), "张*");
      EXPECT_EQ(person->region_code, 110100);
      EXPECT_EQ(load_customers_of(tx, person->person_key).size(), 2u);
      const auto point = load_contact_point(tx, "C1:1");
      EXPECT_TRUE(point);
      EXPECT_EQ(point->value.masked(), "154****0001");
      EXPECT_EQ(tx.vault().index("test", point->value),
                tx.vault().index("test", ContactValue::take("15400000001")))
          << "compared without being read: only a spent permit opens a number";
      EXPECT_THAT(find_customers(tx, "154-0000-0001"), ElementsAre("C1"));
      EXPECT_THAT(find_customers(tx, "李四"), ElementsAre("C2"));
      EXPECT_THAT(find_customers(tx, "11019919900307123x"), ElementsAre("C1", "C3"));
      EXPECT_THAT(find_customers(tx, "nobody"), ElementsAre());
      return kernel::Status(kernel::Ok{});
    });
    ASSERT_TRUE(found) << found.error().message;
  });
}

// The six faults of a bad file, each on a line of its own between good ones.
struct Bad {
  std::string line, reason_code, column, field, value;
  std::int64_t column_no;
};

const std::vector<Bad>& six_faults() {
  static const std::vector<Bad> all = {
      {"P2,A1,2026-11-19,12x.50,bank", "broken_amount", "amount_fen", "amount_fen", "12x.50", 4},
      {"P3,A2,2026-02-30,100,bank", "impossible_date", "paid_on", "paid_on", "2026-02-30", 3},
      {"P4,A9,2026-11-19,100,bank", "unknown_account", "account_no", "account_no", "A9", 2},
      {"P1,A1,2026-11-19,100,bank", "duplicate", "payment_no", "payment_no", "P1", 1},
      {"P5,A1,2026-1", "truncated_line", "paid_on", "", "", 3},
      {"P6,A1,2026-11-19,100,ba\xFFnk", "not_text", "channel", "", "0xFF", 5},
  };
  return all;
}

std::string payments_csv() {
  std::string text =
      "payment_no,account_no,paid_on,amount_fen,channel\nP1,A1,2026-11-18,5000,柜台\n";
  int good = 10;
  for (const Bad& bad : six_faults()) {
    text += bad.line + "\n";
    text += "P" + std::to_string(good++) + ",A2,2026-11-19,77,\"手机,银行\"\n";
  }
  return text;
}

TEST(import, six_faults_give_six_rejections_and_every_good_line_is_in) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    const auto payments = place.file("payments.csv", payments_csv());
    const auto report = place.import(mapping, {payments, place.file("customers.csv", customers_csv),
                                               place.file("accounts.csv", accounts_csv())});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->rejected, 6);
    const FileReport& file = report->files.back();
    ASSERT_EQ(file.first_rejected.size(), 6u);
    for (std::size_t i = 0; i < 6; ++i) {
      const Bad& bad = six_faults()[i];
      const Rejected& got = file.first_rejected[i];
      EXPECT_EQ(got.line, static_cast<std::int64_t>(3 + 2 * i)) << bad.reason_code;
      EXPECT_EQ(got.reason_code, bad.reason_code);
      EXPECT_EQ(got.column, bad.column) << bad.reason_code;
      EXPECT_EQ(got.column_no, bad.column_no) << bad.reason_code;
      EXPECT_EQ(got.field, bad.field) << bad.reason_code;
      EXPECT_EQ(got.value, bad.value) << bad.reason_code;
      EXPECT_FALSE(got.hint.empty());
    }
    const column::Sheet sheet = place.sheet("payments");
    ASSERT_EQ(sheet.rows(), 7u);
    EXPECT_EQ(sheet.texts("payment_no").at(6), "P15");
    EXPECT_EQ(file.kinds[0].accepted, 7);
    EXPECT_EQ(file.kinds[0].control_totals[0].value, 5000 + 6 * 77);
    EXPECT_EQ(place.count("intake_reject"), 6);
    EXPECT_EQ(place.count("fact"), 3 + 7);
    EXPECT_EQ(place.count("fact WHERE kind = 'payment_posted'"), 7);
    const auto first = place.text(
        "SELECT subject || ' ' || body FROM fact WHERE kind = 'payment_posted'"
        " ORDER BY fact_id");
    EXPECT_THAT(first, testing::StartsWith("account:A1 {\"batch_id\":\"2026-11-"));
    EXPECT_THAT(first, testing::HasSubstr("\"payment_no\":\"P1\",\"paid_on\":\"2026-11-18\","
                                          "\"amount_fen\":5000,\"channel\":\"柜台\"}"));
  });
}

TEST(import, a_corrected_reject_file_comes_back_through_the_same_mapping) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    std::string bad_accounts = accounts_csv() + "A4,C1,card,2020-01-31,-5,500,5,open\n";
    const auto first = place.import(mapping, {place.file("customers.csv", customers_csv),
                                              place.file("accounts.csv", bad_accounts)});
    ASSERT_TRUE(first);
    ASSERT_EQ(first->rejected, 1);
    const fs::path rejects = first->files[1].reject_file;
    EXPECT_EQ(fs::status(rejects).permissions() & fs::perms::others_read, fs::perms::none);
    std::string text = read(rejects);
    EXPECT_THAT(text, HasSubstr("status,_line,_column,_field,_reason,_hint\r\n"));
    EXPECT_THAT(text, HasSubstr("A4,C1,card,2020-01-31,-5,500,5,open,5,credit_limit_fen,"
                                "credit_limit_fen,negative_value: "));
    text.replace(text.find(",-5,"), 4, ",900,");
    const auto again = place.import(mapping, {place.file("accounts-corrected.csv", text)});
    ASSERT_TRUE(again) << again.error().message << again.error().where;
    EXPECT_EQ(again->accepted, 1);
    EXPECT_EQ(again->rejected, 0);
    const auto refs = place.refs();
    ASSERT_EQ(refs.size(), 2u);
    EXPECT_TRUE(refs[0].full);
    EXPECT_FALSE(refs[1].full);  // a few corrected lines never replace the whole book
    const auto corrected = column::Sheet::open(refs[1].folder, true);
    ASSERT_TRUE(corrected);
    EXPECT_EQ(corrected->texts("account_no").at(0), "A4");
    EXPECT_EQ(corrected->get<std::int64_t>("credit_limit_fen")[0], 900);
  });
}

TEST(import, the_same_file_twice_changes_nothing) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    const std::vector<fs::path> files = {place.file("customers.csv", customers_csv),
                                         place.file("accounts.csv", accounts_csv())};
    ASSERT_TRUE(place.import(mapping, files));
    const auto facts = place.count("fact");
    const auto again = place.import(mapping, files);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->accepted, 0);
    EXPECT_EQ(again->unchanged, 6);
    EXPECT_EQ(again->files[0].state, "unchanged");
    EXPECT_THAT(again->text(), HasSubstr("nothing changed"));
    EXPECT_EQ(place.count("fact"), facts);
    EXPECT_EQ(place.count("intake_batch"), 2);

    // Another file with the same people: rows that are equal are left alone, a changed one is not.
    std::string moved = customers_csv;
    moved.replace(moved.find("样本街2号"), std::string("样本街2号").size(), "样本街3号");
    const auto next = place.import(mapping, {place.file("customers-2.csv", moved)});
    ASSERT_TRUE(next);
    EXPECT_EQ(next->accepted, 1);
    EXPECT_EQ(next->unchanged, 2);
    EXPECT_EQ(place.count("customer"), 3);
  });
}

// The core system's export broke off: half the book would be gone tomorrow.
TEST(import, a_full_file_that_shrinks_or_grows_is_asked_about) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    const auto accounts = [&](int count, std::string_view day) {
      std::string text = accounts_header;
      for (int i = 0; i < count; ++i)
        text += fmt::format("A{},C1,card,2020-01-31,5000000,500,5,open\n", i);
      return place.file(fmt::format("accounts-{}.csv", day), text);
    };
    const auto import = [&](const fs::path& file, bool accept_size = false) {
      return import_files(place.store, {.data_dir = place.data(),
                                        .mapping = mapping,
                                        .files = {file},
                                        .imported_by = "user:1",
                                        .now = tests::Clock::now(),
                                        .accept_size = accept_size});
    };
    ASSERT_TRUE(import(place.file("customers.csv", customers_csv)));
    ASSERT_TRUE(import(accounts(100, "1")));
    const auto less = import(accounts(49, "2"));
    ASSERT_FALSE(less);
    EXPECT_EQ(less.error().code, kernel::Code::conflict);
    EXPECT_THAT(less.error().message,
                HasSubstr("49 accounts, accounts-1.csv of 2026-11-20 had 100: "
                          "less than 50 %"));
    EXPECT_EQ(place.count("intake_batch"), 2);
    const fs::directory_iterator left(place.data() / "intake");  // .lock, and the batch of accounts
    EXPECT_EQ(std::distance(begin(left), end(left)), 2);
    EXPECT_TRUE(import(accounts(50, "3")));
    EXPECT_TRUE(import(accounts(49, "2"))) << "50 is too few to say";
    EXPECT_TRUE(import(accounts(200, "4")));
    EXPECT_FALSE(import(accounts(401, "5")));
    EXPECT_TRUE(import(accounts(401, "5"), true));
    EXPECT_TRUE(import(accounts(801, "6"), true));
    EXPECT_FALSE(import(accounts(101, "7")));
  });
}

TEST(import, what_a_cut_off_import_left_is_removed) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    write(place.data() / "intake/2026-11-19-0123456789ab/accounts/manifest.json", "{}");
    write(place.data() / "intake/2026-11-19-fedcba987654.new/accounts/a.col", "x");
    write(place.data() / "intake/.pending", "2026-11-19-0123456789ab\n2026-11-19-fedcba987654\n");
    write(place.data() / "intake/2026-11-18-another-store/accounts/a.col", "x");
    ASSERT_TRUE(place.import(mapping, {place.file("customers.csv", customers_csv),
                                       place.file("accounts.csv", accounts_csv())}));
    int folders = 0;
    for (const auto& entry : fs::directory_iterator(place.data() / "intake")) {
      folders += entry.is_directory();
    }
    EXPECT_EQ(folders, 2);  // the new batch, and what this store knows nothing of
    EXPECT_FALSE(fs::exists(place.data() / "intake/.pending"));
  });
}

TEST(import, the_same_content_in_gb18030_gives_the_same_columns) {
  on_each_store([](const Place& place) {
    std::string gb = canonical;
    gb.replace(gb.find("utf-8"), 5, "gb18030");
    const auto in_utf_8 = place.file("mapping.toml", canonical);
    const auto in_gb = place.file("mapping-gb.toml", gb);
    const auto people = place.file("customers.csv", customers_csv);
    const auto accounts = place.file("accounts.csv", accounts_csv());
    const auto payments = place.file("payments.csv", payments_csv());
    ASSERT_TRUE(place.import(in_utf_8, {people, accounts, payments}));

    std::string half;  // the broken byte stays a broken byte
    const std::string text = payments_csv();
    const auto broken = text.find('\xFF');
    half = encode(text.substr(0, broken), Encoding::gb18030) + '\xFF' +
           encode(text.substr(broken + 1), Encoding::gb18030);
    EXPECT_NE(half, text);
    const auto report = place.import(
        in_gb, {place.file("payments-gb.csv", half),
                place.file("accounts-gb.csv", encode(accounts_csv(), Encoding::gb18030))});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->rejected, 6);
    std::map<std::string, std::vector<std::string>> hashes;
    for (const BatchRef& ref : place.refs()) {
      const auto sheet = column::Sheet::open(ref.folder, true);
      ASSERT_TRUE(sheet);
      hashes[ref.kind].push_back(sheet->hash());
    }
    for (const auto& [kind, pair] : hashes) {
      ASSERT_EQ(pair.size(), 2u) << kind;
      EXPECT_EQ(pair[0], pair[1]) << kind;
    }
    // The people are the same too: nothing to change.
    const auto same = place.import(
        in_gb, {place.file("customers-gb.csv", encode(customers_csv, Encoding::gb18030))});
    ASSERT_TRUE(same);
    EXPECT_EQ(same->unchanged, 3);
  });
}

TEST(import, nothing_good_or_nothing_readable_is_an_error) {
  on_each_store([](const Place& place) {
    const auto mapping = place.file("mapping.toml", canonical);
    const auto orphan = place.import(mapping, {place.file("accounts.csv", accounts_csv())});
    ASSERT_FALSE(orphan);
    EXPECT_THAT(orphan.error().message, HasSubstr("not one line is good"));
    EXPECT_EQ(place.count("intake_batch"), 0);
    const auto strange = place.import(mapping, {place.file("other.csv", "a,b\n")});
    ASSERT_FALSE(strange);
    EXPECT_THAT(strange.error().message, HasSubstr("no [[file]]"));
    const auto absent = place.import(mapping, {place.folder.path() / "customers-gone.csv"});
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, kernel::Code::not_found);
    const auto columns = place.import(mapping, {place.file("customers.csv", "customer_nr\nC1\n")});
    ASSERT_FALSE(columns);
    EXPECT_THAT(columns.error().message, HasSubstr("there is no column `customer_no`"));
  });
}

TEST(import, personal_data_is_sealed_on_disk_and_masked_in_rejections) {
  tests::Folder folder;
  const auto db = folder.path() / "casebook.sqlite";
  const auto store = tests::open_store(db.string(), folder.path(), all_schema());
  const Place place{*store, {}};
  const auto mapping = place.file("mapping.toml", canonical);
  const std::string long_address(500, 'x');
  const auto report = place.import(
      mapping, {place.file("customers.csv", std::string(customers_csv) + "C4,赵六,,," +
                                                "广州市体育西路" + long_address + "\n")});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->rejected, 1);
  EXPECT_EQ(report->files[0].first_rejected[0].value, "广州市****");
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = read(entry.path());
    for (const char* secret : {"张三", "11019919900307123", "示例路", "李四"}) {
      EXPECT_EQ(bytes.find(secret), bytes.npos) << secret << " in " << entry.path();
    }
  }
}

TEST(examples, a_bank_in_gb18030_without_a_header) {
  on_each_store([](const Place& place) {
    const auto report =
        place.import("examples/mappings/bank-gb18030.toml", {"tests/intake/CARD_20261120.txt"});
    ASSERT_TRUE(report) << report.error().message << report.error().where;
    EXPECT_EQ(report->rejected, 0) << report->text();
    EXPECT_EQ(report->files[0].as_of.format(), "2026-11-20");
    EXPECT_EQ(report->files[0].kinds[0].accepted, 4);   // customers
    EXPECT_EQ(report->files[0].kinds[0].unchanged, 1);  // one of them on two lines
    const column::Sheet balances = place.sheet("balances");
    EXPECT_THAT(balances.get<std::int64_t>("principal_fen"),
                ElementsAre(1'234'567, 800'000, 15'000'000, -12'050, 5'200'000));
    const auto oldest = balances.get<std::int32_t>("oldest_due_date");
    const int as_of = kernel::Date::from_ymd(2026, 11, 20).days();
    EXPECT_THAT(std::vector<int>(oldest.begin(), oldest.end()),
                ElementsAre(0, as_of - 15, as_of - 75, 0, as_of - 225));
    EXPECT_EQ(place.sheet("accounts").get<std::int64_t>("credit_limit_fen")[0], 3'500'000);
    EXPECT_EQ(place.sheet("payments").get<std::int64_t>("amount_fen")[1], 20'050);
  });
}

TEST(examples, uci_card_imports_through_its_mapping_alone) {
  const fs::path file = "../shared/data/uci-credit-card-clients.csv.gz";
  if (!fs::exists(file)) GTEST_SKIP() << file << " is absent: the real card file is not tested";
  on_each_store([&](const Place& place) {
    const auto report = place.import("examples/mappings/uci-card.toml", {file});
    ASSERT_TRUE(report) << report.error().message << " " << report.error().where;
    EXPECT_EQ(report->rejected, 0);
    const column::Sheet balances = place.sheet("balances");
    EXPECT_EQ(balances.rows(), 30'000u);
    std::map<int, int> by_months;
    const int as_of = kernel::Date::from_ymd(2005, 10, 1).days();
    for (const int oldest : balances.get<std::int32_t>("oldest_due_date")) {
      ++by_months[oldest == 0 ? 0 : (as_of - oldest + 15) / 30];
    }
    // Counted straight from column X6.
    const std::map<int, int> expected = {{0, 23'182}, {1, 3'688}, {2, 2'667}, {3, 322}, {4, 76},
                                         {5, 26},     {6, 11},    {7, 9},     {8, 19}};
    EXPECT_EQ(by_months, expected);
  });
}

}  // namespace
}  // namespace intake
