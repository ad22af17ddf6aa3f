#pragma once
// Who looked at this person, what did this user look at: rows of `look` in a period, and the
// numbers opened for agencies and machines (facts). An auditor sees a case number only where the
// question named it.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "looks/types.h"

namespace looks {

struct LooksIn {
  std::optional<std::string> case_id;    // and the same person's other customer numbers
  std::optional<std::string> user_name;  // who looked
  std::optional<std::string> kind;
  std::optional<kernel::Date> from, to;    // days in China; the last 30 where not said
  std::optional<std::int64_t> page, size;  // from 1; 1 to 200 rows, 50 usually
};
BOOST_DESCRIBE_STRUCT(LooksIn, (), (case_id, user_name, kind, from, to, page, size))

struct LookRow {
  std::string look_id;
  kernel::Instant looked_at;
  std::string user_name, role, team, kind, purpose, case_id;
  std::int64_t cases = 0;
  std::string detail, address_masked;
  std::string address_ref;  // equal for equal addresses
};
BOOST_DESCRIBE_STRUCT(LookRow, (),
                      (look_id, looked_at, user_name, role, team, kind, purpose, case_id, cases,
                       detail, address_masked, address_ref))

struct LookList {
  kernel::Date from, to;
  std::int64_t total = 0;
  std::vector<LookRow> items;  // the latest first
};
BOOST_DESCRIBE_STRUCT(LookList, (), (from, to, total, items))

kernel::Result<LookList> list_looks(const Deps& deps, const LooksIn& in,
                                    const http::Request& request);
// The same question as a file: whose export it is and when stand in its first line and its name.
// At most 50,000 rows. Fact: looks_exported.
kernel::Result<http::Response> export_looks(const Deps& deps, const LooksIn& in,
                                            const http::Request& request);

struct Period {
  kernel::Date from, to;
};
// 30 days up to today where nothing is said; at most 400.
kernel::Result<Period> period_of(const std::optional<kernel::Date>& from,
                                 const std::optional<kernel::Date>& to, kernel::Date today);

}  // namespace looks
