// sample, import, nightly, worker, rederive, worklist, book export.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <optional>
#include <thread>

#include "app/answer.h"
#include "app/commands.h"
#include "app/evidence_commands.h"
#include "app/records_commands.h"
#include "app/rooms.h"
#include "http/json.h"
#include "intake/types.h"
#include "sample/types.h"

namespace app {

using kernel::Date;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

// The store of a place, opened, and the clock it runs on.
struct Opened {
  std::function<kernel::Instant()> clock;
  std::unique_ptr<store::Store> store;
};
Result<Opened> open(const Place& place) {
  Opened opened;
  TRY_ASSIGN(opened.clock, make_clock(place.now));
  TRY_ASSIGN(opened.store, open_store(place, opened.clock));
  return opened;
}

Result<Date> read_date(const std::string& text, const char* option) {
  auto date = Date::parse(text);
  if (!date)
    return Error{date.error().code, std::string(option) + ": " + date.error().message, text};
  return date;
}

unsigned threads_of(unsigned asked) {
  return asked > 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

// What a night and what reads its book are told.
Result<flow::NightOptions> night_options(const Place& place, const std::string& date,
                                         const Opened& opened, unsigned threads) {
  flow::NightOptions options;
  options.data_dir = place.data;
  TRY_ASSIGN(options.decisions_dir, find_decisions(place));
  TRY_ASSIGN(options.date, read_date(date, "--date"));
  options.now = opened.clock();
  options.threads = threads_of(threads);
  options.progress = on_terminal();
  options.ports = make_flow_ports(options.data_dir, options.decisions_dir);
  return options;
}

Status sample_files(const SampleCommand& command) {
  sample::SampleOptions options;
  options.accounts = command.accounts;
  options.seed = command.seed;
  TRY_ASSIGN(options.as_of, read_date(command.as_of, "--as-of"));
  options.out_dir = command.out;
  options.progress = on_terminal();
  return sample::make_sample(options);
}

Result<intake::ImportReport> import_files(const ImportCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command.place));
  intake::ImportOptions options;
  options.data_dir = command.place.data;
  options.mapping = command.mapping;
  for (const std::string& file : command.files) options.files.emplace_back(file);
  options.imported_by = "command";
  options.now = opened.clock();
  if (!command.as_of.empty()) {
    TRY_ASSIGN(options.as_of, read_date(command.as_of, "--as-of"));
  }
  options.progress = on_terminal();
  options.accept_size = command.accept_size;
  return intake::import_files(*opened.store, options);
}

Result<flow::NightReport> run_night(const NightlyCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command.place));
  TRY_ASSIGN(flow::NightOptions options,
             night_options(command.place, command.date, opened, command.threads));
  options.shared = command.shared;
  if (command.block_rows > 0) options.block_rows = command.block_rows;
  TRY(opened.store->transact(
      [&](store::Transaction& tx) { return gate::expire_permits(tx, options.now); }));
  TRY(opened.store->transact(
      [&](store::Transaction& tx) { return approval::sweep(tx, options.now); }));
  // The night's facts are sealed beside it as they are committed, on a core that publishing and
  // retention leave free: their work is one thread's.
  std::optional<Sealing> beside;
  if (!command.no_seal)
    beside.emplace(*opened.store, command.place, opened.clock,
                   Sealing::How{.every = std::chrono::milliseconds(50), .tell_watchers = false});
  // The night is whole without it: what could not be destroyed today is due tomorrow too.
  std::optional<Result<records::RetentionReport>> kept;
  options.beside_publishing = [&] {
    kept = retention_with_night(*opened.store, command.place, options.date, options.now);
  };
  TRY_ASSIGN(auto report, flow::run_night(*opened.store, options));
  if (!kept) options.beside_publishing();
  std::cerr << (*kept ? (*kept)->text() : "evenhand: retention: " + kept->error().message + "\n");
  if (beside) std::cerr << beside->finish();
  return report;
}

// The editions a command names.
Result<std::vector<flow::EditionRef>> wanted_editions(const RederiveCommand& command) {
  if (command.all != command.date.empty()) {
    return Error{kernel::Code::invalid_input, "name a night by --date, or --all of them", ""};
  }
  std::vector<flow::EditionRef> all = flow::editions(command.place.data);
  if (command.all && !all.empty()) return all;
  if (command.all) {
    return Error{kernel::Code::not_found, "there is no book yet: run a night first",
                 command.place.data};
  }
  TRY_ASSIGN(const Date date, read_date(command.date, "--date"));
  std::erase_if(all, [&](const flow::EditionRef& one) {
    return one.date != date ||
           (command.edition.empty() ? !one.current : one.edition != command.edition);
  });
  if (!all.empty()) return all;
  return Error{kernel::Code::not_found,
               "there is no such edition of a night; evenhand rederive --all lists them",
               command.date + " " + command.edition};
}

std::string line_of(const flow::Rederived& told) {
  std::string line = told.date.format() + " " + told.edition + ": " + told.state;
  if (!told.what.empty()) line += ": " + told.what;
  return line + (told.state == "same" ? ", hash " + told.hash : "") + "\n";
}

// 0: every night is what it was; 6: some are not; 3: some cannot be made again.
Result<int> rederive(const RederiveCommand& command) {
  TRY_ASSIGN(const std::vector<flow::EditionRef> wanted, wanted_editions(command));
  TRY_ASSIGN(const Opened opened, open(command.place));
  const flow::RederiveOptions options{.data_dir = command.place.data,
                                      .scratch_dir = command.scratch,
                                      .threads = threads_of(command.threads)};
  std::map<std::string, int> counts;
  for (const flow::EditionRef& one : wanted) {
    TRY_ASSIGN(const flow::Rederived told, flow::rederive(*opened.store, options, one));
    ++counts[told.state];
    if (const int failed = say(line_of(told)); failed != 0) return failed;
  }
  say(std::to_string(wanted.size()) + (wanted.size() == 1 ? " night: " : " nights: ") +
      std::to_string(counts["same"]) + " same, " + std::to_string(counts["differs"]) + " differ, " +
      std::to_string(counts["impossible"]) + " cannot be made again\n");
  if (counts["differs"] > 0) return exit_code_of(kernel::Code::corrupt);
  return counts["impossible"] > 0 ? exit_code_of(kernel::Code::not_found) : 0;
}

Result<std::string> export_book(const DatedCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command.place));
  TRY_ASSIGN(const flow::NightOptions options,
             night_options(command.place, command.date, opened, 0));
  const bool parquet = command.format == "parquet";
  if (!command.out.empty()) {
    return flow::save_book(*opened.store, options,
                           parquet ? flow::BookFormat::parquet : flow::BookFormat::csv,
                           command.out);
  }
  if (!parquet) return flow::export_book_csv(*opened.store, options);
  return Error{kernel::Code::invalid_input,
               "a Parquet file needs a place: --out FOLDER or FILE.parquet", "--out"};
}

std::string text_of(const flow::AsOf& said) {
  std::string text = "as of " + said.date.format() + ": the night of " + said.night_date.format() +
                     ", edition " + said.edition + ", hash " + said.hash + "\n";
  text += std::to_string(said.accounts) + " accounts of " + std::to_string(said.customers) +
          " customers, balance " + said.balance_fen.format_yuan() + " yuan, overdue " +
          said.overdue_fen.format_yuan() + " yuan in " + std::to_string(said.overdue_accounts) +
          " accounts\n";
  const auto add = [&](const char* title, const std::vector<flow::AsOfLine>& lines) {
    for (const flow::AsOfLine& line : lines) {
      text += std::string(title) + " " + (line.code.empty() ? "-" : line.code) + ": " +
              std::to_string(line.accounts) + " accounts, balance " +
              line.balance_fen.format_yuan() + ", overdue " + line.overdue_fen.format_yuan() + "\n";
    }
  };
  add("bucket", said.buckets);
  add("product", said.products);
  add("treatment", said.treatments);
  return text;
}

Result<std::string> as_of(const AsOfCommand& command) {
  TRY_ASSIGN(const Date date, read_date(command.date, "--date"));
  const book::Shelf shelf(command.place.data);
  if (!command.account_no.empty()) return flow::as_of_csv(shelf, date, command.account_no);
  flow::AsOfFilter filter{command.bucket,    command.product, command.status, command.grade,
                          command.treatment, command.work,    command.team,   std::nullopt};
  if (command.overdue) filter.overdue = true;
  TRY_ASSIGN(const flow::AsOf said, flow::as_of(shelf, date, filter));
  return command.json ? http::write_json(said) + "\n" : text_of(said);
}

Result<std::string> worklist(const DatedCommand& command) {
  TRY_ASSIGN(const Date date, read_date(command.date, "--date"));
  return flow::worklist_csv(command.place.data, date);
}

// For a process that goes through the book block by block and ends: what one block leaves serves
// the next, whichever thread asks, and is not given back to the system, which has to fill every
// page of it with zeros again. 64 MiB at once and more, arrays over the whole book, still are.
void keep_memory_between_blocks() {
#ifdef __GLIBC__
  ::mallopt(M_ARENA_MAX, 2);
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

}  // namespace

int run_sample(const SampleCommand& command) {
  const Status made = sample_files(command);
  if (!made) return fail(made.error());
  return say("made " + std::to_string(command.accounts) + " accounts in " + command.out +
             "; all of it is made up\n");
}

int run_import(const ImportCommand& command) {
  const auto report = import_files(command);
  if (!report) return fail(report.error());
  return say(command.json ? report->json() : report->text());
}

// Standard output is the report alone, the same bytes for the same inputs; how long each stage took
// goes to standard error and to timings.json beside the book.
int run_nightly(const NightlyCommand& command) {
  keep_memory_between_blocks();
  const auto report = run_night(command);
  if (!report) {
    const int code = fail(report.error());
    if (report.error().code == kernel::Code::unavailable)
      std::cerr << "evenhand: nothing is half done. Mend that (a full disk: make room) and run the "
                   "same command again: it goes on from the last whole stage\n";
    return code;
  }
  std::cerr << "night of " << report->date.format() << ", edition " << report->edition << ": "
            << report->state << "\n";
  for (const flow::StageReport& stage : report->stages) {
    std::cerr << "  " << stage.stage << ": " << stage.rows << " rows, " << stage.wall_ms << " ms"
              << (stage.state == "done" ? "" : " (" + stage.state + ")") << "\n";
  }
  return say(command.json ? report->report_json : report->report_text);
}

// Ends by a signal, between two blocks.
int run_worker(const WorkerCommand& command) {
  keep_memory_between_blocks();
  const auto opened = open(command.place);
  if (!opened) return fail(opened.error());
  static volatile std::sig_atomic_t stopped = 0;
  std::signal(SIGTERM, [](int) { stopped = 1; });
  std::signal(SIGINT, [](int) { stopped = 1; });
  const auto blocks =
      flow::work_for_nights(*opened->store, {.data_dir = command.place.data,
                                             .threads = threads_of(command.threads),
                                             .stop = [] { return stopped != 0; },
                                             .failed =
                                                 [](const Error& error) {
                                                   std::cerr << "evenhand: " << error.message << " "
                                                             << error.where << "\n";
                                                 }});
  if (!blocks) return fail(blocks.error());
  return say(std::to_string(*blocks) + " blocks decided\n");
}

int run_rederive(const RederiveCommand& command) {
  const Result<int> done = rederive(command);
  return done ? *done : fail(done.error());
}

int run_worklist(const DatedCommand& command) {
  const auto csv = worklist(command);
  return csv ? say(*csv) : fail(csv.error());
}

int run_book_as_of(const AsOfCommand& command) {
  const auto said = as_of(command);
  return said ? say(*said) : fail(said.error());
}

int run_book_export(const DatedCommand& command) {
  const auto csv = export_book(command);
  return csv ? say(*csv) : fail(csv.error());
}

}  // namespace app
