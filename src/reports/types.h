#pragma once
// What people look at, read from the book, the casebook and the tables: my day, case lists, the
// team's day, the dashboard, the tables in force. Nothing here changes anything; there are no
// tables of its own. Never true: a name or number unmasked; a collector shown somebody else's case.

#include <filesystem>
#include <vector>

#include "book/types.h"
#include "gate/types.h"
#include "http/route.h"
#include "store/store.h"

namespace reports {

// Borrowed; they live as long as the server.
struct Deps {
  store::Store& store;
  const book::Shelf& shelf;
  const gate::Gate& gate;
  std::filesystem::path decisions;
  std::string version;
};

std::vector<http::Route> routes(const Deps& deps);

}  // namespace reports
