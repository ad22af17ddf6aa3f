// calendar: the Chinese calendar of festivals and swapped workdays, checked, imported, listed.

#include <memory>

#include "app/answer.h"
#include "app/cli.h"
#include "gate/calendar_versions.h"
#include "tables/types.h"

namespace app {

using kernel::Result;

namespace {

struct CalendarCommand {
  Place place;
  std::string file;
};

std::string line_of(const gate::CalendarYear& year) {
  return std::to_string(year.year) + "\t" + std::to_string(year.festivals) + " festivals\t" +
         std::to_string(year.rest_days) + " rest days\t" + std::to_string(year.workdays) +
         " swapped workdays" + (year.workdays == 0 ? "\t(not announced yet?)" : "") + "\n";
}

Result<std::string> years_of(std::string_view csv, std::string_view where) {
  TRY_ASSIGN(const auto years, gate::check_calendar(csv, where));
  std::string text;
  for (const gate::CalendarYear& year : years) text += line_of(year);
  return text;
}

Result<std::string> shipped_calendar(const Place& place) {
  TRY_ASSIGN(const auto decisions, find_decisions(place));
  const auto file = tables::read_shipped(decisions, "calendar-cn.csv");
  return file ? *file->bytes : std::string();
}

Result<std::string> import(const CalendarCommand& command) {
  TRY_ASSIGN(const std::string csv, read_file(command.file));
  TRY_ASSIGN(const std::string shipped, shipped_calendar(command.place));
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return store->transact([&](store::Transaction& tx) -> Result<std::string> {
    const kernel::Instant now = clock();
    const auto before = gate::find_calendar(tx, now.china_date());
    TRY_ASSIGN(const auto made,
               gate::import_calendar(tx, csv, command.file, before ? before->bytes : shipped,
                                     "command", now));
    TRY_ASSIGN(const std::string years, years_of(csv, command.file));
    return "version " + std::to_string(made.version) + "\t" + made.sha256.substr(0, 12) +
           "\tin force from today\n" + years;
  });
}

Result<std::string> list(const CalendarCommand& command) {
  TRY_ASSIGN(const std::string shipped, shipped_calendar(command.place));
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return store->read([&](store::Transaction& tx) -> Result<std::string> {
    const auto versions = gate::load_calendars(tx);
    std::string text = "shipped" + std::string(versions.empty() ? "\t(in force)" : "") + "\n";
    for (const gate::CalendarVersion& one : versions)
      text += "version " + std::to_string(one.version) + "\t" + one.sha256.substr(0, 12) + "\t" +
              one.imported_at->format() + "\t" + one.imported_by +
              (&one == &versions.back() ? "\t(in force)" : "") + "\n";
    TRY_ASSIGN(const std::string years,
               years_of(versions.empty() ? shipped : versions.back().bytes, "calendar-cn.csv"));
    return text + years;
  });
}

int answer(const Result<std::string>& text) {
  return text ? say(*text) : fail(text.error());
}

}  // namespace

void add_calendar_command(CLI::App& program, int& exit_code) {
  auto* app =
      program.add_subcommand("calendar", "festivals and swapped workdays; see docs/gate.md");
  app->require_subcommand(1);
  const auto command = std::make_shared<CalendarCommand>();
  auto* imported = app->add_subcommand("import", "check a calendar and keep it: in force at once");
  add_place(*imported, command->place);
  imported->add_option("file", command->file, "CSV: date,day_kind,name,source")->required();
  imported->callback([command, &exit_code] { exit_code = answer(import(*command)); });
  auto* listed = app->add_subcommand("list", "the versions there are, and the years of the latest");
  add_place(*listed, command->place);
  listed->callback([command, &exit_code] { exit_code = answer(list(*command)); });
  auto* checked = app->add_subcommand("check", "only say what is wrong with a file");
  checked->add_option("file", command->file, "CSV: date,day_kind,name,source")->required();
  checked->callback([command, &exit_code] {
    const auto csv = read_file(command->file);
    exit_code = csv ? answer(years_of(*csv, command->file)) : fail(csv.error());
  });
}

}  // namespace app
