// run_night: what is on disk is never done again, what is published is never told again.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>

#include "flow/edition.h"
#include "flow/files.h"
#include "flow/nodes.h"
#include "flow/publish.h"
#include "flow/rows.h"
#include "flow/run_stage.h"
#include "flow/settling.h"
#include "flow/stages.h"
#include "http/json.h"
#include "kernel/beside.h"
#include "store/turn.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

class Stopwatch {
 public:
  std::int64_t ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void step(const NightOptions& options, std::string_view what) {
  if (options.after_step) options.after_step(what);
}

StageReport stage_report(const char* name, const char* title, const char* state, std::size_t rows,
                         std::int64_t wall_ms) {
  StageReport report{name, title, state, static_cast<std::int64_t>(rows), wall_ms, 0};
  report.rows_per_s = report.rows * 1000 / std::max<std::int64_t>(wall_ms, 1);
  return report;
}

// "[ 3/10] ████████░░ 计息… 1,234,000 rows/s": one line that moves on a terminal.
void show_progress(const NightOptions& options, std::size_t done, const StageReport* last,
                   const char* next) {
  if (!options.progress) return;
  const std::size_t all = stages().size() + 1;
  std::string bar;
  for (std::size_t i = 0; i < all; ++i) bar += i < done ? "█" : "░";
  if (last != nullptr) {
    std::fprintf(stderr, "\r\033[K%s %lld ms, %lld rows/s%s\n", last->title.c_str(),
                 static_cast<long long>(last->wall_ms), static_cast<long long>(last->rows_per_s),
                 last->state == "resumed" ? " (on disk already)" : "");
  }
  if (next != nullptr) {
    std::fprintf(stderr, "\r\033[K[%2zu/%zu] %s %s", done + 1, all, bar.c_str(), next);
  } else {
    std::fprintf(stderr, "\r\033[K");
  }
  std::fflush(stderr);
}

struct Made {
  std::string edition;
  std::vector<StageReport> stages;
};

// Every stage is on disk for good: the folder becomes an edition, and book.json says what this is.
// Each step may have been done before a kill.
kernel::Result<std::string> seal(const Night& night, const fs::path& part,
                                 const Settling& settling) {
  TRY(settle_edition(part));
  BookFile book = book_file_of(night.inputs);
  book.cut_hash = night.cut_hash;
  book.edition = edition_of(night.inputs.key, night.cut_hash);
  book.accounts = static_cast<std::int64_t>(night.sheets.accounts.rows());
  book.customers = static_cast<std::int64_t>(night.sheets.customers.rows());
  TRY_ASSIGN(book.hash, hash_of_edition(part));
  TRY(save_text(part / "book.json", http::write_json(book) + "\n"));
  step(night.options, "sealed");
  settling.remove_marks();
  TRY(rename_synced(part, part.parent_path() / book.edition));
  step(night.options, "renamed");
  return book.edition;
}

// Halves that other inputs began will never be finished.
void remove_stale_parts(const fs::path& folder, const fs::path& part) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".part" && entry.path() != part) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

// Files that a kill cut off between writing and renaming. Who holds the night's lock writes alone.
void remove_unrenamed(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> gone;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".tmp") gone.push_back(entry.path());
    if (!entry.is_directory() || entry.path().extension() == ".part") continue;
    for (const auto& file : fs::directory_iterator(entry.path(), ignored)) {
      if (file.path().extension() == ".tmp") gone.push_back(file.path());
    }
  }
  for (const fs::path& path : gone) fs::remove_all(path, ignored);
}

kernel::Result<Made> make_book(Night& night) {
  const fs::path folder = book::book_folder(night.options.data_dir, night.inputs.date);
  const fs::path part = folder / (night.inputs.key + ".part");
  remove_stale_parts(folder, part);
  TRY(make_folder(part));
  TRY(save_made_from(night, part));
  TRY(open_previous(night));
  Made made;
  Settling settling(part, night.options.threads);
  if (!settling.has(0)) read_ahead_for_cut(night);
  bool on_disk = true;  // and all before it
  for (std::size_t position = 0; position < stages().size(); ++position) {
    const Stage& stage = stages()[position];
    show_progress(night.options, position, made.stages.empty() ? nullptr : &made.stages.back(),
                  stage.title);
    on_disk = on_disk && settling.has(position);
    const Stopwatch watch;
    TRY(on_disk ? load_stage(night, position, part) : run_stage(night, position, part));
    if (!on_disk) settling.begin(position);
    made.stages.push_back(stage_report(stage.name, stage.title, on_disk ? "resumed" : "done",
                                       night.sheets.accounts.rows(), watch.ms()));
    // For who looks on: a night that goes on writes it again.
    TRY(store::transact_part(night.store, [&](store::Transaction& tx) {
      save_stage(tx, night.night_id, position, made.stages.back());
    }));
    step(night.options, stage.name);
  }
  TRY(settling.wait());
  TRY_ASSIGN(made.edition, seal(night, part, settling));
  return made;
}

std::vector<std::pair<std::string, std::string>> tables_of(const BookFile& file) {
  std::vector<std::pair<std::string, std::string>> tables;
  for (const TableVersion& table : file.tables) tables.emplace_back(table.file, table.version);
  return tables;
}

// From here a kill is made good by finish_pending.
kernel::Status make_current(const NightOptions& options, const NightRow& night) {
  TRY(save_text(book::book_folder(options.data_dir, night.date) / "current", night.edition + "\n"));
  step(options, "current");
  return kernel::Ok{};
}

kernel::Status finish_pending(store::Store& store, const NightOptions& options) {
  TRY_ASSIGN(const std::vector<NightRow> pending,
             store.read([](store::Transaction& tx) { return load_nights(tx, "publishing"); }));
  for (const NightRow& night : pending) {
    TRY(make_current(options, night));
    TRY(publish(store, options, night));
  }
  return kernel::Ok{};
}

kernel::Result<NightRow> begin_public(store::Store& store, const NightOptions& options,
                                      std::int64_t night_id, const std::string& edition,
                                      const BookFile& file) {
  const kernel::Result<std::string> current = book::current_edition(options.data_dir, options.date);
  NightRow night;
  night.night_id = night_id;
  night.date = options.date;
  night.edition = edition;
  // The same edition again: a store that has not seen this book gets all of it.
  if (current && *current != edition) night.baseline_edition = *current;
  TRY(store.transact([&](store::Transaction& tx) {
    begin_publishing(tx, night_id, edition, night.baseline_edition, file.accounts, tables_of(file));
    book::clear_bucket_changes(tx, options.date);
    return true;
  }));
  step(options, "publishing");
  return night;
}

kernel::Result<NightReport> report_of(const NightOptions& options, const BookFile& file,
                                      std::string state) {
  const fs::path folder = book::book_folder(options.data_dir, options.date) / file.edition;
  NightReport report{.date = options.date,
                     .edition = file.edition,
                     .state = std::move(state),
                     .accounts = file.accounts};
  TRY_ASSIGN(report.report_json, load_text(folder / "report.json"));
  TRY_ASSIGN(report.report_text, load_text(folder / "report.txt"));
  return report;
}

// The edition these inputs already have on disk, by a fresh reading of the casebook: a fact that
// came in since with an earlier time is another input.
kernel::Result<std::optional<BookFile>> find_made(store::Store& store, const NightOptions& options,
                                                  const Inputs& inputs) {
  const fs::path folder = book::book_folder(options.data_dir, options.date);
  std::vector<BookFile> same;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".part" || !fs::exists(entry.path() / "book.json")) continue;
    TRY_ASSIGN(BookFile file, load_book_file(entry.path()));
    if (file.input_key == inputs.key) same.push_back(std::move(file));
  }
  if (same.empty()) return std::optional<BookFile>();
  TRY_ASSIGN(const book::BookView made,
             book::BookView::open_edition(folder / same.front().edition, options.date));
  std::optional<book::BookView> previous;
  if (inputs.previous) {
    TRY_ASSIGN(previous,
               book::BookView::open_edition(inputs.previous_folder, inputs.previous->date));
  }
  TRY_ASSIGN(KnownBefore known, read_known_before(store, options, previous ? &*previous : nullptr));
  TRY_ASSIGN(const Cut cut, load_cut(store, options, inputs.experiments, made, std::move(known)));
  const std::string hash = cut.hash();
  for (BookFile& file : same) {
    if (file.cut_hash == hash) return std::optional(std::move(file));
  }
  return std::optional<BookFile>();
}

struct TimingsFile {
  std::int64_t threads = 0;
  std::vector<StageReport> stages;
};
BOOST_DESCRIBE_STRUCT(TimingsFile, (), (threads, stages))

kernel::Result<NightReport> publish_made(store::Store& store, const NightOptions& options,
                                         const BookFile& file, std::int64_t night_id,
                                         std::vector<StageReport> done, std::string state) {
  show_progress(options, stages().size(), done.empty() ? nullptr : &done.back(), publish_title);
  const Stopwatch watch;
  TRY_ASSIGN(const NightRow night, begin_public(store, options, night_id, file.edition, file));
  TRY(make_current(options, night));
  std::future<void> beside;
  if (options.beside_publishing)
    beside = std::async(kernel::beside(options.threads), options.beside_publishing);
  TRY_ASSIGN(const std::int64_t changed, publish(store, options, night));
  if (beside.valid()) beside.get();
  done.push_back(stage_report(publish_name, publish_title, "done",
                              static_cast<std::size_t>(file.accounts), watch.ms()));
  TRY(store.transact([&](store::Transaction& tx) {
    save_stage(tx, night_id, stages().size(), done.back());
    return true;
  }));
  show_progress(options, stages().size() + 1, &done.back(), nullptr);
  TRY_ASSIGN(NightReport report, report_of(options, file, std::move(state)));
  report.changed_accounts = changed;
  report.stages = std::move(done);
  const fs::path folder = book::book_folder(options.data_dir, options.date) / file.edition;
  TRY(save_text(folder / "timings.json",
                http::write_json(TimingsFile{options.threads, report.stages}) + "\n"));
  return report;
}

bool any_resumed(const std::vector<StageReport>& stages) {
  return std::any_of(stages.begin(), stages.end(),
                     [](const StageReport& stage) { return stage.state == "resumed"; });
}

}  // namespace

kernel::Result<NightReport> run_night(store::Store& store, const NightOptions& options) {
  TRY_ASSIGN(const NightLock lock, NightLock::take(options.data_dir));
  remove_unrenamed(book::book_folder(options.data_dir, options.date));
  TRY(finish_pending(store, options));
  TRY(intake::close_payments(store, options.data_dir, options.date, options.now));
  TRY_ASSIGN(const Inputs inputs, load_inputs(store, options));
  TRY(inputs.models.keep(options.data_dir / "tables"));

  TRY_ASSIGN(const std::optional<BookFile> made, find_made(store, options, inputs));
  const auto begin = [&] {
    return store.transact([&](store::Transaction& tx) {
      return begin_night(tx, options.date, inputs.key, options.now);
    });
  };
  if (made) {
    TRY_ASSIGN(const std::optional<NightRow> done, store.read([&](store::Transaction& tx) {
      return load_done(tx, options.date, made->edition);
    }));
    if (done) {
      TRY_ASSIGN(NightReport report, report_of(options, *made, "nothing_to_do"));
      report.changed_accounts = done->changed_accounts;
      return report;
    }
    TRY_ASSIGN(const std::int64_t night_id, begin());
    return publish_made(store, options, *made, night_id, {}, "published");
  }

  TRY_ASSIGN(const std::int64_t night_id, begin());
  Night night{.options = options, .store = store, .inputs = inputs, .night_id = night_id};
  TRY_ASSIGN(Made fresh, make_book(night));
  TRY_ASSIGN(const BookFile file,
             load_book_file(book::book_folder(options.data_dir, options.date) / fresh.edition));
  const std::string state = any_resumed(fresh.stages) ? "resumed" : "made";
  return publish_made(store, options, file, night_id, std::move(fresh.stages), state);
}

kernel::Result<std::string> worklist_csv(const fs::path& data_dir, kernel::Date date) {
  TRY_ASSIGN(const std::string edition, book::current_edition(data_dir, date));
  return load_text(book::book_folder(data_dir, date) / edition / "worklist.csv");
}

kernel::Result<std::string> report_json(const fs::path& data_dir, kernel::Date date) {
  TRY_ASSIGN(const std::string edition, book::current_edition(data_dir, date));
  return load_text(book::book_folder(data_dir, date) / edition / "report.json");
}

}  // namespace flow
