// table, replay: the life of a table and past decisions, by the rules of the routes.

#include <charconv>
#include <fstream>

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"
#include "http/json.h"
#include "people/types.h"
#include "tables/again.h"
#include "tables/diff.h"
#include "tables/types.h"

namespace app {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Result;

namespace {

// What every action works on; `shelf` and the store live as long as `deps` is used.
struct Desk {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<book::Shelf> shelf;
  std::optional<tables::Deps> deps;
  kernel::Instant now;
};

Result<Desk> open_desk(const Place& place) {
  Desk desk;
  TRY_ASSIGN(const auto clock, make_clock(place.now));
  TRY_ASSIGN(const auto decisions, find_decisions(place));
  TRY_ASSIGN(desk.store, open_store(place, clock));
  desk.shelf = std::make_unique<book::Shelf>(place.data);
  desk.deps.emplace(make_table_deps(*desk.store, *desk.shelf, decisions));
  desk.now = clock();
  return desk;
}

// Who does it: somebody of the house whose role may, as over HTTP.
Result<tables::Hand> find_hand(const Desk& desk, const std::string& user_name) {
  if (user_name.empty()) return Error{Code::invalid_input, "say who does it: --as USER", "--as"};
  TRY_ASSIGN(const auto user, desk.store->read([&](store::Transaction& tx) {
    return people::find_user(tx, user_name);
  }));
  if (!user || !user->active)
    return Error{Code::not_found, "there is no such user, or they are not active", user_name};
  if (user->role != http::Role::analyst && user->role != http::Role::admin)
    return Error{Code::forbidden, "tables are changed by an analyst or an admin", user_name};
  return tables::Hand{user_name, desk.now};
}

Result<tables::VersionId> read_version_id(const std::string& text) {
  std::int64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size())
    return Error{Code::invalid_input, "a version's number is digits; `table versions` lists them",
                 text};
  return tables::VersionId(id);
}

Result<Date> date_or_today(const std::string& text, kernel::Instant now) {
  if (text.empty()) return now.china_date();
  return Date::parse(text);
}

std::string line_of(const tables::Version& version) {
  std::string line = std::to_string(version.version_id.value()) + "\t" + version.file + "\t" +
                     version.version + "\t" + version.state;
  if (version.in_force) line += " (in force)";
  if (version.effective_from) line += "\tfrom " + version.effective_from->format();
  if (version.effective_to) line += "\tto " + version.effective_to->format();
  if (!version.author.empty()) line += "\tby " + version.author;
  if (version.reviewed_by) line += ", reviewed by " + *version.reviewed_by;
  return line + "\n";
}

std::string text_of(const tables::Draft& draft) {
  std::string text = line_of(draft.version);
  if (!draft.problem.empty()) text += "cannot be read: " + draft.problem + "\n";
  for (const auto& finding : draft.findings) {
    if (finding.severity == "note") continue;
    text += finding.severity + ": " + finding.decision +
            (finding.row > 0 ? " row " + std::to_string(finding.row) : "") + ": " +
            finding.message_zh + "\n";
  }
  for (const auto& test : draft.tests)
    if (!test.passed)
      text += "test line " + std::to_string(test.line) + " " + test.name + ": expected " +
              test.expected + ", got " + test.got + "\n";
  for (const auto& notice : draft.notices) text += notice.message_zh + "\n";
  return text;
}

std::string text_of(const tables::TableDiff& diff) {
  std::string text = diff.file + " " + diff.from + " → " + diff.to + "：" + diff.zh + "\n";
  for (const auto& decision : diff.decisions) {
    if (decision.kind == "same") continue;
    text += decision.name + " " + decision.title + " (" + decision.kind + ")\n";
    for (const auto& property : decision.properties) text += "  " + property.zh + "\n";
    for (const auto& row : decision.rows) text += "  " + row.zh + "\n";
  }
  return text;
}

Result<std::string> list_files(const Desk& desk, const TableCommand& command) {
  TRY_ASSIGN(const Date date, date_or_today(command.date, desk.now));
  return desk.store->read([&](store::Transaction& tx) -> Result<std::string> {
    TRY_ASSIGN(const auto files, tables::files_in_force(tx, desk.deps->decisions, date));
    std::string text;
    for (const auto& file : files)
      text += file.file + "\t" + file.version + "\t" +
              (file.effective_from ? "released from " + file.effective_from->format() : "shipped") +
              (file.shipped_version != file.shipped_before ? "\t(the shipped file changed since)"
                                                           : "") +
              "\n";
    return text;
  });
}

Result<std::string> list_versions(const Desk& desk, const TableCommand& command) {
  const std::string file = tables::file_of_path(command.file);
  return desk.store->read([&](store::Transaction& tx) -> Result<std::string> {
    std::string text;
    for (const auto& version :
         tables::load_versions(tx, desk.deps->decisions, file, desk.now.china_date()))
      text += line_of(version);
    if (text.empty()) return Error{Code::not_found, "there is no such table", command.file};
    return text;
  });
}

Result<std::string> export_table(const Desk& desk, const TableCommand& command) {
  TRY_ASSIGN(const std::string xml,
             tables::table_text(*desk.deps, tables::file_of_path(command.file), command.version,
                                desk.now.china_date()));
  if (command.out.empty()) return xml;
  if (!(std::ofstream(command.out, std::ios::binary) << xml))
    return Error{Code::unavailable, "cannot be written", command.out};
  return "written to " + command.out + "\n";
}

Result<std::string> import_table(const Desk& desk, const TableCommand& command) {
  TRY_ASSIGN(const tables::Hand hand, find_hand(desk, command.by));
  tables::NewDraft draft{.file = command.file, .note = command.note};
  TRY_ASSIGN(const std::string xml, read_file(command.dmn));
  draft.xml = http::Document{xml};
  if (!command.tests.empty()) {
    TRY_ASSIGN(const std::string tests, read_file(command.tests));
    draft.tests_csv = http::Document{tests};
  }
  if (!command.based_on.empty()) draft.based_on = command.based_on;
  TRY_ASSIGN(const tables::Draft made, tables::make_draft(*desk.deps, draft, hand));
  return command.json ? http::write_json(made.version) : text_of(made);
}

Result<tables::Version> take_step(const Desk& desk, const TableCommand& command) {
  TRY_ASSIGN(const tables::Hand hand, find_hand(desk, command.by));
  TRY_ASSIGN(const tables::VersionId version_id, read_version_id(command.version_id));
  if (command.action == "submit") return tables::submit(*desk.deps, version_id, command.note, hand);
  if (command.action == "withdraw") return tables::withdraw(*desk.deps, version_id, hand);
  tables::Review review{.version_id = version_id, .verdict = command.verdict, .note = command.note};
  if (!command.effective_from.empty()) {
    TRY_ASSIGN(review.effective_from, Date::parse(command.effective_from));
  }
  return tables::review(*desk.deps, review, hand);
}

Result<std::string> table_command(const TableCommand& command) {
  TRY_ASSIGN(const Desk desk, open_desk(command.place));
  if (command.action == "list") return list_files(desk, command);
  if (command.action == "versions") return list_versions(desk, command);
  if (command.action == "export") return export_table(desk, command);
  if (command.action == "import") return import_table(desk, command);
  if (command.action == "diff") {
    TRY_ASSIGN(const auto diff,
               tables::diff_versions(*desk.deps, tables::file_of_path(command.file), command.from,
                                     command.to, desk.now.china_date()));
    return command.json ? http::write_json(diff) : text_of(diff);
  }
  TRY_ASSIGN(const tables::Version version, take_step(desk, command));
  return command.json ? http::write_json(version) : line_of(version);
}

std::string text_of(const tables::Replay& replay) {
  std::string text = "night of " + replay.date.format() + ", edition " + replay.edition + "\n";
  for (const auto& account : replay.accounts) {
    text += account.account_no_masked + "\n";
    for (const auto& one : account.decisions) {
      text += "  " + one.file + "@" + one.decided.version + " " + one.decision;
      if (one.decided.row > 0)
        text += " row " + std::to_string(one.decided.row) + " " + one.decided.rule_id;
      text += ":";
      for (const auto& output : one.decided.outputs) text += " " + output.name + "=" + output.value;
      if (one.agrees) text += *one.agrees ? "  agrees" : "  DIFFERS, recorded:";
      if (one.agrees && !*one.agrees)
        for (const auto& kept : one.recorded) text += " " + kept.name + "=" + kept.value;
      text += "\n";
    }
  }
  return text + (replay.agrees ? "every decision is as it was recorded\n"
                               : "some decisions differ from what was recorded\n");
}

Result<std::string> replay_command(const ReplayCommand& command) {
  TRY_ASSIGN(const Desk desk, open_desk(command.place));
  TRY_ASSIGN(const Date date, Date::parse(command.date));
  TRY_ASSIGN(const auto replay,
             tables::replay(*desk.deps, date, command.account_no, command.case_id));
  return command.json ? http::write_json(replay) : text_of(replay);
}

}  // namespace

int run_table(const TableCommand& command) {
  const auto text = table_command(command);
  return text ? say(*text) : fail(text.error());
}

int run_replay(const ReplayCommand& command) {
  const auto text = replay_command(command);
  return text ? say(*text) : fail(text.error());
}

}  // namespace app
