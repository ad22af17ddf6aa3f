// Yesterday's book and new files become today's opening: rows first, then each row's amounts.

#include <algorithm>
#include <future>
#include <limits>
#include <numeric>
#include <set>

#include "book/amounts.h"
#include "book/entries.h"
#include "book/types.h"
#include "column/writer.h"
#include "kernel/beside.h"

namespace book {

namespace {

// Where the row's own data come from: a batch's accounts file, or yesterday's book.
struct RowSource {
  std::int32_t previous_row = -1;
  std::int32_t batch = -1;
  std::uint32_t batch_row = 0;
};

// One cell from a batch row or yesterday's row.
template <class T>
class Cells {
 public:
  Cells(const MergeInput& input, std::string_view name) {
    for (const BatchSheet& batch : input.batches) {
      batches_.push_back(batch.kind == "accounts" ? batch.rows.get<T>(name) : column::Values<T>());
    }
    if (input.previous != nullptr) previous_ = input.previous->accounts.get<T>(name);
  }
  T at(const RowSource& row) const {
    return row.batch >= 0 ? batches_[static_cast<std::size_t>(row.batch)][row.batch_row]
                          : previous_[static_cast<std::size_t>(row.previous_row)];
  }

 private:
  std::vector<column::Values<T>> batches_;
  column::Values<T> previous_;
};

template <class T>
void copy_cells(const MergeInput& input, const std::vector<RowSource>& rows, std::string_view name,
                column::Sheet& accounts) {
  const Cells<T> cells(input, name);
  const std::span<T> out = accounts.add<T>(name);
  over_rows(rows.size(), input.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) out[row] = cells.at(rows[row]);
  });
}

// Codes of several sheets under one list of words: those known first, the others by name.
void copy_codes(const MergeInput& input, const std::vector<RowSource>& rows, std::string_view name,
                std::vector<std::string> words, column::Sheet& accounts) {
  std::vector<column::Codes> sources;
  for (const BatchSheet& batch : input.batches) {
    sources.push_back(batch.kind == "accounts" ? batch.rows.codes(name) : column::Codes());
  }
  if (input.previous != nullptr) sources.push_back(input.previous->accounts.codes(name));
  std::set<std::string> others;
  for (const column::Codes& codes : sources) {
    if (codes.words != nullptr) others.insert(codes.words->begin(), codes.words->end());
  }
  for (const std::string& word : words) others.erase(word);
  words.insert(words.end(), others.begin(), others.end());
  std::vector<std::vector<std::int16_t>> renamed(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].words == nullptr) continue;
    for (const std::string& word : *sources[i].words) {
      const auto found = std::find(words.begin(), words.end(), word);
      renamed[i].push_back(static_cast<std::int16_t>(found - words.begin()));
    }
  }
  const std::span<std::int16_t> out = accounts.add_codes(name, words);
  over_rows(rows.size(), input.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const bool fresh = rows[row].batch >= 0;
      const std::size_t source =
          fresh ? static_cast<std::size_t>(rows[row].batch) : sources.size() - 1;
      const std::int16_t code =
          sources[source].values[fresh ? rows[row].batch_row
                                       : static_cast<std::size_t>(rows[row].previous_row)];
      out[row] = code < 0 ? code : renamed[source][static_cast<std::size_t>(code)];
    }
  });
}

std::vector<std::string_view> text_cells(const MergeInput& input,
                                         const std::vector<RowSource>& rows) {
  std::vector<column::Texts> batches;
  for (const BatchSheet& batch : input.batches) {
    batches.push_back(batch.kind == "accounts" ? batch.rows.texts("account_no") : column::Texts());
  }
  column::Texts previous;
  if (input.previous != nullptr) previous = input.previous->accounts.texts("account_no");
  std::vector<std::string_view> cells(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    cells[row] = rows[row].batch >= 0
                     ? batches[static_cast<std::size_t>(rows[row].batch)].at(rows[row].batch_row)
                     : previous.at(static_cast<std::size_t>(rows[row].previous_row));
  }
  return cells;
}

// What files say of an account, in the order of the book's columns.
const std::vector<std::string>& file_columns() {
  static const std::vector<std::string> names = {"account_no", "product",          "status",
                                                 "opened_on",  "credit_limit_fen", "daily_rate_ppm",
                                                 "billing_day"};
  return names;
}

void add_months_on_book(const MergeInput& input, column::Sheet& accounts) {
  const auto opened_on = accounts.get<std::int32_t>("opened_on");
  const auto months = accounts.add<std::int16_t>("months_on_book");
  over_rows(accounts.rows(), input.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const kernel::Date opened = kernel::Date::from_days(opened_on[row]);
      const int whole = (input.date.year() - opened.year()) * 12 + input.date.month() -
                        opened.month() - (input.date.day() < opened.day() ? 1 : 0);
      months[row] = static_cast<std::int16_t>(std::clamp(whole, 0, 32'000));
    }
  });
}

std::vector<std::string_view> customer_cells(const MergeInput& input,
                                             const std::vector<RowSource>& rows) {
  std::vector<column::Texts> batches;
  for (const BatchSheet& batch : input.batches) {
    batches.push_back(batch.kind == "accounts" ? batch.rows.texts("customer_no") : column::Texts());
  }
  column::Texts previous_no;
  column::Values<std::int32_t> previous_customer;
  if (input.previous != nullptr) {
    previous_no = input.previous->customers.texts("customer_no");
    previous_customer = input.previous->accounts.get<std::int32_t>("customer_row");
  }
  std::vector<std::string_view> cells(rows.size());
  over_rows(rows.size(), input.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const RowSource& source = rows[row];
      cells[row] = source.batch >= 0
                       ? batches[static_cast<std::size_t>(source.batch)].at(source.batch_row)
                       : previous_no.at(static_cast<std::size_t>(
                             previous_customer[static_cast<std::size_t>(source.previous_row)]));
    }
  });
  return cells;
}

// Today's rows by account_no, some at a time: those of the files and yesterday's. Of a file's rows
// of one number the last wins.
class Rows {
 public:
  explicit Rows(const MergeInput& input)
      : input_(input), lines_(input, "accounts"), from_files_(lines_) {
    if (input.previous != nullptr) before_ = input.previous->accounts.texts("account_no");
  }

  // No account came or changed: what files say of them, and their customers, are yesterday's.
  bool as_yesterday() const { return input_.previous != nullptr && lines_.empty(); }

  // The next rows, fewer than `most` only at the end: columns of the files, previous_row,
  // months_on_book, and customer_no.
  column::Sheet next(std::size_t most) {
    const std::vector<RowSource> rows = sources(most);
    column::Sheet accounts(rows.size());
    accounts.add_texts("account_no", text_cells(input_, rows));
    copy_codes(input_, rows, "product", {"card", "card_instalment", "online_loan"}, accounts);
    copy_codes(input_, rows, "status", {"open", "closed", "charged_off"}, accounts);
    copy_cells<std::int32_t>(input_, rows, "opened_on", accounts);
    copy_cells<std::int64_t>(input_, rows, "credit_limit_fen", accounts);
    copy_cells<std::int32_t>(input_, rows, "daily_rate_ppm", accounts);
    copy_cells<std::int8_t>(input_, rows, "billing_day", accounts);
    const auto previous_row = accounts.add<std::int32_t>("previous_row");
    for (std::size_t row = 0; row < rows.size(); ++row) previous_row[row] = rows[row].previous_row;
    add_months_on_book(input_, accounts);
    accounts.add_texts("customer_no", customer_cells(input_, rows));
    return accounts;
  }

  // Rows [begin, end) where all are as yesterday: those columns that the day changes.
  column::Sheet yesterdays(std::size_t begin, std::size_t end) const {
    const column::Sheet before = input_.previous->accounts.window(begin, end);
    column::Sheet accounts(before.rows());
    for (const std::string& name : file_columns()) accounts.share(before, name);
    const auto previous_row = accounts.add<std::int32_t>("previous_row");
    std::iota(previous_row.begin(), previous_row.end(), static_cast<std::int32_t>(begin));
    add_months_on_book(input_, accounts);
    return accounts;
  }

  // Number of the account behind those given; nothing at the end.
  std::optional<std::string_view> next_no() const {
    std::optional<std::string_view> no;
    if (from_files_.entry()) no = from_files_.entry()->key;
    if (old_ < before_.size() && (!no || before_.at(old_) < *no)) no = before_.at(old_);
    return no;
  }

 private:
  std::vector<RowSource> sources(std::size_t most) {
    std::vector<RowSource> rows;
    while (rows.size() < most && (from_files_.entry() || old_ < before_.size())) {
      const std::string_view no = *next_no();
      RowSource row;
      for (; from_files_.entry() && from_files_.entry()->key == no; from_files_.next()) {
        row.batch = static_cast<std::int32_t>(from_files_.entry()->source);
        row.batch_row = from_files_.entry()->row;
      }
      if (old_ < before_.size() && before_.at(old_) == no) {
        row.previous_row = static_cast<std::int32_t>(old_++);
      }
      rows.push_back(row);
    }
    return rows;
  }

  const MergeInput& input_;
  Lines lines_;
  Lines::Cursor from_files_;
  column::Texts before_;
  std::size_t old_ = 0;
};

// Who has which accounts: of each account, by row, its customer's number.
class Customers {
 public:
  Customers(const column::Texts& customer_no, unsigned threads)
      : customer_no_(customer_no),
        order_(customer_no.size(), threads, [&](std::size_t row) { return customer_no.at(row); }),
        customer_row_(customer_no.size()) {
    std::int32_t customer = -1;
    for (std::size_t i = 0; i < customer_row_.size(); ++i) {
      if (begins(i)) ++customer;
      customer_row_[account(i)] = customer;
    }
  }

  // customer_row and account_order of rows [begin, end).
  column::Sheet of_accounts(std::size_t begin, std::size_t end) const {
    column::Sheet accounts(end - begin);
    const auto customer_row = accounts.add<std::int32_t>("customer_row");
    const auto account_order = accounts.add<std::int32_t>("account_order");
    for (std::size_t row = begin; row < end; ++row) {
      customer_row[row - begin] = customer_row_[row];
      account_order[row - begin] = static_cast<std::int32_t>(account(row));
    }
    return accounts;
  }

  // The next customers, by number; fewer than `most` only at the end.
  column::Sheet next(std::size_t most) {
    std::vector<std::string_view> numbers;
    std::vector<std::int32_t> first;
    for (; at_ < customer_row_.size(); ++at_) {
      if (!begins(at_)) continue;
      if (first.size() == most) break;
      numbers.push_back(customer_no_.at(account(at_)));
      first.push_back(static_cast<std::int32_t>(at_));
    }
    column::Sheet customers(first.size());
    customers.add_texts("customer_no", numbers);
    const auto first_account = customers.add<std::int32_t>("first_account");
    const auto account_count = customers.add<std::int32_t>("account_count");
    for (std::size_t i = 0; i < first.size(); ++i) {
      first_account[i] = first[i];
      account_count[i] =
          (i + 1 < first.size() ? first[i + 1] : static_cast<std::int32_t>(at_)) - first[i];
    }
    return customers;
  }

 private:
  std::size_t account(std::size_t i) const { return order_.at(i); }
  bool begins(std::size_t i) const {
    return i == 0 || customer_no_.at(account(i)) != customer_no_.at(account(i - 1));
  }

  column::Texts customer_no_;
  column::Order order_;  // account rows by customer, then by number
  std::vector<std::int32_t> customer_row_;
  std::size_t at_ = 0;
};

constexpr std::size_t all_rows = std::numeric_limits<std::size_t>::max();

kernel::Error no_accounts(const MergeInput& input) {
  return {
      kernel::Code::not_found,
      "no accounts: import a portfolio with as_of on or before " + input.date.format() + " first",
      "book"};
}

// The order of columns, whatever block brought which.
std::vector<std::string> row_columns() {
  std::vector<std::string> names = file_columns();
  names.insert(names.end(), {"previous_row", "months_on_book", "customer_row", "account_order",
                             "balance_as_of"});
  return names;
}

// customer_row and account_order of accounts, and the customers, of each account's customer_no.
kernel::Status save_customers(const MergeInput& input, const Opening::Saving& to,
                              const std::filesystem::path& numbers, column::SheetWriter& accounts) {
  TRY_ASSIGN(const column::Sheet of_accounts, column::Sheet::open(numbers));
  Customers customers(of_accounts.texts("customer_no"), input.threads);
  const auto save = [&]() -> kernel::Status {
    column::SheetWriter writer(
        to.customers, {.like = to.like ? &to.like->customers : nullptr, .threads = input.threads});
    for (;;) {
      const column::Sheet block = customers.next(to.block_rows);
      if (block.rows() > 0) TRY(writer.append(block));
      if (block.rows() < to.block_rows) return writer.place();
    }
  };
  // Customers are saved while accounts are told whose they are.
  std::future<kernel::Status> saved = std::async(kernel::beside(input.threads), save);
  const std::size_t count = of_accounts.rows();
  for (std::size_t begin = 0; begin < count; begin += to.block_rows) {
    TRY(accounts.append(customers.of_accounts(begin, std::min(count, begin + to.block_rows))));
  }
  return saved.get();
}

// Customers' numbers lie in a folder of their own until the customers are found: they are not kept.
kernel::Status save_new_rows(const MergeInput& input, Rows& rows, const Opening::Saving& to,
                             const Amounts& amounts, column::SheetWriter& accounts) {
  if (!rows.next_no()) return no_accounts(input);
  const std::filesystem::path apart = to.customers.string() + ".numbers";
  column::SheetWriter numbers(apart, {});
  KeyRange range;
  const auto next_block = [&] {
    column::Sheet block = rows.next(to.block_rows);
    range.until = rows.next_no();
    amounts.date_balances(block, range);
    range.from = range.until;
    return block;
  };
  // The next block is found while one is written; whatever ends this, it is waited for.
  std::future<column::Sheet> next = std::async(kernel::beside(input.threads), next_block);
  while (next.valid()) {
    column::Sheet block = next.get();
    if (range.from) next = std::async(kernel::beside(input.threads), next_block);
    TRY(numbers.append(block, {"customer_no"}));
    block.drop("customer_no");
    TRY(accounts.append(block));
  }
  TRY(numbers.place());
  TRY(save_customers(input, to, apart, accounts));
  std::error_code ignored;
  std::filesystem::remove_all(apart, ignored);
  return kernel::Ok{};
}

kernel::Status save_rows_of_yesterday(const MergeInput& input, const Rows& rows,
                                      const Opening::Saving& to, const Amounts& amounts,
                                      column::SheetWriter& accounts) {
  const Sheets& before = *input.previous;
  for (const std::string& name : file_columns()) TRY(accounts.share(before.accounts, name));
  for (const char* name : {"customer_row", "account_order"}) {
    TRY(accounts.share(before.accounts, name));
  }
  const std::size_t count = before.accounts.rows();
  const column::Texts account_no = before.accounts.texts("account_no");
  KeyRange range;
  for (std::size_t begin = 0; begin < count; begin += to.block_rows) {
    const std::size_t end = std::min(count, begin + to.block_rows);
    column::Sheet block = rows.yesterdays(begin, end);
    range.until = end < count ? std::optional(account_no.at(end)) : std::nullopt;
    amounts.date_balances(block, range);
    range.from = range.until;
    TRY(accounts.append(block, {"previous_row", "months_on_book", "balance_as_of"}));
  }
  column::SheetWriter customers(to.customers, {});
  for (const char* name : {"customer_no", "first_account", "account_count"}) {
    TRY(customers.share(before.customers, name));
  }
  return customers.place();
}

kernel::Status save_rows_of(const MergeInput& input, const Amounts& amounts,
                            const Opening::Saving& to) {
  Rows rows(input);
  column::SheetWriter accounts(
      to.accounts,
      {.order = row_columns(),
       .rows = rows.as_yesterday() ? std::optional(input.previous->accounts.rows()) : std::nullopt,
       .like = to.like ? &to.like->accounts : nullptr,
       .threads = input.threads});
  TRY(rows.as_yesterday() ? save_rows_of_yesterday(input, rows, to, amounts, accounts)
                          : save_new_rows(input, rows, to, amounts, accounts));
  return accounts.place();
}

}  // namespace

kernel::Result<Sheets> decide_opening(const MergeInput& input, Anomalies& anomalies) {
  Rows rows(input);
  const Amounts amounts(input);
  Sheets sheets;
  if (rows.as_yesterday()) {
    sheets.accounts = rows.yesterdays(0, input.previous->accounts.rows());
    for (const char* name : {"customer_row", "account_order"}) {
      sheets.accounts.share(input.previous->accounts, name);
    }
    sheets.customers = column::Sheet(input.previous->customers.rows());
    for (const char* name : {"customer_no", "first_account", "account_count"}) {
      sheets.customers.share(input.previous->customers, name);
    }
  } else {
    sheets.accounts = rows.next(all_rows);
    if (sheets.accounts.rows() == 0) return no_accounts(input);
    Customers customers(sheets.accounts.texts("customer_no"), input.threads);
    sheets.accounts.take(customers.of_accounts(0, sheets.accounts.rows()));
    sheets.customers = customers.next(all_rows);
    sheets.accounts.drop("customer_no");
  }
  amounts.date_balances(sheets.accounts, {});
  amounts.open(sheets, {}, anomalies);
  return sheets;
}

struct Opening::Inner {
  explicit Inner(MergeInput made_from) : input(std::move(made_from)), amounts(input) {}
  MergeInput input;
  Amounts amounts;  // of it
};

Opening::Opening(MergeInput input) : inner_(std::make_unique<Inner>(std::move(input))) {}
Opening::Opening(Opening&&) noexcept = default;
Opening& Opening::operator=(Opening&&) noexcept = default;
Opening::~Opening() = default;

kernel::Status Opening::save_rows(const Saving& to) const {
  return save_rows_of(inner_->input, inner_->amounts, to);
}

void Opening::open_amounts(Sheets& block, const KeyRange& range, Anomalies& anomalies) const {
  inner_->amounts.open(block, range, anomalies);
}

}  // namespace book
