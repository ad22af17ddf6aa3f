// verify: a log folder against its signed checkpoint; 1 where something is not as it should be.

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "app/answer.h"
#include "app/cli.h"
#include "app/evidence_commands.h"
#include "http/json.h"
#include "tlog/verify.h"

namespace app {

namespace {

namespace fs = std::filesystem;

struct VerifyCommand {
  Place place;  // with --data: the store too
  std::string log;
  std::vector<std::string> keys, witnesses, since;
  std::string tsa_ca, language = "zh";
  bool json = false;
};

struct VerifiedFinding {
  std::string kind, file;
  std::optional<std::int64_t> entry, entry_end;
  std::string message_zh, message_en;
};
BOOST_DESCRIBE_STRUCT(VerifiedFinding, (), (kind, file, entry, entry_end, message_zh, message_en))
struct VerifiedLog {
  std::string origin;
  std::int64_t size = 0;
  std::string root;
  bool signed_by_known_key = false, key_from_log = false;
  std::int64_t files = 0, bytes = 0;
  std::vector<std::string> cosigners;
  std::int64_t unknown_signatures = 0, older_checkpoints = 0, timestamps = 0;
  bool timestamps_trusted = false;
  std::int64_t finding_count = 0;
  std::vector<VerifiedFinding> findings;
};
BOOST_DESCRIBE_STRUCT(VerifiedLog, (),
                      (origin, size, root, signed_by_known_key, key_from_log, files, bytes,
                       cosigners, unknown_signatures, older_checkpoints, timestamps,
                       timestamps_trusted, finding_count, findings))

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::string as_json(const tlog::Report& report) {
  VerifiedLog log{report.origin,
                  number(report.tree.size),
                  tlog::base64(tlog::bytes_of(report.tree.root)),
                  report.signed_by_known_key,
                  report.key_from_log,
                  number(report.files),
                  number(report.bytes),
                  report.cosigners,
                  number(report.unknown_signatures),
                  number(report.older_checkpoints),
                  number(report.timestamps),
                  report.timestamps_trusted,
                  number(report.finding_count),
                  {}};
  for (const tlog::Finding& f : report.findings) {
    auto& shown = log.findings.emplace_back(
        VerifiedFinding{f.kind, f.file, std::nullopt, std::nullopt, f.message_zh, f.message_en});
    if (f.entry) shown.entry = number(*f.entry);
    if (f.entry_end) shown.entry_end = number(*f.entry_end);
  }
  return http::write_json(log) + "\n";
}

std::string findings_text(const tlog::Report& report, bool zh) {
  std::string text;
  for (const tlog::Finding& f : report.findings)
    text += fmt::format("{}  {}  {}\n", f.kind, f.file, zh ? f.message_zh : f.message_en);
  if (report.finding_count > report.findings.size())
    text += fmt::format(fmt::runtime(zh ? "…另有 {} 条\n" : "… and {} more\n"),
                        report.finding_count - report.findings.size());
  text += fmt::format(fmt::runtime(zh ? "共 {} 条发现\n" : "{} findings\n"), report.finding_count);
  return text;
}

std::string as_text(const tlog::Report& report, bool zh) {
  std::string text;
  const auto add = [&](const char* chinese, const char* english, const auto&... values) {
    text += fmt::format(fmt::runtime(zh ? chinese : english), values...) + "\n";
  };
  if (report.signed_by_known_key)
    add("日志 {}：{} 条，检查点签名成立", "log {}: {} entries, the checkpoint's signature holds",
        report.origin, report.tree.size);
  else
    add("检查点没有成立的签名：以下不能证明什么",
        "no signature of the checkpoint holds: what follows proves nothing");
  if (report.key_from_log)
    add("公钥取自日志旁的 vkey：只能说明日志前后一致。要确认是谁的日志，用 --key "
        "给出自己手里的公钥",
        "checked only with the key lying beside the log (vkey), which shows that the log agrees "
        "with "
        "itself; give --key with the key you were handed");
  for (const std::string& name : report.cosigners)
    add("见证方 {} 的共签成立", "the cosignature of witness {} holds", name);
  if (report.unknown_signatures > 0)
    add("另有 {} 个签名的公钥未知（用 --witness 给出）",
        "{} more signatures are of keys not given (--witness)", report.unknown_signatures);
  if (report.older_checkpoints > 0)
    add("与 {} 个较早的检查点一致", "consistent with {} older checkpoints",
        report.older_checkpoints);
  if (report.timestamps > 0 && report.timestamps_trusted)
    add("{} 个时间戳成立", "{} time-stamps hold", report.timestamps);
  else if (report.timestamps > 0)
    add("{} 个时间戳与检查点相符；签发者未核对（用 --tsa-ca）",
        "{} time-stamps are over their checkpoints; who signed them was not checked (--tsa-ca)",
        report.timestamps);
  add("读了 {} 个文件，{:.1f} MB", "{} files, {:.1f} MB read", report.files,
      static_cast<double>(report.bytes) / 1e6);
  return text + findings_text(report, zh);
}

// A verifier key as text, or a file that holds one.
kernel::Result<tlog::Verifier> read_key(const std::string& given) {
  std::string text = given;
  if (given.find('+') == given.npos || fs::exists(given)) {
    TRY_ASSIGN(text, read_file(given));
  }
  return tlog::Verifier::parse(text);
}

kernel::Result<tlog::VerifyOptions> options_of(const VerifyCommand& command) {
  tlog::VerifyOptions options;
  for (const std::string& text : command.keys) {
    TRY_ASSIGN(tlog::Verifier key, read_key(text));
    options.keys.push_back(std::move(key));
  }
  for (const std::string& text : command.witnesses) {
    TRY_ASSIGN(tlog::Verifier key, read_key(text));
    options.witnesses.push_back(std::move(key));
  }
  for (const std::string& file : command.since) {
    TRY_ASSIGN(std::string bytes, read_file(file));
    options.older.emplace_back(file, std::move(bytes));
  }
  options.tsa_ca = command.tsa_ca;
  options.other_folders = {"packs"};
  options.wait_ms = 3000;
  if (on_terminal())
    options.progress = [](std::uint64_t entries) { std::cerr << "\r" << entries << std::flush; };
  return options;
}

int run_verify(VerifyCommand command) {
  std::error_code error;
  if (command.log.empty() && command.place.data.empty())
    return fail({kernel::Code::invalid_input, "give the log's folder, or --data DIR", "LOG"});
  if (command.log.empty()) command.log = seal_options(command.place).place.folder.string();
  if (!fs::is_directory(command.log, error))
    return fail({kernel::Code::not_found, "no such folder", command.log});
  const auto options = options_of(command);
  if (!options) return fail(options.error());
  const tlog::Report report = tlog::verify(command.log, *options);
  if (on_terminal()) std::cerr << "\r";
  const int said = say(command.json ? as_json(report) : as_text(report, command.language == "zh"));
  if (said != 0) return said;
  const int found = report.finding_count > 0 ? 1 : 0;
  if (command.place.data.empty()) return found;
  const int store = run_verify_data(command.place, command.language, command.json);
  return store != 0 ? store : found;
}

}  // namespace

void add_verify_command(CLI::App& program, int& exit_code) {
  auto command = std::make_shared<VerifyCommand>();
  auto* verify = program.add_subcommand(
      "verify",
      "check a log folder: nothing altered, lost, reordered, rolled back; docs/evidence.md");
  verify->add_option("log", command->log, "the folder that holds checkpoint and tile/");
  verify->add_option("--data", command->place.data, "a data folder: its store against its log too")
      ->type_name("DIR");
  verify->add_option("--store", command->place.store, "postgres://… in place of DIR's store");
  verify->add_option("--store-key", command->place.key, "key file of the store (DIR.key)");
  verify->add_option("--key", command->keys, "the log's public key, or a file of it");
  verify->add_option("--witness", command->witnesses, "a witness's public key, or a file of it");
  verify->add_option("--since", command->since, "a checkpoint you kept: the log must contain it");
  verify->add_option("--tsa-ca", command->tsa_ca, "PEM of the CAs of the time-stamp authority");
  verify->add_option("--lang", command->language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
  verify->add_flag("--json", command->json, "the report as JSON");
  verify->callback([command, &exit_code] { exit_code = run_verify(*command); });
}

}  // namespace app
