#include "flow/inputs.h"

#include <algorithm>
#include <set>

#include "flow/arms.h"
#include "flow/files.h"
#include "http/json.h"
#include "kernel/hash.h"
#include "tables/types.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

// Raised whenever the same inputs would give other bytes: then every key is a new one.
constexpr std::int64_t format = 1;

kernel::Status find_previous(const NightOptions& options, Inputs& inputs) {
  std::optional<kernel::Date> latest;
  for (const kernel::Date date : book::book_dates(options.data_dir)) {
    if (date < options.date) latest = date;
  }
  if (!latest) return kernel::Ok{};
  TRY_ASSIGN(const std::string edition, book::current_edition(options.data_dir, *latest));
  inputs.previous_folder = book::book_folder(options.data_dir, *latest) / edition;
  TRY_ASSIGN(inputs.previous, load_book_file(inputs.previous_folder));
  return kernel::Ok{};
}

kernel::Status find_batches(store::Store& store, const NightOptions& options, Inputs& inputs) {
  TRY_ASSIGN(std::vector<intake::BatchRef> all, store.read([&](store::Transaction& tx) {
    return intake::load_batch_refs(tx, options.data_dir, options.date);
  }));
  std::set<std::string> merged;
  if (inputs.previous)
    merged.insert(inputs.previous->merged.begin(), inputs.previous->merged.end());
  for (intake::BatchRef& batch : all) {
    if (!merged.contains(batch.batch_id)) inputs.batches.push_back(std::move(batch));
  }
  return kernel::Ok{};
}

// Those in force on the night's own date, whenever it runs: a night of an old date made anew reads
// what held then. With the files that they import.
kernel::Status find_tables(store::Store& store, const NightOptions& options, Inputs& inputs) {
  TRY_ASSIGN(inputs.models, tables::models_in_force(store, options.decisions_dir, options.date));
  for (const std::string& file : tables::night_files()) TRY(inputs.models.need(file));
  for (const std::string& file : inputs.models.with_imports(tables::night_files()))
    inputs.tables.push_back({file, inputs.models.find(file)->version});
  return kernel::Ok{};
}

// A challenger is read from the kept tables: its bytes are there since it was released for trial.
kernel::Status find_experiments(store::Store& store, const NightOptions& options, Inputs& inputs) {
  TRY_ASSIGN(inputs.experiments, store.read([&](store::Transaction& tx) {
    return experiment::running_on(tx, options.date);
  }));
  for (const experiment::Running& one : inputs.experiments) {
    TRY_ASSIGN(const strategy::Models kept,
               strategy::Models::load_kept(options.data_dir / "tables", {{one.file, one.version}}));
    inputs.models.add_challenger({one.name, *kept.find(one.file)});
  }
  return kernel::Ok{};
}

kernel::Result<std::string> decide_key(const Inputs& inputs) {
  std::string text = "format " + std::to_string(format) + "\ndate " + inputs.date.format() + "\n";
  if (inputs.previous) text += "previous " + inputs.previous->hash + "\n";
  for (const intake::BatchRef& batch : inputs.batches) {
    TRY_ASSIGN(const std::string manifest, load_text(batch.folder / "manifest.json"));
    text += "batch " + batch.batch_id + " " + batch.kind + (batch.full ? " full " : " ") +
            kernel::sha256_hex(manifest) + "\n";
  }
  for (const TableVersion& table : inputs.tables) {
    text += "table " + table.file + " " +
            kernel::sha256_hex(*inputs.models.find(table.file)->bytes) + "\n";
  }
  for (const experiment::Running& one : inputs.experiments) text += one.text() + "\n";
  return kernel::sha256_hex(text).substr(0, 12);
}

}  // namespace

kernel::Result<BookFile> load_book_file(const fs::path& edition_folder) {
  TRY_ASSIGN(const std::string text, load_text(edition_folder / "book.json"));
  kernel::Result<BookFile> file = http::parse_json<BookFile>(text);
  if (!file) {
    return kernel::Error{kernel::Code::corrupt, "book.json: " + file.error().message,
                         (edition_folder / "book.json").string()};
  }
  return file;
}

kernel::Result<Inputs> load_inputs(store::Store& store, const NightOptions& options) {
  Inputs inputs;
  inputs.date = options.date;
  TRY(find_previous(options, inputs));
  TRY(find_batches(store, options, inputs));
  TRY(find_tables(store, options, inputs));
  TRY(find_experiments(store, options, inputs));
  TRY_ASSIGN(inputs.key, decide_key(inputs));
  return inputs;
}

kernel::Result<std::vector<book::BatchSheet>> load_batch_sheets(const Inputs& inputs) {
  std::vector<book::BatchSheet> sheets;
  for (const intake::BatchRef& batch : inputs.batches) {
    TRY_ASSIGN(column::Sheet rows, column::Sheet::open(batch.folder));
    sheets.push_back({batch.kind, batch.full, std::move(rows)});
  }
  return sheets;
}

kernel::Result<strategy::Models> load_models_of(const std::filesystem::path& data_dir,
                                                kernel::Date date) {
  TRY_ASSIGN(const std::string edition, book::current_edition(data_dir, date));
  TRY_ASSIGN(const BookFile file, load_book_file(book::book_folder(data_dir, date) / edition));
  std::vector<std::pair<std::string, std::string>> versions;
  for (const TableVersion& table : file.tables) versions.emplace_back(table.file, table.version);
  TRY_ASSIGN(strategy::Models models, strategy::Models::load_kept(data_dir / "tables", versions));
  TRY_ASSIGN(const std::vector<Tried> tried,
             load_tried(book::book_folder(data_dir, date) / edition));
  for (const Tried& one : tried) {
    TRY_ASSIGN(const strategy::Models kept,
               strategy::Models::load_kept(data_dir / "tables", {{one.file, one.version}}));
    models.add_challenger({one.experiment, *kept.find(one.file)});
  }
  return models;
}

kernel::Result<std::string> version_of(const fs::path& data_dir, kernel::Date date,
                                       std::string_view file) {
  const kernel::Result<std::string> edition = book::current_edition(data_dir, date);
  if (!edition) return std::string();
  TRY_ASSIGN(const BookFile book, load_book_file(book::book_folder(data_dir, date) / *edition));
  for (const TableVersion& table : book.tables) {
    if (table.file == file) return table.version;
  }
  return std::string();
}

}  // namespace flow
