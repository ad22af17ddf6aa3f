#include "intake/held.h"

#include <algorithm>
#include <map>

#include "intake/types.h"

namespace intake {

using store::HeldSection;
using store::Telling;
using store::Transaction;
using store::Whose;

namespace {

HeldSection tell_identity(Transaction& tx, const Whose& whose, const Telling& telling) {
  HeldSection section{.name = "identity",
                      .title = "身份信息",
                      .note = {},
                      .columns = {{"customer_no", "客户号"},
                                  {"name", "姓名"},
                                  {"citizen_id", "证件号码"},
                                  {"address", "住址"},
                                  {"region", "地区"},
                                  {"birth_date", "出生日期", "date"},
                                  {"language", "语言"},
                                  {"jurisdiction", "适用法域", "jurisdiction"}},
                      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos) {
    const auto person = load_person(tx, customer_no);
    if (!person) continue;
    section.rows.push_back({customer_no, std::string(person->name.reveal(telling.fields)),
                            std::string(person->citizen_id.reveal(telling.fields)),
                            std::string(person->address.reveal(telling.fields)),
                            region_name(person->region_code),
                            person->birth_date ? person->birth_date->format() : "",
                            person->language, person->jurisdiction});
  }
  return section;
}

HeldSection tell_points(Transaction& tx, const Whose& whose, const Telling& telling) {
  HeldSection section{.name = "contact_points",
                      .title = "联系方式",
                      .note = "他人的姓名与号码属于他人的个人信息，以掩码列示。",
                      .columns = {{"customer_no", "客户号"},
                                  {"role", "身份", "contact_role"},
                                  {"relation", "关系"},
                                  {"channel", "种类", "point_channel"},
                                  {"value", "号码或地址"},
                                  {"name", "姓名"},
                                  {"valid", "有效", "yes_no"},
                                  {"source", "来源"},
                                  {"consent", "已同意", "yes_no"}},
                      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    for (const ContactPoint& point : load_contact_points(tx, customer_no)) {
      const bool own = point.role == "self";
      section.rows.push_back(
          {customer_no, point.role, point.relation, point.channel,
           own ? std::string(point.value.reveal(telling.numbers)) : point.value.masked(),
           own || point.name.empty() ? "" : point.name.masked(), point.valid ? "1" : "0",
           point.source, point.consent ? "1" : "0"});
    }
  return section;
}

HeldSection tell_guarantors(Transaction& tx, const Whose& whose) {
  HeldSection section{.name = "guarantors",
                      .title = "担保人",
                      .note = {},
                      .columns = {{"account_no", "账号"}, {"name", "姓名"}, {"phone", "电话"}},
                      .rows = {}};
  for (const std::string& account_no : whose.account_nos)
    for (const Guarantor& one : load_guarantors(tx, account_no))
      section.rows.push_back({account_no, one.name.masked(), one.phone.masked()});
  return section;
}

HeldSection tell_past_contacts(Transaction& tx, const Whose& whose) {
  HeldSection section{.name = "contacts_of_others",
                      .title = "委托方与其他机构报来的联系",
                      .note = {},
                      .columns = {{"contacted_at", "时间", "at"},
                                  {"customer_no", "客户号"},
                                  {"channel", "渠道", "channel"},
                                  {"outcome", "结果", "outcome"},
                                  {"by", "何方"}},
                      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    for (const PastContact& one :
         load_past_contacts(tx, customer_no, kernel::Instant::from_micros(0)))
      section.rows.push_back(
          {one.contacted_at.format(), customer_no, one.channel, one.outcome, one.by});
  return section;
}

// The person's own number in somebody else's file: that it is there, never whose file it is.
HeldSection tell_elsewhere(Transaction& tx, const Whose& whose) {
  std::map<std::string, std::int64_t> by_role;
  for (const std::string& customer_no : whose.customer_nos)
    tx.query(
        "SELECT o.customer_no, o.role FROM contact_point p JOIN contact_point o"
        " ON o.value_index = p.value_index WHERE p.customer_no = $1 AND p.role = 'self'",
        {customer_no}, [&](const store::Row& row) {
          const auto& own = whose.customer_nos;
          if (std::find(own.begin(), own.end(), row.text(0)) == own.end()) ++by_role[row.text(1)];
        });
  HeldSection section{.name = "in_files_of_others",
                      .title = "您的号码出现在他人的案件中",
                      .note = "仅列数量：是谁的案件，属于他人的个人信息。",
                      .columns = {{"role", "身份", "contact_role"}, {"count", "处"}},
                      .rows = {}};
  for (const auto& [role, count] : by_role) section.rows.push_back({role, std::to_string(count)});
  return section;
}

kernel::Result<std::vector<HeldSection>> tell(Transaction& tx, const Whose& whose,
                                              const Telling& telling) {
  return std::vector<HeldSection>{tell_identity(tx, whose, telling),
                                  tell_points(tx, whose, telling), tell_guarantors(tx, whose),
                                  tell_past_contacts(tx, whose), tell_elsewhere(tx, whose)};
}

kernel::Status erase(Transaction& tx, const Whose& whose, kernel::Instant) {
  for (const std::string& account_no : whose.account_nos) {
    tx.execute("DELETE FROM guarantor WHERE account_no = $1", {account_no});
    tx.execute("DELETE FROM payment_arrived WHERE account_no = $1", {account_no});
    tx.execute(
        "DELETE FROM customer_account WHERE account_no = $1 AND customer_no ="
        " (SELECT customer_no FROM intake_account WHERE account_no = $1)",
        {account_no});
    tx.execute("DELETE FROM intake_account WHERE account_no = $1", {account_no});
  }
  for (const std::string& customer_no : whose.customer_nos) {
    tx.execute("DELETE FROM past_contact WHERE customer_no = $1", {customer_no});
    tx.execute("DELETE FROM contact_point WHERE customer_no = $1", {customer_no});
    tx.execute("DELETE FROM customer WHERE customer_no = $1", {customer_no});
  }
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held() {
  return {.room = "intake", .tell = tell, .erase = erase, .clean = {}};
}

}  // namespace intake
