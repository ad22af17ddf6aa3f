// pack: what is on record of a case, for an outsider to check.

#include <fstream>
#include <iostream>

#include "app/answer.h"
#include "app/records_commands.h"
#include "evidence/pack.h"
#include "people/types.h"

namespace app {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Result;

namespace {

Result<std::optional<Date>> read_day(const std::string& text) {
  if (text.empty()) return std::optional<Date>();
  TRY_ASSIGN(const Date date, Date::parse(text));
  return std::optional<Date>(date);
}

// Compliance or an admin, as over HTTP.
kernel::Status check_user(store::Store& store, const std::string& name) {
  TRY_ASSIGN(const auto user,
             store.read([&](store::Transaction& tx) { return people::find_user(tx, name); }));
  if (!user || !user->active)
    return Error{Code::not_found, "there is no such user, or they are not active", name};
  if (user->role != http::Role::compliance && user->role != http::Role::admin)
    return Error{Code::forbidden, "evidence packs are made by compliance or an admin", name};
  return kernel::Ok{};
}

Result<std::string> pack_command(const PackCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto decisions, find_decisions(command.place));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  TRY(check_user(*store, command.by));
  evidence::CasePackRequest request{
      .subject = command.subject, .purpose = command.purpose, .by = command.by};
  TRY_ASSIGN(request.from, read_day(command.from));
  TRY_ASSIGN(request.to, read_day(command.to));
  const book::Shelf shelf(command.place.data);
  TRY_ASSIGN(const auto pack, evidence::make_case_pack({.store = *store,
                                                        .shelf = shelf,
                                                        .data_dir = command.place.data,
                                                        .decisions = decisions,
                                                        .log = command.place.data / "log"},
                                                       request, clock()));
  std::ofstream out(command.out, std::ios::binary | std::ios::trunc);
  if (!(out << pack.zip) || !out.flush())
    return Error{Code::unavailable, "cannot be written", command.out};
  if (pack.waiting > 0)
    std::cerr << pack.waiting << " facts are not sealed yet and not in it: evenhand seal\n";
  return "written to " + command.out + ": " + std::to_string(pack.facts) + " facts, " +
         std::to_string(pack.documents) + " documents\n";
}

}  // namespace

int run_pack(const PackCommand& command) {
  const auto text = pack_command(command);
  return text ? say(*text) : fail(text.error());
}

}  // namespace app
