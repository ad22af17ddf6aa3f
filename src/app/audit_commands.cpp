// evidence's audit on the command line.

#include "app/answer.h"
#include "app/cli.h"
#include "evidence/audit.h"
#include "http/json.h"

namespace app {

namespace {

struct AuditCommand {
  Place place;
  std::string log, vkey, from, to;
  bool json = false;
};

kernel::Result<std::optional<kernel::Date>> parse_day(const std::string& text) {
  if (text.empty()) return std::optional<kernel::Date>();
  TRY_ASSIGN(const kernel::Date date, kernel::Date::parse(text));
  return std::optional(date);
}

kernel::Result<evidence::AuditReport> audit(const AuditCommand& command) {
  if (command.log.empty() && command.place.data.empty())
    return kernel::Error{kernel::Code::invalid_input, "give the log's folder, or --data", "LOG"};
  evidence::AuditOptions options;
  options.log =
      command.log.empty() ? command.place.data / "log" : std::filesystem::path(command.log);
  options.vkey = command.vkey;
  options.decisions = command.place.decisions;
  TRY_ASSIGN(options.from, parse_day(command.from));
  TRY_ASSIGN(options.to, parse_day(command.to));
  return evidence::audit(options);
}

int run_audit(const AuditCommand& command) {
  const auto report = audit(command);
  if (!report) return fail(report.error());
  const int said =
      say(command.json ? http::write_json(*report) + "\n" : evidence::text_of(*report));
  return said != 0 ? said : report->good ? 0 : 1;
}

}  // namespace

void add_audit_command(CLI::App& program, int& exit_code) {
  const auto command = std::make_shared<AuditCommand>();
  auto* audit = program.add_subcommand(
      "audit", "judge each permit of a log again, and count its caps from the log alone");
  audit->add_option("log", command->log, "the folder with checkpoint and tile/ (default: DIR/log)");
  audit->add_option("--data", command->place.data, "data folder")->type_name("DIR");
  audit->add_option("--key", command->vkey, "the log's public key (default: the folder's vkey)");
  audit->add_option("--decisions", command->place.decisions,
                    "say which of the packs judged by are these files");
  audit->add_option("--from", command->from, "report on days from, YYYY-MM-DD");
  audit->add_option("--to", command->to, "report on days to, YYYY-MM-DD");
  audit->add_flag("--json", command->json, "the report as JSON");
  audit->callback([command, &exit_code] { exit_code = run_audit(*command); });
}

}  // namespace app
