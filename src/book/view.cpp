#include <algorithm>
#include <fstream>
#include <optional>
#include <vector>

#include "book/types.h"
#include "column/sorted.h"
#include "kernel/beside.h"

namespace book {

namespace {

namespace fs = std::filesystem;

// A book lies as its stages wrote it: NN-stage/accounts and NN-stage/customers, of which later ones
// bring further columns.
kernel::Result<column::Sheet> open_stages(const fs::path& folder, std::string_view sheet) {
  std::vector<fs::path> stages;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    if (fs::exists(entry.path() / sheet / "manifest.json")) stages.push_back(entry.path());
  }
  if (failed || stages.empty()) {
    return kernel::Error{kernel::Code::not_found, "there is no book here", folder.string()};
  }
  std::sort(stages.begin(), stages.end());
  std::vector<std::optional<kernel::Result<column::Sheet>>> opened(stages.size());
  // Ends of texts and codes are looked through at each opening: worth another thread.
  kernel::over_each(stages.size(), 2, [&](std::size_t i) {
    opened[i].emplace(column::Sheet::open(stages[i] / sheet));
  });
  TRY_ASSIGN(column::Sheet whole, std::move(*opened.front()));
  for (std::size_t i = 1; i < stages.size(); ++i) {
    TRY_ASSIGN(column::Sheet more, std::move(*opened[i]));
    if (more.rows() != whole.rows()) {
      return kernel::Error{kernel::Code::corrupt, "stages of one book differ in rows",
                           (stages[i] / sheet).string()};
    }
    whole.take(std::move(more));
  }
  return whole;
}

}  // namespace

BookView::BookView(kernel::Date date, std::string edition, column::Sheet accounts,
                   column::Sheet customers)
    : date_(date),
      edition_(std::move(edition)),
      accounts_(std::move(accounts)),
      customers_(std::move(customers)) {
  // A sheet without one of them can be looked at, but not asked for it.
  const auto find = [](const column::Sheet& sheet, const char* name, auto& column) {
    if (sheet.has(name)) column = sheet.get<std::int32_t>(name);
  };
  if (accounts_.has("account_no")) account_no_ = accounts_.texts("account_no");
  if (customers_.has("customer_no")) customer_no_ = customers_.texts("customer_no");
  find(accounts_, "customer_row", customer_row_);
  find(accounts_, "account_order", account_order_);
  find(customers_, "first_account", first_account_);
  find(customers_, "account_count", account_count_);
}

kernel::Result<BookView> BookView::open(const fs::path& data_dir, kernel::Date date) {
  TRY_ASSIGN(const std::string edition, current_edition(data_dir, date));
  return open_edition(book_folder(data_dir, date) / edition, date);
}

kernel::Result<BookView> BookView::open_edition(const fs::path& folder, kernel::Date date) {
  TRY_ASSIGN(column::Sheet accounts, open_stages(folder, "accounts"));
  TRY_ASSIGN(column::Sheet customers, open_stages(folder, "customers"));
  BookView view(date, folder.filename().string(), std::move(accounts), std::move(customers));
  view.folder_ = folder;
  return view;
}

void BookView::release(column::Sheet& accounts, column::Sheet& customers) && {
  accounts = std::move(accounts_);
  customers = std::move(customers_);
}

std::optional<std::size_t> BookView::find_account(std::string_view account_no) const {
  return column::find_sorted(account_no_, account_no);
}

std::optional<std::size_t> BookView::find_customer(std::string_view customer_no) const {
  return column::find_sorted(customer_no_, customer_no);
}

column::Slice<std::int32_t> BookView::accounts_of(std::size_t customer_row) const {
  CHECK(customer_row < first_account_.size());
  return account_order_.slice(static_cast<std::size_t>(first_account_[customer_row]),
                              static_cast<std::size_t>(account_count_[customer_row]));
}

std::size_t BookView::customer_of(std::size_t account_row) const {
  CHECK(account_row < customer_row_.size());
  return static_cast<std::size_t>(customer_row_[account_row]);
}

std::string_view BookView::account_no(std::size_t account_row) const {
  CHECK(account_row < account_no_.size());
  return account_no_.at(account_row);
}

std::string_view BookView::customer_no(std::size_t customer_row) const {
  CHECK(customer_row < customer_no_.size());
  return customer_no_.at(customer_row);
}

kernel::Result<Sheets> open_sheets(const fs::path& edition_folder) {
  Sheets sheets;
  TRY_ASSIGN(sheets.accounts, open_stages(edition_folder, "accounts"));
  TRY_ASSIGN(sheets.customers, open_stages(edition_folder, "customers"));
  TRY_ASSIGN(sheets.dues, open_stages(edition_folder, "dues"));
  TRY_ASSIGN(sheets.payments, open_stages(edition_folder, "payments"));
  return sheets;
}

fs::path book_folder(const fs::path& data_dir, kernel::Date date) {
  return data_dir / "book" / date.format();
}

std::vector<kernel::Date> book_dates(const fs::path& data_dir) {
  std::vector<kernel::Date> dates;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(data_dir / "book", failed)) {
    const kernel::Result<kernel::Date> date = kernel::Date::parse(entry.path().filename().string());
    if (date && fs::exists(entry.path() / "current")) dates.push_back(*date);
  }
  std::sort(dates.begin(), dates.end());
  return dates;
}

kernel::Result<std::string> current_edition(const fs::path& data_dir, kernel::Date date) {
  std::ifstream in(book_folder(data_dir, date) / "current");
  std::string edition;
  if (!std::getline(in, edition) || edition.empty()) {
    return kernel::Error{
        kernel::Code::not_found,
        "no night has been run for " + date.format() + ": evenhand nightly --date " + date.format(),
        book_folder(data_dir, date).string()};
  }
  return edition;
}

// ---- Shelf -------------------------------------------------------------------------------------

std::vector<kernel::Date> Shelf::dates() const {
  return book_dates(data_dir_);
}

std::optional<kernel::Date> Shelf::latest() const {
  const std::vector<kernel::Date> all = dates();
  return all.empty() ? std::nullopt : std::optional(all.back());
}

kernel::Result<std::shared_ptr<const BookView>> Shelf::at(kernel::Date date) const {
  TRY_ASSIGN(const std::string edition, current_edition(data_dir_, date));
  const std::lock_guard lock(mutex_);
  for (const auto& book : open_) {
    if (book->date() == date && book->edition() == edition) return book;
  }
  TRY_ASSIGN(BookView view, BookView::open(data_dir_, date));
  auto book = std::make_shared<const BookView>(std::move(view));
  std::erase_if(open_, [&](const auto& other) { return other->date() == date; });
  constexpr std::size_t open_max = 40;  // a month of the dashboard's history and some
  if (open_.size() >= open_max) open_.erase(open_.begin());
  open_.push_back(book);
  return book;
}

kernel::Result<std::shared_ptr<const BookView>> Shelf::latest_book() const {
  const std::optional<kernel::Date> date = latest();
  if (!date) {
    return kernel::Error{kernel::Code::not_found, "no night has been run yet: evenhand nightly",
                         data_dir_.string()};
  }
  return at(*date);
}

}  // namespace book
