#pragma once
// A field put right at the person's request (PIPL 46). Enters: a request for correction that waits,
// a field and what it should say. Leaves: the field, its index, what stood before, sealed, and a
// fact of the field's name. A citizen id is not among them: it says who the person is, and comes by
// file.

#include <string>
#include <vector>

#include "rights/types.h"

namespace rights {

struct Correction {
  RequestId request_id{0};
  std::string field;             // name | address | contact_value
  std::string contact_point_id;  // of a contact_value; one of the person's own
  std::string value;             // 1 to 400 bytes
  std::string by;
};
// The request stays open: its answer is another step. A later file of the client that still has the
// old value brings it back, so the client must be told.
kernel::Status correct(store::Transaction& tx, const Correction& wanted, kernel::Instant now);
void forget_corrections(store::Transaction& tx, std::string_view person_key);

}  // namespace rights
