#pragma once
// What people write into a case, and texts that go out with a permit, by the rules of wording. A
// refused text is not kept; the fact text_refused says which rules, without the words.

#include <string>

#include "casework/types.h"
#include "wording/types.h"

namespace casework {

// A note of ours on a customer. An empty one is fine.
kernel::Result<wording::Verdict> check_note(store::Transaction& tx, const Deps& deps,
                                            const std::string& customer_no, std::string_view text,
                                            const std::string& by, kernel::Instant now);

// For forms that answer with what they made: a refused text is an error at `field`. In a
// transaction of its own, so that the fact stays though nothing else is kept.
kernel::Status refuse_bad_note(const Deps& deps, const std::string& customer_no,
                               std::string_view text, const char* field, const std::string& by,
                               kernel::Instant now);

// A text that will be said or sent under a permit, to the person behind this contact point. Whoever
// answers a telephone is not made sure of yet; what is sent goes to the reserved address.
kernel::Result<wording::Verdict> check_script(store::Transaction& tx, const Deps& deps,
                                              const gate::Request& wanted, std::string_view text,
                                              kernel::Instant now);

}  // namespace casework
