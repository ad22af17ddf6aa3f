#pragma once
// A small office a test works in: two customers with a book, contact points, collectors and a gate.
// Only tests include this.

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "allocation/types.h"
#include "casework/types.h"
#include "gate/desk.h"
#include "http/router.h"
#include "intake/types.h"
#include "outreach/types.h"
#include "tables/types.h"
#include "tests/approvals.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace tests {

inline std::vector<store::Migration> office_schema() {
  std::vector<store::Migration> all;
  for (const auto* room :
       {&intake::schema(), &book::schema(), &approval::schema(), &tables::schema(),
        &allocation::schema(), &gate::schema(), &outreach::schema(), &casework::schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

class Office {
 public:
  static kernel::Date today() { return kernel::Date::from_ymd(2026, 11, 20); }  // a Friday
  static kernel::Instant at(int hour, int minute = 0, int days = 0) {
    return kernel::Instant::china(today().plus_days(days), hour * 60 + minute);
  }

  Office(store::Store& store, const std::filesystem::path& folder)
      : store_(store),
        data_(folder / "data"),
        shelf_(data_),
        gate_(gate::Packs::load("decisions"), gate::intake_directory(), good_asker),
        desk_(store, gate_) {
    import_files();
    save_book();
    allot("C1", "li.na");
    allot("C2", "wang.wei");
    const casework::Deps deps{
        .store = store_,
        .shelf = shelf_,
        .gate = gate_,
        .decisions = "decisions",
        .ask = [this](gate::Request wanted,
                      kernel::Instant now) { return desk_.ask(std::move(wanted), now); },
        .shown_names = {},
        .models_of = {},
        .approvals = &approvals_};
    auto routes = casework::routes(deps);
    for (auto& route : casework::bulk_routes(deps)) routes.push_back(std::move(route));
    router_.emplace(std::move(routes));
  }

  store::Store& store() { return store_; }
  const gate::Gate& gate() const { return gate_; }
  gate::Desk& desk() { return desk_; }
  const book::Shelf& shelf() const { return shelf_; }
  casework::CutSources sources() const { return {data_, "decisions"}; }
  const book::BookView& book() { return *(book_ = *shelf_.latest_book()); }

  void allot(const std::string& customer_no, const std::string& collector,
             const std::string& team = "early") {
    allocation::Change change;
    change.before = store_
                        .read([&](store::Transaction& tx) {
                          return allocation::load_allotment(tx, customer_no);
                        })
                        .value();
    change.after = allocation::Allotment{.customer_no = customer_no,
                                         .collector = collector,
                                         .team = team,
                                         .since = today(),
                                         .set_at = at(6)};
    const auto done = store_.transact([&](store::Transaction& tx) {
      return allocation::save_changes(tx, {change}, 0, 1, at(6));
    });
    CHECK(static_cast<bool>(done));
  }

  // One request; the answer's body, or the error.
  kernel::Result<std::string> ask(const std::string& who, const std::string& method,
                                  const std::string& path, const std::string& body = "",
                                  std::optional<kernel::Instant> now = {}) {
    http::Request request{.method = method, .path = path, .remote = {}, .body = body};
    const std::size_t mark = path.find('?');
    if (mark != path.npos) {
      request.path = path.substr(0, mark);
      const std::string pair = path.substr(mark + 1);
      request.query[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    request.caller = http::Caller{.user_id = 1, .user_name = who, .shown_name = who};
    request.caller->role = who == "lead"                 ? http::Role::lead
                           : who == "analyst"            ? http::Role::analyst
                           : who.starts_with("agency:")  ? http::Role::agency
                           : who.starts_with("machine:") ? http::Role::machine
                                                         : http::Role::collector;
    if (request.caller->role == http::Role::agency) request.caller->team = "agency_desk";
    request.now = now.value_or(at(10));
    const auto found = router_->find(method, "/api/v1" + request.path);
    CHECK_MSG(found.route != nullptr, path.c_str());
    request.path_values = found.path_values;
    const auto& roles = found.route->access.roles;
    if (!roles.empty() &&
        std::find(roles.begin(), roles.end(), request.caller->role) == roles.end())
      return kernel::Error{kernel::Code::forbidden, "not for this role", ""};
    auto response = found.route->handler(request);
    if (!response) return response.error();
    return response->body;
  }

  std::int64_t count(const std::string& sql) {
    auto found = store_.read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(0); });
    CHECK(static_cast<bool>(found));
    return *found;
  }
  int attempts(const std::string& customer_no) {
    auto found = store_.read([&](store::Transaction& tx) {
      return static_cast<int>(outreach::attempts_of(tx, customer_no, 100).size());
    });
    CHECK(static_cast<bool>(found));
    return *found;
  }
  std::string texts(const std::string& sql) {
    std::string all;
    const auto done = store_.read([&](store::Transaction& tx) {
      tx.query(sql, {}, [&](const store::Row& row) { all += row.text(0) + "\n"; });
      return 0;
    });
    CHECK(static_cast<bool>(done));
    return all;
  }
  void pay(const std::string& payment_no, const std::string& account_no, kernel::Date paid_on,
           int yuan) {
    write("payments-" + payment_no + ".csv",
          "payment_no,account_no,paid_on,amount_fen,channel\n" + payment_no + "," + account_no +
              "," + paid_on.format() + "," + std::to_string(yuan * 100) + ",counter\n");
    import_these({"payments-" + payment_no + ".csv"});
  }

 private:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(data_ / "in");
    std::ofstream(data_ / "in" / name, std::ios::binary) << text;
  }
  void import_these(const std::vector<std::string>& names) {
    std::string mapping = "[source]\nencoding = \"utf-8\"\nas_of = \"2026-11-20\"\n";
    for (const char* kind : {"customers", "accounts", "contacts", "payments"})
      mapping += std::string("\n[[file]]\nmatch = \"") + kind +
                 "*.csv\"\n[[file.record]]\nkind = \"" + kind + "\"\ncontent = \"delta\"\n";
    write("mapping.toml", mapping);
    intake::ImportOptions options{.data_dir = data_,
                                  .mapping = data_ / "in" / "mapping.toml",
                                  .files = {},
                                  .imported_by = "test",
                                  .now = at(7)};
    for (const std::string& name : names) options.files.push_back(data_ / "in" / name);
    const auto report = intake::import_files(store_, options);
    CHECK_MSG(static_cast<bool>(report), report ? "" : report.error().message.c_str());
    CHECK_MSG(report->rejected == 0, report->text().c_str());
  }
  void import_files() {
    write("customers.csv",
          "customer_no,name,citizen_id,region_code,address,birth_date,language\n"
          "C1,欧阳娜娜,11010519900307002X,440106,广东省广州市天河区虚构路99号,,\n"
          "C1b,欧阳娜娜,11010519900307002X,440106,广东省广州市天河区虚构路99号,,\n"
          "C2,赵一,110105199003070038,110105,北京市虚构街1号,,\n");
    write("accounts.csv",
          "account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,billing_day,"
          "status\n"
          "A1,C1,card,2020-01-01,5000000,500,5,open\nA2,C1,online_loan,2021-01-01,0,400,5,open\n"
          "A3,C1b,card,2020-01-01,5000000,500,5,open\nB1,C2,card,2020-01-01,5000000,500,5,open\n");
    write("contacts.csv",
          "customer_no,contact_no,role,relation,channel,value,name,valid,source,consent\n"
          "C1,1,self,,mobile,13812341234,欧阳娜娜,1,application,1\n"
          "C1,2,contact_person,同事,mobile,13900001111,钱二,1,application,1\n"
          "C2,1,self,,mobile,13712341234,赵一,1,application,1\n");
    import_these({"customers.csv", "accounts.csv", "contacts.csv"});
  }
  void save_book() {
    column::Sheet accounts(4), customers(3), none(0);
    accounts.add_texts("account_no", {"A1", "A2", "A3", "B1"});
    const std::vector<std::int32_t> owners = {0, 0, 1, 2}, order = {0, 1, 2, 3};
    std::copy(owners.begin(), owners.end(), accounts.add<std::int32_t>("customer_row").begin());
    std::copy(order.begin(), order.end(), accounts.add<std::int32_t>("account_order").begin());
    accounts.add<std::int64_t>("overdue_fen")[0] = 120'000;
    const auto team = accounts.add_codes("team", {"early", "late"});  // as the night meant it
    std::fill(team.begin(), team.end(), std::int16_t{1});
    customers.add_texts("customer_no", {"C1", "C1b", "C2"});
    const std::vector<std::int32_t> first = {0, 2, 3}, many = {2, 1, 1};
    std::copy(first.begin(), first.end(), customers.add<std::int32_t>("lead_account").begin());
    std::copy(first.begin(), first.end(), customers.add<std::int32_t>("first_account").begin());
    std::copy(many.begin(), many.end(), customers.add<std::int32_t>("account_count").begin());
    none.add<std::int32_t>("account_row");
    none.add<std::int32_t>("paid_on");
    none.add<std::int64_t>("amount_fen");
    const auto edition = book::book_folder(data_, today()) / "e1";
    std::filesystem::create_directories(edition / "01-all");
    for (const auto& [name, sheet] :
         {std::pair<const char*, const column::Sheet*>{"accounts", &accounts},
          {"customers", &customers},
          {"dues", &none},
          {"payments", &none}})
      CHECK(static_cast<bool>(sheet->save(edition / "01-all" / name)));
    std::ofstream(edition.parent_path() / "current") << "e1\n";
  }
  store::Store& store_;
  std::filesystem::path data_;
  book::Shelf shelf_;
  gate::Gate gate_;
  gate::Desk desk_;
  approval::Setup approvals_ =
      approval_setup({casework::hold_lift_effect(gate::intake_directory())});
  std::shared_ptr<const book::BookView> book_;
  std::optional<http::Router> router_;
};

inline void in_each_office(const std::function<void(Office&)>& body) {
  for_each_store(office_schema(), [&](store::Store& store, const std::filesystem::path& f) {
    Office office(store, f);
    body(office);
  });
}

}  // namespace tests
