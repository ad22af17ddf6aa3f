#pragma once
// The book as others see it: the whole portfolio as of a date, in columns, never edited once made.
// What enters: batches of the client's files and yesterday's book. What leaves: today's columns,
// the roll rates between the two, BookView for reading any day's book. Never true: personal data in
// a book file; two books of one date with the same edition differ.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "column/column.h"
#include "column/table.h"
#include "decision/decision.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace book {

const std::vector<store::Migration>& schema();

// Splits [0, rows) over threads; ranges are handed in order and cover it once. What a range gives
// must depend on its rows alone, so that the number of threads never changes a byte.
void over_rows(std::size_t rows, unsigned threads,
               const std::function<void(std::size_t begin, std::size_t end)>& work);
// The same where a range can fail: the first range's error, by row, is the answer.
kernel::Status try_over_rows(
    std::size_t rows, unsigned threads,
    const std::function<kernel::Status(std::size_t begin, std::size_t end)>& work);

// ---- reading a book ----------------------------------------------------------------------------

// One edition of one date, memory-mapped. Rows of `accounts` are by account_no, of `customers` by
// customer_no. Columns are listed in README.md.
class BookView {
 public:
  static kernel::Result<BookView> open(const std::filesystem::path& data_dir, kernel::Date date);
  static kernel::Result<BookView> open_edition(const std::filesystem::path& folder,
                                               kernel::Date date);
  // In memory, before any night has saved it.
  BookView(kernel::Date date, std::string edition, column::Sheet accounts, column::Sheet customers);

  // Gives the sheets back.
  void release(column::Sheet& accounts, column::Sheet& customers) &&;

  kernel::Date date() const { return date_; }
  const std::string& edition() const { return edition_; }
  const std::filesystem::path& folder() const { return folder_; }
  const column::Sheet& accounts() const { return accounts_; }
  const column::Sheet& customers() const { return customers_; }

  std::optional<std::size_t> find_account(std::string_view account_no) const;
  std::optional<std::size_t> find_customer(std::string_view customer_no) const;
  // Rows of the customer's accounts, by account_no.
  column::Slice<std::int32_t> accounts_of(std::size_t customer_row) const;
  std::size_t customer_of(std::size_t account_row) const;
  std::string_view account_no(std::size_t account_row) const;
  std::string_view customer_no(std::size_t customer_row) const;

 private:
  kernel::Date date_;
  std::string edition_;
  std::filesystem::path folder_;
  column::Sheet accounts_, customers_;
  // Of the two, found once: these are asked for row by row.
  column::Texts account_no_, customer_no_;
  column::Values<std::int32_t> customer_row_, account_order_, first_account_, account_count_;
};

// The books of a data folder, mapped once and shared: for a server. Follows `current` as it moves.
class Shelf {
 public:
  explicit Shelf(std::filesystem::path data_dir) : data_dir_(std::move(data_dir)) {}
  const std::filesystem::path& data_dir() const { return data_dir_; }
  std::vector<kernel::Date> dates() const;  // that have a current edition, earliest first
  std::optional<kernel::Date> latest() const;
  kernel::Result<std::shared_ptr<const BookView>> at(kernel::Date date) const;
  kernel::Result<std::shared_ptr<const BookView>> latest_book() const;

 private:
  std::filesystem::path data_dir_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const BookView>> open_;
};

std::filesystem::path book_folder(const std::filesystem::path& data_dir, kernel::Date date);
std::vector<kernel::Date> book_dates(const std::filesystem::path& data_dir);
kernel::Result<std::string> current_edition(const std::filesystem::path& data_dir,
                                            kernel::Date date);

// ---- making today's ----------------------------------------------------------------------------

// One kind of file of one import, in the canonical columns (intake/types.h).
struct BatchSheet {
  std::string kind;   // accounts, balances, instalments, payments
  bool full = false;  // instalments: an account's schedule is replaced whole, not by period
  column::Sheet rows;
};

// The sheets a book is made of. dues: account_row, due_date, unpaid_fen, principal_fen, period;
// open ones only, by account and date. payments: account_row, paid_on, amount_fen, applied,
// payment_no; those of the last 30 days, since the last snapshot, or still to come.
struct Sheets {
  column::Sheet accounts{0}, customers{0}, dues{0}, payments{0};
};

kernel::Result<Sheets> open_sheets(const std::filesystem::path& edition_folder);

// The columns of accounts that accrual replaces: in an opening they are those of before.
const std::vector<std::string>& amount_columns();

// Things in the files that a person should look at; counted, never fatal.
struct Anomalies {
  std::int64_t accounts_without_balance = 0;
  std::int64_t balances_without_account = 0;
  std::int64_t instalments_without_account = 0;
  std::int64_t payments_without_account = 0;
  std::int64_t schedules_that_disagree = 0;  // with the balance's overdue amount or oldest due
  std::int64_t payments_back_dated = 0;      // dated before the day the book already stood at
  Anomalies& operator+=(const Anomalies& other);
};

// Yesterday's book (null at the start) and what was imported since, latest last. Gives the opening:
// every account with its latest snapshot up to `date` or else yesterday's amounts, its open dues
// and the payments to apply.
struct MergeInput {
  kernel::Date date;
  const Sheets* previous = nullptr;
  std::vector<BatchSheet> batches;
  unsigned threads = 1;
};
kernel::Result<Sheets> decide_opening(const MergeInput& input, Anomalies& anomalies);

// Account numbers from `from` up to, but not, `until`: no bound where there is none.
struct KeyRange {
  std::optional<std::string_view> from, until;
};

// The same some rows at a time, so that memory is theirs and not the book's.
class Opening {
 public:
  explicit Opening(MergeInput input);
  Opening(Opening&&) noexcept;
  Opening& operator=(Opening&&) noexcept;
  ~Opening();

  struct Saving {
    std::filesystem::path accounts, customers;  // folders to write
    const Sheets* like = nullptr;               // columns equal to theirs are linked
    std::size_t block_rows = 0;                 // in memory at a time
  };
  // Accounts with account_no, product, status, opened_on, credit_limit_fen, daily_rate_ppm,
  // billing_day, previous_row, months_on_book, customer_row, account_order, balance_as_of;
  // customers with customer_no, first_account, account_count.
  kernel::Status save_rows(const Saving& to) const;
  // Of accounts as they were saved, some that follow one another, and the range of numbers from the
  // first to the next behind them: adds the ledger's columns, makes dues and payments by row of the
  // block. Lines of the files in the range that are of no account are counted.
  void open_amounts(Sheets& block, const KeyRange& range, Anomalies& anomalies) const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// Interest, late fees, payments and dues up to the end of `date`.
kernel::Status decide_accrual(Sheets& sheets, kernel::Date date, const decision::Model& terms,
                              const decision::Model& payment_order, unsigned threads);

// Each customer's worst days past due, as the column dpd: over all accounts of the book.
void decide_worst(const column::Sheet& accounts, column::Sheet& customers, kernel::Date date);
// Days past due and buckets of some accounts or all. Previous accounts are all of them, or null.
kernel::Status decide_ageing(column::Sheet& accounts, const column::Sheet& customers,
                             const column::Sheet* previous_accounts, kernel::Date date,
                             const decision::Model& bucket, unsigned threads);

// Runs a decision over the rows of a sheet: its inputs are the columns of those names; its outputs
// become columns (numbers i64 unless `number_types` says otherwise), and the row that fired of the
// table itself becomes `<decision>_row` (i32).
struct TableRun {
  std::string decision;
  std::vector<std::pair<std::string, column::Type>> number_types;
  std::vector<std::string> outputs;  // columns to keep; all when empty
  unsigned threads = 1;
};
kernel::Status decide_by_table(column::Sheet& sheet, const decision::Model& model,
                               const TableRun& run);

// ---- roll rates --------------------------------------------------------------------------------

// Between two books: how many accounts, and what balance, went from a bucket to another. `from` is
// yesterday's buckets and "new"; `to` is today's. Rates are of yesterday's bucket (滚动率), by
// count and by yesterday's balance.
struct RollCell {
  std::string from, to;
  std::int64_t accounts = 0;
  std::int64_t balance_fen = 0;         // today's, of those accounts
  std::int64_t balance_before_fen = 0;  // yesterday's, of the same
  std::int64_t rate_bps = 0;            // of the accounts that were in `from`
  std::int64_t balance_rate_bps = 0;    // balance_fen ÷ yesterday's balance of `from`
};
struct RollRates {
  std::vector<std::string> from, to;
  std::vector<RollCell> cells;         // those with accounts, in the order of from, then to
  std::int64_t entered_accounts = 0;   // were not past due, now are (入催)
  std::int64_t entered_fen = 0;        // overdue of those
  std::int64_t cured_accounts = 0;     // were past due, now are not (出催)
  std::int64_t recovered_fen = 0;      // yesterday's overdue that is no longer overdue
  std::int64_t entry_rate_bps = 0;     // entered ÷ accounts that were not past due
  std::int64_t recovery_rate_bps = 0;  // recovered ÷ overdue of yesterday (回收率, net)
};
RollRates decide_roll_rates(const column::Sheet& accounts, const column::Sheet* previous_accounts);

// ---- history -----------------------------------------------------------------------------------

// The book's own rows: one for each change of bucket, by the day it changed. An edition that takes
// another's place clears the day first.
void clear_bucket_changes(store::Transaction& transaction, kernel::Date changed_on);
void save_bucket_changes(store::Transaction& transaction, const BookView& book, std::size_t begin,
                         std::size_t end);
struct BucketChange {
  kernel::Date changed_on;
  std::string bucket_before, bucket;  // before is empty for an account new in the book
  std::int32_t dpd = 0;
};
std::vector<BucketChange> load_bucket_changes(store::Transaction& transaction,
                                              std::string_view account_no);

// ---- the book for others -----------------------------------------------------------------------

// accounts, customers, dues and payments, with numbers of accounts and customers in place of rows;
// never personal data. Columns of accounts are the same for every book, of which those of later
// stages are nobody's yet until the night has been there; only `arm` comes after them, in a book of
// a night with experiments. The sheets are borrowed.
std::vector<column::Table> tables_of(const Sheets& sheets);
column::Table accounts_table(const column::Sheet& accounts, const column::Sheet& customers);

// A line a row; the header is stable and text is as in the columns.
std::string render_csv(const BookView& book);
kernel::Status save_csv(const column::Table& table, const std::filesystem::path& file);

}  // namespace book
