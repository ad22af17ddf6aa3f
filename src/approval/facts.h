#pragma once
// What the room leaves on record. Enters: a request or a deputy and what was done. Leaves: a fact
// of ids, codes and amounts; reasons and notes stay sealed in the room's tables. About a case where
// the request is, so that erasing a person erases these too.

#include "approval/rows.h"

namespace approval {

// `step`: of an answer; {} of anything else. `by`: a user name, or "approval" for the clock.
void tell(store::Transaction& tx, const char* kind, const Approval& approval,
          const std::optional<Step>& step, std::string_view by, kernel::Instant now);
void tell(store::Transaction& tx, const char* kind, const Deputy& deputy, std::string_view by,
          kernel::Instant now);

}  // namespace approval
