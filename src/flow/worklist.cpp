#include <algorithm>
#include <array>

#include "flow/report.h"

namespace flow {

namespace {

constexpr std::string_view header =
    "rank,collector,team,customer_no,account_no,accounts,bucket,dpd,overdue_fen,balance_fen,grade,"
    "treatment,channel,work,priority,promise,flag,bucket_row,grade_row,treatment_row,"
    "allocation_row\n";

// People's work is what the tables give a team; a machine's and nobody's have none.
constexpr std::string_view no_team = "none";

struct Line {
  std::string_view collector, customer_no;
  std::size_t customer = 0, lead = 0;
  std::int32_t priority = 0;
};

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::vector<Line> lines_of(const book::Sheets& sheets) {
  const column::Codes collector = sheets.accounts.codes("collector");
  const column::Codes team = sheets.accounts.codes("team");
  const auto priority = sheets.accounts.get<std::int32_t>("priority");
  const auto lead = sheets.customers.get<std::int32_t>("lead_account");
  const column::Texts customer_no = sheets.customers.texts("customer_no");
  std::vector<Line> lines;
  for (std::size_t row = 0; row < sheets.customers.rows(); ++row) {
    const auto account = static_cast<std::size_t>(lead[row]);
    if (team.values[account] < 0 || team.at(account) == no_team) continue;
    lines.push_back({collector.at(account), customer_no.at(row), row, account, priority[account]});
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    if (a.collector != b.collector) {
      return a.collector.empty() != b.collector.empty() ? b.collector.empty()
                                                        : a.collector < b.collector;
    }
    if (a.priority != b.priority) return a.priority > b.priority;
    return a.customer_no < b.customer_no;
  });
  return lines;
}

// What a line sums up over all accounts of the person.
struct PersonColumns {
  explicit PersonColumns(const book::Sheets& sheets)
      : order(sheets.accounts.get<std::int32_t>("account_order")),
        dpd(sheets.accounts.get<std::int32_t>("dpd")),
        first(sheets.customers.get<std::int32_t>("first_account")),
        count(sheets.customers.get<std::int32_t>("account_count")),
        overdue(sheets.accounts.get<std::int64_t>("overdue_fen")),
        balance(sheets.accounts.get<std::int64_t>("balance_fen")) {}
  std::span<const std::int32_t> order, dpd, first, count;
  std::span<const std::int64_t> overdue, balance;
};

struct Person {
  std::int64_t overdue_fen = 0, balance_fen = 0;
  std::size_t worst = 0;  // account row of the highest dpd
};

Person person_of(const PersonColumns& columns, const Line& line) {
  const auto first = static_cast<std::size_t>(columns.first[line.customer]);
  const auto count = static_cast<std::size_t>(columns.count[line.customer]);
  Person person{.worst = line.lead};
  for (std::size_t i = first; i < first + count; ++i) {
    const auto account = static_cast<std::size_t>(columns.order[i]);
    person.overdue_fen += columns.overdue[account];
    person.balance_fen += columns.balance[account];
    if (columns.dpd[account] > columns.dpd[person.worst]) person.worst = account;
  }
  return person;
}

}  // namespace

std::string render_worklist(const book::Sheets& sheets) {
  const column::Sheet& accounts = sheets.accounts;
  const column::Texts account_no = accounts.texts("account_no");
  const PersonColumns columns(sheets);
  const column::Codes bucket = accounts.codes("bucket");
  const std::array<column::Codes, 4> words = {accounts.codes("grade"), accounts.codes("treatment"),
                                              accounts.codes("channel"), accounts.codes("work")};
  const std::array<column::Codes, 2> marks = {accounts.codes("promise"), accounts.codes("flag")};
  const std::array<std::span<const std::int32_t>, 4> fired = {
      accounts.get<std::int32_t>("bucket_row"), accounts.get<std::int32_t>("grade_row"),
      accounts.get<std::int32_t>("treatment_row"), accounts.get<std::int32_t>("allocation_row")};
  const column::Codes team = accounts.codes("team");

  std::string out(header);
  std::int64_t rank = 0;
  std::string_view collector = "\n";  // nobody's
  for (const Line& line : lines_of(sheets)) {
    rank = line.collector == collector ? rank + 1 : 1;
    collector = line.collector;
    const Person person = person_of(columns, line);
    out += std::to_string(rank) + ',' + quoted(line.collector) + ',' + quoted(team.at(line.lead)) +
           ',' + quoted(line.customer_no) + ',' + quoted(account_no.at(line.lead)) + ',' +
           std::to_string(columns.count[line.customer]) + ',' + quoted(bucket.at(person.worst)) +
           ',' + std::to_string(columns.dpd[person.worst]) + ',' +
           std::to_string(person.overdue_fen) + ',' + std::to_string(person.balance_fen);
    for (const column::Codes& word : words) out += ',' + quoted(word.at(line.lead));
    out += ',' + std::to_string(line.priority);
    for (const column::Codes& mark : marks) out += ',' + quoted(mark.at(line.lead));
    for (const auto& row : fired) out += ',' + std::to_string(row[line.lead]);
    out += '\n';
  }
  return out;
}

}  // namespace flow
