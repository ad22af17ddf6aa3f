#pragma once
// The commands of the program: options in, exit code out. Text goes to standard output, errors to
// standard error. Exit codes: 0 done, 2 what was given is wrong, 3 not found, 4 conflict,
// 5 store or disk unavailable, 6 corrupt data, 64 the command line itself.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/workplace.h"

namespace app {

struct SampleCommand {
  std::int64_t accounts = 20'000;
  std::uint64_t seed = 1;
  std::string as_of, out;
};
struct ImportCommand {
  Place place;
  std::string mapping, as_of;
  std::vector<std::string> files;
  bool json = false, accept_size = false;
};
struct NightlyCommand {
  Place place;
  std::string date;
  unsigned threads = 0;  // 0: as many as the machine has
  bool json = false;
  bool no_seal = false;        // its facts wait for the server's sealer
  bool shared = false;         // with processes that run `worker`
  std::size_t block_rows = 0;  // 0: as many as a night takes by itself
};
struct WorkerCommand {
  Place place;
  unsigned threads = 0;
};
struct RederiveCommand {
  Place place;
  std::string date, edition, scratch;
  bool all = false;  // every edition of every date
  unsigned threads = 0;
};
struct DatedCommand {  // worklist, book export
  Place place;
  std::string date, format = "csv";
  std::string out;  // book export: folder or file; empty: standard output
};
struct AsOfCommand {  // book as-of
  Place place;
  std::string date, account_no;
  std::optional<std::string> bucket, product, status, grade, treatment, work, team;
  bool overdue = false, json = false;
};
struct SimulateCommand {
  Place place;
  std::string date;                 // empty: the latest book
  std::vector<std::string> drafts;  // .dmn files, or folders of them
  int nights = 1;
  std::uint64_t seed = 1;
  unsigned threads = 0;
  bool json = false;
  std::string cases;  // CSV file of the accounts that differ
};
struct DecideCommand {
  std::string model, decision, input;
};
struct CheckCommand {
  std::string path, language = "zh";  // a .dmn file, or a folder of them
  bool json = false;
};
struct GateAskCommand {
  Place place;
  std::string json = "-";
};
struct StoreCommand {
  Place place;
  std::string action;  // migrate | grant
  std::string role;
  // What the database itself holds to; nothing: not checked.
  std::optional<std::int64_t> clock_tolerance_s = 300, contacts_day, attempts_day;
};
struct ConformanceCommand {
  Place place;
  std::string folder;
  bool write = false;   // make the files anew from the packs
  bool answer = false;  // questions from standard input, a line each
};
struct ExperimentCommand {
  Place place;
  std::string action;  // list | verdict
  std::string name;
};
struct UserCommand {
  Place place;
  std::string action;  // list | add | password | demo
  std::string user_name, shown_name, role = "collector", team, sign_in_by = "password";
};
struct ServeCommand {
  Place place;
  std::string listen = "127.0.0.1:8080";
  std::string tls_cert, tls_key;
  bool behind_proxy = false;
  bool log_requests = false;
  std::string metrics_listen;                // empty: none
  std::vector<std::string> second_step_for;  // roles
  std::string virus_scanner;                 // empty: none
};

struct TableCommand {
  Place place;
  std::string action;  // list | versions | export | import | diff | submit | review | withdraw
  std::string file;    // treatment.dmn, packs/our-rules.dmn
  std::string version_id, by, note;
  std::string date, version, from, to;
  std::string dmn, tests, based_on;     // import
  std::string out;                      // export; empty: standard output
  std::string verdict, effective_from;  // review
  bool json = false;
};
struct ReplayCommand {
  Place place;
  std::string date, account_no, case_id;
  bool json = false;
};

int run_sample(const SampleCommand& command);
int run_import(const ImportCommand& command);
int run_nightly(const NightlyCommand& command);
int run_worker(const WorkerCommand& command);
int run_rederive(const RederiveCommand& command);
int run_worklist(const DatedCommand& command);
int run_book_export(const DatedCommand& command);
int run_book_as_of(const AsOfCommand& command);
int run_simulate(const SimulateCommand& command);
int run_decide(const DecideCommand& command);
int run_check(const CheckCommand& command);
int run_tck(const std::string& folder, const std::string& csv);
int run_conformance(const ConformanceCommand& command);
int run_gate_ask(const GateAskCommand& command);
int run_experiment(const ExperimentCommand& command);
int run_store(const StoreCommand& command);
int run_table(const TableCommand& command);
int run_replay(const ReplayCommand& command);
int run_user(const UserCommand& command);
int run_serve(const ServeCommand& command);
int run_openapi();

}  // namespace app
