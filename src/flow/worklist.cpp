#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <future>

#include "column/new_file.h"
#include "flow/report.h"
#include "kernel/beside.h"

namespace flow {

namespace {

constexpr std::string_view header =
    "rank,collector,team,customer_no,account_no,accounts,bucket,dpd,overdue_fen,balance_fen,grade,"
    "treatment,channel,work,priority,promise,flag,bucket_row,grade_row,treatment_row,"
    "allocation_row";
// Where the night's tables said them, of the same account as the priority.
constexpr std::array<std::string_view, 2> expected = {"expected_recovery_fen", "expected_cost_fen"};

// People's work is what the tables give a team; a machine's and nobody's have none.
constexpr std::string_view no_team = "none";

// Whose work it is and what is done first, as one number: collectors by name, nobody's last; the
// higher priority first. Lines of one number stand as the book has their customers, by number.
struct Line {
  std::uint64_t order = 0;
  std::uint32_t customer = 0;
  bool operator<(const Line& other) const {
    return order != other.order ? order < other.order : customer < other.customer;
  }
  std::uint32_t rank_of_collector() const { return static_cast<std::uint32_t>(order >> 32); }
};

std::uint64_t order_of(std::uint32_t rank_of_collector, std::int32_t priority) {
  const auto ascending = static_cast<std::uint32_t>(priority) ^ 0x8000'0000U;
  return std::uint64_t{rank_of_collector} << 32 | (0xffff'ffffU - ascending);
}

// By code + 1: the place of each collector's name among all, that of nobody behind them.
std::vector<std::uint32_t> ranks_of(const column::Codes& collector) {
  std::vector<std::string_view> names;
  for (const std::string& word : *collector.words)
    if (!word.empty()) names.emplace_back(word);
  std::sort(names.begin(), names.end());
  std::vector<std::uint32_t> ranks(collector.words->size() + 1,
                                   static_cast<std::uint32_t>(names.size()));
  for (std::size_t code = 0; code < collector.words->size(); ++code) {
    const std::string_view word = (*collector.words)[code];
    if (word.empty()) continue;
    ranks[code + 1] = static_cast<std::uint32_t>(
        std::lower_bound(names.begin(), names.end(), word) - names.begin());
  }
  return ranks;
}

void add_quoted(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void add_number(std::int64_t number, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Behind a comma: a number, or a word that is quoted already.
void add_field(std::int64_t number, std::string& out) {
  out += ',';
  add_number(number, out);
}

void add_field(const std::string& quoted, std::string& out) {
  out += ',';
  out += quoted;
}

// The words of a column as the file has them: quoted once, not once a line.
class Words {
 public:
  explicit Words(column::Codes codes) : codes_(std::move(codes)), quoted_(1) {
    for (const std::string& word : *codes_.words) add_quoted(word, quoted_.emplace_back());
  }
  const std::string& at(std::size_t row) const {
    return quoted_[static_cast<std::size_t>(codes_.values[row] + 1)];
  }

 private:
  column::Codes codes_;
  std::vector<std::string> quoted_;  // by code + 1
};

std::vector<Line> lines_of(const book::Sheets& sheets) {
  const column::Codes collector = sheets.accounts.codes("collector");
  const column::Codes team = sheets.accounts.codes("team");
  const auto priority = sheets.accounts.get<std::int32_t>("priority");
  const auto lead = sheets.customers.get<std::int32_t>("lead_account");
  const std::vector<std::uint32_t> ranks = ranks_of(collector);
  const std::int16_t nobody = team.find(no_team);
  std::vector<Line> lines;
  for (std::size_t row = 0; row < sheets.customers.rows(); ++row) {
    const auto account = static_cast<std::size_t>(lead[row]);
    const std::int16_t code = team.values[account];
    if (code < 0 || code == nobody) continue;
    const auto own = static_cast<std::size_t>(collector.values[account] + 1);
    lines.push_back({order_of(ranks[own], priority[account]), static_cast<std::uint32_t>(row)});
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// What a line sums up over all accounts of the person.
struct Person {
  std::int64_t overdue_fen = 0, balance_fen = 0;
  std::size_t worst = 0;  // account row of the highest dpd
};

class Persons {
 public:
  explicit Persons(const book::Sheets& sheets)
      : lead_(sheets.customers.get<std::int32_t>("lead_account")),
        first_(sheets.customers.get<std::int32_t>("first_account")),
        count_(sheets.customers.get<std::int32_t>("account_count")),
        order_(sheets.accounts.get<std::int32_t>("account_order")),
        dpd_(sheets.accounts.get<std::int32_t>("dpd")),
        overdue_(sheets.accounts.get<std::int64_t>("overdue_fen")),
        balance_(sheets.accounts.get<std::int64_t>("balance_fen")) {}

  Person of(std::size_t customer) const {
    Person person{.worst = static_cast<std::size_t>(lead_[customer])};
    const auto begin = static_cast<std::size_t>(first_[customer]);
    for (std::size_t i = begin; i < begin + static_cast<std::size_t>(count_[customer]); ++i) {
      const auto account = static_cast<std::size_t>(order_[i]);
      person.overdue_fen += overdue_[account];
      person.balance_fen += balance_[account];
      if (dpd_[account] > dpd_[person.worst]) person.worst = account;
    }
    return person;
  }

 private:
  column::Values<std::int32_t> lead_, first_, count_, order_, dpd_;
  column::Values<std::int64_t> overdue_, balance_;
};

// The file's lines, whichever are asked for.
class Lines {
 public:
  explicit Lines(const book::Sheets& sheets)
      : account_no_(sheets.accounts.texts("account_no")),
        customer_no_(sheets.customers.texts("customer_no")),
        lead_(sheets.customers.get<std::int32_t>("lead_account")),
        count_(sheets.customers.get<std::int32_t>("account_count")),
        dpd_(sheets.accounts.get<std::int32_t>("dpd")),
        priority_(sheets.accounts.get<std::int32_t>("priority")),
        collector_(sheets.accounts.codes("collector")),
        team_(sheets.accounts.codes("team")),
        bucket_(sheets.accounts.codes("bucket")),
        persons_(sheets),
        lines_(lines_of(sheets)) {
    for (const char* name : {"grade", "treatment", "channel", "work"}) {
      words_.emplace_back(sheets.accounts.codes(name));
    }
    for (const char* name : {"promise", "flag"}) marks_.emplace_back(sheets.accounts.codes(name));
    for (const char* name : {"bucket_row", "grade_row", "treatment_row", "allocation_row"}) {
      fired_.push_back(sheets.accounts.get<std::int32_t>(name));
    }
    for (const std::string_view name : expected) {
      if (sheets.accounts.has(name)) {
        amounts_.push_back(sheets.accounts.get<std::int64_t>(name));
      }
    }
  }
  std::size_t size() const { return lines_.size(); }

  std::string head() const {
    std::string out(header);
    for (std::size_t i = 0; i < amounts_.size(); ++i) out.append(",").append(expected[i]);
    return out + '\n';
  }

  // Lines [begin, end). What they say is looked up in the order of the book: one that is larger
  // than memory is then read from end to end, and not here and there for each line.
  std::string render(std::size_t begin, std::size_t end) const {
    struct Piece {  // of the text, behind the rank
      std::size_t begin = 0, size = 0;
    };
    std::vector<Piece> pieces(end - begin);
    std::string text;
    for (const std::uint32_t i : by_account(begin, end)) {
      pieces[i].begin = text.size();
      add(lines_[begin + i].customer, text);
      pieces[i].size = text.size() - pieces[i].begin;
    }
    std::string out;
    out.reserve(text.size() + 8 * pieces.size());
    std::size_t first = first_of_collector(begin);
    for (std::size_t i = begin; i < end; ++i) {
      if (lines_[i].rank_of_collector() != lines_[first].rank_of_collector()) first = i;
      add_number(static_cast<std::int64_t>(i - first) + 1, out);
      out.append(text, pieces[i - begin].begin, pieces[i - begin].size);
    }
    return out;
  }

 private:
  // Where the lines of that line's collector begin.
  std::size_t first_of_collector(std::size_t line) const {
    const Line first{std::uint64_t{lines_[line].rank_of_collector()} << 32, 0};
    return static_cast<std::size_t>(std::lower_bound(lines_.begin(), lines_.end(), first) -
                                    lines_.begin());
  }

  // Lines from `begin` on, counted from 0, by their lead accounts.
  std::vector<std::uint32_t> by_account(std::size_t begin, std::size_t end) const {
    std::vector<std::uint64_t> keys;  // account, then line
    keys.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      keys.push_back(static_cast<std::uint64_t>(lead_[lines_[i].customer]) << 32U | (i - begin));
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::uint32_t> lines;
    lines.reserve(keys.size());
    for (const std::uint64_t key : keys) lines.push_back(static_cast<std::uint32_t>(key));
    return lines;
  }

  void add(std::size_t customer, std::string& out) const {
    const auto account = static_cast<std::size_t>(lead_[customer]);
    const Person person = persons_.of(customer);
    add_field(collector_.at(account), out);
    add_field(team_.at(account), out);
    out += ',';
    add_quoted(customer_no_.at(customer), out);
    out += ',';
    add_quoted(account_no_.at(account), out);
    add_field(count_[customer], out);
    add_field(bucket_.at(person.worst), out);
    add_field(dpd_[person.worst], out);
    add_field(person.overdue_fen, out);
    add_field(person.balance_fen, out);
    for (const Words& one : words_) add_field(one.at(account), out);
    add_field(priority_[account], out);
    for (const Words& one : marks_) add_field(one.at(account), out);
    for (const auto& row : fired_) add_field(row[account], out);
    for (const auto& amount : amounts_) add_field(amount[account], out);
    out += '\n';
  }

  column::Texts account_no_, customer_no_;
  column::Values<std::int32_t> lead_, count_, dpd_, priority_;
  Words collector_, team_, bucket_;
  std::vector<Words> words_, marks_;
  std::vector<column::Values<std::int32_t>> fired_;
  std::vector<column::Values<std::int64_t>> amounts_;
  Persons persons_;
  std::vector<Line> lines_;
};

}  // namespace

kernel::Status save_worklist(const book::Sheets& sheets, const std::filesystem::path& path,
                             unsigned threads) {
  constexpr std::size_t least = 8'192, most = 262'144;  // lines a part: of 40 MB at most, twice
  const Lines lines(sheets);
  const std::size_t at_once = std::clamp(lines.size() / (4 * std::max(threads, 1U)), least, most);
  column::NewFile file(path);
  TRY(file.put(lines.head()));
  // As many parts are rendered as there are threads, while those before them are written.
  std::deque<std::future<std::string>> parts;
  std::size_t next = 0;
  const auto begin_part = [&] {
    const std::size_t begin = next, end = std::min(lines.size(), begin + at_once);
    next = end;
    parts.push_back(std::async(kernel::beside(threads),
                               [&lines, begin, end] { return lines.render(begin, end); }));
  };
  for (unsigned i = 0; i < std::max(threads, 1U) && next < lines.size(); ++i) begin_part();
  while (!parts.empty()) {
    const std::string part = parts.front().get();
    parts.pop_front();
    if (next < lines.size()) begin_part();
    TRY(file.put(part));
  }
  return file.place();
}

}  // namespace flow
