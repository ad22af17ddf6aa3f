// vault: the keys that names, numbers and texts are sealed with, and the root that wraps them.

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "app/answer.h"
#include "app/cli.h"
#include "app/rooms.h"
#include "store/rotation.h"

namespace app {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

struct VaultCommand {
  Place place;
  std::string action;  // status | rotate | reseal | destroy | change-root | destroy-root
  std::string suite = "aes-256-gcm", root;
  std::int64_t key_id = 0;
};

struct Opened {
  std::unique_ptr<store::Store> store;
  store::By by;
};
Result<Opened> open(const VaultCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(auto store, open_store(command.place, clock));
  return Opened{std::move(store), {"cli", clock}};
}

// ---- status ------------------------------------------------------------------------------------

std::string line_of(const store::VaultKey& key, std::int64_t values) {
  std::string text =
      fmt::format("key {}\t{}\t{}\tmade {}", key.key_id, key.kind, key.suite, key.made_at.format());
  if (key.destroyed_at) return text + "\tdestroyed " + key.destroyed_at->format() + "\n";
  for (const std::string& root : key.roots) text += "\troot " + root;
  if (key.kind == "index") return text + "\tstays\n";
  return text +
         (key.retired_at ? fmt::format("\tretired, {} values under it", values)
                         : fmt::format("\tin use, {} values", values)) +
         "\n";
}

Result<std::string> status(const Opened& opened) {
  TRY_ASSIGN(const std::string root, store::own_root_id(*opened.store));
  return opened.store->read([&](store::Transaction& tx) {
    std::string text = "root " + root + " at " + store::own_root_kept_at(*opened.store) + "\n";
    const store::SealedTables tables = all_sealed();
    for (const store::VaultKey& key : store::load_vault_keys(tx)) {
      std::int64_t values = 0;
      if (key.kind == "seal")
        for (const auto& under : store::values_under(tx, tables, key.key_id))
          values += under.values;
      text += line_of(key, values);
    }
    return text;
  });
}

// ---- keys --------------------------------------------------------------------------------------

Result<std::string> reseal(const Opened& opened) {
  const store::ResealOptions options{
      .chunk = 1000, .progress = [](const std::string& table, std::int64_t values) {
        if (on_terminal()) std::cerr << "\r" << table << " " << values << "   " << std::flush;
      }};
  TRY_ASSIGN(const std::int64_t values,
             store::reseal(*opened.store, all_sealed(), opened.by, options));
  return fmt::format(
      "{} values are sealed under the key in use; `vault status` shows what can be "
      "destroyed\n",
      values);
}

Result<std::string> rotate(const Opened& opened, const VaultCommand& command) {
  const auto suite = store::parse_suite(command.suite);
  if (!suite) return Error{Code::invalid_input, "no suite has this name", command.suite};
  TRY_ASSIGN(const std::int64_t key_id, store::rotate_vault_key(*opened.store, *suite, opened.by));
  TRY_ASSIGN(const std::string done, reseal(opened));
  return fmt::format("key {} is in use\n", key_id) + done;
}

// ---- the root ----------------------------------------------------------------------------------

// Wrapped by another root too. Kept in a file and nothing else said: the new one takes the file's
// place, so that servers that run find it there; the old one lies beside it until it is destroyed.
// Stopped anywhere, it can be called again.
Result<std::string> change_root(const Opened& opened, const VaultCommand& command) {
  const std::string kept_at = store::own_root_kept_at(*opened.store);
  const bool in_place = command.root.empty();
  if (in_place && !store::is_file_root(kept_at))
    return Error{Code::invalid_input, "say where the new root key is kept: --to", kept_at};
  const std::string old = kept_at + ".old";
  const std::string to = in_place ? kept_at + ".new" : command.root;
  if (in_place && fs::exists(old) && !fs::exists(to))
    return Error{Code::conflict,
                 "an old root is here still: `vault destroy-root " + old + "` first", old};
  TRY_ASSIGN(const auto root, store::open_root(to, true));
  TRY(store::add_vault_root(*opened.store, *root, opened.by));
  if (in_place) {
    std::error_code error;
    if (!fs::exists(old)) fs::create_hard_link(kept_at, old, error);
    if (!error) fs::rename(to, kept_at, error);
    if (error) return Error{Code::unavailable, "the key file: " + error.message(), kept_at};
  }
  return fmt::format(
      "root {} wraps the keys too; copy it to where it is kept safe{}. Then: evenhand vault "
      "destroy-root {}\n",
      root->id(), in_place ? "" : ", and start every process with --key " + to,
      in_place ? old : kept_at);
}

Result<std::string> destroy_root(const Opened& opened, const VaultCommand& command) {
  TRY_ASSIGN(const auto root, store::open_root(command.root, false));
  TRY(store::remove_vault_root(*opened.store, root->id(), opened.by));
  TRY(store::destroy_root_key(command.root));
  return fmt::format(
      "root {} is destroyed: a backup whose keys only it wrapped can be read by nobody\n",
      root->id());
}

Result<std::string> run(const VaultCommand& command) {
  TRY_ASSIGN(const Opened opened, open(command));
  if (command.action == "rotate") return rotate(opened, command);
  if (command.action == "reseal") return reseal(opened);
  if (command.action == "change-root") return change_root(opened, command);
  if (command.action == "destroy-root") return destroy_root(opened, command);
  if (command.action == "status") return status(opened);
  TRY(store::destroy_vault_key(*opened.store, all_sealed(), command.key_id, opened.by));
  return fmt::format("key {} is destroyed\n", command.key_id);
}

}  // namespace

void add_vault_command(CLI::App& program, int& exit_code) {
  auto* app = program.add_subcommand(
      "vault", "the keys that what is personal is sealed with; docs/vault.md");
  app->require_subcommand(1);
  const auto command = std::make_shared<VaultCommand>();
  const auto add = [&](const char* action, const char* help) {
    auto* sub = app->add_subcommand(action, help);
    add_place(*sub, command->place);
    sub->callback([command, &exit_code, action] {
      command->action = action;
      const auto text = run(*command);
      exit_code = text ? say(*text) : fail(text.error());
    });
    return sub;
  };
  add("status", "keys, roots, and what lies under each");
  add("rotate", "a new data key, and everything sealed again, while servers serve")
      ->add_option("--suite", command->suite, "aes-256-gcm or sm4-gcm");
  add("reseal", "go on with a rotation that was stopped");
  add("destroy", "a retired key that nothing needs any more")
      ->add_option("key_id", command->key_id, "its number, as `status` shows it")
      ->required();
  add("change-root", "a new root key, beside the old one until that is destroyed")
      ->add_option("--to", command->root, "where it is kept (default: in the old file's place)");
  add("destroy-root", "a root that another has taken the place of")
      ->add_option("root", command->root, "where it is kept")
      ->required();
}

}  // namespace app
