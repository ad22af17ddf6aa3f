// Yesterday's book and new files become today's opening: rows first, then each row's amounts.

#include <algorithm>
#include <set>

#include "book/amounts.h"
#include "book/entries.h"
#include "book/types.h"

namespace book {

namespace {

// Where the row's own data come from: a batch's accounts file, or yesterday's book.
struct RowSource {
  std::int32_t previous_row = -1;
  std::int32_t batch = -1;
  std::uint32_t batch_row = 0;
};

// Both lists sorted by account_no; of a batch's entries the last of a key wins.
std::vector<RowSource> merge_rows(const MergeInput& input, const std::vector<Entry>& entries) {
  std::vector<RowSource> rows;
  column::Texts before;
  if (input.previous != nullptr) before = input.previous->accounts.texts("account_no");
  std::size_t at = 0, old = 0;
  while (at < entries.size() || old < before.size()) {
    while (at + 1 < entries.size() && entries[at + 1].key == entries[at].key) ++at;
    RowSource row;
    const bool take_new =
        at < entries.size() && (old == before.size() || entries[at].key <= before.at(old));
    const bool take_old =
        old < before.size() && (at == entries.size() || before.at(old) <= entries[at].key);
    if (take_new) {
      row.batch = static_cast<std::int32_t>(entries[at].source);
      row.batch_row = entries[at].row;
      ++at;
    }
    if (take_old) row.previous_row = static_cast<std::int32_t>(old++);
    rows.push_back(row);
  }
  return rows;
}

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

// No account came, left or moved: what files say of them, and their customers, are yesterday's.
bool same_rows(const MergeInput& input, const std::vector<RowSource>& rows) {
  return input.previous != nullptr && rows.size() == input.previous->accounts.rows() &&
         std::none_of(rows.begin(), rows.end(),
                      [](const RowSource& row) { return row.batch >= 0; });
}

void share_columns(const column::Sheet& from, column::Sheet& to,
                   std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) to.share(from, name);
}

void copy_static(const MergeInput& input, const std::vector<RowSource>& rows,
                 column::Sheet& accounts) {
  accounts.add_texts("account_no", text_cells(input, rows));
  copy_codes(input, rows, "product", {"card", "card_instalment", "online_loan"}, accounts);
  copy_codes(input, rows, "status", {"open", "closed", "charged_off"}, accounts);
  copy_cells<std::int32_t>(input, rows, "opened_on", accounts);
  copy_cells<std::int64_t>(input, rows, "credit_limit_fen", accounts);
  copy_cells<std::int32_t>(input, rows, "daily_rate_ppm", accounts);
  copy_cells<std::int8_t>(input, rows, "billing_day", accounts);
}

void fill_static(const MergeInput& input, const std::vector<RowSource>& rows,
                 column::Sheet& accounts) {
  if (same_rows(input, rows)) {
    share_columns(input.previous->accounts, accounts,
                  {"account_no", "product", "status", "opened_on", "credit_limit_fen",
                   "daily_rate_ppm", "billing_day"});
  } else {
    copy_static(input, rows, accounts);
  }
  const auto previous_row = accounts.add<std::int32_t>("previous_row");
  const auto opened_on = accounts.get<std::int32_t>("opened_on");
  const auto months = accounts.add<std::int16_t>("months_on_book");
  over_rows(rows.size(), input.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      previous_row[row] = rows[row].previous_row;
      const kernel::Date opened = kernel::Date::from_days(opened_on[row]);
      const int whole = (input.date.year() - opened.year()) * 12 + input.date.month() -
                        opened.month() - (input.date.day() < opened.day() ? 1 : 0);
      months[row] = static_cast<std::int16_t>(std::clamp(whole, 0, 32'000));
    }
  });
}

column::Sheet share_customers(const MergeInput& input, column::Sheet& accounts) {
  share_columns(input.previous->accounts, accounts, {"customer_row", "account_order"});
  column::Sheet customers(input.previous->customers.rows());
  share_columns(input.previous->customers, customers,
                {"customer_no", "first_account", "account_count"});
  return customers;
}

std::vector<Entry> customer_entries(const MergeInput& input, const std::vector<RowSource>& rows) {
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
  std::vector<Entry> entries(rows.size());
  over_rows(rows.size(), input.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const RowSource& source = rows[row];
      const std::string_view key =
          source.batch >= 0
              ? batches[static_cast<std::size_t>(source.batch)].at(source.batch_row)
              : previous_no.at(static_cast<std::size_t>(
                    previous_customer[static_cast<std::size_t>(source.previous_row)]));
      entries[row] = {key, prefix_of(key), 0, static_cast<std::uint32_t>(row)};
    }
  });
  sort_entries(entries, input.threads);
  return entries;
}

column::Sheet decide_customers(const MergeInput& input, const std::vector<RowSource>& rows,
                               column::Sheet& accounts) {
  if (same_rows(input, rows)) return share_customers(input, accounts);
  const std::vector<Entry> entries = customer_entries(input, rows);
  const auto customer_row = accounts.add<std::int32_t>("customer_row");
  const auto account_order = accounts.add<std::int32_t>("account_order");
  std::vector<std::string_view> numbers;
  std::vector<std::int32_t> first;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i == 0 || entries[i].key != entries[i - 1].key) {
      numbers.push_back(entries[i].key);
      first.push_back(static_cast<std::int32_t>(i));
    }
    account_order[i] = static_cast<std::int32_t>(entries[i].row);
    customer_row[entries[i].row] = static_cast<std::int32_t>(numbers.size()) - 1;
  }
  column::Sheet customers(numbers.size());
  customers.add_texts("customer_no", numbers);
  const auto first_account = customers.add<std::int32_t>("first_account");
  const auto account_count = customers.add<std::int32_t>("account_count");
  for (std::size_t i = 0; i < first.size(); ++i) {
    first_account[i] = first[i];
    account_count[i] =
        (i + 1 < first.size() ? first[i + 1] : static_cast<std::int32_t>(rows.size())) - first[i];
  }
  return customers;
}

}  // namespace

kernel::Result<Sheets> decide_opening(const MergeInput& input, Anomalies& anomalies) {
  const std::vector<RowSource> rows = merge_rows(input, entries_of(input, "accounts"));
  if (rows.empty()) {
    return kernel::Error{
        kernel::Code::not_found,
        "no accounts: import a portfolio with as_of on or before " + input.date.format() + " first",
        "book"};
  }
  Sheets sheets;
  sheets.accounts = column::Sheet(rows.size());
  fill_static(input, rows, sheets.accounts);
  sheets.customers = decide_customers(input, rows, sheets.accounts);
  open_amounts(input, sheets, anomalies);
  return sheets;
}

}  // namespace book
