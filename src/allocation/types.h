#pragma once
// Who works each case. What enters: accounts with treatment and priority, the collectors, and who
// had which customer yesterday. What leaves: team, skill and collector as columns, and the rows of
// the table allotment. Never true: more customers than a collector's capacity by night, a collector
// without the skill or the region, two collectors for one customer, a hand's choice undone by
// night.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "column/column.h"
#include "decision/decision.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace allocation {

const std::vector<store::Migration>& schema();

struct Collector {
  std::string user_name, team;
  std::vector<std::string> skills;
  std::vector<std::string> regions;  // leading digits of GB/T 2260 codes: "44"; empty: everywhere
  int capacity = 0;                  // customers to work in one day
  bool certified = true;             // trained and certified on the day of the night
  std::vector<std::string> barred;   // customers they must not work for (conflict of interest)
};

inline constexpr std::string_view set_by_night = "night";

struct Allotment {
  std::string customer_no, collector, team;
  kernel::Date since;
  std::string set_by = std::string(set_by_night);
  kernel::Instant set_at;
  std::string reason = "new";  // a code: new, by_hand, recalled
  bool by_hand() const { return set_by != set_by_night; }
  bool operator==(const Allotment&) const = default;
};

// ---- the night ---------------------------------------------------------------------------------

// Who has whom as the night begins. Borrowed.
struct Standing {
  std::string_view customer_no, collector;
  bool by_hand = false;
};

struct NightInput {
  const decision::Model& allocation;  // allocation.dmn
  std::vector<Collector> collectors;  // active ones; in any order
  std::vector<Standing> standing;     // in any order, one a customer; fastest by customer_no
  unsigned threads = 1;
};

// Who works which case tonight. Of accounts it is given blocks, each twice, and keeps none of their
// columns, so that its memory is customers' alone: some twelve bytes each, and thirty for each that
// is to get a place. Borrows what it is made with: accounts with account_no, customer_row,
// priority and region_code; customers with customer_no and dpd, past due in any of their accounts.
//
// As many customers as can be get a collector, and of all ways to do that it is the one worth most
// by priority, by keeping yesterday's collector and by even load (plan.h; how much of each:
// decision allocation_worth of allocation.dmn). A customer who waits (a promise, say) stays with
// the collector without taking a place. What hands gave stays until recalled, and takes a place.
class Night {
 public:
  Night(const column::Sheet& accounts, const column::Sheet& customers, const NightInput& input);
  ~Night();
  // First all blocks, in any order. `first`: row of accounts where it begins. Adds to the block:
  // team, skill and allocation_row (the table's). Errors: the table has no team for an account.
  kernel::Status ask_table(column::Sheet& block, std::size_t first);
  // Then once. Errors: the table has no worth for a collector's team.
  kernel::Status decide();
  // Then blocks again. Adds collector (code; none: nobody) and allotment (code: manual, kept, new,
  // waiting, none, or why nobody could be given: no_team, no_skill, no_region, not_certified,
  // no_capacity).
  void give(column::Sheet& block) const;
  // Adds to customers: lead_account, the account that decides: one that needs somebody before one
  // that does not, then the highest priority, then the account number.
  void put_leads(column::Sheet& customers) const;

 private:
  class Deciding;
  std::unique_ptr<Deciding> deciding_;
};

// ---- the table allotment -----------------------------------------------------------------------

std::vector<Allotment> load_allotments(store::Transaction& tx);  // by customer_no
std::optional<Allotment> load_allotment(store::Transaction& tx, std::string_view customer_no);
std::vector<std::string> load_customers_of(store::Transaction& tx, std::string_view collector);

// The team by customer number, where a hand gave the case.
std::map<std::string, std::string> load_teams_by_hand(store::Transaction& tx);

// What the night changes: at most one of before and after is absent.
struct Change {
  std::optional<Allotment> before, after;
};
std::vector<Change> decide_changes(const std::vector<Allotment>& standing,
                                   const std::vector<Allotment>& allotments);
// Saves changes [begin, end) and leaves a fact of each (case_allotted, case_released). A row that
// somebody changed since `before` was read is left alone, so a second run of the same changes does
// nothing.
// Any part of the changes may be saved in a transaction of its own. Returns how many were made.
int save_changes(store::Transaction& tx, const std::vector<Change>& changes, std::size_t begin,
                 std::size_t end, kernel::Instant now);

// ---- by hand -----------------------------------------------------------------------------------

struct Reassignment {
  std::vector<std::string> customer_nos;
  std::string to_user_name, to_team;
  std::string by;       // "user:7"
  kernel::Note reason;  // must say something; sealed, for it may name people
  kernel::Instant now;
};
// The customers become that collector's now and stay so until recalled or reassigned. Returns how
// many moved; one that was already theirs by hand does not. Facts: case_reassigned.
kernel::Result<int> reassign(store::Transaction& tx, const Reassignment& given);

struct Recall {
  std::vector<std::string> customer_nos;
  std::string by;
  kernel::Note reason;
  kernel::Instant now;
};
// The night may decide about these again; until then they stay where they are. Returns how many it
// was true of. Facts: case_recalled.
kernel::Result<int> recall(store::Transaction& tx, const Recall& given);

// Somebody's cases go to another at once, and the night may decide about them again; what there is
// nobody for is given back (case_released). Facts: case_reassigned, case_recalled, case_released.
struct Handover {
  std::vector<std::string> customer_nos;
  std::string to_user_name, to_team;  // empty: to nobody
  std::string by;
  kernel::Note reason;
  kernel::Instant now;
};
struct HandedOver {
  int moved = 0, released = 0;
};
// How many had somebody. Facts: case_released.
int release(store::Transaction& tx, const std::vector<std::string>& customer_nos,
            std::string_view by, kernel::Instant now);
kernel::Result<HandedOver> hand_over(store::Transaction& tx, const Handover& given);

// ---- conflicts of interest ---------------------------------------------------------------------

// From now on this user neither gets nor sees the case, whoever gives it (people/staff_file.h).
void bar(store::Transaction& tx, std::string_view customer_no, std::string_view user_name,
         kernel::Date since);
void unbar(store::Transaction& tx, std::string_view customer_no, std::string_view user_name);
bool is_barred(store::Transaction& tx, std::string_view customer_no, std::string_view user_name);
std::map<std::string, std::vector<std::string>> load_barred(store::Transaction& tx);  // by user

// What was done by hand with a customer, newest first. A recall gives the case to nobody new:
// collector_before and collector are the same.
struct Move {
  std::string collector_before, collector, moved_by;
  kernel::Instant moved_at;
  kernel::Note reason = kernel::Note::take("");
};
std::vector<Move> load_moves(store::Transaction& tx, std::string_view customer_no);

// ---- over HTTP ---------------------------------------------------------------------------------

// Somebody active who may be given cases, by user name; people supplies it.
using FindCollector =
    std::function<std::optional<Collector>(store::Transaction&, std::string_view user_name)>;
// Whether the one who asks reaches the case, and may give cases to that team; casework supplies it.
struct Reach {
  std::function<bool(store::Transaction&, const http::Request&, std::string_view customer_no)> to;
  std::function<bool(store::Transaction&, const http::Request&, std::string_view team)> team;
};
std::vector<http::Route> routes(store::Store& store, FindCollector find_collector, Reach reach);

}  // namespace allocation
