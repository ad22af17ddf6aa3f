// A day of the whole house on both stores: a small sample is imported, two nights are run, and what
// the pages are told is compared with what the book and the worklist say.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <sstream>

#include "allocation/types.h"
#include "app/rooms.h"
#include "http/router.h"
#include "intake/types.h"
#include "people/types.h"
#include "sample/types.h"
#include "tests/stores.h"

namespace app {
namespace {

namespace json = boost::json;
using kernel::Date;

const Date day = Date::from_ymd(2026, 11, 20);  // a Friday; tests::Clock stands at ten

class Day {
 public:
  Day(store::Store& store, const std::filesystem::path& folder)
      : store_(store), data_(folder / "data") {
    check(sample::make_sample(
        {.accounts = 400, .seed = 7, .as_of = day.plus_days(-1), .out_dir = folder / "sample"}));
    intake::ImportOptions import{.data_dir = data_, .mapping = folder / "sample/mapping.toml"};
    for (const auto& file : std::filesystem::directory_iterator(folder / "sample"))
      if (file.path().extension() == ".csv") import.files.push_back(file.path());
    import.imported_by = "test";
    import.now = tests::Clock::now();
    check(intake::import_files(store, import));
    check(people::make_demo_staff(store, tests::Clock::now(), people::cost_for_tests));
    for (const Date night : {day.plus_days(-1), day}) {
      flow::NightOptions options{.data_dir = data_, .decisions_dir = "decisions", .date = night};
      options.now = tests::Clock::now();
      options.ports = make_flow_ports(data_, "decisions");
      check(flow::run_night(store, options));
    }
    house_.emplace(store, data_, "decisions", people::Options{}, gate::Clock::given());
    router_.emplace(house_->routes());
  }

  kernel::Result<json::value> ask(const std::string& who, const std::string& method,
                                  const std::string& path,
                                  std::map<std::string, std::string> query = {},
                                  const std::string& body = "") {
    http::Request request{.method = method, .path = "/api/v1" + path, .remote = {}, .body = body};
    request.query = std::move(query);
    request.now = tests::Clock::now();
    const auto user =
        store_.read([&](store::Transaction& tx) { return *people::find_user(tx, who); });
    request.caller = http::Caller{.user_id = user->user_id.value(),
                                  .user_name = who,
                                  .shown_name = user->shown_name,
                                  .role = user->role,
                                  .team = user->team};
    const auto found = router_->find(method, request.path);
    CHECK_MSG(found.route != nullptr, path.c_str());
    request.path_values = found.path_values;
    auto response = found.route->handler(request);
    if (!response) return response.error();
    return json::parse(response->body);
  }
  std::int64_t total(const std::string& who, std::map<std::string, std::string> query) {
    const auto list = ask(who, "GET", "/cases", std::move(query));
    CHECK_MSG(static_cast<bool>(list), list ? "" : list.error().message.c_str());
    return list->at("total").as_int64();
  }
  std::shared_ptr<const book::BookView> book() const { return *book::Shelf(data_).latest_book(); }
  const std::filesystem::path& data() const { return data_; }
  store::Store& store() { return store_; }

 private:
  template <class T>
  static void check(const kernel::Result<T>& result) {
    CHECK_MSG(static_cast<bool>(result), result ? "" : result.error().message.c_str());
  }

  store::Store& store_;
  std::filesystem::path data_;
  std::optional<House> house_;
  std::optional<http::Router> router_;
};

void each_day(const std::function<void(Day&)>& body) {
  tests::for_each_store(all_migrations(), [&](store::Store& store, const auto& folder) {
    Day a_day(store, folder);
    body(a_day);
  });
}

std::map<std::string, std::set<std::string>> customers_by_collector(const std::string& worklist) {
  std::map<std::string, std::set<std::string>> all;
  std::istringstream lines(worklist);
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    std::istringstream cells(line);
    std::string rank, collector, team, customer_no;
    std::getline(cells, rank, ',');
    std::getline(cells, collector, ',');
    std::getline(cells, team, ',');
    std::getline(cells, customer_no, ',');
    all[collector].insert(customer_no);
  }
  return all;
}

TEST(Day, a_collector_sees_what_the_worklist_gives_and_nothing_else) {
  each_day([](Day& a_day) {
    const auto worklist = flow::worklist_csv(a_day.data(), day);
    ASSERT_TRUE(worklist);
    auto by_collector = customers_by_collector(*worklist);
    by_collector.erase("");
    ASSERT_GE(by_collector.size(), 3U);
    std::string foreign;
    for (const auto& [collector, customers] : by_collector) {
      std::set<std::string> shown;
      const auto my_day = a_day.ask(collector, "GET", "/my-day", {{"size", "200"}});
      ASSERT_TRUE(my_day) << my_day.error().message;
      for (const auto& item : my_day->at("items").as_array())
        shown.insert(std::string(item.at("customer_no").as_string()));
      for (const std::string& customer_no : customers) EXPECT_TRUE(shown.count(customer_no));
      for (const std::string& customer_no : shown) {
        EXPECT_TRUE(a_day.ask(collector, "GET", "/cases/" + customer_no)) << customer_no;
      }
      EXPECT_EQ(a_day.total(collector, {}), static_cast<std::int64_t>(shown.size()));
      if (!foreign.empty()) {
        const auto refused = a_day.ask(collector, "GET", "/cases/" + foreign);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, kernel::Code::not_found);
        EXPECT_EQ(a_day.total(collector, {{"q", foreign}}), 0);
      }
      foreign = *customers.begin();
    }
  });
}

TEST(Day, the_dashboard_adds_up_to_the_book_and_leads_to_its_cases) {
  each_day([](Day& a_day) {
    const auto board = a_day.ask("manager", "GET", "/dashboard");
    ASSERT_TRUE(board) << board.error().message;
    const auto book = a_day.book();
    std::int64_t balance = 0;
    for (const std::int64_t fen : book->accounts().get<std::int64_t>("balance_fen")) balance += fen;
    EXPECT_EQ(board->at("totals").at("balance_fen").as_int64(), balance);
    EXPECT_EQ(board->at("dates").as_array().size(), 2U);
    EXPECT_EQ(board->at("history").as_array().size(), 2U);
    std::int64_t accounts = 0;
    for (const auto& bucket : board->at("buckets").as_array()) {
      accounts += bucket.at("accounts").as_int64();
      const std::string word(bucket.at("bucket").as_string());
      std::set<std::size_t> customers;
      for (std::size_t row = 0; row < book->accounts().rows(); ++row)
        if (book->accounts().codes("bucket").at(row) == word)
          customers.insert(book->customer_of(row));
      EXPECT_EQ(a_day.total("manager", {{"bucket", word}}),
                static_cast<std::int64_t>(customers.size()))
          << word;
    }
    EXPECT_EQ(accounts, static_cast<std::int64_t>(book->accounts().rows()));
    EXPECT_EQ(a_day.total("manager", {{"from_bucket", "no such bucket"}}), 0);
    EXPECT_FALSE(a_day.ask("manager", "GET", "/cases", {{"page", "0"}}));
    EXPECT_FALSE(a_day.ask("manager", "GET", "/cases", {{"size", "201"}}));
  });
}

TEST(Day, a_case_given_by_hand_is_the_other_collectors_at_once) {
  each_day([](Day& a_day) {
    const auto before = a_day.ask("early1", "GET", "/my-day", {{"size", "1"}});
    ASSERT_TRUE(before);
    ASSERT_GE(before->at("total").as_int64(), 1);
    const std::string moved(before->at("items").at(0).at("case_id").as_string());
    const auto body = [&](const std::string& to) {
      return json::serialize(
          json::object{{"case_ids", {moved}}, {"to_user_name", to}, {"reason", "语言"}});
    };
    EXPECT_FALSE(a_day.ask("lead1", "POST", "/allotments", {}, body("nobody")));
    const auto answer = a_day.ask("lead1", "POST", "/allotments", {}, body("early2"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->at("moved").as_int64(), 1);
    EXPECT_FALSE(a_day.ask("early1", "GET", "/cases/" + moved));
    const auto now = a_day.ask("early2", "GET", "/cases/" + moved);
    ASSERT_TRUE(now) << now.error().message;
    EXPECT_EQ(now->at("collector").as_string(), "early2");
    const auto team = a_day.ask("manager", "GET", "/team-day");
    ASSERT_TRUE(team);
    std::int64_t cases = 0;
    for (const auto& load : team->at("collectors").as_array()) cases += load.at("cases").as_int64();
    const auto allotted = a_day.store().read([](store::Transaction& tx) {
      return static_cast<std::int64_t>(allocation::load_allotments(tx).size());
    });
    EXPECT_EQ(cases, *allotted);
  });
}

TEST(Day, every_decision_of_a_case_leads_to_a_row_of_a_table_page) {
  each_day([](Day& a_day) {
    const auto list = a_day.ask("analyst", "GET", "/cases", {{"overdue", "true"}, {"size", "5"}});
    ASSERT_TRUE(list) << list.error().message;
    ASSERT_EQ(list->at("items").as_array().size(), 5U);
    for (const auto& item : list->at("items").as_array()) {
      const std::string case_id(item.at("case_id").as_string());
      const auto decisions = a_day.ask("analyst", "GET", "/cases/" + case_id + "/decisions");
      ASSERT_TRUE(decisions) << decisions.error().message;
      ASSERT_GE(decisions->at("items").as_array().size(), 5U);
      for (const auto& fired : decisions->at("items").as_array()) {
        EXPECT_FALSE(fired.at("agrees").is_bool() && !fired.at("agrees").as_bool())
            << json::serialize(fired);
        const std::int64_t row = fired.at("row").as_int64();
        if (row == 0) continue;
        const auto page =
            a_day.ask("analyst", "GET", "/tables/" + std::string(fired.at("file").as_string()),
                      {{"version", std::string(fired.at("version").as_string())}});
        ASSERT_TRUE(page) << page.error().message;
        bool found = false;
        for (const auto& table : page->at("decisions").as_array()) {
          if (table.at("name").as_string() != fired.at("decision").as_string()) continue;
          const auto& rows = table.at("rows").as_array();
          ASSERT_LE(row, static_cast<std::int64_t>(rows.size()));
          found = rows[static_cast<std::size_t>(row - 1)].at("rule_id") == fired.at("rule_id");
        }
        EXPECT_TRUE(found) << json::serialize(fired);
      }
    }
  });
}

}  // namespace
}  // namespace app
