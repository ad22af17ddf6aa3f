// evenhand: the command line. Parses, calls one command of commands.h, returns its exit code.

#include <csignal>

#include "app/cli.h"
#include "app/commands.h"

namespace {

using app::add_place;

constexpr const char* footer = R"(A first day:
  evenhand sample --accounts 20000 --seed 1 --as-of 2026-11-21 --out var/sample
  evenhand import --data var/demo --mapping var/sample/mapping.toml var/sample/*.csv
  evenhand nightly --data var/demo --date 2026-11-22
  evenhand worklist --data var/demo --date 2026-11-22 --format csv
  evenhand serve --data var/demo --listen 127.0.0.1:8080

`evenhand COMMAND --help` tells more of each.
Exit codes: 0 done; 1 check found errors; 2 what was given is wrong; 3 not found; 4 conflict;
5 store, disk or network unavailable; 6 corrupt data; 64 the command line itself.
A refusal of the gate is an answer: 0.)";

void add_dated(CLI::App& command, app::DatedCommand& options,
               const std::vector<std::string>& formats) {
  add_place(command, options.place);
  command.add_option("--date", options.date, "the day, YYYY-MM-DD")->required();
  command.add_option("--format", options.format, "default: csv")->check(CLI::IsMember(formats));
}

struct Commands {
  app::SampleCommand sample;
  app::ImportCommand import_files;
  app::NightlyCommand nightly;
  app::WorkerCommand worker;
  app::RederiveCommand rederive;
  app::DatedCommand worklist, book;
  app::AsOfCommand as_of;
  app::SimulateCommand simulate;
  app::DecideCommand decide;
  app::CheckCommand check;
  app::ConformanceCommand conformance;
  app::GateAskCommand gate;
  app::StoreCommand store;
  app::ExperimentCommand experiment;
  app::TableCommand table;
  app::ReplayCommand replay;
  app::UserCommand user;
  app::ServeCommand serve;
  std::string tck_folder, tck_csv;
};

void add_nights(CLI::App& program, Commands& c, int& exit_code) {
  auto* nightly = program.add_subcommand(
      "nightly", "run the night: accrue, age, score, treat, prioritise, allocate, report");
  add_place(*nightly, c.nightly.place);
  nightly->add_option("--date", c.nightly.date, "the day it prepares, YYYY-MM-DD")->required();
  nightly->add_option("--threads", c.nightly.threads, "default: all cores; never changes a byte");
  nightly->add_flag("--json", c.nightly.json, "the report as JSON");
  nightly->add_flag("--no-seal", c.nightly.no_seal, "its facts wait for evenhand serve or seal");
  nightly
      ->add_option("--block-rows", c.nightly.block_rows,
                   "rows in memory at a time; never changes a byte")
      ->check(CLI::Range(1, 100'000'000));
  nightly->add_flag("--shared", c.nightly.shared,
                    "with the processes that run worker; PostgreSQL alone");
  nightly->callback([&] { exit_code = app::run_nightly(c.nightly); });

  auto* worker = program.add_subcommand(
      "worker", "help the nights that are --shared, on this machine or another, until stopped");
  add_place(*worker, c.worker.place);
  worker->add_option("--threads", c.worker.threads, "default: all cores; never changes a byte");
  worker->callback([&] { exit_code = app::run_worker(c.worker); });
}

void add_portfolio_commands(CLI::App& program, Commands& c, int& exit_code) {
  auto* sample = program.add_subcommand("sample", "make a portfolio: canonical files, made up");
  sample->add_option("--accounts", c.sample.accounts, "how many accounts")
      ->check(CLI::Range(1, 200'000'000));
  sample->add_option("--seed", c.sample.seed, "the same seed gives the same bytes");
  sample->add_option("--as-of", c.sample.as_of, "the day the files show, YYYY-MM-DD")->required();
  sample->add_option("--out", c.sample.out, "folder to write")->required();
  sample->callback([&] { exit_code = app::run_sample(c.sample); });

  auto* import_files = program.add_subcommand(
      "import", "read a client's files through a mapping; bad lines go to DIR/rejects");
  add_place(*import_files, c.import_files.place);
  import_files->add_option("--mapping", c.import_files.mapping, "mapping file, see docs/import.md")
      ->required();
  import_files->add_option("--as-of", c.import_files.as_of, "in place of the mapping's as_of");
  import_files->add_flag("--json", c.import_files.json, "the report as JSON");
  import_files->add_flag("--accept-size", c.import_files.accept_size,
                         "a full file may be much smaller or larger than the last one");
  import_files->add_option("files", c.import_files.files, "FILE…, also .gz")->required();
  import_files->callback([&] { exit_code = app::run_import(c.import_files); });

  auto* rederive = program.add_subcommand(
      "rederive", "make past nights again from what they were made from, and compare every byte");
  add_place(*rederive, c.rederive.place);
  rederive->add_option("--date", c.rederive.date, "one night, YYYY-MM-DD");
  rederive->add_option("--edition", c.rederive.edition,
                       "of that night; default: the one that counts");
  rederive->add_flag("--all", c.rederive.all, "every edition of every night");
  rederive->add_option("--scratch", c.rederive.scratch, "folder with room for one book")
      ->type_name("DIR");
  rederive->add_option("--threads", c.rederive.threads, "default: all cores; never changes a byte");
  rederive->callback([&] { exit_code = app::run_rederive(c.rederive); });

  auto* worklist = program.add_subcommand("worklist", "the day's human work, a line a person");
  add_dated(*worklist, c.worklist, {"csv"});
  worklist->callback([&] { exit_code = app::run_worklist(c.worklist); });

  auto* book = program.add_subcommand("book", "the book of a day");
  book->require_subcommand(1);
  auto* book_export = book->add_subcommand("export", "a line an account, every column");
  add_dated(*book_export, c.book, {"csv", "parquet"});
  book_export->add_option("--out", c.book.out,
                          "folder for all tables, or FILE.parquet, FILE.csv for accounts alone");
  book_export->callback([&] { exit_code = app::run_book_export(c.book); });
  auto* as_of = book->add_subcommand("as-of", "sums of a past day, or one account on it");
  add_place(*as_of, c.as_of.place);
  as_of->add_option("--date", c.as_of.date, "the day, YYYY-MM-DD")->required();
  as_of->add_option("--account", c.as_of.account_no, "one account, every column as CSV");
  for (auto& [name, word] : std::vector<std::pair<const char*, std::optional<std::string>*>>{
           {"--bucket", &c.as_of.bucket},
           {"--product", &c.as_of.product},
           {"--status", &c.as_of.status},
           {"--grade", &c.as_of.grade},
           {"--treatment", &c.as_of.treatment},
           {"--work", &c.as_of.work},
           {"--team", &c.as_of.team}}) {
    as_of->add_option(name, *word, "only accounts with this word");
  }
  as_of->add_flag("--overdue", c.as_of.overdue, "only accounts past due");
  as_of->add_flag("--json", c.as_of.json, "as JSON");
  as_of->callback([&] { exit_code = app::run_book_as_of(c.as_of); });
}

void add_simulate(CLI::App& program, Commands& c, int& exit_code) {
  auto* simulate = program.add_subcommand(
      "simulate", "a draft over the whole book beside the tables in force; see docs/simulation.md");
  add_place(*simulate, c.simulate.place);
  simulate->add_option("--draft", c.simulate.drafts,
                       "FILE.dmn in place of the one of that name, or a folder of them");
  simulate->add_option("--date", c.simulate.date, "of the book it begins at (default: the latest)");
  simulate->add_option("--nights", c.simulate.nights, "1: which cases would change tonight")
      ->check(CLI::Range(1, 400));
  simulate->add_option("--seed", c.simulate.seed, "the same seed gives the same bytes");
  simulate->add_option("--threads", c.simulate.threads, "default: all cores; never changes a byte");
  simulate->add_option("--cases", c.simulate.cases, "CSV of the accounts that differ");
  simulate->add_flag("--json", c.simulate.json, "the report as JSON");
  simulate->callback([&] { exit_code = app::run_simulate(c.simulate); });
}

void add_rule_commands(CLI::App& program, Commands& c, int& exit_code) {
  auto* decide = program.add_subcommand("decide", "evaluate a decision of a DMN file over a CSV");
  decide->add_option("--model", c.decide.model, "the .dmn file")->required();
  decide->add_option("--decision", c.decide.decision, "the decision's name")->required();
  decide->add_option("--input", c.decide.input, "CSV, the header names the inputs")->required();
  decide->callback([&] { exit_code = app::run_decide(c.decide); });

  auto* check = program.add_subcommand(
      "check", "look for gaps, overlaps, rows that never decide… in decision tables");
  check->add_option("path", c.check.path, "a .dmn file or a folder; default: the shipped tables");
  check->add_option("--lang", c.check.language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
  check->add_flag("--json", c.check.json, "the findings as JSON");
  check->callback([&] { exit_code = app::run_check(c.check); });

  auto* tck = program.add_subcommand("tck", "run a folder of DMN conformance cases");
  tck->add_option("folder", c.tck_folder, "folder of cases")->required();
  tck->add_option("--csv", c.tck_csv, "write the vendors' result file");
  tck->callback([&] { exit_code = app::run_tck(c.tck_folder, c.tck_csv); });

  auto* gate = program.add_subcommand("gate", "may we contact this person?");
  gate->require_subcommand(1);
  auto* ask = gate->add_subcommand("ask", "ask for permits, or dry; see docs/gate.md");
  add_place(*ask, c.gate.place);
  ask->add_option("--json", c.gate.json, "FILE, or - for standard input")->required();
  ask->callback([&] { exit_code = app::run_gate_ask(c.gate); });

  auto* conformance = program.add_subcommand(
      "conformance", "the policy packs' cases against this program; see conformance/README.md");
  conformance->add_option("folder", c.conformance.folder, "DIR with cases/ and sequences/");
  conformance->add_option("--decisions", c.conformance.place.decisions, "folder of tables");
  conformance->add_flag("--write", c.conformance.write, "make the files anew from the packs");
  conformance->add_flag("--answer", c.conformance.answer,
                        "answer another runner's questions: one a line, JSON");
  conformance->callback([&] { exit_code = app::run_conformance(c.conformance); });
}

void add_store_commands(CLI::App& program, Commands& c, int& exit_code) {
  auto* store = program.add_subcommand("store", "what the owner of the store's tables does");
  store->require_subcommand(1);
  auto* migrate = store->add_subcommand("migrate", "bring the tables up to this program");
  add_place(*migrate, c.store.place);
  migrate->callback([&] {
    c.store.action = "migrate";
    exit_code = app::run_store(c.store);
  });
  auto* grant = store->add_subcommand(
      "grant", "let a PostgreSQL role run the program and not go round the gate; see docs/gate.md");
  add_place(*grant, c.store.place);
  grant->add_option("role", c.store.role, "a role that exists and owns nothing")->required();
  grant->add_option("--clock-tolerance", c.store.clock_tolerance_s,
                    "seconds a permit's time may be off the database's clock (default 300)");
  grant->add_option("--contacts-day", c.store.contacts_day,
                    "no more own contacts of a person a day, whatever the packs say");
  grant->add_option("--attempts-day", c.store.attempts_day,
                    "no more own attempts on a number a day, whatever the packs say");
  grant->callback([&] {
    c.store.action = "grant";
    exit_code = app::run_store(c.store);
  });
}

void add_experiment_commands(CLI::App& program, Commands& c, int& exit_code) {
  auto* experiment = program.add_subcommand("experiment", "champion and challenger");
  experiment->require_subcommand(1);
  auto* list = experiment->add_subcommand("list", "the experiments there are, newest first");
  add_place(*list, c.experiment.place);
  list->callback([&] {
    c.experiment.action = "list";
    exit_code = app::run_experiment(c.experiment);
  });
  auto* verdict = experiment->add_subcommand("verdict", "which is better, in words, and why");
  add_place(*verdict, c.experiment.place);
  verdict->add_option("name", c.experiment.name, "the experiment's name")->required();
  verdict->callback([&] {
    c.experiment.action = "verdict";
    exit_code = app::run_experiment(c.experiment);
  });
}

// What each action of `table` takes besides the place.
void add_table_options(CLI::App& command, app::TableCommand& options, const std::string& action) {
  const bool step = action == "submit" || action == "review" || action == "withdraw";
  if (step) {
    command.add_option("version_id", options.version_id, "its number")->required();
  } else if (action != "list") {
    command.add_option("file", options.file, "treatment.dmn, packs/our-rules.dmn")->required();
  }
  if (step || action == "import") {
    command.add_option("--as", options.by, "who does it: an analyst or admin")->required();
    command.add_option("--note", options.note, "why");
  }
  if (action == "list") command.add_option("--date", options.date, "in force on; default: today");
  if (action == "export") {
    command.add_option("--version", options.version, "default: in force today");
    command.add_option("--out", options.out, "default: standard output");
  }
  if (action == "import") {
    command.add_option("--dmn", options.dmn, "the edited file, - for standard input")->required();
    command.add_option("--tests", options.tests, "its test cases, CSV; default: as before");
    command.add_option("--based-on", options.based_on, "version; default: in force today");
  }
  if (action == "diff") {
    command.add_option("--from", options.from, "version; default: in force today");
    command.add_option("--to", options.to, "version")->required();
  }
  if (action == "review") {
    command.add_option("--verdict", options.verdict, "release, trial or return")->required();
    command.add_option("--effective-from", options.effective_from, "of a release: its first day");
  }
  if (action != "list" && action != "versions" && action != "export")
    command.add_flag("--json", options.json, "as JSON");
}

void add_table_commands(CLI::App& program, Commands& c, int& exit_code) {
  auto* table = program.add_subcommand("table", "the life of a decision table; docs/tables.md");
  table->require_subcommand(1);
  for (const auto& [action, help] : std::vector<std::pair<std::string, std::string>>{
           {"list", "the files in force"},
           {"versions", "every version of a file"},
           {"export", "a version's DMN"},
           {"import", "an edited file as a draft"},
           {"diff", "two versions in words"},
           {"submit", "send a draft to review"},
           {"review", "release for a day, approve for a trial, or return"},
           {"withdraw", "a draft, or a release before its day"}}) {
    auto* command = table->add_subcommand(action, help);
    add_place(*command, c.table.place);
    add_table_options(*command, c.table, action);
    command->callback([&c, &exit_code, action = action] {
      c.table.action = action;
      exit_code = app::run_table(c.table);
    });
  }
  auto* replay = program.add_subcommand("replay", "a past night's decisions, made again");
  add_place(*replay, c.replay.place);
  replay->add_option("--date", c.replay.date, "the night, YYYY-MM-DD")->required();
  replay->add_option("--account", c.replay.account_no, "one account");
  replay->add_option("--case", c.replay.case_id, "all accounts of a customer");
  replay->add_flag("--json", c.replay.json, "as JSON");
  replay->callback([&] { exit_code = app::run_replay(c.replay); });
}

void add_user_action(CLI::App& user, Commands& c, int& exit_code, const std::string& action,
                     const std::string& help) {
  auto* command = user.add_subcommand(action, help);
  add_place(*command, c.user.place);
  if (action == "add" || action == "password" || action == "reset-second-step")
    command->add_option("user_name", c.user.user_name, "sign-in name")->required();
  if (action == "add") {
    command->add_option("--name", c.user.shown_name, "name shown to others")->required();
    command->add_option("--role", c.user.role,
                        "collector, lead, analyst, compliance, auditor or admin");
    command->add_option("--team", c.user.team, "team");
    command->add_option("--sign-in-by", c.user.sign_in_by,
                        "password, directory (LDAP) or provider (OpenID Connect)");
  }
  command->callback([&c, &exit_code, action] {
    c.user.action = action;
    exit_code = app::run_user(c.user);
  });
}

void add_serving_commands(CLI::App& program, Commands& c, int& exit_code) {
  auto* user = program.add_subcommand("user", "the people who work here");
  user->require_subcommand(1);
  add_user_action(*user, c, exit_code, "list", "who there is");
  add_user_action(*user, c, exit_code, "add", "add one; prints a first password");
  add_user_action(*user, c, exit_code, "password", "give a new first password");
  add_user_action(*user, c, exit_code, "reset-second-step",
                  "for one who lost the phone and the recovery codes");
  add_user_action(*user, c, exit_code, "demo", "a made-up staff for the sample portfolio");

  auto* serve = program.add_subcommand("serve", "the pages and the API");
  add_place(*serve, c.serve.place);
  serve->add_option("--listen", c.serve.listen, "HOST:PORT");
  serve->add_option("--web", c.serve.place.web, "folder of the built pages");
  serve->add_option("--tls-cert", c.serve.tls_cert, "certificate chain, PEM");
  serve->add_option("--tls-key", c.serve.tls_key, "private key, PEM");
  serve->add_flag("--behind-proxy", c.serve.behind_proxy,
                  "allow a public address without TLS: a proxy in front does it");
  serve
      ->add_option("--second-step", c.serve.second_step_for,
                   "roles that cannot work without a second step of signing in, by commas")
      ->delimiter(',');
  serve->add_option("--virus-scanner", c.serve.virus_scanner,
                    "clamd that every uploaded document must pass: unix:PATH or HOST:PORT");
  serve->add_option("--metrics-listen", c.serve.metrics_listen,
                    "HOST:PORT of this machine for Prometheus: /metrics; default: none");
  serve->add_flag("--log-requests", c.serve.log_requests, "one line a request, no personal data");
  serve->callback([&] { exit_code = app::run_serve(c.serve); });

  auto* openapi = program.add_subcommand("openapi", "print the API's OpenAPI 3.1 description");
  openapi->callback([&] { exit_code = app::run_openapi(); });
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App program("Evenhand 衡收: collections that can prove they were lawful.", "evenhand");
  program.require_subcommand(1);
  program.set_version_flag("--version", "evenhand 0.1.0");
  program.footer(footer);
  Commands commands;
  int exit_code = 0;
  add_portfolio_commands(program, commands, exit_code);
  add_nights(program, commands, exit_code);
  add_simulate(program, commands, exit_code);
  add_rule_commands(program, commands, exit_code);
  add_store_commands(program, commands, exit_code);
  add_experiment_commands(program, commands, exit_code);
  add_table_commands(program, commands, exit_code);
  app::add_records_commands(program, exit_code);
  app::add_wording_commands(program, exit_code);
  app::add_evidence_commands(program, exit_code);
  app::add_verify_command(program, exit_code);
  app::add_witness_command(program, exit_code);
  add_serving_commands(program, commands, exit_code);
  app::add_calendar_command(program, exit_code);
  app::add_keys_command(program, exit_code);
  app::add_audit_command(program, exit_code);
  app::add_vault_command(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 64;
  }
  return exit_code;
}
