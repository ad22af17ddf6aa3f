#pragma once
// What people do with a case: promises, notes, holds, contacts under a permit, and the case file
// that shows it all. A case is a customer. What leaves for the night is the cut: what was known of
// every account's promises, flags and contacts at an instant, the same whenever it is asked again.
// Never true: a collector reaching somebody else's case; a note on disk or in a fact in clear.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "approval/types.h"
#include "book/types.h"
#include "casework/scope.h"
#include "column/column.h"
#include "decision/decision.h"
#include "gate/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/money.h"
#include "kernel/result.h"
#include "store/store.h"
#include "strategy/types.h"

namespace casework {

const std::vector<store::Migration>& schema();

// Borrowed; they live as long as the server.
struct Deps {
  store::Store& store;
  const book::Shelf& shelf;
  const gate::Gate& gate;
  std::filesystem::path decisions;
  // Asks the gate for one permit, durable once it is answered; callers share commits (gate::Desk).
  std::function<kernel::Result<gate::Reply>(gate::Request, kernel::Instant now)> ask;
  // Shown names by user name and by "user:7", from a later room; empty: the user names themselves.
  std::function<std::map<std::string, std::string>(store::Transaction&)> shown_names;
  // The tables a night was decided by, from a later room; empty: those in force now.
  std::function<kernel::Result<strategy::Models>(kernel::Date night)> models_of;
  // Whom to ask what a collector may not do alone; null: such requests are refused.
  const approval::Setup* approvals = nullptr;

  ScopeSources scope() const { return {shelf, decisions}; }
};

std::vector<http::Route> routes(const Deps& deps);
std::vector<http::Route> bulk_routes(const Deps& deps);  // for agencies and machines
// A hold that a collector asked to lift, once it is approved: as if who approved had lifted it.
approval::Effect hold_lift_effect(std::shared_ptr<const gate::Directory> directory);

// ---- promises ----------------------------------------------------------------------------------

struct PromiseTag {};
using PromiseId = kernel::Id<PromiseTag>;

struct Promise {
  PromiseId promise_id{0};
  std::string customer_no, account_no;
  kernel::Money amount_fen;
  kernel::Date due_date;
  kernel::Instant made_at;
  std::string made_by;
  std::string sealed_note;  // by the vault, purpose "promise.note"; empty: none
};

struct PromiseRequest {
  std::string customer_no, account_no;
  kernel::Money amount_fen;
  kernel::Date due_date;
  kernel::Note note = kernel::Note::take("");
  std::string by;
};
kernel::Result<Promise> make_promise(store::Transaction& tx, const PromiseRequest& request,
                                     kernel::Instant now);
std::vector<Promise> promises_of(store::Transaction& tx, std::string_view customer_no);
std::vector<Promise> promises_before(store::Transaction& tx, kernel::Instant made_before);
std::vector<Promise> promises_due(store::Transaction& tx, kernel::Date day);
std::map<std::string, int> promises_made(store::Transaction& tx, kernel::Date day);  // by user_name

// decisions/promise.dmn: how much of a promise, how late, is kept; and how long the night shows it.
class PromiseRules {
 public:
  static kernel::Result<PromiseRules> load(const std::filesystem::path& decisions);
  // As they are in force on a day.
  static kernel::Result<PromiseRules> in_force(store::Transaction& tx,
                                               const std::filesystem::path& decisions,
                                               kernel::Date date);
  static kernel::Result<PromiseRules> of(decision::Model model, const std::string& where);
  int grace_days() const { return grace_days_; }
  // open | kept | broken, from what was paid between the day it was made and the end of grace.
  kernel::Result<std::string> decide_state(kernel::Money promised, kernel::Money paid,
                                           std::int64_t days_since_due) const;
  // The same, or none once it is too old to steer anything.
  kernel::Result<std::string> decide_shown(std::string_view state,
                                           std::int64_t days_since_due) const;

 private:
  explicit PromiseRules(decision::Model model) : model_(std::move(model)) {}
  decision::Model model_;
  int grace_days_ = 0;
};

// A payment as the bank's files have it.
struct Payment {
  std::string account_no;
  kernel::Date paid_on;
  kernel::Money amount_fen;
};

struct PromiseState {
  Promise promise;
  std::string state;  // open | kept | broken | replaced (by a later one, while it was open)
  kernel::Money paid_fen;
};
// Pure: how promises of any accounts stand on the day `today`. What is paid within the days of
// grace after the promised one still keeps a promise that was late.
kernel::Result<std::vector<PromiseState>> decide_promises(const PromiseRules& rules,
                                                          std::vector<Promise> promises,
                                                          const std::vector<Payment>& payments,
                                                          kernel::Date today);
// The payments of these accounts since a day, out of the imported batches.
kernel::Result<std::vector<Payment>> load_payments(store::Transaction& tx,
                                                   const std::filesystem::path& data_dir,
                                                   const std::vector<std::string>& account_nos,
                                                   kernel::Date since, kernel::Date up_to);

// ---- the night's cut ---------------------------------------------------------------------------

struct CutSources {
  std::filesystem::path data_dir, decisions;
};
// What the casebook says as of an instant of those it has anything of.
struct Known {
  struct Promised {
    std::string account_no;
    bool broken = false;               // not kept, and its days of grace are over
    std::optional<std::string> shown;  // what the book tells of it; of an account the last counts
    std::int16_t days = 0;             // since it was due
  };
  std::vector<Promised> promises;                       // in the order they were made
  std::unordered_map<std::string, std::int16_t> flags;  // by customer: index into flag_words()
  std::unordered_map<std::string, int> contacts;        // by customer, connected in seven days
};
kernel::Result<Known> read_known(store::Transaction& tx, const CutSources& sources,
                                 kernel::Instant before);
// Adds promise, flag (codes), promise_days (i16), broken_promises, contacts_7d (i8) to `cut`, a row
// an account of `opening`.
void place_known(const Known& known, const book::BookView& opening, column::Sheet& cut);

}  // namespace casework
