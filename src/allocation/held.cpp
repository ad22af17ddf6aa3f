#include "allocation/held.h"

#include "allocation/types.h"

namespace allocation {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling& telling) {
  store::HeldSection now{
      .name = "allotment",
      .title = "经办团队",
      .note = {},
      .columns = {{"customer_no", "客户号"}, {"team", "团队", "team"}, {"since", "起始日", "date"}},
      .rows = {}};
  store::HeldSection moves{.name = "moves",
                           .title = "改派",
                           .note = {},
                           .columns = {{"moved_at", "时间", "at"},
                                       {"customer_no", "客户号"},
                                       {"reason", "说明", "note"}},
                           .rows = {}};
  for (const std::string& customer_no : whose.customer_nos) {
    if (const auto allotment = load_allotment(tx, customer_no))
      now.rows.push_back({customer_no, allotment->team, allotment->since.format()});
    for (const Move& move : load_moves(tx, customer_no))
      moves.rows.push_back(
          {move.moved_at.format(), customer_no, std::string(move.reason.reveal(telling.fields))});
  }
  return std::vector<store::HeldSection>{std::move(now), std::move(moves)};
}

kernel::Status erase(store::Transaction& tx, const store::Whose& whose, kernel::Instant) {
  for (const std::string& customer_no : whose.customer_nos) {
    tx.execute("DELETE FROM allotment WHERE customer_no = $1", {customer_no});
    tx.execute("DELETE FROM reassignment WHERE customer_no = $1", {customer_no});
    tx.execute("DELETE FROM barred WHERE customer_no = $1", {customer_no});
  }
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held() {
  return {.room = "allocation", .tell = tell, .erase = erase, .clean = {}};
}

}  // namespace allocation
