#include <boost/describe/class.hpp>

#include "http/json.h"
#include "outreach/types.h"
#include "store/vault.h"

namespace outreach {

namespace {

struct AttemptBody {
  AttemptId attempt_id{0};
  gate::PermitId permit_id{0};
  std::string contact_point_id, channel, purpose;
};
BOOST_DESCRIBE_STRUCT(AttemptBody, (), (attempt_id, permit_id, contact_point_id, channel, purpose))

struct ToldBody {
  AttemptId attempt_id{0};
  std::string outcome;
};
BOOST_DESCRIBE_STRUCT(ToldBody, (), (attempt_id, outcome))

// Only a permit that was spent opens the number.
kernel::Result<std::string> disclose_number(store::Transaction& tx, const gate::Gate& gate,
                                            gate::PermitId permit_id,
                                            std::string_view contact_point_id, std::string_view by,
                                            kernel::Instant now) {
  const auto point = intake::load_contact_point(tx, contact_point_id);
  if (!point)
    return kernel::Error{kernel::Code::not_found, "the contact point is no longer on file",
                         "contact_point_id"};
  TRY_ASSIGN(const kernel::ContactDisclosure disclosure, gate.disclose(tx, permit_id, by, now));
  return std::string(point->value.reveal(disclosure));
}

std::string user(std::string_view name) {
  return name.find(':') == name.npos ? "user:" + std::string(name) : std::string(name);
}

AttemptId save_attempt(store::Transaction& tx, const gate::Spent& spent) {
  const gate::Permit::Bound& b = spent.bound;
  const AttemptId attempt_id(tx.next_id());
  tx.execute(
      "INSERT INTO attempt (attempt_id, permit_id, customer_no, contact_point_id, channel, purpose,"
      " made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {attempt_id, b.permit_id, b.customer_no, b.contact_point_id, b.channel, b.purpose, b.asker,
       spent.used_at, b.expires_at});
  tx.append({"contact_attempted", "customer:" + b.customer_no, user(b.asker), spent.used_at,
             http::write_json(
                 AttemptBody{attempt_id, b.permit_id, b.contact_point_id, b.channel, b.purpose})});
  return attempt_id;
}

constexpr std::string_view kColumns =
    "SELECT attempt_id, permit_id, customer_no, contact_point_id, channel, purpose, made_by,"
    " made_at, outcome, outcome_at, note FROM attempt ";

Attempt read_attempt(const store::Row& row) {
  return {.attempt_id = row.id<AttemptTag>(0),
          .permit_id = row.id<gate::PermitTag>(1),
          .customer_no = row.text(2),
          .contact_point_id = row.text(3),
          .channel = row.text(4),
          .purpose = row.text(5),
          .made_by = row.text(6),
          .made_at = row.instant(7),
          .outcome = row.opt_text(8).value_or(""),
          .outcome_at = row.opt_instant(9),
          .sealed_note = row.is_null(10) ? "" : row.blob(10)};
}

void save_told(store::Transaction& tx, const Attempt& attempt, const OutcomeRequest& request,
               kernel::Instant now) {
  const std::string sealed =
      request.note.empty() ? "" : tx.vault().seal("attempt.note", request.note);
  store::Param note = nullptr;
  if (!sealed.empty()) note = store::Blob{sealed};
  tx.execute("UPDATE attempt SET outcome = $1, outcome_at = $2, note = $3 WHERE attempt_id = $4",
             {request.outcome, now, note, attempt.attempt_id});
  tx.append({"contact_outcome", "customer:" + attempt.customer_no, user(request.by), now,
             http::write_json(ToldBody{attempt.attempt_id, request.outcome})});
}

}  // namespace

kernel::Result<ManualContact> record_manual_call(store::Transaction& tx, const gate::Gate& gate,
                                                 gate::Permit permit, kernel::Instant now) {
  TRY_ASSIGN(const gate::Spent spent, gate.spend(tx, std::move(permit), now));
  const gate::Permit::Bound& b = spent.bound;
  const AttemptId attempt_id = save_attempt(tx, spent);
  TRY_ASSIGN(std::string dial,
             disclose_number(tx, gate, b.permit_id, b.contact_point_id, b.asker, spent.used_at));
  return ManualContact{attempt_id, b.permit_id, b.expires_at, std::move(dial)};
}

std::vector<kernel::Result<AttemptId>> record_own_dials(store::Transaction& tx,
                                                        const gate::Gate& gate,
                                                        std::vector<gate::Permit> permits,
                                                        kernel::Instant now) {
  std::vector<kernel::Result<AttemptId>> all;
  for (const auto& spent : gate.spend_many(tx, std::move(permits), now)) {
    if (spent)
      all.emplace_back(save_attempt(tx, *spent));
    else
      all.emplace_back(spent.error());
  }
  return all;
}

kernel::Result<ManualContact> repeat_manual_call(store::Transaction& tx, const gate::Gate& gate,
                                                 gate::PermitId permit_id, std::string_view by,
                                                 kernel::Instant now) {
  std::optional<kernel::Instant> expires_at;
  tx.query("SELECT expires_at FROM attempt WHERE permit_id = $1 AND made_by = $2", {permit_id, by},
           [&](const store::Row& row) { expires_at = row.instant(0); });
  const auto attempt = find_attempt(tx, permit_id);
  if (!expires_at || !attempt || !attempt->outcome.empty() || now > *expires_at)
    return kernel::Error{kernel::Code::conflict,
                         "this permit is expired or its outcome is known; ask the gate again",
                         "idempotency_key"};
  TRY_ASSIGN(std::string dial,
             disclose_number(tx, gate, permit_id, attempt->contact_point_id, by, now));
  return ManualContact{attempt->attempt_id, permit_id, *expires_at, std::move(dial)};
}

kernel::Result<ManualContact> manual_call(store::Transaction& tx, const gate::Gate& gate,
                                          gate::PermitId permit_id, std::string_view by,
                                          kernel::Instant now) {
  std::vector<kernel::Result<gate::Permit>> claimed = gate.claim_many(tx, {&permit_id, 1}, by);
  if (claimed.front()) {
    auto made = record_manual_call(tx, gate, std::move(*claimed.front()), now);
    if (made || made.error().code != kernel::Code::conflict) return made;
  }
  return repeat_manual_call(tx, gate, permit_id, by, now);
}

kernel::Result<AttemptId> record_outcome(store::Transaction& tx, const gate::Gate& gate,
                                         const OutcomeRequest& request, kernel::Instant now) {
  return record_outcomes(tx, gate, {request}, now).front();
}

std::vector<kernel::Result<AttemptId>> record_outcomes(store::Transaction& tx,
                                                       const gate::Gate& gate,
                                                       const std::vector<OutcomeRequest>& requests,
                                                       kernel::Instant now) {
  std::vector<std::optional<Attempt>> attempts;
  std::vector<gate::Told> told;
  for (const OutcomeRequest& request : requests) {
    attempts.push_back(find_attempt(tx, request.permit_id));
    if (attempts.back()) told.push_back({request.permit_id, request.outcome, request.by});
  }
  const std::vector<kernel::Status> said = gate.record_outcomes(tx, told, now);
  std::vector<kernel::Result<AttemptId>> all;
  std::size_t next = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!attempts[i]) {
      all.emplace_back(kernel::Error{kernel::Code::not_found,
                                     "no attempt was made under this permit", "permit_id"});
    } else if (const kernel::Status& status = said[next++]; !status) {
      all.emplace_back(status.error());
    } else {
      save_told(tx, *attempts[i], requests[i], now);
      all.emplace_back(attempts[i]->attempt_id);
    }
  }
  return all;
}

std::optional<Attempt> find_attempt(store::Transaction& tx, gate::PermitId permit_id) {
  return tx.query_one<Attempt>(std::string(kColumns) + "WHERE permit_id = $1", {permit_id},
                               read_attempt);
}

std::vector<Attempt> attempts_of(store::Transaction& tx, std::string_view customer_no, int limit) {
  std::vector<Attempt> all;
  tx.query(std::string(kColumns) +
               "WHERE customer_no = $1 ORDER BY made_at DESC, attempt_id DESC LIMIT $2",
           {customer_no, limit}, [&](const store::Row& row) { all.push_back(read_attempt(row)); });
  return all;
}

}  // namespace outreach
