#include "book/types.h"
#include "column/new_file.h"

namespace book {

namespace {

void put_text(std::string& out, std::string_view text) {
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

void put_cell(std::string& out, const column::Cells& cells, std::size_t row) {
  if (cells.absent(row)) return;
  if (cells.type() == column::Type::code || cells.type() == column::Type::text) {
    put_text(out, cells.text(row));
  } else if (cells.date()) {
    out += kernel::Date::from_days(static_cast<std::int32_t>(cells.number(row))).format();
  } else {
    out += std::to_string(cells.number(row));
  }
}

class CsvLines {
 public:
  explicit CsvLines(const column::Table& table) {
    for (const column::Field& field : table.fields) {
      header_ += (header_.empty() ? "" : ",") + field.name;
      cells_.push_back(field.sheet == nullptr ? std::nullopt : std::optional<column::Cells>(field));
    }
    header_ += '\n';
  }

  const std::string& header() const { return header_; }
  void put(std::string& out, std::size_t row) const {
    bool first = true;
    for (const std::optional<column::Cells>& cells : cells_) {
      if (!std::exchange(first, false)) out += ',';
      if (cells) put_cell(out, *cells, row);
    }
    out += '\n';
  }

 private:
  std::string header_;
  std::vector<std::optional<column::Cells>> cells_;
};

}  // namespace

std::string render_csv(const BookView& book) {
  const column::Table table = accounts_table(book.accounts(), book.customers());
  const CsvLines lines(table);
  std::string out = lines.header();
  for (std::size_t row = 0; row < table.rows; ++row) lines.put(out, row);
  return out;
}

kernel::Status save_csv(const column::Table& table, const std::filesystem::path& file) {
  constexpr std::size_t bytes_a_time = 1 << 20;
  column::NewFile out(file);
  const CsvLines lines(table);
  std::string bytes = lines.header();
  for (std::size_t row = 0; row < table.rows; ++row) {
    lines.put(bytes, row);
    if (bytes.size() < bytes_a_time) continue;
    TRY(out.put(bytes));
    bytes.clear();
  }
  TRY(out.put(bytes));
  return out.place();
}

}  // namespace book
