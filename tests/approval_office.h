#pragma once
// A staff, a table with levels by amount, and an effect that leaves a row, for the tests of this
// room. Only tests include this.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "approval/rows.h"
#include "tests/approvals.h"

namespace approval {

// The shipped table, where a hold on contact has one to three levels by amount and leads ask too:
// the first level is a lead's, the second compliance's, the third either's.
inline Model table_with(const std::vector<std::pair<std::string, std::string>>& more = {}) {
  std::ifstream in("decisions/approval.dmn");
  std::string xml{std::istreambuf_iterator<char>(in), {}};
  const auto put = [&](const std::string& from, const std::string& to) {
    const auto at = xml.find(from);
    CHECK_MSG(at != xml.npos, from.c_str());
    xml.replace(at, from.size(), to);
  };
  put(R"(<inputEntry id="ask_lift_contact_i2"><text>"collector")",
      R"(<inputEntry id="ask_lift_contact_i2"><text>"collector", "lead")");
  put(R"(<inputData id="input_detail")",
      R"(<inputData id="input_amount_fen" name="amount_fen"><variable id="var_amount_fen")"
      R"( name="amount_fen" typeRef="number"/></inputData><inputData id="input_detail")");
  put(R"(<informationRequirement id="approval_terms_needs_detail">)",
      R"(<informationRequirement id="approval_terms_needs_amount"><requiredInput)"
      R"( href="#input_amount_fen"/></informationRequirement>)"
      R"(<informationRequirement id="approval_terms_needs_detail">)");
  put(R"(<outputEntry id="approval_terms_contact_hold_o1"><text>1)",
      R"(<outputEntry id="approval_terms_contact_hold_o1"><text>if amount_fen &gt; 1000000 then 3)"
      R"( else if amount_fen &gt; 100000 then 2 else 1)");
  put(R"(<inputEntry id="approve_contact_hold_i4"><text>"lead", "admin")",
      R"(<inputEntry id="approve_contact_hold_i5"><text>"lead", "compliance")");
  put(R"(<outputEntry id="approve_contact_hold_o1"><text>"may")",
      R"(<outputEntry id="approve_contact_hold_o1"><text>if level = 3 or (level = 1) =)"
      R"( (user_role = "lead") then "may" else "never")");
  for (const auto& [from, to] : more) put(from, to);
  auto model = decision::Model::parse(xml, "approval.dmn");
  CHECK_MSG(static_cast<bool>(model), model ? "" : model.error().message.c_str());
  return std::make_shared<const decision::Model>(std::move(*model));
}

inline std::vector<store::Migration> test_schema() {
  std::vector<store::Migration> all = schema();
  all.push_back({"approval_test", "001_done.sql",
                 "CREATE TABLE done (subject TEXT NOT NULL, by_name TEXT NOT NULL) {strict};"});
  return all;
}

class Office {
 public:
  explicit Office(store::Store& store) : store_(store) {
    const auto pay = [this](store::Transaction& tx, const Approval& approved, std::string_view by,
                            kernel::Instant) -> kernel::Status {
      tx.execute("INSERT INTO done (subject, by_name) VALUES ($1, $2)", {approved.subject, by});
      if (in_effect) in_effect();
      if (effect_fails) return kernel::Error{kernel::Code::unavailable, "no money", "pay"};
      return kernel::Ok{};
    };
    setup_ = tests::approval_setup({{"contact_hold_lift", pay}, {"half_known", pay}}, table_with());
    setup_.staff = [this](store::Transaction&) {
      std::vector<Person> staff = tests::approval_staff();
      std::erase_if(staff, [&](const Person& person) { return person.user_name == gone; });
      return staff;
    };
  }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  kernel::Instant now = tests::Clock::now();
  bool effect_fails = false;
  std::function<void()> in_effect;  // between what is done and its commit
  std::string gone;                 // a user who left

  store::Store& store() { return store_; }
  Ask wanted(const std::string& by, std::int64_t amount_fen = 1,
             const std::string& subject = "pay:1") const {
    return {.kind = "contact_hold_lift",
            .subject = subject,
            .detail = "dispute",
            .customer_no = "C1",
            .amount_fen = kernel::Money::from_fen(amount_fen),
            .size = 0,
            .reason = kernel::Note::take("欧阳娜娜已还清"),
            .payload = R"({"what":1})",
            .by = by};
  }
  kernel::Result<Approval> ask(const Ask& asked) {
    return store_.transact(
        [&](store::Transaction& tx) { return approval::ask(tx, setup_, asked, now); });
  }
  Approval must_ask(const std::string& by, std::int64_t amount_fen = 1,
                    const std::string& subject = "pay:1") {
    auto asked = ask(wanted(by, amount_fen, subject));
    CHECK_MSG(static_cast<bool>(asked), asked ? "" : asked.error().message.c_str());
    return std::move(*asked);
  }
  kernel::Result<Approval> approve(ApprovalId id, const std::string& by) {
    return store_.transact([&](store::Transaction& tx) {
      return approval::approve(tx, setup_, {.approval_id = id, .by = by}, now);
    });
  }
  kernel::Result<Approval> refuse(ApprovalId id, const std::string& by,
                                  const std::string& note = "not now") {
    return store_.transact([&](store::Transaction& tx) {
      return approval::refuse(tx, setup_,
                              {.approval_id = id, .note = kernel::Note::take(note), .by = by}, now);
    });
  }
  kernel::Result<Approval> withdraw(ApprovalId id, const std::string& by) {
    return store_.transact(
        [&](store::Transaction& tx) { return approval::withdraw(tx, id, by, now); });
  }
  int sweep() {
    return *store_.transact([&](store::Transaction& tx) { return approval::sweep(tx, now); });
  }
  Approval find(ApprovalId id) {
    return **store_.read([&](store::Transaction& tx) { return find_approval(tx, id); });
  }
  kernel::Result<Deputy> name(const std::string& user_name, const std::string& deputy,
                              kernel::Date from, kernel::Date until) {
    return store_.transact([&](store::Transaction& tx) {
      return name_deputy(tx, setup_,
                         {.user_name = user_name,
                          .deputy = deputy,
                          .from_date = from,
                          .until_date = until,
                          .named_at = {},
                          .ended_at = {}},
                         now);
    });
  }
  Deputy must_name(const std::string& user_name, const std::string& deputy) {
    return must_name(user_name, deputy, now.china_date(), now.china_date().plus_days(7));
  }
  Deputy must_name(const std::string& user_name, const std::string& deputy, kernel::Date from,
                   kernel::Date until) {
    auto named = name(user_name, deputy, from, until);
    CHECK_MSG(static_cast<bool>(named), named ? "" : named.error().message.c_str());
    return std::move(*named);
  }
  kernel::Status end(DeputyId id, const std::string& by) {
    return store_.transact([&](store::Transaction& tx) { return end_deputy(tx, id, by, now); });
  }
  void run(const std::string& sql) {
    CHECK(static_cast<bool>(store_.transact([&](store::Transaction& tx) { tx.execute(sql); })));
  }
  std::string texts(const std::string& sql) {
    std::string all;
    const auto read = store_.read([&](store::Transaction& tx) {
      tx.query(sql, {}, [&](const store::Row& row) { all += row.text(0) + "\n"; });
    });
    CHECK(static_cast<bool>(read));
    return all;
  }
  std::string done() {
    return texts("SELECT subject || ' by ' || by_name FROM done ORDER BY subject, by_name");
  }
  std::string kinds() { return texts("SELECT kind FROM fact ORDER BY fact_id"); }

 private:
  store::Store& store_;
  Setup setup_;
};

inline void in_each_office(const std::function<void(Office&)>& body) {
  tests::for_each_store(test_schema(), [&](store::Store& store, const std::filesystem::path&) {
    Office office(store);
    body(office);
  });
}

}  // namespace approval
