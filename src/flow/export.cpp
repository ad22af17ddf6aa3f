// The book of a date for others: as the night made it, or as it would open where there was none.

#include "flow/edition.h"
#include "flow/files.h"
#include "parquet/types.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

struct Opened {
  std::string edition, hash;  // empty where the date has had no night
  book::Sheets sheets;
};

kernel::Result<Opened> open_book(store::Store& store, const NightOptions& options) {
  Opened opened;
  if (book::current_edition(options.data_dir, options.date)) {
    TRY_ASSIGN(opened.edition, book::current_edition(options.data_dir, options.date));
    const fs::path folder = book::book_folder(options.data_dir, options.date) / opened.edition;
    TRY_ASSIGN(const BookFile file, load_book_file(folder));
    opened.hash = file.hash;
    TRY_ASSIGN(opened.sheets, book::open_sheets(folder));
    return opened;
  }
  TRY_ASSIGN(const Inputs inputs, load_inputs(store, options));
  Night night{.options = options, .store = store, .inputs = inputs};
  TRY(open_previous(night));
  TRY(decide_opening_book(night));
  opened.sheets = std::move(night.sheets);
  return opened;
}

}  // namespace

kernel::Result<std::string> export_book_csv(store::Store& store, const NightOptions& options) {
  TRY_ASSIGN(Opened opened, open_book(store, options));
  return book::render_csv(book::BookView(options.date, opened.edition,
                                         std::move(opened.sheets.accounts),
                                         std::move(opened.sheets.customers)));
}

kernel::Result<std::string> save_book(store::Store& store, const NightOptions& options,
                                      BookFormat format, const fs::path& out) {
  const char* ending = format == BookFormat::parquet ? ".parquet" : ".csv";
  const bool one_file = out.extension() == ending;
  if (!one_file && (out.extension() == ".parquet" || out.extension() == ".csv")) {
    return kernel::Error{kernel::Code::invalid_input,
                         std::string("that name is for another --format than ") + (ending + 1),
                         out.string()};
  }
  TRY_ASSIGN(const Opened opened, open_book(store, options));
  const parquet::Options how{.notes = {{"evenhand.date", options.date.format()},
                                       {"evenhand.edition", opened.edition},
                                       {"evenhand.hash", opened.hash}}};
  std::vector<column::Table> tables = book::tables_of(opened.sheets);
  if (one_file) {
    tables.resize(1);
  } else {
    TRY(make_folder(out));
  }
  std::string told;
  for (const column::Table& table : tables) {
    const fs::path file = one_file ? out : out / (table.name + ending);
    TRY(format == BookFormat::parquet ? parquet::save(table, how, file)
                                      : book::save_csv(table, file));
    told += file.string() + ": " + std::to_string(table.rows) + " rows\n";
  }
  return told;
}

}  // namespace flow
