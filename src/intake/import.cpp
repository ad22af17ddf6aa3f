#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <memory>
#include <set>

#include "intake/accounts.h"
#include "intake/batches.h"
#include "intake/disk.h"
#include "intake/people.h"
#include "intake/progress.h"
#include "intake/source.h"
#include "intake/taken.h"
#include "kernel/hash.h"

namespace intake {
namespace {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;

constexpr std::size_t shown_max = 20;
constexpr const char* unfinished = ".new";

constexpr std::int64_t few_records = 100;  // under which a size says nothing

// What was taken of one kind: columns, open once they are written, or people.
struct Taken {
  KindId kind;
  std::unique_ptr<TakenColumns> columns;
  std::optional<column::Sheet> sheet;
  std::unique_ptr<TakenPeople> people;
  std::shared_future<kernel::Status> opened;
  std::shared_future<kernel::Status> saved;  // last: it is waited for before the others go
};

// A file of the import: where it comes from, then what was read from it.
struct Prepared {
  explicit Prepared(Source from) : source(std::move(from)) {}
  Source source;
  std::size_t bytes = 0;  // unpacked
  const FileMapping* mapping = nullptr;
  NewBatch batch;
  bool unchanged = false;
  ReadFile read;
  std::vector<std::unique_ptr<Taken>> taken;  // beside the kinds of the batch
  std::string reject_file;
};

class Import {
 public:
  Import(store::Store& store, const ImportOptions& options) : store_(store), options_(options) {}

  kernel::Result<ImportReport> run() {
    TRY_ASSIGN(mapping_, load_mapping(options_.mapping));
    if (options_.files.empty()) return Error{Code::invalid_input, "no file to import", ""};
    std::error_code failed;
    fs::create_directories(intake_dir(), failed);
    if (failed) return disk_error("cannot make the data folder", intake_dir());
    TRY_ASSIGN(const auto lock, FolderLock::take(intake_dir()));
    known_.emplace(intake_dir());
    find_needs();
    // What the store knows is read beside the files' bytes, and columns are written beside rows.
    auto loading = std::async(std::launch::async, [this] { return load_store(); });
    auto accounts = std::async(std::launch::async, [this] { return load_accounts(); });
    for (const fs::path& path : options_.files) TRY(plan(path));
    TRY_ASSIGN(const std::vector<std::string> imported, loading.get());
    TRY(accounts.get());
    leave_out(imported);
    TRY(note_pending());
    if (const kernel::Status good = read_good(); !good) {
      for (const auto& file : files_) file->taken.clear();  // nobody writes there any more
      remove_unfinished({imported.begin(), imported.end()});
      return good.error();
    }
    const std::shared_future<kernel::Status> folders =
        std::async(std::launch::async, [this] { return save_folders(); });
    TRY(save_rows(folders));
    std::error_code ignored;
    fs::remove(pending_file(), ignored);
    return report();
  }

 private:
  fs::path intake_dir() const { return options_.data_dir / "intake"; }

  kernel::Status plan(const fs::path& path) {
    TRY_ASSIGN(Source source, Source::open(path));
    auto file = std::make_unique<Prepared>(std::move(source));
    const std::string name = path.filename().string();
    TRY_ASSIGN(const std::string sha256, sha256_of(file->source));
    file->bytes = file->source.size();
    file->mapping = mapping_.find(name);
    if (!file->mapping) {
      return Error{Code::invalid_input, "no [[file]] of the mapping matches this file's name",
                   fmt::format("{}; mapping {}", name, mapping_.name)};
    }
    TRY_ASSIGN(const kernel::Date as_of, as_of_of(mapping_, name, options_.as_of));
    const std::string all = sha256 + mapping_.sha256 + as_of.format() + file->mapping->match;
    file->batch = {.batch_id = as_of.format() + "-" + kernel::sha256_hex(all).substr(0, 12),
                   .file_name = name,
                   .file_sha256 = sha256,
                   .mapping = mapping_.name,
                   .mapping_sha256 = mapping_.sha256,
                   .as_of = as_of,
                   .imported_at = options_.now,
                   .imported_by = options_.imported_by};
    bytes_total_ += file->bytes;
    files_.push_back(std::move(file));
    return kernel::Ok{};
  }

  // Gone through once for its hash, which says whether it is new, and once more to be read.
  static kernel::Result<std::string> sha256_of(Source& source) {
    kernel::Sha256 hash;
    std::string part;
    do {
      TRY(source.read(part));
      hash.add(part);
    } while (!part.empty());
    return hash.hex();
  }

  kernel::Result<std::vector<std::string>> load_store() {
    return store_.read([&](store::Transaction& tx) {
      if (needs_.customers) load_known_customers(tx, *known_);
      earlier_ = load_batches(tx);
      full_ = load_full_batches(tx);
      return load_batch_ids(tx);
    });
  }

  kernel::Status load_accounts() {
    if (!needs_.accounts && !needs_.account_contents) return kernel::Ok{};
    return store_.read([&](store::Transaction& tx) {
      accounts_batch_ = last_accounts_batch(tx);
      (needs_.account_contents ? load_account_contents : load_known_accounts)(tx, *known_);
    });
  }

  // By the files' names alone: what their lines may refer to. A key of customers or of people is
  // held against those of this import only.
  void find_needs() {
    for (const fs::path& path : options_.files) {
      const FileMapping* file = mapping_.find(path.filename().string());
      if (!file) continue;
      for (const RecordMapping& record : file->records) {
        if (record.kind->customer_no >= 0) needs_.customers = true;
        if (record.kind->account_no >= 0) needs_.accounts = true;
        if (record.kind->id == KindId::accounts) needs_.account_contents = true;
      }
    }
  }

  // What was imported before is left out.
  void leave_out(const std::vector<std::string>& imported) {
    const std::set<std::string> ids(imported.begin(), imported.end());
    remove_unfinished(ids);
    std::set<std::string> met = ids;
    for (auto& file : files_) file->unchanged = !met.insert(file->batch.batch_id).second;
    // Customers before accounts before what refers to them, whatever order they were named in.
    std::stable_sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
      return a->mapping->records.front().kind->id < b->mapping->records.front().kind->id;
    });
  }

  // Folders get their names just before the rows that refer to them are committed. The list of
  // those under way is on disk before, so that only they are ever removed: a folder that this
  // store does not know may be another store's.
  fs::path pending_file() const { return intake_dir() / ".pending"; }

  void remove_unfinished(const std::set<std::string>& ids) {
    std::error_code ignored;
    std::ifstream pending(pending_file());
    for (std::string id; std::getline(pending, id);) {
      if (!id.empty() && ids.count(id) == 0) fs::remove_all(intake_dir() / id, ignored);
      fs::remove_all(intake_dir() / (id + unfinished), ignored);
    }
    fs::remove(pending_file(), ignored);
  }

  kernel::Status note_pending() const {
    std::string ids;
    for (const auto& file : files_) {
      if (file->unchanged) continue;
      ids += file->batch.batch_id + "\n";
      if (!fs::exists(intake_dir() / file->batch.batch_id)) continue;
      return Error{Code::conflict,
                   "the data folder has this batch and the store has not: is this the right store "
                   "for this folder?",
                   (intake_dir() / file->batch.batch_id).string()};
    }
    return write_private(pending_file(), ids);
  }

  kernel::Status read_good() {
    TRY(read_all());
    TRY(some_good());
    return options_.accept_size ? kernel::Ok{} : of_expected_size();
  }

  kernel::Status read_all() {
    Progress progress(options_.progress, bytes_total_);
    std::size_t before = 0;
    for (auto& file : files_) {
      if (!file->unchanged) {
        const std::string name = file->batch.file_name;
        TRY(read(*file, [&](std::size_t at) { progress.show(name, before + at); }));
      }
      before += file->bytes;
    }
    known_.reset();
    return kernel::Ok{};
  }

  kernel::Status read(Prepared& file, const std::function<void(std::size_t)>& progress) {
    ReadOptions options{file.batch.file_name, file.batch.as_of, progress, file.bytes, {}};
    options.full = [&](const Table& block) { return add(taken_of(file, block.kind()), block); };
    Decoder decoder(file.mapping->encoding, file.mapping->dialect.delimiter);
    std::string part;
    bool last = false;
    file.source.rewind();
    const MoreText more = [&](Decoded& text) -> kernel::Status {
      for (const std::size_t size = text.text.size(); !last && text.text.size() == size;) {
        TRY(file.source.read(part));
        last = part.empty();
        decoder.add(part, last, text);
      }
      return kernel::Ok{};
    };
    TRY_ASSIGN(file.read, read_file(*file.mapping, more, *known_, options));
    TRY(count(file));
    for (Table& table : file.read.tables) {
      Taken& taken = taken_of(file, table.kind());
      finish(taken, std::move(table));
    }
    return kernel::Ok{};
  }

  Taken& taken_of(Prepared& file, const KindSpec& kind) {
    for (const auto& taken : file.taken) {
      if (taken->kind == kind.id) return *taken;
    }
    file.taken.push_back(std::make_unique<Taken>());
    Taken& taken = *file.taken.back();
    taken.kind = kind.id;
    if (kind.people) {
      taken.people = std::make_unique<TakenPeople>(kind, intake_dir());
    } else {
      taken.columns = std::make_unique<TakenColumns>(kind, unfinished_folder(file) / kind.name);
    }
    return taken;
  }

  static kernel::Status add(Taken& taken, const Table& block) {
    return taken.people ? taken.people->add(block) : taken.columns->add(block);
  }

  // Columns are made durable beside the reading of the next file and the saving of rows, which
  // needs them open only.
  static void finish(Taken& taken, Table last) {
    if (taken.people) return taken.people->finish(std::move(last));
    std::promise<kernel::Status> opened;
    taken.opened = opened.get_future().share();
    taken.saved = std::async(
        std::launch::async, [&taken, opened = std::move(opened), last = std::move(last)]() mutable {
          const auto open = [&]() -> kernel::Status {
            TRY_ASSIGN(taken.sheet, taken.columns->open(last));
            return kernel::Ok{};
          };
          kernel::Status done = open();
          opened.set_value(done);
          if (done) done = taken.columns->finish();
          taken.columns.reset();
          return done;
        });
  }

  kernel::Status count(Prepared& file) {
    NewBatch& batch = file.batch;
    batch.lines = file.read.lines;
    batch.rejected = &file.read.bad;
    for (std::size_t i = 0; i < file.read.tables.size(); ++i) {
      const Table& table = file.read.tables[i];
      NewBatch::Kind kind{.id = table.kind().id};
      kind.count = {.kind = table.kind().name,
                    .accepted = static_cast<std::int64_t>(table.rows_before() + table.rows()),
                    .rejected = file.read.rejected[i],
                    .unchanged = file.read.repeated[i]};
      for (std::size_t f = 0; f < table.kind().fields.size(); ++f) {
        if (table.kind().fields[f].type != FieldType::money) continue;
        kind.count.control_totals.push_back({table.kind().fields[f].name, table.total(f)});
      }
      for (const RecordMapping& record : file.mapping->records) {
        // A corrected reject file is a few lines: it never stands for everything.
        if (record.kind->id == kind.id && record.full && !file.read.corrected) kind.full = true;
      }
      batch.kinds.push_back(std::move(kind));
    }
    if (file.read.bad.empty()) return kernel::Ok{};
    const fs::path folder = options_.data_dir / "rejects";
    std::error_code failed;
    fs::create_directories(folder, failed);
    std::string stem = fs::path(batch.file_name).stem().string();
    if (stem.ends_with(".csv")) stem.resize(stem.size() - 4);  // name.csv.gz
    const fs::path path = folder / (batch.batch_id + "-" + stem + ".csv");
    file.reject_file = path.string();
    return write_private(path, render_rejects(*file.mapping, file.read));
  }

  kernel::Status some_good() const {
    std::int64_t good = 0;
    const Prepared* bad = nullptr;
    for (const auto& file : files_) {
      if (file->unchanged) return kernel::Ok{};
      for (const auto& kind : file->batch.kinds) good += kind.count.accepted + kind.count.unchanged;
      if (!bad && !file->read.bad.empty()) bad = file.get();
    }
    if (good > 0 || !bad) return kernel::Ok{};
    const Rejected& first = bad->read.bad.front().info;
    return Error{Code::invalid_input,
                 fmt::format("not one line is good, so nothing was imported; the first: {} ({}); "
                             "all of them: {}",
                             first.reason, first.hint, bad->reject_file),
                 fmt::format("{} line {} column {}", first.file, first.line, first.column)};
  }

  // A full file that lost half of its records takes half the book away overnight: it is asked about
  // before, not found out after. Few records may well double.
  kernel::Status of_expected_size() const {
    for (const auto& file : files_) {
      if (file->unchanged) continue;
      for (const NewBatch::Kind& kind : file->batch.kinds) {
        const auto found = full_.find(kind.count.kind);
        if (!kind.full || found == full_.end() || found->second.records < few_records) continue;
        TRY(of_expected_size(*file, kind.count, found->second));
      }
    }
    return kernel::Ok{};
  }
  static kernel::Status of_expected_size(const Prepared& file, const KindCount& now,
                                         const FullBatch& before) {
    const std::int64_t records = now.accepted + now.unchanged;
    for (const RecordMapping& record : file.mapping->records) {
      if (record.kind->name != now.kind) continue;
      const bool less = records * 100 < before.records * record.least_percent;
      if (!less && records * 100 <= before.records * record.most_percent) continue;
      return Error{
          Code::conflict,
          fmt::format(
              "{} {}, {} of {} had {}: {} than {} % of that. Nothing was imported; see that "
              "the file is whole and the right one, then import it with --accept-size",
              records, now.kind, before.file_name, before.as_of.format(), before.records,
              less ? "less" : "more", less ? record.least_percent : record.most_percent),
          file.batch.file_name};
    }
    return kernel::Ok{};
  }

  fs::path batch_folder(const Prepared& file) const { return intake_dir() / file.batch.batch_id; }
  fs::path unfinished_folder(const Prepared& file) const {
    return intake_dir() / (file.batch.batch_id + unfinished);
  }

  kernel::Status save_folders() {
    for (auto& file : files_) {
      bool any = false;
      for (const auto& taken : file->taken) {
        if (!taken->saved.valid()) continue;
        TRY(taken->saved.get());
        any = true;
      }
      if (!any) continue;
      const fs::path part = unfinished_folder(*file), place = batch_folder(*file);
      sync_folder(part);
      std::error_code failed;
      fs::rename(part, place, failed);
      if (failed) return disk_error("cannot name the batch folder", place);
    }
    sync_folder(intake_dir());
    return kernel::Ok{};
  }

  // What accounts were held against as they were read still stands.
  kernel::Status not_overtaken(store::Transaction& tx) const {
    for (const auto& file : files_) {
      for (const auto& taken : file->taken) {
        if (taken->kind != KindId::accounts || last_accounts_batch(tx) == accounts_batch_) continue;
        return Error{Code::conflict,
                     "another import of accounts ended while this one was reading; nothing was "
                     "imported, run it again",
                     file->batch.file_name};
      }
    }
    return kernel::Ok{};
  }

  // Committed only once the folders are in place.
  kernel::Status save_rows(const std::shared_future<kernel::Status>& folders) {
    Progress progress(options_.progress, 0);
    progress.stage("saving columns and rows");
    return store_.transact([&](store::Transaction& tx) -> kernel::Status {
      tx.lock("intake");
      TRY(not_overtaken(tx));
      for (auto& file : files_) {
        if (file->unchanged) continue;
        for (std::size_t i = 0; i < file->read.repeated.size(); ++i) {
          KindCount& count = file->batch.kinds[i].count;
          Taken& taken = taken_of(*file, kind_of(file->batch.kinds[i].id));
          if (taken.people) {
            const PeopleCount saved = save_people(tx, *taken.people);
            count.accepted = saved.accepted;
            count.unchanged = saved.unchanged + file->read.repeated[i];
            continue;
          }
          TRY(taken.opened.get());
          if (taken.kind == KindId::accounts) save_accounts(tx, *taken.sheet, file->read.accounts);
          if (taken.kind == KindId::payments) save_payments(tx, file->batch, *taken.sheet);
        }
        save_batch(tx, file->batch);
      }
      return folders.get();
    });
  }

  ImportReport report() const {
    ImportReport report;
    for (const auto& file : files_) {
      FileReport one{.batch_id = file->batch.batch_id,
                     .file_name = file->batch.file_name,
                     .state = file->unchanged ? "unchanged" : "imported",
                     .as_of = file->batch.as_of,
                     .lines = file->batch.lines,
                     .rejects = static_cast<std::int64_t>(file->read.bad.size()),
                     .reject_file = file->reject_file};
      for (const auto& kind : file->batch.kinds) one.kinds.push_back(kind.count);
      if (file->unchanged) as_before(one);
      for (const RejectedLine& bad : file->read.bad) {
        if (one.first_rejected.size() < shown_max) one.first_rejected.push_back(bad.info);
      }
      for (const KindCount& count : one.kinds) {
        report.accepted += count.accepted;
        report.unchanged += count.unchanged;
      }
      if (!file->unchanged) report.rejected += one.rejects;
      report.files.push_back(std::move(one));
    }
    return report;
  }

  // The same file again: everything it holds is in already.
  void as_before(FileReport& one) const {
    for (const Batch& batch : earlier_) {
      if (batch.batch_id != one.batch_id) continue;
      one.kinds = batch.kinds;
      one.rejects = batch.rejects;
    }
    for (KindCount& count : one.kinds) {
      count.unchanged += count.accepted;
      count.accepted = 0;
    }
  }

  store::Store& store_;
  const ImportOptions& options_;
  Mapping mapping_;
  std::vector<std::unique_ptr<Prepared>> files_;
  std::size_t bytes_total_ = 0;
  struct {
    bool customers = false, accounts = false, account_contents = false;
  } needs_;                     // of what the store knows
  std::optional<Known> known_;  // until all is read
  std::int64_t accounts_batch_ = 0;
  std::vector<Batch> earlier_;
  std::map<std::string, FullBatch> full_;  // by kind
};

}  // namespace

kernel::Result<ImportReport> import_files(store::Store& store, const ImportOptions& options) {
  return Import(store, options).run();
}

}  // namespace intake
