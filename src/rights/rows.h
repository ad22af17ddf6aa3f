#pragma once
// The room's tables: requests and what was done about each.

#include <string>
#include <string_view>
#include <vector>

#include "rights/types.h"

namespace rights {

void insert_request(store::Transaction& tx, const Request& request);
void update_request(store::Transaction& tx, const Request& request);  // all that may change
std::optional<Request> find_request(store::Transaction& tx, RequestId id);
// Not answered yet, of this kind.
std::optional<Request> find_open(store::Transaction& tx, std::string_view person_key,
                                 std::string_view kind);
// Those not answered by the day they are due, then those answered, the latest first.
std::vector<Request> load_requests(store::Transaction& tx, bool ended, int limit);
std::vector<Request> load_erasures(store::Transaction& tx);  // approved, not carried out
std::vector<Request> requests_of(store::Transaction& tx, std::string_view person_key);

struct Step {
  std::string step;  // taken asked granted refused copied held stopped reviewed erased …
  kernel::Instant made_at;
  std::string made_by, detail, sealed_text;
};
// `text`: sealed beside it; empty: none.
void add_step(store::Transaction& tx, RequestId id, std::string_view step, std::string_view by,
              std::string_view detail, const kernel::Note& text, kernel::Instant now);
std::vector<Step> load_steps(store::Transaction& tx, RequestId id);

// Nothing of these requests leads to the person any more.
void forget_requests(store::Transaction& tx, std::string_view person_key, kernel::Instant now);

}  // namespace rights
