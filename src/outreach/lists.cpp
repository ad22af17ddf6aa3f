#include <algorithm>
#include <set>

#include "outreach/types.h"

namespace outreach {

namespace {

// customer_no, made_by, outcome of every attempt of a day.
void for_each_attempt(store::Transaction& tx, kernel::Date day,
                      const std::function<void(const std::string& customer_no,
                                               const std::string& made_by, bool contact)>& row) {
  tx.query("SELECT customer_no, made_by, outcome FROM attempt WHERE made_at >= $1 AND made_at < $2",
           {kernel::Instant::china(day, 0), kernel::Instant::china(day.plus_days(1), 0)},
           [&](const store::Row& found) {
             const std::string outcome = found.opt_text(2).value_or("");
             row(found.text(0), found.text(1), gate::counts_as_contact(outcome));
           });
}

}  // namespace

std::unordered_map<std::string, DayWork> work_of_day(store::Transaction& tx, kernel::Date day) {
  std::unordered_map<std::string, DayWork> work;
  for_each_attempt(tx, day, [&](const std::string& customer_no, const std::string&, bool contact) {
    DayWork& of = work[customer_no];
    ++of.attempts;
    of.contacts += contact ? 1 : 0;
  });
  return work;
}

std::map<std::string, UserDay> user_days(store::Transaction& tx, kernel::Date day) {
  std::map<std::string, UserDay> days;
  std::set<std::pair<std::string, std::string>> seen;
  for_each_attempt(tx, day,
                   [&](const std::string& customer_no, const std::string& made_by, bool contact) {
                     UserDay& of = days[made_by];
                     ++of.attempts;
                     of.contacts += contact ? 1 : 0;
                     of.customers += seen.emplace(made_by, customer_no).second ? 1 : 0;
                   });
  return days;
}

std::unordered_map<std::string, kernel::Instant> last_contacts(
    store::Transaction& tx, const std::vector<std::string>& customer_nos) {
  std::unordered_map<std::string, kernel::Instant> last;
  const auto keep_latest = [&](const std::string& customer_no, kernel::Instant at) {
    const auto [found, fresh] = last.emplace(customer_no, at);
    if (!fresh) found->second = std::max(found->second, at);
  };
  for (const std::string& customer_no : customer_nos) {
    tx.query("SELECT made_at, outcome FROM attempt WHERE customer_no = $1", {customer_no},
             [&](const store::Row& row) {
               if (gate::counts_as_contact(row.opt_text(1).value_or("")))
                 keep_latest(customer_no, row.instant(0));
             });
    const auto past = intake::load_past_contacts(tx, customer_no, kernel::Instant::from_micros(0));
    for (const intake::PastContact& contact : past)
      if (gate::counts_as_contact(contact.outcome)) keep_latest(customer_no, contact.contacted_at);
  }
  return last;
}

}  // namespace outreach
