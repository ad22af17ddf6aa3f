#pragma once
// Where the program works: the data folder, its store and key, the decision tables, and the clock.
// Only app and tests own a clock; rooms are handed `now`.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace app {

struct Place {
  std::filesystem::path data;  // --data
  std::string store;           // --store: postgres://…; empty: <data>/casebook.sqlite
  std::string key;             // --key; empty: <data>.key, beside the folder and never in it; or
                               // where else the root key is kept (store/root.h)
  std::string decisions;       // --decisions; empty: found by find_decisions
  std::string web;             // --web; empty: found beside the binary
  std::string now;             // --now: the clock starts there (rehearsals and tests)
};

// The clock of this process: the machine's, or one that starts at `--now` and runs on.
kernel::Result<std::function<kernel::Instant()>> make_clock(const std::string& now);

// --decisions, <data>/decisions, or the decisions/ this program was built with, in that order.
kernel::Result<std::filesystem::path> find_decisions(const Place& place);
// --web, or web/dist near the binary; empty when there are no pages.
std::filesystem::path find_web(const Place& place);

// Opens the store, applies every room's migrations.
kernel::Result<std::unique_ptr<store::Store>> open_store(
    const Place& place, const std::function<kernel::Instant()>& clock);

}  // namespace app
