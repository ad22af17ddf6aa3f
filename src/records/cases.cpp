#include "records/cases.h"

#include <algorithm>

#include "casework/types.h"
#include "gate/types.h"
#include "intake/types.h"

namespace records {

using kernel::Date;
using kernel::Instant;

namespace {

void later(std::optional<Date>& day, Date other) {
  if (!day || *day < other) day = other;
}

// Whether a customer of the book has an open account.
class OpenAccounts {
 public:
  explicit OpenAccounts(const book::BookView& book) : book_(book) {
    const column::Sheet& accounts = book.accounts();
    if (!accounts.has("status") || !accounts.has("balance_fen")) return;  // not said to be closed
    status_ = accounts.codes("status");
    balance_fen_ = accounts.get<std::int64_t>("balance_fen");
    closed_ = status_.find("closed");
  }
  bool any_of(std::size_t customer) const {
    if (closed_ < 0) return true;
    for (const std::int32_t account : book_.accounts_of(customer)) {
      const auto row = static_cast<std::size_t>(account);
      if (status_.values[row] != closed_ || balance_fen_[row] > 0) return true;
    }
    return false;
  }

 private:
  const book::BookView& book_;
  column::Codes status_;
  column::Values<std::int64_t> balance_fen_;
  std::int16_t closed_ = -1;
};

// Accounts of the customer: what they are, and whether each is closed, with the last payment.
void read_accounts(const book::BookView& book, std::size_t customer, CaseState& state, bool& open) {
  const column::Sheet& sheet = book.accounts();
  open = open || OpenAccounts(book).any_of(customer);
  for (const std::int32_t account : book.accounts_of(customer)) {
    const auto row = static_cast<std::size_t>(account);
    if (sheet.has("product")) state.products.emplace_back(sheet.codes("product").at(row));
    if (!sheet.has("last_payment_on")) continue;
    const std::int32_t paid = sheet.get<std::int32_t>("last_payment_on")[row];
    if (paid > 0) later(state.closed_on, Date::from_days(paid));
  }
}

// What was done with the case; that somebody only looked at it is no activity.
void read_activity(store::Transaction& tx, std::string_view customer_no, CaseState& state) {
  const std::string subject = "customer:" + std::string(customer_no);
  const auto last = tx.query_i64(
      "SELECT MAX(made_at) FROM single_fact WHERE subject = $1 AND kind IN"
      " ('contact_attempted', 'contact_outcome', 'permit_granted', 'promise_made', 'note_written',"
      " 'hold_set', 'hold_lifted', 'document_added')",
      {subject});
  if (last) later(state.last_activity, Instant::from_micros(*last).china_date());
  for (const auto& past : intake::load_past_contacts(tx, customer_no, Instant::from_micros(0)))
    later(state.last_activity, past.contacted_at.china_date());
}

// How a person wants to be left alone is no business that is not over: it stands as long as they
// wish, and would else keep for ever what they asked us to forget.
bool is_wish(const std::string& kind) {
  constexpr std::string_view wishes[] = {"cease",    "no_automation", "consent_withdrawn",
                                         "no_calls", "no_messages",   "no_workplace"};
  return std::find(std::begin(wishes), std::end(wishes), kind) != std::end(wishes);
}

// Any other hold in force keeps the case open; a personal plan is known by its hold.
void read_holds(store::Transaction& tx, Date today, CaseState& state, bool& open) {
  for (const gate::PastHold& past : gate::hold_history(tx, state.person_key)) {
    const bool stands = !past.lifted_at && (!past.hold.until || *past.hold.until >= today);
    if (is_wish(past.hold.kind)) continue;
    open = open || stands;
    const Date end =
        past.lifted_at ? past.lifted_at->china_date() : past.hold.until.value_or(today);
    if (past.hold.kind == "plan" && stands) state.plan_open = true;
    if (past.hold.kind == "plan" && !stands) later(state.plan_settled_on, end);
    if (!stands) later(state.last_activity, end);
  }
}

}  // namespace

std::unordered_set<std::string_view> over_by_book(const book::BookView& book) {
  std::unordered_set<std::string_view> over;
  const OpenAccounts open(book);
  const column::Texts customers = book.customers().texts("customer_no");
  for (std::size_t row = 0; row < customers.size(); ++row) {
    if (!open.any_of(row)) over.insert(customers.at(row));
  }
  return over;
}

CaseState load_case_state(store::Transaction& tx, const book::BookView* book,
                          std::string_view customer_no, Date today) {
  CaseState state;
  const auto person = intake::load_person(tx, customer_no);
  if (!person) return state;  // not known: open
  state.person_key = person->person_key;
  state.jurisdiction = person->jurisdiction;
  bool open = false;
  const auto customer = book ? book->find_customer(customer_no) : std::nullopt;
  if (customer) {
    read_accounts(*book, *customer, state, open);
  } else {
    open = true;  // nobody has said that it is over
  }
  read_activity(tx, customer_no, state);
  read_holds(tx, today, state, open);
  for (const auto& promise : casework::promises_of(tx, customer_no))
    open = open || promise.due_date >= today;
  if (state.last_activity) later(state.closed_on, *state.last_activity);
  if (!state.last_activity) state.last_activity = state.closed_on;
  state.open = open;
  return state;
}

}  // namespace records
