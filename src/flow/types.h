#pragma once
// The night: yesterday's book, new batches and the tables in force become today's book, worklist
// and report, stage after stage, and what changed becomes facts and rows. What enters: a store, a
// data folder, a date, and what later rooms supply (Ports). Never true: the same inputs giving
// other bytes; a stage done twice; a fact told twice.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "allocation/types.h"
#include "book/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/money.h"
#include "kernel/result.h"
#include "store/store.h"
#include "strategy/types.h"

namespace flow {

const std::vector<store::Migration>& schema();
// `shelf` is borrowed and lives as long as the server.
std::vector<http::Route> routes(store::Store& store, const book::Shelf& shelf);

// ---- what other rooms supply -------------------------------------------------------------------

struct Ports {
  // Adds columns to `cut`, one row an account of `opening`.
  using Placing = std::function<void(const book::BookView& opening, column::Sheet& cut)>;
  // What was done before the instant, read while there is no opening yet: promise, flag (codes),
  // promise_days (i16), broken_promises, contacts_7d (i8). A column nobody adds stands at "none"
  // or 0.
  std::function<kernel::Result<Placing>(store::Transaction&, kernel::Instant before)> read_known;
  std::function<kernel::Result<std::vector<allocation::Collector>>(store::Transaction&,
                                                                   kernel::Date date)>
      load_collectors;
};

// ---- the night ---------------------------------------------------------------------------------

struct NightOptions {
  std::filesystem::path data_dir, decisions_dir;
  kernel::Date date;
  kernel::Instant now;
  unsigned threads = 1;
  bool progress = false;  // a line a stage on stderr; the caller knows whether it is a terminal
  // Rows of the book in memory at a time; never changes a byte.
  std::size_t block_rows = 131'072;
  // Offers its blocks to the processes that work_for_nights: on PostgreSQL alone.
  bool shared = false;
  std::size_t chunk_rows = 50'000;  // at most, of a publishing transaction
  Ports ports;
  // What the owner does once the book is the date's: run beside publishing, which needs one thread,
  // and over when run_night() is. Not run where there was nothing to publish.
  std::function<void()> beside_publishing;
  // Told after every step that is over ("merge" … "sealed", "current", "chunk 3"): for tests
  // that kill the night there.
  std::function<void(std::string_view step)> after_step;
};

struct StageReport {
  std::string stage, title, state;  // state: done | resumed (was on disk already)
  std::int64_t rows = 0, wall_ms = 0, rows_per_s = 0;
};
BOOST_DESCRIBE_STRUCT(StageReport, (), (stage, title, state, rows, wall_ms, rows_per_s))

struct NightReport {
  kernel::Date date;
  std::string edition;
  std::string state;  // made | resumed | nothing_to_do | published (made before, now in the store)
  std::int64_t accounts = 0, changed_accounts = 0;
  std::vector<StageReport> stages;
  std::string report_json;  // the same bytes for the same inputs: no wall clock in it
  std::string report_text;
};

// One night at a time on a data folder; a lock of a process that died is free again by itself.
kernel::Result<NightReport> run_night(store::Store& store, const NightOptions& options);

// ---- many nodes ---------------------------------------------------------------------------------

struct WorkerOptions {
  std::filesystem::path data_dir;  // that of the night, shared
  unsigned threads = 1;
  std::function<bool()> stop;
  // A block that could not be decided here is left to others; tried again a second later.
  std::function<void(const kernel::Error&)> failed;
};
// Decides blocks of whatever night is being made, until stopped; how many it did. Fails where the
// store is no PostgreSQL.
kernel::Result<std::int64_t> work_for_nights(store::Store& store, const WorkerOptions& options);

// ---- a past night again ------------------------------------------------------------------------

// An edition that is made. Several may be of one date: `current` is the one that counts.
struct EditionRef {
  kernel::Date date;
  std::string edition;
  bool current = false;
};
// By date, then by name. Halves of nights that run or were killed are none.
std::vector<EditionRef> editions(const std::filesystem::path& data_dir);

struct RederiveOptions {
  std::filesystem::path data_dir;
  std::filesystem::path scratch_dir;  // a folder is made in it, and goes; empty: the system's own
  unsigned threads = 1;
};

struct Rederived {
  kernel::Date date;
  std::string edition;
  std::string state;          // same | differs | impossible (an input gone, another program)
  std::string recorded_hash;  // of book.json
  std::string hash;           // of what was made now; empty where nothing could be
  std::string what;           // first file, column and row that differs; or why not
};

// Makes an edition again from what it was made from then (book before, batches, cut, tables) and
// compares every byte with what lies there. Nothing of the data folder and no row is changed. An
// Error only where the date has no such edition, or the store or disk does not answer.
kernel::Result<Rederived> rederive(store::Store& store, const RederiveOptions& options,
                                   const EditionRef& which);

// ---- as of a past day --------------------------------------------------------------------------

// A segment: accounts that have each of the words given; none given: the whole book.
struct AsOfFilter {
  std::optional<std::string> bucket, product, status, grade, treatment, work, team;
  std::optional<bool> overdue;
};

struct AsOfLine {
  std::string code;  // of the column summed by; empty: accounts without a word
  std::int64_t accounts = 0;
  kernel::Money balance_fen, overdue_fen;
};
BOOST_DESCRIBE_STRUCT(AsOfLine, (), (code, accounts, balance_fen, overdue_fen))

struct AsOf {
  kernel::Date date;        // asked for
  kernel::Date night_date;  // the last night up to it, whose book this is
  std::string edition, hash;
  std::int64_t accounts = 0, customers = 0, overdue_accounts = 0;
  kernel::Money principal_fen, balance_fen, overdue_fen;
  std::vector<AsOfLine> buckets, products, treatments;
};
BOOST_DESCRIBE_STRUCT(AsOf, (),
                      (date, night_date, edition, hash, accounts, customers, overdue_accounts,
                       principal_fen, balance_fen, overdue_fen, buckets, products, treatments))

// Sums over the edition that counts for the day; not_found before the first night.
kernel::Result<AsOf> as_of(const book::Shelf& shelf, kernel::Date date, const AsOfFilter& filter);
// One account, as `book export` writes it, on that day.
kernel::Result<std::string> as_of_csv(const book::Shelf& shelf, kernel::Date date,
                                      std::string_view account_no);

// A line an account. Where no night was run for the date, the opening book as of it: batches
// merged, accrued and aged, its later columns empty.
kernel::Result<std::string> export_book_csv(store::Store& store, const NightOptions& options);

// The same book as files of its own: Parquet or CSV, a table each (accounts, customers, dues,
// payments) in the folder `out`; where `out` ends in .parquet or .csv, accounts alone, as that
// file. Files of those names are replaced. Returns what was written, a line a file.
enum class BookFormat { csv, parquet };
kernel::Result<std::string> save_book(store::Store& store, const NightOptions& options,
                                      BookFormat format, const std::filesystem::path& out);

// A line a person in work for people, as the date's night made it.
kernel::Result<std::string> worklist_csv(const std::filesystem::path& data_dir, kernel::Date date);
kernel::Result<std::string> report_json(const std::filesystem::path& data_dir, kernel::Date date);

// The tables that made the date's book, as they were, whatever they say today.
kernel::Result<strategy::Models> load_models_of(const std::filesystem::path& data_dir,
                                                kernel::Date date);

// The version of one of them; empty where the date had no night, or a night without that file.
kernel::Result<std::string> version_of(const std::filesystem::path& data_dir, kernel::Date date,
                                       std::string_view file);

}  // namespace flow
