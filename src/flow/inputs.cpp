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
constexpr std::int64_t format = 3;

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
  std::string text =
      "format " + std::to_string(inputs.format) + "\ndate " + inputs.date.format() + "\n";
  if (inputs.previous) text += "previous " + inputs.previous->hash + "\n";
  // Late payments are played again from further back: what the book before was made from counts.
  if (inputs.previous && inputs.format >= format_restates) {
    text += "made from " + inputs.previous->input_key + "\n";
  }
  for (const intake::BatchRef& batch : inputs.batches) {
    TRY_ASSIGN(const std::string manifest, load_text(batch.folder / "manifest.json"));
    text += "batch " + batch.batch_id + " " + batch.kind + (batch.full ? " full " : " ") +
            kernel::sha256_hex(manifest);
    if (inputs.format >= format_compares) text += " rejected " + std::to_string(batch.rejected);
    text += "\n";
  }
  for (const TableVersion& table : inputs.tables) {
    text += "table " + table.file + " " +
            kernel::sha256_hex(*inputs.models.find(table.file)->bytes) + "\n";
  }
  for (const experiment::Running& one : inputs.experiments) text += one.text() + "\n";
  return kernel::sha256_hex(text).substr(0, 12);
}

// The tables an edition names, as they were kept.
kernel::Result<strategy::Models> load_kept_models(const fs::path& data_dir, const BookFile& file,
                                                  const std::vector<Tried>& tried) {
  std::vector<std::pair<std::string, std::string>> versions;
  for (const TableVersion& table : file.tables) versions.emplace_back(table.file, table.version);
  TRY_ASSIGN(strategy::Models models, strategy::Models::load_kept(data_dir / "tables", versions));
  for (const Tried& one : tried) {
    TRY_ASSIGN(const strategy::Models kept,
               strategy::Models::load_kept(data_dir / "tables", {{one.file, one.version}}));
    models.add_challenger({one.experiment, *kept.find(one.file)});
  }
  return models;
}

// ---- of an edition that is made ----------------------------------------------------------------

kernel::Error gone(const std::string& what, const fs::path& where) {
  return {kernel::Code::not_found, what + " is gone", where.string()};
}

kernel::Status find_previous_of(const fs::path& data_dir, const BookFile& file, Inputs& inputs) {
  if (file.previous_edition.empty()) return kernel::Ok{};
  TRY_ASSIGN(const kernel::Date date, kernel::Date::parse(file.previous_date));
  inputs.previous_folder = book::book_folder(data_dir, date) / file.previous_edition;
  const std::string name = "the book before, " + file.previous_date + " " + file.previous_edition;
  if (!fs::exists(inputs.previous_folder / "book.json")) return gone(name, inputs.previous_folder);
  TRY_ASSIGN(inputs.previous, load_book_file(inputs.previous_folder));
  if (inputs.previous->hash == file.previous_hash) return kernel::Ok{};
  return kernel::Error{kernel::Code::corrupt, name + ", does not have the hash it had then",
                       inputs.previous_folder.string()};
}

kernel::Status find_batches_of(store::Store& store, const fs::path& data_dir, const BookFile& file,
                               Inputs& inputs) {
  TRY_ASSIGN(std::vector<intake::BatchRef> all, store.read([&](store::Transaction& tx) {
    return intake::load_batch_refs(tx, data_dir, file.date);
  }));
  std::set<std::string> wanted(file.batches.begin(), file.batches.end()), found;
  for (intake::BatchRef& batch : all) {
    if (!wanted.contains(batch.batch_id)) continue;
    found.insert(batch.batch_id);
    if (!fs::exists(batch.folder / "manifest.json")) {
      return gone("the batch " + batch.batch_id + " (" + batch.kind + ")", batch.folder);
    }
    inputs.batches.push_back(std::move(batch));
  }
  for (const std::string& batch_id : file.batches) {
    if (!found.contains(batch_id)) {
      return gone("the batch " + batch_id, data_dir / "intake" / batch_id);
    }
  }
  return kernel::Ok{};
}

kernel::Status find_tables_of(const fs::path& data_dir, const BookFile& file,
                              const std::vector<Tried>& tried, Inputs& inputs) {
  const auto there = [&](const std::string& table, const std::string& version) -> kernel::Status {
    const fs::path path = data_dir / "tables" / (version + ".dmn");
    if (!fs::exists(path)) return gone("the table " + table + "@" + version, path);
    return kernel::Ok{};
  };
  for (const TableVersion& table : file.tables) TRY(there(table.file, table.version));
  for (const Tried& one : tried) TRY(there(one.file, one.version));
  TRY_ASSIGN(inputs.models, load_kept_models(data_dir, file, tried));
  inputs.tables = file.tables;
  return kernel::Ok{};
}

kernel::Status find_experiments_of(store::Store& store, const BookFile& file,
                                   const std::vector<Tried>& tried, Inputs& inputs) {
  if (tried.empty()) return kernel::Ok{};
  TRY_ASSIGN(
      const std::vector<experiment::Running> running,
      store.read([&](store::Transaction& tx) { return experiment::running_on(tx, file.date); }));
  for (const Tried& one : tried) {
    const auto found = std::find_if(running.begin(), running.end(), [&](const auto& other) {
      return other.name == one.experiment && other.version == one.version;
    });
    if (found == running.end()) return gone("the experiment " + one.experiment, "");
    inputs.experiments.push_back(*found);
  }
  return kernel::Ok{};
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
  inputs.format = format;
  inputs.date = options.date;
  TRY(find_previous(options, inputs));
  TRY(find_batches(store, options, inputs));
  TRY(find_tables(store, options, inputs));
  TRY(find_experiments(store, options, inputs));
  TRY_ASSIGN(inputs.key, decide_key(inputs));
  return inputs;
}

kernel::Result<Inputs> load_inputs_of(store::Store& store, const fs::path& data_dir,
                                      const BookFile& file) {
  const fs::path folder = book::book_folder(data_dir, file.date) / file.edition;
  if (file.format > format) {
    return kernel::Error{kernel::Code::conflict,
                         "a newer program made this night (format " + std::to_string(file.format) +
                             "): make it again with that one",
                         folder.string()};
  }
  Inputs inputs;
  inputs.format = file.format;
  inputs.date = file.date;
  TRY_ASSIGN(const std::vector<Tried> tried, load_tried(folder));
  TRY(find_previous_of(data_dir, file, inputs));
  TRY(find_batches_of(store, data_dir, file, inputs));
  TRY(find_tables_of(data_dir, file, tried, inputs));
  TRY(find_experiments_of(store, file, tried, inputs));
  TRY_ASSIGN(inputs.key, decide_key(inputs));
  if (inputs.key == file.input_key) return inputs;
  return kernel::Error{kernel::Code::corrupt,
                       "what it was made from is all here and not what it was: its key is " +
                           inputs.key + " now and was " + file.input_key,
                       folder.string()};
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
  const fs::path folder = book::book_folder(data_dir, date) / edition;
  TRY_ASSIGN(const BookFile file, load_book_file(folder));
  TRY_ASSIGN(const std::vector<Tried> tried, load_tried(folder));
  return load_kept_models(data_dir, file, tried);
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
