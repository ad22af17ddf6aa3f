// store migrate, store grant: what the owner of a PostgreSQL store does, so that the program itself
// can run as a role that cannot go round the gate.

#include <fmt/format.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"
#include "gate/types.h"
#include "store/grant.h"

namespace app {

using kernel::Result;

namespace {

// Migrations run when the store is opened; roles granted before are given the new tables too.
Result<std::string> migrate_store(const StoreCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  TRY(store->transact([](store::Transaction& tx) { return store::grant_again(tx); }));
  return fmt::format("{} migrations are in; roles granted before have been granted again\n",
                     store::schema().size() + all_migrations().size());
}

Result<std::string> grant_store(const StoreCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  const gate::Limits limits{.clock_tolerance_s = command.clock_tolerance_s,
                            .contacts_day = command.contacts_day,
                            .attempts_day = command.attempts_day};
  const auto granted = store->transact([&](store::Transaction& tx) -> kernel::Status {
    TRY(store::grant_role(tx, command.role));
    gate::set_limits(tx, limits);
    tx.append({"store_granted", "role:" + command.role, "cli", clock(), "{}"});
    return kernel::Ok{};
  });
  TRY(granted);
  return fmt::format(
      "{} may run the program: it reads all, and writes facts, permits, holds and seals only"
      " through the functions that guard them\n",
      command.role);
}

}  // namespace

int run_store(const StoreCommand& command) {
  const auto text = command.action == "grant" ? grant_store(command) : migrate_store(command);
  return text ? say(*text) : fail(text.error());
}

}  // namespace app
