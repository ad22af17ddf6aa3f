// keys: agencies and machines that ask over the API, and their keys.

#include <memory>

#include "app/answer.h"
#include "app/cli.h"
#include "people/keys.h"

namespace app {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Result;
using people::KeyHolder;

namespace {

struct KeysCommand {
  Place place;
  std::string action;  // list | holder | make | revoke
  KeyHolder holder;
  std::string licence_until, contract_until, evaluated_on, expires_on;
  std::int64_t key_id = 0;
};

std::string shown(const std::optional<Date>& date) {
  return date ? date->format() : "-";
}

Result<std::optional<Date>> read_date(const std::string& text, const char* option) {
  if (text.empty()) return std::optional<Date>{};
  const auto date = Date::parse(text);
  if (!date) return Error{Code::invalid_input, "a date is YYYY-MM-DD", option};
  return std::optional(*date);
}

std::string holder_line(const KeyHolder& h, Date today) {
  const std::string licence = !h.is_agency()                    ? "-"
                              : people::licence_valid(h, today) ? "in date"
                                                                : "NOT in date";
  return h.holder + "\t" + (h.team.empty() ? "-" : h.team) + "\tlicence " + licence + "\tuntil " +
         shown(h.licence_until) + "\tcontract " + shown(h.contract_until) + "\t" + h.shown_name +
         (h.active ? "" : "\t(not active)") + "\n";
}

Result<std::string> list_keys(store::Transaction& tx, Date today) {
  std::string text;
  for (const KeyHolder& holder : people::load_key_holders(tx)) text += holder_line(holder, today);
  for (const people::ApiKey& key : people::load_keys(tx))
    text += "key " + std::to_string(key.key_id.value()) + "\t" + key.holder + "\tto " +
            key.expires_on.format() + (key.revoked_at ? "\t(revoked)" : "") +
            (key.used_at ? "\tlast used " + key.used_at->format() : "\tnever used") + "\n";
  return text;
}

Result<std::string> keys_in(store::Transaction& tx, const KeysCommand& command,
                            kernel::Instant now) {
  const Date today = now.china_date();
  if (command.action == "holder") {
    KeyHolder holder = command.holder;
    TRY_ASSIGN(holder.licence_until, read_date(command.licence_until, "--licence-until"));
    TRY_ASSIGN(holder.contract_until, read_date(command.contract_until, "--contract-until"));
    TRY_ASSIGN(holder.evaluated_on, read_date(command.evaluated_on, "--evaluated-on"));
    TRY(people::save_key_holder(tx, holder, "command", now));
    return holder_line(holder, today);
  }
  if (command.action == "make") {
    TRY_ASSIGN(const auto until, read_date(command.expires_on, "--until"));
    TRY_ASSIGN(const auto made,
               people::make_key(tx, command.holder.holder, until.value_or(today.plus_months(6)),
                                "command", now));
    return "key " + std::to_string(made.key.key_id.value()) + " of " + made.key.holder +
           ", to the end of " + made.key.expires_on.format() + ", shown this once:\n" +
           made.secret + "\n";
  }
  if (command.action == "revoke") {
    TRY(people::revoke_key(tx, people::KeyId(command.key_id), "command", now));
    return std::string("revoked\n");
  }
  return list_keys(tx, today);
}

Result<std::string> keys(const KeysCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return store->transact([&](store::Transaction& tx) { return keys_in(tx, command, clock()); });
}

CLI::App* add_action(CLI::App& keys_app, const std::shared_ptr<KeysCommand>& command,
                     int& exit_code, const std::string& action, const std::string& help) {
  auto* app = keys_app.add_subcommand(action, help);
  add_place(*app, command->place);
  app->callback([command, &exit_code, action] {
    command->action = action;
    const auto text = keys(*command);
    exit_code = text ? say(*text) : fail(text.error());
  });
  return app;
}

}  // namespace

void add_keys_command(CLI::App& program, int& exit_code) {
  auto* app = program.add_subcommand("keys", "agencies and machines that ask over the API");
  app->require_subcommand(1);
  const auto command = std::make_shared<KeysCommand>();
  KeyHolder& holder = command->holder;
  add_action(*app, command, exit_code, "list", "who there is, and their keys");
  auto* save =
      add_action(*app, command, exit_code, "holder", "an agency or machine, new or changed");
  save->add_option("holder", holder.holder, "agency:NAME or machine:NAME")->required();
  save->add_option("--name", holder.shown_name, "the company, or what the machine is")->required();
  save->add_option("--team", holder.team, "an agency's: the team whose cases are placed with it");
  save->add_flag("--published", holder.published, "on the lender's published list");
  save->add_option("--licence-until", command->licence_until, "YYYY-MM-DD");
  save->add_option("--contract-until", command->contract_until, "YYYY-MM-DD");
  save->add_option("--evaluated-on", command->evaluated_on, "its last evaluation, YYYY-MM-DD");
  save->add_flag("--impact-assessed", holder.impact_assessed, "the assessment of PIPL 55 is done");
  save->add_flag("--recording-ready", holder.recording_ready, "its calls are recorded");
  save->add_flag("!--inactive", holder.active, "no key of it works any more");
  auto* make = add_action(*app, command, exit_code, "make", "a key, shown once");
  make->add_option("holder", holder.holder, "agency:NAME or machine:NAME")->required();
  make->add_option("--until", command->expires_on, "its last day; six months from now if not said");
  auto* revoke = add_action(*app, command, exit_code, "revoke", "ends a key at once");
  revoke->add_option("key_id", command->key_id, "its number")->required();
}

}  // namespace app
