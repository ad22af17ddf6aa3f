#pragma once
// What the room leaves on record. Enters: a request. Leaves: a fact of ids and codes about the
// customer, so that erasing the person erases it; that an erasure was carried out is nobody's.

#include <string>
#include <string_view>

#include "rights/types.h"

namespace rights {

void tell_taken(store::Transaction& tx, const Request& request, kernel::Instant now);
void tell_decided(store::Transaction& tx, const Request& request, std::string_view by,
                  kernel::Instant now);
void tell_copied(store::Transaction& tx, const Request& request, const std::string& sha256,
                 std::string_view by, kernel::Instant now);
// How many facts and keys went with the person; not whose.
void tell_erased(store::Transaction& tx, RequestId id, std::int64_t facts, std::int64_t keys,
                 kernel::Instant now);

}  // namespace rights
