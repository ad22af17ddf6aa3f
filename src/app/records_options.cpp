// The command line of documents and legal holds.

#include <memory>

#include "app/cli.h"
#include "app/records_commands.h"

namespace app {

namespace {

CLI::App* add_action(CLI::App& group, const std::string& action, const std::string& help,
                     const std::shared_ptr<RecordsCommand>& c, int (*run)(const RecordsCommand&),
                     int& exit_code) {
  auto* command = group.add_subcommand(action, help);
  add_place(*command, c->place);
  command->callback([c, run, action, &exit_code] {
    c->action = action;
    exit_code = run(*c);
  });
  return command;
}

void add_documents(CLI::App& program, int& exit_code) {
  const auto c = std::make_shared<RecordsCommand>();
  auto* group = program.add_subcommand("document", "documents of a case, kept sealed");
  group->require_subcommand(1);
  auto* add =
      add_action(*group, "add", "a file as a document of a case", c, run_document, exit_code);
  add->add_option("case", c->subject, "the customer number")->required();
  add->add_option("file", c->file, "FILE, - for standard input")->required();
  add->add_option("--kind", c->kind, "recording, letter, agreement …: docs/records.md")->required();
  add->add_option("--source", c->source, "staff, customer, agency, court, bank or system");
  add->add_option("--dated-on", c->date, "the day of the letter or the call, YYYY-MM-DD");
  add->add_option("--virus-scanner", c->virus_scanner,
                  "clamd that it must pass: unix:PATH or HOST:PORT");
  auto* list = add_action(*group, "list", "the documents of a case", c, run_document, exit_code);
  list->add_option("case", c->subject, "the customer number")->required();
  auto* get = add_action(*group, "get", "the bytes of a document", c, run_document, exit_code);
  get->add_option("document_id", c->subject, "its number")->required();
  get->add_option("--reason", c->reason, "case_work, complaint, court, audit, customer_request")
      ->required();
  get->add_option("--out", c->file, "file to write")->required();
  for (auto* command : {add, get}) command->add_option("--as", c->by, "who does it")->required();
  for (auto* command : {add, list}) command->add_flag("--json", c->json, "as JSON");
}

void add_legal_holds(CLI::App& program, int& exit_code) {
  const auto c = std::make_shared<RecordsCommand>();
  auto* group = program.add_subcommand("legal-hold", "what may not be destroyed; docs/records.md");
  group->require_subcommand(1);
  auto* set = add_action(*group, "set", "forbid destruction", c, run_legal_hold, exit_code);
  set->add_option("scope", c->kind, "person, case, document or kind")->required();
  set->add_option("subject", c->subject, "customer number, document's number, or kind")->required();
  set->add_option("--until", c->date, "its last day; default: until lifted");
  add_action(*group, "list", "all of them", c, run_legal_hold, exit_code);
  auto* lift = add_action(*group, "lift", "ask to lift one", c, run_legal_hold, exit_code);
  auto* approve = add_action(*group, "approve", "lift it, as another than who asked", c,
                             run_legal_hold, exit_code);
  auto* refuse = add_action(*group, "refuse", "do not lift it", c, run_legal_hold, exit_code);
  for (auto* command : {set, lift, refuse})
    command->add_option("--reason", c->reason, "why")->required();
  for (auto* command : {lift, approve, refuse})
    command->add_option("legal_hold_id", c->subject, "its number")->required();
  for (auto* command : {set, lift, approve, refuse})
    command->add_option("--as", c->by, "who does it: compliance or admin")->required();
}

void add_retention(CLI::App& program, int& exit_code) {
  const auto c = std::make_shared<RetentionCommand>();
  auto* command = program.add_subcommand(
      "retention", "destroy what need not be kept any longer, and list it; docs/records.md");
  add_place(*command, c->place);
  command->add_option("--date", c->date, "due on this day, YYYY-MM-DD; default: today");
  command->add_flag("--dry-run", c->dry_run, "only say what would be destroyed");
  command->add_flag("--json", c->json, "the report as JSON");
  command->callback([c, &exit_code] { exit_code = run_retention(*c); });
}

void add_pack(CLI::App& program, int& exit_code) {
  const auto c = std::make_shared<PackCommand>();
  auto* command = program.add_subcommand(
      "pack", "an evidence pack of a case, to be checked by outsiders; docs/records.md");
  add_place(*command, c->place);
  command->add_option("case", c->subject, "customer number, or a legal hold's number")->required();
  command->add_option("--from", c->from, "the first day of facts; default: all");
  command->add_option("--to", c->to, "the last day");
  command->add_option("--purpose", c->purpose, "complaint, court, audit, customer_request …")
      ->required();
  command->add_option("--as", c->by, "who does it: compliance or admin")->required();
  command->add_option("--out", c->out, "FILE.zip to write")->required();
  command->callback([c, &exit_code] { exit_code = run_pack(*c); });
}

}  // namespace

void add_records_commands(CLI::App& program, int& exit_code) {
  add_pack(program, exit_code);
  add_retention(program, exit_code);
  add_documents(program, exit_code);
  add_legal_holds(program, exit_code);
}

}  // namespace app
