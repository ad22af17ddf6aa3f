#pragma once
// The gate's own tables: permit, refusal, person_seen, number_mark. What enters and leaves are the
// room's structs; every change leaves its fact in the same transaction.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/facts.h"
#include "gate/types.h"
#include "store/store.h"

namespace gate {

// "user:li.na" for a bare user name; "agency:…" and "machine:…" stay.
std::string made_by(std::string_view asker);

// Touches of the person, and of others on this number today, since `since`.
std::vector<Touch> load_touches(store::Transaction& tx, const Person& person,
                                const ContactPoint& point, kernel::Instant since,
                                kernel::Instant today);

std::optional<kernel::Instant> load_seen(store::Transaction& tx, std::string_view person_key);
void save_seen(store::Transaction& tx, std::string_view person_key, kernel::Instant at);

struct Marks {
  bool opted_out = false, wrong_number = false;
};
Marks load_marks(store::Transaction& tx, const Person& person, const ContactPoint& point);

void save_permit(store::Transaction& tx, const Permit::Bound& bound, std::string_view role,
                 std::string_view idempotency_key, const Answer& answer, const Facts& facts);
std::optional<Permit::Bound> find_by_key(store::Transaction& tx, std::string_view key);
void save_refusal(store::Transaction& tx, const Request& request, std::string_view point_id,
                  const Answer& answer);

}  // namespace gate
