#include "rights/facts.h"

#include "http/json.h"

namespace rights {

struct TakenBody {
  RequestId request_id{0};
  std::string kind, received_by, identity;
  kernel::Date received_on, due_on;
  std::string rule_id, table_version;
};
BOOST_DESCRIBE_STRUCT(TakenBody, (),
                      (request_id, kind, received_by, identity, received_on, due_on, rule_id,
                       table_version))

struct DecidedBody {
  RequestId request_id{0};
  std::string kind, state, outcome;
  std::string hold_id;  // empty: none
};
BOOST_DESCRIBE_STRUCT(DecidedBody, (), (request_id, kind, state, outcome, hold_id))

struct CopiedBody {
  RequestId request_id{0};
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(CopiedBody, (), (request_id, sha256))

struct ErasedPersonBody {
  RequestId request_id{0};
  std::int64_t facts = 0, keys = 0;
};
BOOST_DESCRIBE_STRUCT(ErasedPersonBody, (), (request_id, facts, keys))

namespace {

template <class Body>
void append(store::Transaction& tx, const char* kind, const Request& request, std::string_view by,
            kernel::Instant now, const Body& body) {
  tx.append({kind, "customer:" + request.customer_no, "user:" + std::string(by), now,
             http::write_json(body)});
}

}  // namespace

void tell_taken(store::Transaction& tx, const Request& r, kernel::Instant now) {
  append(tx, "rights_request_taken", r, r.taken_by, now,
         TakenBody{r.request_id, r.kind, r.received_by, r.identity, r.received_on, r.due_on,
                   r.rule_id, r.table_version});
}

void tell_decided(store::Transaction& tx, const Request& r, std::string_view by,
                  kernel::Instant now) {
  append(tx, "rights_request_decided", r, by, now,
         DecidedBody{r.request_id, r.kind, r.state, r.outcome,
                     r.hold_id ? std::to_string(r.hold_id->value()) : ""});
}

void tell_copied(store::Transaction& tx, const Request& r, const std::string& sha256,
                 std::string_view by, kernel::Instant now) {
  append(tx, "rights_copy_made", r, by, now, CopiedBody{r.request_id, sha256});
}

void tell_erased(store::Transaction& tx, RequestId id, std::int64_t facts, std::int64_t keys,
                 kernel::Instant now) {
  tx.append({"person_erased", "rights_request:" + std::to_string(id.value()), "rights", now,
             http::write_json(ErasedPersonBody{id, facts, keys})});
}

}  // namespace rights
