// The book as of a past day: sums over the edition that counts for it.

#include <algorithm>
#include <map>

#include "flow/inputs.h"
#include "flow/some_rows.h"
#include "flow/types.h"

namespace flow {

using kernel::Date;
using kernel::Money;

namespace {

// The last night up to a day: between two nights nothing was decided and nothing known.
kernel::Result<Date> night_of(const std::filesystem::path& data_dir, Date date) {
  std::optional<Date> last;
  for (const Date night : book::book_dates(data_dir)) {
    if (night <= date) last = night;
  }
  if (last) return *last;
  return kernel::Error{kernel::Code::not_found, "no night had been run by " + date.format(),
                       data_dir.string()};
}

// A word of the filter for one column; empty lets every row pass.
struct Test {
  column::Codes codes;
  std::string word;
  bool passes(std::size_t row) const { return word.empty() || codes.at(row) == word; }
};

std::vector<Test> tests_of(const column::Sheet& accounts, const AsOfFilter& filter) {
  const std::vector<std::pair<const char*, const std::optional<std::string>*>> wanted = {
      {"bucket", &filter.bucket}, {"product", &filter.product},     {"status", &filter.status},
      {"grade", &filter.grade},   {"treatment", &filter.treatment}, {"work", &filter.work},
      {"team", &filter.team}};
  std::vector<Test> tests;
  for (const auto& [name, word] : wanted) {
    if (word->value_or("").empty()) continue;
    tests.push_back({accounts.codes(name), **word});
  }
  return tests;
}

// Sums by a word, in the order of the column's words.
class Sums {
 public:
  explicit Sums(const column::Codes& codes) : codes_(codes), lines_(codes.words->size() + 1) {
    for (std::size_t i = 0; i < codes.words->size(); ++i) lines_[i].code = (*codes.words)[i];
  }
  void add(std::size_t row, std::int64_t balance_fen, std::int64_t overdue_fen) {
    const std::int16_t code = codes_.values[row];
    AsOfLine& line = code < 0 ? lines_.back() : lines_[static_cast<std::size_t>(code)];
    ++line.accounts;
    line.balance_fen += Money::from_fen(balance_fen);
    line.overdue_fen += Money::from_fen(overdue_fen);
  }
  std::vector<AsOfLine> take() {
    std::erase_if(lines_, [](const AsOfLine& line) { return line.accounts == 0; });
    return std::move(lines_);
  }

 private:
  column::Codes codes_;
  std::vector<AsOfLine> lines_;
};

AsOf sum_up(const book::BookView& book, const AsOfFilter& filter) {
  const column::Sheet& accounts = book.accounts();
  const std::vector<Test> tests = tests_of(accounts, filter);
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  const auto principal = accounts.get<std::int64_t>("principal_fen");
  const auto dpd = accounts.get<std::int32_t>("dpd");
  const auto customer = accounts.get<std::int32_t>("customer_row");
  Sums buckets(accounts.codes("bucket")), products(accounts.codes("product")),
      treatments(accounts.codes("treatment"));
  std::vector<bool> met(book.customers().rows());
  AsOf out;
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    if (filter.overdue.value_or(false) && dpd[row] <= 0) continue;
    if (!std::all_of(tests.begin(), tests.end(), [&](const Test& t) { return t.passes(row); }))
      continue;
    ++out.accounts;
    out.overdue_accounts += dpd[row] > 0 ? 1 : 0;
    out.principal_fen += Money::from_fen(principal[row]);
    out.balance_fen += Money::from_fen(balance[row]);
    out.overdue_fen += Money::from_fen(overdue[row]);
    buckets.add(row, balance[row], overdue[row]);
    products.add(row, balance[row], overdue[row]);
    treatments.add(row, balance[row], overdue[row]);
    met[static_cast<std::size_t>(customer[row])] = true;
  }
  out.customers = std::count(met.begin(), met.end(), true);
  out.buckets = buckets.take();
  out.products = products.take();
  out.treatments = treatments.take();
  return out;
}

}  // namespace

kernel::Result<AsOf> as_of(const book::Shelf& shelf, Date date, const AsOfFilter& filter) {
  TRY_ASSIGN(const Date night, night_of(shelf.data_dir(), date));
  TRY_ASSIGN(const auto book, shelf.at(night));
  TRY_ASSIGN(const BookFile file, load_book_file(book->folder()));
  AsOf out = sum_up(*book, filter);
  out.date = date;
  out.night_date = night;
  out.edition = file.edition;
  out.hash = file.hash;
  return out;
}

kernel::Result<std::string> as_of_csv(const book::Shelf& shelf, Date date,
                                      std::string_view account_no) {
  TRY_ASSIGN(const Date night, night_of(shelf.data_dir(), date));
  TRY_ASSIGN(const auto book, shelf.at(night));
  const AccountNos wanted{std::string(account_no)};
  if (!book->find_account(account_no)) {
    return kernel::Error{
        kernel::Code::not_found,
        "the book of " + night.format() + ", edition " + book->edition() + ", has no such account",
        "--account"};
  }
  TRY_ASSIGN(const book::Sheets sheets, book::open_sheets(book->folder()));
  book::Sheets one = some_accounts(sheets, wanted);
  return book::render_csv(
      book::BookView(night, book->edition(), std::move(one.accounts), std::move(one.customers)));
}

}  // namespace flow
