#include <gtest/gtest.h>

#include "tests/stories/world.h"

namespace stories {
namespace {

// A value of a table's row by column name, or what is usual where the story does not say.
std::string value(const Table& table, std::size_t row, const std::string& column,
                  const std::string& usual = "") {
  for (std::size_t i = 0; i < table[0].size(); ++i)
    if (table[0][i] == column) return table[row][i];
  return usual;
}

std::string fen(const std::string& yuan) { return std::to_string(parse_yuan_fen(yuan)); }

// One short table a person can read becomes the client's four files.
void give_portfolio(World& world, const Arguments& arguments, const Step& step) {
  const Table& t = step.table;
  Table customers{{"customer_no", "name", "citizen_id", "region_code", "address"}};
  Table accounts{{"account_no", "customer_no", "product", "opened_on", "credit_limit_fen",
                  "daily_rate_ppm", "billing_day", "status"}};
  Table balances{{"account_no", "as_of", "principal_fen", "interest_fen", "late_fee_fen",
                  "instalment_fee_fen", "cost_fen", "overdue_fen", "min_due_fen",
                  "oldest_due_date", "next_due_date"}};
  Table contacts{{"customer_no", "contact_no", "role", "relation", "channel", "value", "name",
                  "valid", "source", "consent"}};
  for (std::size_t i = 1; i < t.size(); ++i) {
    const std::string customer = value(t, i, "customer_no"), account = value(t, i, "account_no");
    const std::string overdue = value(t, i, "overdue_yuan", "0.00");
    customers.push_back({customer, "测试" + customer, value(t, i, "citizen_id"),
                         value(t, i, "region_code", "110101"), "北京市东城区一号"});
    accounts.push_back({account, customer, value(t, i, "product", "card"), "2020-01-01",
                        "5000000", value(t, i, "daily_rate_ppm", "500"), "5", "open"});
    balances.push_back({account, arguments[0], fen(value(t, i, "principal_yuan", overdue)),
                        fen(value(t, i, "interest_yuan", "0.00")),
                        fen(value(t, i, "late_fee_yuan", "0.00")), "0", "0", fen(overdue),
                        fen(value(t, i, "min_due_yuan", overdue)),
                        value(t, i, "oldest_due_date"), value(t, i, "next_due_date")});
    contacts.push_back({customer, "1", "self", "本人", "mobile", value(t, i, "mobile"), "", "1",
                        "contract", "1"});
  }
  world.portfolio = {{"customers", customers},
                     {"accounts", accounts},
                     {"balances", balances},
                     {"contacts", contacts}};
  world.portfolio_as_of = parse_date(arguments[0]);
  world.import_tables(world.portfolio, world.portfolio_as_of);
  ASSERT_EQ(world.imported.rejected, 0) << world.imported.text();
}

void give_payments(World& world, const Arguments&, const Step& step) {
  Table payments{{"payment_no", "account_no", "paid_on", "amount_fen", "channel"}};
  for (std::size_t i = 1; i < step.table.size(); ++i) {
    payments.push_back({value(step.table, i, "payment_no"), value(step.table, i, "account_no"),
                        value(step.table, i, "paid_on"),
                        fen(value(step.table, i, "amount_yuan")), "bank"});
  }
  world.import_tables({{"payments", payments}}, world.portfolio_as_of);
  ASSERT_EQ(world.imported.rejected, 0) << world.imported.text();
}

void expect_refused_line(World& world, const Arguments& arguments, const Step&) {
  std::string seen;
  for (const intake::FileReport& file : world.imported.files) {
    for (const intake::Rejected& line : file.first_rejected) {
      if (line.line == std::stoll(arguments[0])) seen += line.field + " " + line.reason + "; ";
      if (line.line == std::stoll(arguments[0]) && line.field == arguments[1]) return;
    }
  }
  FAIL() << "line " << arguments[0] << ": " << (seen.empty() ? "not refused" : seen);
}

}  // namespace

void add_import_steps(Book<World>& book) {
  book.add("the portfolio as of {date}", give_portfolio);
  book.add("payments", give_payments);
  book.add("{customer} has a contact person at {number}",
           [](World& world, const Arguments& a, const Step&) {
             world.import_tables(
                 {{"contacts",
                   {{"customer_no", "contact_no", "role", "relation", "channel", "value", "name",
                     "valid", "source", "consent"},
                    {a[0], "9", "contact_person", "朋友", "mobile", a[1], "", "1", "contract",
                     "1"}}}},
                 world.portfolio_as_of);
             ASSERT_EQ(world.imported.rejected, 0) << world.imported.text();
           });
  book.add("the file {name} is imported as of {date}",
           [](World& world, const Arguments& a, const Step& step) {
             const Table customers{{"customer_no", "name", "citizen_id", "region_code", "address"},
                                   {"C1", "测试", "110101199003070011", "110101", "北京市"}};
             const std::string kind = a[0].substr(0, a[0].find('.'));
             world.import_tables({{"customers", customers}, {kind, step.table}},
                                 parse_date(a[1]));
           });
  book.add("{count} lines of {kind} are in", [](World& world, const Arguments& a, const Step&) {
    for (const intake::FileReport& file : world.imported.files)
      for (const intake::KindCount& kind : file.kinds)
        if (kind.kind == a[1]) EXPECT_EQ(std::to_string(kind.accepted), a[0]);
  });
  book.add("line {line} is refused for {field}", expect_refused_line);
  book.add("the same portfolio is imported again", [](World& world, const Arguments&, const Step&) {
    world.import_tables(world.portfolio, world.portfolio_as_of);
  });
  book.add("nothing has changed", [](World& world, const Arguments&, const Step&) {
    EXPECT_EQ(world.imported.accepted, 0);
    for (const intake::FileReport& file : world.imported.files) EXPECT_EQ(file.state, "unchanged");
  });
}

}  // namespace stories
