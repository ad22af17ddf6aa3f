#include "app/workplace.h"

#include <chrono>
#include <system_error>

#include "app/rooms.h"

namespace app {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;

namespace {

Instant machine_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_micros(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

// The folder `name` of the checkout or installation this binary lies in: build/<preset>/evenhand
// stands two folders down, an installed one has share/evenhand beside bin.
fs::path near_binary(const char* name) {
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path folder = binary.parent_path();
  for (const fs::path& base : {folder / ".." / "..", folder / ".." / "share" / "evenhand"}) {
    if (fs::is_directory(base / name, error)) return fs::weakly_canonical(base / name, error);
  }
  return {};
}

}  // namespace

Result<std::function<Instant()>> make_clock(const std::string& now) {
  if (now.empty()) return std::function<Instant()>(machine_now);
  auto start = Instant::parse(now);
  if (!start) return Error{Code::invalid_input, "--now: " + start.error().message, now};
  const std::int64_t shift_us = start->micros_since(machine_now());
  return std::function<Instant()>(
      [shift_us] { return Instant::from_micros(machine_now().micros() + shift_us); });
}

Result<fs::path> find_decisions(const Place& place) {
  if (!place.decisions.empty()) {
    if (fs::is_directory(place.decisions)) return fs::path(place.decisions);
    return Error{Code::not_found, "no such folder of decision tables", place.decisions};
  }
  if (fs::is_directory(place.data / "decisions")) return place.data / "decisions";
  const fs::path shipped = near_binary("decisions");
  if (!shipped.empty()) return shipped;
  return Error{Code::not_found, "no decision tables found; name their folder with --decisions DIR",
               (place.data / "decisions").string()};
}

fs::path find_web(const Place& place) {
  if (!place.web.empty()) return place.web;
  return near_binary("web/dist");
}

Result<std::unique_ptr<store::Store>> open_store(const Place& place,
                                                 const std::function<Instant()>& clock) {
  std::error_code error;
  fs::create_directories(place.data, error);
  if (error) {
    return Error{Code::unavailable, "cannot make the data folder: " + error.message(),
                 place.data.string()};
  }
  const fs::path whole = fs::weakly_canonical(place.data, error);
  store::Options options;
  options.url = place.store.empty() ? (whole / "casebook.sqlite").string() : place.store;
  options.key_file = place.key.empty() ? whole.string() + ".key" : place.key;
  options.clock = clock;
  TRY_ASSIGN(auto store, store::Store::open(std::move(options)));
  TRY(store->migrate(all_migrations()));
  return store;
}

}  // namespace app
