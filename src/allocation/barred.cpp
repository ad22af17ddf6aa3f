// Conflicts of interest, and cases that go from one to another at once.

#include <algorithm>

#include "allocation/types.h"

namespace allocation {

void bar(store::Transaction& tx, std::string_view customer_no, std::string_view user_name,
         kernel::Date since) {
  tx.execute(
      "INSERT INTO barred (customer_no, user_name, since) VALUES ($1, $2, $3) "
      "ON CONFLICT (customer_no, user_name) DO NOTHING",
      {customer_no, user_name, since});
}

void unbar(store::Transaction& tx, std::string_view customer_no, std::string_view user_name) {
  tx.execute("DELETE FROM barred WHERE customer_no = $1 AND user_name = $2",
             {customer_no, user_name});
}

bool is_barred(store::Transaction& tx, std::string_view customer_no, std::string_view user_name) {
  return *tx.query_i64("SELECT COUNT(*) FROM barred WHERE customer_no = $1 AND user_name = $2",
                       {customer_no, user_name}) > 0;
}

std::map<std::string, std::vector<std::string>> load_barred(store::Transaction& tx) {
  std::map<std::string, std::vector<std::string>> barred;
  tx.query("SELECT user_name, customer_no FROM barred", {},
           [&](const store::Row& row) { barred[row.text(0)].push_back(row.text(1)); });
  for (auto& [user_name, customers] : barred) std::sort(customers.begin(), customers.end());
  return barred;
}

kernel::Result<HandedOver> hand_over(store::Transaction& tx, const Handover& given) {
  std::vector<std::string> moving, left;
  for (const std::string& customer_no : given.customer_nos) {
    const bool can = !given.to_user_name.empty() && !is_barred(tx, customer_no, given.to_user_name);
    (can ? moving : left).push_back(customer_no);
  }
  HandedOver done;
  if (!moving.empty()) {
    TRY_ASSIGN(done.moved, reassign(tx, {.customer_nos = moving,
                                         .to_user_name = given.to_user_name,
                                         .to_team = given.to_team,
                                         .by = given.by,
                                         .reason = given.reason,
                                         .now = given.now}));
    TRY(recall(tx,
               {.customer_nos = moving, .by = given.by, .reason = given.reason, .now = given.now}));
  }
  done.released = release(tx, left, given.by, given.now);
  return done;
}

}  // namespace allocation
