#include <algorithm>
#include <limits>
#include <set>
#include <span>
#include <unordered_map>

#include "casework/flags.h"
#include "casework/types.h"
#include "intake/types.h"

namespace casework {

// The words of column `flag`, the weightiest first: where several holds stand, the first is told.
const std::vector<std::string>& flag_words() {
  static const std::vector<std::string> words = {"none",      "deceased", "minor", "bankrupt",
                                                 "counsel",   "cease",    "plan",  "dispute",
                                                 "complaint", "hardship", "lost"};
  return words;
}

// Who lacks capacity is treated as a minor is (民法典 19–23); holds that only concern the gate have
// no flag.
std::int16_t flag_of(std::string_view kind) {
  if (kind == "incapable") kind = "minor";
  const auto& words = flag_words();
  const auto found = std::find(words.begin(), words.end(), kind);
  return found == words.end() ? 0 : static_cast<std::int16_t>(found - words.begin());
}

namespace {

template <class T>
T clamp_to(std::int64_t value) {
  return static_cast<T>(std::clamp<std::int64_t>(value, std::numeric_limits<T>::min(),
                                                 std::numeric_limits<T>::max()));
}

kernel::Result<std::vector<Known::Promised>> read_promises(store::Transaction& tx,
                                                           const CutSources& sources,
                                                           kernel::Instant before) {
  std::vector<Known::Promised> told;
  std::vector<Promise> promises = promises_before(tx, before);
  if (promises.empty()) return told;
  TRY_ASSIGN(const PromiseRules rules,
             PromiseRules::in_force(tx, sources.decisions, before.china_date()));
  // Paid and known before the cut: the day before it is the last that counts.
  const kernel::Date today = before.china_date(), yesterday = today.plus_days(-1);
  std::set<std::string> accounts;
  kernel::Date first = yesterday;
  for (const Promise& promise : promises) {
    accounts.insert(promise.account_no);
    first = std::min(first, promise.made_at.china_date());
  }
  TRY_ASSIGN(const auto payments,
             load_payments(tx, sources.data_dir, {accounts.begin(), accounts.end()}, first, today));
  std::vector<Payment> before_today;
  for (const Payment& payment : payments)
    if (payment.paid_on <= yesterday) before_today.push_back(payment);
  TRY_ASSIGN(auto states, decide_promises(rules, std::move(promises), before_today, today));
  for (PromiseState& state : states) {
    const std::int64_t since_due = today - state.promise.due_date;
    Known::Promised one{.account_no = std::move(state.promise.account_no),
                        .broken = state.state == "broken" && since_due > rules.grace_days(),
                        .shown = {},
                        .days = 0};
    if (state.state != "replaced") {
      TRY_ASSIGN(std::string shown, rules.decide_shown(state.state, since_due));
      if (shown != "none") one.days = clamp_to<std::int16_t>(since_due);
      one.shown = std::move(shown);
    }
    told.push_back(std::move(one));
  }
  return told;
}

std::unordered_map<std::string, std::int16_t> read_flags(store::Transaction& tx,
                                                         kernel::Instant before) {
  std::unordered_map<std::string, std::int16_t> flags;
  for (const gate::Hold& hold : gate::holds_at(tx, before)) {
    const std::int16_t word = flag_of(hold.kind);
    if (word == 0) continue;
    for (std::string& customer_no : intake::load_customers_of(tx, hold.person_key)) {
      std::int16_t& of = flags[std::move(customer_no)];
      if (of == 0 || word < of) of = word;
    }
  }
  return flags;
}

template <class T>
void place_by_customer(const auto& values, const book::BookView& opening, std::span<T> column) {
  for (const auto& [customer_no, value] : values) {
    const auto customer = opening.find_customer(customer_no);
    if (!customer) continue;
    for (const std::int32_t account : opening.accounts_of(*customer))
      column[static_cast<std::size_t>(account)] = clamp_to<T>(value);
  }
}

}  // namespace

kernel::Result<Known> read_known(store::Transaction& tx, const CutSources& sources,
                                 kernel::Instant before) {
  Known known;
  TRY_ASSIGN(known.promises, read_promises(tx, sources, before));
  known.flags = read_flags(tx, before);
  known.contacts = gate::contacts_between(tx, before.plus_seconds(-7 * 86'400), before);
  return known;
}

void place_known(const Known& known, const book::BookView& opening, column::Sheet& cut) {
  const auto word = cut.add_codes("promise", {"none", "open", "kept", "broken"});
  const auto days = cut.add<std::int16_t>("promise_days");
  const auto broken = cut.add<std::int8_t>("broken_promises");
  for (const Known::Promised& promise : known.promises) {
    const auto row = opening.find_account(promise.account_no);
    if (!row) continue;
    if (promise.broken) broken[*row] = clamp_to<std::int8_t>(broken[*row] + 1);
    if (!promise.shown) continue;
    word[*row] = cut.codes("promise").find(*promise.shown);
    days[*row] = promise.days;
  }
  const auto flag = cut.add_codes("flag", flag_words());
  std::fill(flag.begin(), flag.end(), std::int16_t{0});
  place_by_customer(known.flags, opening, flag);
  place_by_customer(known.contacts, opening, cut.add<std::int8_t>("contacts_7d"));
}

}  // namespace casework
