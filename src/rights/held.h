#pragma once
// The person's own requests, as they are told in a copy; their erasure is forget_requests (rows.h).

#include "store/held.h"

namespace rights {

store::HeldPart held();

}  // namespace rights
