// document, legal-hold: by the rules of the routes.

#include "app/records_commands.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "app/answer.h"
#include "app/rooms.h"
#include "http/json.h"
#include "people/types.h"
#include "records/types.h"

namespace app {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Instant;
using kernel::Result;

namespace {

struct Opened {
  std::unique_ptr<store::Store> store;
  Instant now;
};
Result<Opened> open(const Place& place) {
  TRY_ASSIGN(const auto clock, make_clock(place.now));
  Opened opened;
  TRY_ASSIGN(opened.store, open_store(place, clock));
  opened.now = clock();
  return opened;
}

// Who does it: somebody of the house whose role may, as over HTTP.
Result<std::string> find_user(const Opened& opened, const std::string& name,
                              const std::vector<http::Role>& roles) {
  TRY_ASSIGN(const auto user, opened.store->read([&](store::Transaction& tx) {
    return people::find_user(tx, name);
  }));
  if (!user || !user->active)
    return Error{Code::not_found, "there is no such user, or they are not active", name};
  if (std::find(roles.begin(), roles.end(), user->role) == roles.end())
    return Error{Code::forbidden, "this user's role may not do this", name};
  return name;
}

Result<std::int64_t> read_id(const std::string& text) {
  std::int64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size())
    return Error{Code::invalid_input, "a number is wanted; `list` shows them", text};
  return id;
}

Result<std::optional<Date>> read_day(const std::string& text) {
  if (text.empty()) return std::optional<Date>();
  TRY_ASSIGN(const Date date, Date::parse(text));
  return std::optional<Date>(date);
}

std::string line_of(const records::Document& d) {
  return std::to_string(d.document_id.value()) + "\t" + d.kind + "\t" + d.dated_on.format() + "\t" +
         d.media_type + "\t" + std::to_string(d.bytes) + "\t" + d.sha256 + "\t" + d.source + "\t" +
         d.added_by + (d.state == "kept" ? "" : "\tdestroyed " + d.destroyed_at->format()) + "\n";
}

Result<std::string> add_document(const Opened& opened, const RecordsCommand& command) {
  TRY_ASSIGN(const std::string by, find_user(opened, command.by,
                                             {http::Role::collector, http::Role::lead,
                                              http::Role::admin, http::Role::compliance}));
  TRY_ASSIGN(const auto dated_on, read_day(command.date));
  TRY_ASSIGN(const std::string bytes, read_file(command.file));
  const auto name = std::filesystem::path(command.file).filename().string();
  records::VirusScan scan;
  if (!command.virus_scanner.empty()) {
    TRY_ASSIGN(scan, records::make_virus_scan(command.virus_scanner));
  }
  TRY_ASSIGN(const auto added, records::add_document(*opened.store, command.place.data,
                                                     {.customer_no = command.subject,
                                                      .kind = command.kind,
                                                      .source = command.source,
                                                      .file_name = command.file == "-" ? "" : name,
                                                      .dated_on = dated_on,
                                                      .by = by},
                                                     bytes, opened.now, scan));
  return command.json ? http::write_json(added) : line_of(added);
}

Result<std::string> list_documents(const Opened& opened, const RecordsCommand& command) {
  TRY_ASSIGN(const auto all, opened.store->read([&](store::Transaction& tx) {
    return records::documents_of(tx, command.subject);
  }));
  std::string text;
  for (const auto& one : all) text += command.json ? http::write_json(one) + "\n" : line_of(one);
  return text;
}

Result<std::string> get_document(const Opened& opened, const RecordsCommand& command) {
  TRY_ASSIGN(const std::string by, find_user(opened, command.by,
                                             {http::Role::collector, http::Role::lead,
                                              http::Role::admin, http::Role::compliance}));
  TRY_ASSIGN(const std::int64_t id, read_id(command.subject));
  TRY_ASSIGN(const auto document,
             records::open_document(*opened.store, command.place.data, records::DocumentId(id),
                                    command.reason, by, opened.now));
  std::ofstream out(command.file, std::ios::binary);
  if (!(out << document.bytes) || !out.flush())
    return Error{Code::unavailable, "cannot be written", command.file};
  return "written to " + command.file + ", SHA-256 " + document.document.sha256 + "\n";
}

Result<std::string> document_command(const RecordsCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command.place));
  if (command.action == "add") return add_document(opened, command);
  if (command.action == "list") return list_documents(opened, command);
  return get_document(opened, command);
}

// ---- legal holds -------------------------------------------------------------------------------

std::string line_of(store::Transaction& tx, const records::LegalHold& hold, Instant now) {
  const Date today = now.china_date();
  const auto asked = records::lift_asked(tx, hold.legal_hold_id, now);
  return std::to_string(hold.legal_hold_id.value()) + "\t" + hold.scope + "\t" +
         (hold.scope == "person" ? hold.customer_no : hold.subject) + "\t" +
         (hold.lifted_at                    ? "lifted by " + hold.lifted_by
          : !records::in_force(hold, today) ? "over"
          : asked                           ? "lifting asked by " + asked->asked_by
                                            : "in force") +
         "\tsince " + hold.set_at.format() + " by " + hold.set_by +
         (hold.until ? "\tuntil " + hold.until->format() : "") + "\n";
}

Result<std::string> change_hold(store::Transaction& tx, const Opened& opened,
                                const approval::Setup& approvals, const RecordsCommand& command,
                                const std::string& by) {
  if (command.action == "set") {
    TRY_ASSIGN(const auto until, read_day(command.date));
    TRY_ASSIGN(const auto hold,
               records::set_legal_hold(tx,
                                       {.scope = command.kind,
                                        .subject = command.subject,
                                        .reason = kernel::Note::take(command.reason),
                                        .until = until,
                                        .by = by},
                                       opened.now));
    return line_of(tx, hold, opened.now);
  }
  TRY_ASSIGN(const std::int64_t number, read_id(command.subject));
  const records::LegalHoldId id(number);
  if (command.action == "lift") {
    TRY(records::ask_lift(tx, approvals, id, kernel::Note::take(command.reason), by, opened.now));
  } else {
    const auto asked = records::lift_asked(tx, id, opened.now);
    if (!asked) return Error{Code::conflict, "nobody asks to lift it", command.subject};
    const approval::Answer answer{
        .approval_id = asked->approval_id, .note = kernel::Note::take(command.reason), .by = by};
    TRY(command.action == "approve" ? approval::approve(tx, approvals, answer, opened.now)
                                    : approval::refuse(tx, approvals, answer, opened.now));
  }
  return line_of(tx, *records::find_legal_hold(tx, id), opened.now);
}

Result<std::string> legal_hold_command(const RecordsCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command.place));
  if (command.action == "list")
    return opened.store->read([&](store::Transaction& tx) {
      std::string text;
      for (const auto& hold : records::legal_holds(tx)) text += line_of(tx, hold, opened.now);
      return text;
    });
  TRY_ASSIGN(const std::string by,
             find_user(opened, command.by, {http::Role::compliance, http::Role::admin}));
  TRY_ASSIGN(const auto decisions, find_decisions(command.place));
  const approval::Setup approvals = make_approvals(decisions);
  return opened.store->transact(
      [&](store::Transaction& tx) { return change_hold(tx, opened, approvals, command, by); });
}

Result<records::RetentionReport> retain(store::Store& store, const Place& place,
                                        records::RetentionOptions options) {
  const book::Shelf shelf(place.data);
  options.data_dir = place.data;
  TRY_ASSIGN(options.decisions, find_decisions(place));
  options.kinds = all_kept(place.data);
  return records::run_retention(store, shelf, options);
}

Result<std::string> retention_command(const RetentionCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command.place));
  records::RetentionOptions options{.date = opened.now.china_date(),
                                    .now = opened.now,
                                    .dry_run = command.dry_run,
                                    .by = "command"};
  TRY_ASSIGN(const auto date, read_day(command.date));
  if (date) options.date = *date;
  // A day to come would destroy what must still be kept.
  if (options.date > opened.now.china_date() && !command.dry_run)
    return Error{Code::invalid_input, "a day to come can only be rehearsed: --dry-run",
                 command.date};
  TRY_ASSIGN(const auto report, retain(*opened.store, command.place, options));
  return command.json ? http::write_json(report) : report.text();
}

}  // namespace

Result<records::RetentionReport> retention_with_night(store::Store& store, const Place& place,
                                                      Date date, Instant now) {
  return retain(store, place,
                {.date = std::min(date, now.china_date()), .now = now, .by = "night"});
}

int run_retention(const RetentionCommand& command) {
  const auto text = retention_command(command);
  return text ? say(*text) : fail(text.error());
}

int run_document(const RecordsCommand& command) {
  const auto text = document_command(command);
  return text ? say(*text) : fail(text.error());
}

int run_legal_hold(const RecordsCommand& command) {
  const auto text = legal_hold_command(command);
  return text ? say(*text) : fail(text.error());
}

}  // namespace app
