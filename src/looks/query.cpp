#include "looks/query.h"

#include <fmt/format.h>

#include "intake/types.h"
#include "looks/csv.h"
#include "store/list.h"

namespace looks {

using http::Request;
using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::Transaction;

namespace {

constexpr std::int64_t days_usual = 30, days_max = 400;
constexpr std::int64_t rows_usual = 50, rows_max = 200, export_rows_max = 50'000;

// A person may have several customer numbers: a look at one is a look at the person.
std::vector<std::string> numbers_of_person(Transaction& tx, const std::string& case_id) {
  const auto person = intake::load_person(tx, case_id);
  if (!person) return {case_id};
  return intake::load_customers_of(tx, person->person_key);
}

// The statement of a question, with its parameters. Numbers that agencies and machines were shown
// are facts of the gate's, and no row here.
class Question {
 public:
  Question(Transaction& tx, const LooksIn& in, const Period& period)
      : people_(tx), subjects_(tx), asked_(in) {
    params_ = {Instant::china(period.from, 0), Instant::china(period.to.plus_days(1), 0)};
    std::string where = " WHERE looked_at >= $1 AND looked_at < $2";
    if (asked_.user_name) where += " AND user_name = " + add(*asked_.user_name);
    if (asked_.kind) where += " AND kind = " + add(*asked_.kind);
    if (asked_.case_id) {
      for (const std::string& number : numbers_of_person(tx, *asked_.case_id)) {
        people_.add(number);
        subjects_.add("customer:" + number);
      }
      params_.push_back(people_.param());
      where += " AND customer_no" + people_.in(static_cast<int>(params_.size()));
    }
    sql_ =
        "SELECT look_id, looked_at, user_name, role, team, kind, purpose, customer_no, cases,"
        " detail, address_masked, address_key FROM look" +
        where;
    if (asked_.case_id && !asked_.user_name && !asked_.kind) add_numbers_shown();
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  std::int64_t count(Transaction& tx) const {
    return tx.query_i64("SELECT COUNT(*) FROM (" + sql_ + ") AS asked", params_).value_or(0);
  }
  void each(Transaction& tx, std::int64_t skip, std::int64_t take,
            const store::RowCallback& row) const {
    store::Params params = params_;
    params.emplace_back(take);
    params.emplace_back(skip);
    tx.query(sql_ + fmt::format(" ORDER BY 2 DESC, 1 DESC LIMIT ${} OFFSET ${}", params.size() - 1,
                                params.size()),
             params, row);
  }

 private:
  std::string add(const std::string& text) {
    params_.emplace_back(text);
    return "$" + std::to_string(params_.size());
  }
  void add_numbers_shown() {
    params_.push_back(subjects_.param());
    sql_ +=
        " UNION ALL SELECT fact_id, made_at, made_by, '', '', 'show_number', '',"
        " substr(subject, 10), 1, '', '', '' FROM single_fact WHERE subject" +
        subjects_.in(static_cast<int>(params_.size())) +
        " AND made_at >= $1 AND made_at < $2 AND kind = 'secret_disclosed'"
        " AND body = '{\"purpose\":\"dial\"}' AND made_by NOT LIKE 'user:%'";
  }

  store::TextList people_, subjects_;
  const LooksIn& asked_;
  store::Params params_;
  std::string sql_;
};

LookRow read_row(const store::Row& row) {
  return {.look_id = std::to_string(row.i64(0)),
          .looked_at = row.instant(1),
          .user_name = row.text(2),
          .role = row.text(3),
          .team = row.text(4),
          .kind = row.text(5),
          .purpose = row.text(6),
          .case_id = row.text(7),
          .cases = row.i64(8),
          .detail = row.text(9),
          .address_masked = row.text(10),
          .address_ref = row.text(11).substr(0, 8)};
}

Result<LookList> ask(Transaction& tx, const LooksIn& in, const Request& request, std::int64_t skip,
                     std::int64_t take) {
  TRY_ASSIGN(const Period period, period_of(in.from, in.to, request.now.china_date()));
  const Question question(tx, in, period);
  LookList list{.from = period.from, .to = period.to, .total = question.count(tx), .items = {}};
  const bool hide = request.caller->role == http::Role::auditor && !in.case_id;
  question.each(tx, skip, take, [&](const store::Row& row) {
    list.items.push_back(read_row(row));
    if (hide) list.items.back().case_id.clear();
  });
  return list;
}

std::string csv_line(const LookRow& row) {
  std::string line;
  for (const std::string& text :
       {row.looked_at.format(), row.user_name, row.role, row.team, row.kind, row.purpose,
        row.case_id, std::to_string(row.cases), row.detail, row.address_masked, row.address_ref})
    line += (line.empty() ? "" : ",") + csv_cell(text);
  return line + "\r\n";
}

}  // namespace

Result<Period> period_of(const std::optional<kernel::Date>& from,
                         const std::optional<kernel::Date>& to, kernel::Date today) {
  const kernel::Date end = to.value_or(today);
  const Period period{from.value_or(end.plus_days(1 - static_cast<int>(days_usual))), end};
  if (period.from > period.to)
    return Error{Code::invalid_input, "the period ends before it begins", "to"};
  if (period.to - period.from >= days_max)
    return Error{Code::invalid_input, "at most 400 days at once", "from"};
  return period;
}

Result<LookList> list_looks(const Deps& deps, const LooksIn& in, const Request& request) {
  const std::int64_t page = in.page.value_or(1), size = in.size.value_or(rows_usual);
  if (page < 1 || page > 1'000'000) return Error{Code::invalid_input, "pages count from 1", "page"};
  if (size < 1 || size > rows_max)
    return Error{Code::invalid_input, "a page has 1 to 200 rows", "size"};
  return deps.store.read(
      [&](Transaction& tx) { return ask(tx, in, request, (page - 1) * size, size); });
}

Result<http::Response> export_looks(const Deps& deps, const LooksIn& in, const Request& request) {
  const std::string& user = request.caller->user_name;
  TRY_ASSIGN(const LookList list, deps.store.transact([&](Transaction& tx) -> Result<LookList> {
    TRY_ASSIGN(LookList found, ask(tx, in, request, 0, export_rows_max));
    if (found.total > export_rows_max)
      return Error{Code::invalid_input, "more than 50,000 rows; ask for a shorter period", "from"};
    // Anything may be asked for; only a customer number that is one stands in a fact.
    const bool about_one = in.case_id && intake::load_person(tx, *in.case_id);
    tx.append({.kind = "looks_exported",
               .subject = about_one ? "customer:" + *in.case_id : "looks:all",
               .made_by = "user:" + user,
               .made_at = request.now,
               .body = fmt::format(R"({{"from":"{}","to":"{}","rows":{}}})", found.from.format(),
                                   found.to.format(), found.total)});
    return found;
  }));
  http::Response response{.content_type = "text/csv; charset=utf-8"};
  // The mark of order tells a spreadsheet that it is UTF-8; then whose copy this is.
  response.body =
      "\xEF\xBB\xBF" +
      csv_cell(fmt::format("衡收 查看记录 · {} · {} · {} 至 {}", user, request.now.format(),
                           list.from.format(), list.to.format())) +
      "\r\nlooked_at,user_name,role,team,kind,purpose,case_id,cases,detail,"
      "address_masked,address_ref\r\n";
  for (const LookRow& row : list.items) response.body += csv_line(row);
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"looks-{}-{}.csv\"", user,
                                            request.now.china_date().format()));
  return response;
}

}  // namespace looks
