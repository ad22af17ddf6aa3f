#pragma once
// One masked field in clear, once, for a reason. Enters: whose case, which field, why. Leaves: the
// value, a row in `look`, facts secret_disclosed and field_unmasked (never the value), or a fact
// unmask_refused. Never here: what a person is reached by (number, e-mail, address), which the gate
// shows for a permit.

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string>
#include <vector>

#include "looks/types.h"

namespace looks {

enum class UnmaskField { name, citizen_id, contact_name };
BOOST_DESCRIBE_ENUM(UnmaskField, name, citizen_id, contact_name)

enum class UnmaskReason {
  identity_check,
  customer_asked,
  correction,
  complaint,
  legal,
  inspection,
  other
};
BOOST_DESCRIBE_ENUM(UnmaskReason, identity_check, customer_asked, correction, complaint, legal,
                    inspection, other)

struct UnmaskIn {
  std::string case_id;
  UnmaskField field = UnmaskField::name;
  UnmaskReason reason = UnmaskReason::other;
  std::optional<std::string> text;              // needed where the reason is `other`
  std::optional<std::string> contact_point_id;  // whose name, where the field is contact_name
};
BOOST_DESCRIBE_STRUCT(UnmaskIn, (), (case_id, field, reason, text, contact_point_id))

struct UnmaskOut {
  UnmaskField field = UnmaskField::name;
  std::string value;                         // in clear, this once
  std::int64_t left_hour = 0, left_day = 0;  // how many more the caller may ask for
};
BOOST_DESCRIBE_STRUCT(UnmaskOut, (), (field, value, left_hour, left_day))

// not_found: not the caller's case (collector), or nothing held. forbidden: another team's (lead),
// or never for this role. too_many: the hour's or day's number is used up.
kernel::Result<UnmaskOut> unmask(const Deps& deps, const UnmaskIn& in,
                                 const http::Request& request);

struct UnmaskingsIn {
  std::optional<kernel::Date> date;  // today where there is none
};
BOOST_DESCRIBE_STRUCT(UnmaskingsIn, (), (date))

struct Unmasking {
  std::string look_id;
  kernel::Instant looked_at;
  std::string user_name, role, team, case_id, field, reason, text, address_masked;
};
BOOST_DESCRIBE_STRUCT(Unmasking, (),
                      (look_id, looked_at, user_name, role, team, case_id, field, reason, text,
                       address_masked))

struct Unmaskings {
  kernel::Date date;
  std::vector<Unmasking> items;  // the latest first
};
BOOST_DESCRIBE_STRUCT(Unmaskings, (), (date, items))

// A day's; a lead sees the own team's. What was written besides the code is opened under one
// disclosure.
kernel::Result<Unmaskings> list_unmaskings(const Deps& deps, const UnmaskingsIn& in,
                                           const http::Request& request);

}  // namespace looks
