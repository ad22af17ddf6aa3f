#pragma once
// Who looked at whom. What enters: every route's answers (watched), asks to see one masked field in
// clear, the clock's minutes. What leaves: rows of who, whom, what, why and when; facts; alerts.
// Never true: a case shown and no row of it; a row changed unnoticed once it is sealed; a telephone
// number or contact address opened here (those are the gate's).

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "book/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace looks {

const std::vector<store::Migration>& schema();

// Borrowed; they live as long as the server.
struct Deps {
  store::Store& store;
  const book::Shelf& shelf;
  std::filesystem::path decisions;
  // Whose document it is, from a later room; empty: nobody's.
  std::function<std::string(store::Transaction&, std::int64_t document_id)> customer_of_document;
};

std::vector<http::Route> routes(const Deps& deps);

// The routes that name or show a person, and what a look by them is called; kind is empty where the
// answer shows nothing, and only a try at somebody else's case is kept.
struct Watched {
  std::string_view route, kind;  // "GET /api/v1/cases/{case_id}", "view_case"
};
std::span<const Watched> watched_routes();
// The same routes; those above answer only once the look is on disk. Where a case is refused to the
// caller, a row of kind `refused` stays.
std::vector<http::Route> watched(const Deps& deps, std::vector<http::Route> routes);

// ---- what the server does each minute ----------------------------------------------------------

// Takes every look that has no seal yet and leaves facts looks_sealed with their number and
// SHA-256, at most 10,000 a fact. How many looks were taken. Safe on many nodes at once.
kernel::Result<std::int64_t> seal_looks(store::Store& store, kernel::Instant now);

// Counts the looks of today of everybody who looked within the last five minutes, asks
// access_alert.dmn, and keeps what it says: each code once a day and user. How many are new.
kernel::Result<std::int64_t> judge_alerts(store::Store& store,
                                          const std::filesystem::path& decisions,
                                          kernel::Instant now);

// ---- for whoever checks the rows against the facts (evidence) ----------------------------------

struct LookSeal {
  std::int64_t seal_no = 0, looks = 0;
  std::string sha256;  // hex, of the rows as they stand
};
void each_look_seal(store::Transaction& tx, const std::function<void(const LookSeal&)>& each);

}  // namespace looks
