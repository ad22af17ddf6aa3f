// Who stands in for whom, and when.

#include <algorithm>

#include "approval/facts.h"
#include "approval/standing.h"

namespace approval {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::Transaction;

namespace {

kernel::Status check(const Standing& standing, const Deputy& wanted, kernel::Date today) {
  const Person* self = standing.find(wanted.user_name);
  const Person* deputy = standing.find(wanted.deputy);
  if (self == nullptr || deputy == nullptr)
    return Error{Code::not_found, "nobody of that name works here now", "deputy"};
  if (self == deputy)
    return Error{Code::invalid_input, "nobody is their own deputy: name another", "deputy"};
  const std::int64_t days_max = deputy_days(standing.table(), self->role, deputy->role);
  if (days_max == 0)
    return Error{Code::forbidden, "approval.dmn does not let them stand in for you", "deputy"};
  if (wanted.from_date < today)
    return Error{Code::invalid_input, "the first day is today or later", "from_date"};
  if (wanted.until_date < wanted.from_date)
    return Error{Code::invalid_input, "the last day is not before the first", "until_date"};
  if (wanted.until_date - wanted.from_date >= days_max)
    return Error{Code::invalid_input, "at most " + std::to_string(days_max) + " days",
                 "until_date"};
  return kernel::Ok{};
}

bool same(const Deputy& a, const Deputy& b) {
  return a.deputy == b.deputy && a.from_date == b.from_date && a.until_date == b.until_date;
}

}  // namespace

Result<Deputy> name_deputy(Transaction& tx, const Setup& setup, const Deputy& wanted,
                           kernel::Instant now) {
  tx.lock(lock);
  const kernel::Date today = now.china_date();
  TRY_ASSIGN(const Standing standing, Standing::load(tx, setup, today));
  TRY(check(standing, wanted, today));
  for (const Deputy& other : load_deputies(tx, today)) {
    if (other.user_name != wanted.user_name || other.until_date < wanted.from_date ||
        wanted.until_date < other.from_date)
      continue;
    if (same(other, wanted)) return other;
    return Error{Code::conflict,
                 other.deputy + " stands in for you from " + other.from_date.format() + " to " +
                     other.until_date.format() + ": end that first",
                 "from_date"};
  }
  Deputy deputy = wanted;
  deputy.deputy_id = DeputyId(tx.next_id());
  deputy.named_at = now;
  deputy.ended_at = std::nullopt;
  insert_deputy(tx, deputy);
  tell(tx, "deputy_named", deputy, deputy.user_name, now);
  return deputy;
}

kernel::Status end_deputy(Transaction& tx, DeputyId id, std::string_view by, kernel::Instant now) {
  tx.lock(lock);
  const auto deputy = find_deputy(tx, id);
  if (!deputy || (deputy->user_name != by && deputy->deputy != by))
    return Error{Code::not_found, "there is no such deputy", "deputy_id"};
  if (deputy->ended_at) return kernel::Ok{};
  end_deputy_row(tx, id, by, now);
  tell(tx, "deputy_ended", *deputy, by, now);
  return kernel::Ok{};
}

}  // namespace approval
