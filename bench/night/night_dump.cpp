// A book as CSV, for the peers of bench/night: what they start from, what they are compared with.
//   night_dump DATA DATE OUT COLUMN,COLUMN…
// Writes OUT/accounts.csv (account_no, customer_no and the columns named), dues.csv, payments.csv
// (in the order of the book), and of an embedded store facts.csv (what that night told; by tabs).
// Dates are days since 1970-01-01 (0: none), amounts fen, a code is its word (empty: none).

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "book/types.h"
#include "kernel/words.h"
#include "store/store.h"

namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "night_dump: %s\n", why.c_str());
  std::exit(2);
}

template <class T>
T need(kernel::Result<T> result) {
  if (!result) give_up(result.error().message + " " + result.error().where);
  return std::move(*result);
}

class File {
 public:
  explicit File(const fs::path& path) : file_(std::fopen(path.c_str(), "w")) {
    if (file_ == nullptr) give_up("cannot write " + path.string());
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    flush();
    if (std::fclose(file_) != 0) give_up("cannot close a file");
  }
  std::string& line() {
    if (text_.size() > (1U << 20U)) flush();
    return text_;
  }

 private:
  void flush() {
    if (std::fwrite(text_.data(), 1, text_.size(), file_) != text_.size()) give_up("disk full?");
    text_.clear();
  }
  std::FILE* file_;
  std::string text_;
};

using Put = std::function<void(std::string&, std::size_t row)>;

template <class T>
Put number_of(const column::Sheet& sheet, const std::string& name) {
  const auto values = sheet.get<T>(name);
  return [values](std::string& out, std::size_t row) { out += std::to_string(values[row]); };
}

Put column_of(const column::Sheet& sheet, const std::string& name) {
  if (!sheet.has(name)) give_up("the book has no column " + name);
  switch (sheet.type(name)) {
    case column::Type::i8:
      return number_of<std::int8_t>(sheet, name);
    case column::Type::i16:
      return number_of<std::int16_t>(sheet, name);
    case column::Type::i32:
      return number_of<std::int32_t>(sheet, name);
    case column::Type::i64:
      return number_of<std::int64_t>(sheet, name);
    case column::Type::code: {
      const column::Codes codes = sheet.codes(name);
      return [codes](std::string& out, std::size_t row) { out += codes.at(row); };
    }
    case column::Type::text: {
      const column::Texts texts = sheet.texts(name);
      return [texts](std::string& out, std::size_t row) { out += texts.at(row); };
    }
  }
  give_up("a column of a kind not known");
}

void write_rows(const fs::path& path, std::size_t rows, const std::vector<Put>& columns) {
  File file(path);
  for (std::size_t row = 0; row < rows; ++row) {
    std::string& out = file.line();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out += ',';
      columns[i](out, row);
    }
    out += '\n';
  }
}

// The rows of dues or payments, by account number instead of by row.
void write_of_accounts(const fs::path& path, const column::Sheet& sheet,
                       const column::Texts& account_no, const std::vector<std::string>& names) {
  const auto account_row = sheet.get<std::int32_t>("account_row");
  std::vector<Put> columns = {[=](std::string& out, std::size_t row) {
    out += account_no.at(static_cast<std::size_t>(account_row[row]));
  }};
  for (const std::string& name : names) columns.push_back(column_of(sheet, name));
  write_rows(path, sheet.rows(), columns);
}

// By tabs: a body has commas and quotes, and no tab.
void write_facts(const fs::path& path, const fs::path& data, kernel::Date date) {
  if (!fs::exists(data / "casebook.sqlite")) return;
  const std::unique_ptr<store::Store> store =
      need(store::Store::open({.url = data / "casebook.sqlite",
                               .key_file = data.string() + ".key",
                               .create_key = false,
                               .clock = [] { return kernel::Instant::from_micros(0); }}));
  File file(path);
  const auto read = store->read([&](store::Transaction& tx) {
    tx.query(
        "SELECT kind, subject, body FROM fact WHERE made_by = 'night' AND kind IN "
        "('bucket_changed', 'treatment_decided') AND body LIKE $1 ORDER BY kind, subject",
        {"{\"date\":\"" + date.format() + "\"%"}, [&](const store::Row& row) {
          file.line() += row.text(0) + '\t' + row.text(1) + '\t' + row.text(2) + '\n';
        });
    return true;
  });
  if (!read) give_up(read.error().message);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) give_up("night_dump DATA DATE OUT COLUMN,COLUMN…");
  const fs::path data = argv[1], out = argv[3];
  const kernel::Date date = need(kernel::Date::parse(argv[2]));
  const std::string edition = need(book::current_edition(data, date));
  const fs::path folder = book::book_folder(data, date) / edition;
  const book::Sheets sheets = need(book::open_sheets(folder));
  const column::Texts account_no = sheets.accounts.texts("account_no");
  const column::Texts customer_no = sheets.customers.texts("customer_no");
  const auto customer_row = sheets.accounts.get<std::int32_t>("customer_row");
  std::vector<Put> columns = {column_of(sheets.accounts, "account_no"),
                              [=](std::string& line, std::size_t row) {
                                line += customer_no.at(static_cast<std::size_t>(customer_row[row]));
                              }};
  for (const std::string& name : kernel::split_words(argv[4])) {
    columns.push_back(column_of(sheets.accounts, name));
  }
  fs::create_directories(out);
  write_rows(out / "accounts.csv", sheets.accounts.rows(), columns);
  write_of_accounts(out / "dues.csv", sheets.dues, account_no,
                    {"due_date", "unpaid_fen", "principal_fen", "period"});
  write_of_accounts(out / "payments.csv", sheets.payments, account_no,
                    {"paid_on", "amount_fen", "applied", "payment_no"});
  write_facts(out / "facts.csv", data, date);
  return 0;
}
