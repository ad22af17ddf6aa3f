// Asking and answering. Everything about one request happens under one lock and in one transaction:
// the answer, its fact and, with the last one, the effect.

#include <algorithm>

#include "approval/facts.h"
#include "approval/standing.h"
#include "kernel/hash.h"
#include "store/vault.h"

namespace approval {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

constexpr std::int64_t seconds_an_hour = 3'600;

Error no_approval() {
  return {Code::not_found, "there is no such request", "approval_id"};
}

Error not_waiting(const Approval& approval) {
  return {Code::conflict, "the request is " + approval.state + " already", "approval_id"};
}

const Effect* find_effect(const Setup& setup, std::string_view kind) {
  const auto found = std::find_if(setup.effects.begin(), setup.effects.end(),
                                  [&](const Effect& effect) { return effect.kind == kind; });
  return found == setup.effects.end() ? nullptr : &*found;
}

Status check_in_time(const Approval& approval, Instant now) {
  if (approval.state != "waiting") return not_waiting(approval);
  if (now < approval.due_at) return kernel::Ok{};
  return Error{Code::conflict,
               "its time was over at " + approval.due_at.format() + "; it must be asked anew",
               "approval_id"};
}

void end(Transaction& tx, Approval& approval, const char* state, Instant now) {
  approval.state = state;
  approval.ended_at = now;
  update_approval(tx, approval);
}

// A request of before that nobody answered makes room for a new one.
void expire(Transaction& tx, Approval& approval, Instant now) {
  end(tx, approval, "expired", now);
  tell(tx, "approval_expired", approval, {}, "approval", now);
}

Result<Approval> same_again(const Approval& waiting, const Ask& asked, const std::string& hash) {
  if (waiting.asked_by == asked.by && waiting.payload_sha256 == hash) return waiting;
  return Error{Code::conflict,
               waiting.asked_by + " asks for it since " + waiting.asked_at.format() +
                   ": wait for the answer, or have it withdrawn",
               "subject"};
}

Status check_asker(const Setup& setup, const Standing& standing, const Ask& asked) {
  const Person* asker = standing.find(asked.by);
  const bool known = find_effect(setup, asked.kind) != nullptr;
  if (known && asker != nullptr && may_ask(standing.table(), asked.kind, asker->role))
    return kernel::Ok{};
  return Error{Code::forbidden, "approval.dmn does not let you ask for this", "kind"};
}

// The request, its answers and who may answer; not_found for those it does not concern.
struct Opened {
  Approval approval;
  std::vector<Step> steps;
  Standing standing;
};
Result<Opened> open(Transaction& tx, const Setup& setup, const Answer& answer, Instant now) {
  tx.lock(lock);
  auto found = find_approval(tx, answer.approval_id);
  if (!found) return no_approval();
  TRY_ASSIGN(Standing standing, Standing::load(tx, setup, now.china_date()));
  Opened opened{std::move(*found), load_steps(tx, answer.approval_id), std::move(standing)};
  if (!opened.standing.sees(opened.approval, opened.steps, answer.by)) return no_approval();
  return opened;
}

bool answered(const std::vector<Step>& steps, std::string_view by, std::string_view verdict) {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return step.made_by == by && step.verdict == verdict;
  });
}

// The right to answer, and the answer on record.
Result<Step> record(Transaction& tx, const Opened& opened, const Answer& answer,
                    const char* verdict, Instant now) {
  TRY(check_in_time(opened.approval, now));
  Standing::Right right = opened.standing.right_of(opened.approval, opened.steps, answer.by);
  if (right.why_not) return *right.why_not;
  Step step{.approval_id = opened.approval.approval_id,
            .level = opened.approval.level,
            .verdict = verdict,
            .made_by = answer.by,
            .made_for = std::move(right.made_for),
            .made_at = now,
            .rule_id = std::move(right.rule_id),
            .sealed_note = tx.vault().seal("approval.note", answer.note)};
  insert_step(tx, step);
  return step;
}

Status carry_out(Transaction& tx, const Setup& setup, const Approval& approval, std::string_view by,
                 Instant now) {
  if (kernel::sha256_hex(approval.payload) != approval.payload_sha256)
    return Error{Code::corrupt, "what was asked for is not what stands there now", "approval_id"};
  const Effect* effect = find_effect(setup, approval.kind);
  if (effect == nullptr)
    return Error{Code::conflict, "nothing here does what was asked for", "approval_id"};
  return effect->apply(tx, approval, by, now);
}

}  // namespace

Result<Approval> ask(Transaction& tx, const Setup& setup, const Ask& asked, Instant now) {
  if (asked.reason.empty()) return Error{Code::invalid_input, "say why", "reason"};
  tx.lock(lock);
  TRY_ASSIGN(const Standing standing, Standing::load(tx, setup, now.china_date()));
  TRY(check_asker(setup, standing, asked));
  const std::string hash = kernel::sha256_hex(asked.payload);
  if (auto waiting = find_waiting_row(tx, asked.kind, asked.subject)) {
    if (now < waiting->due_at) return same_again(*waiting, asked, hash);
    expire(tx, *waiting, now);
  }
  TRY_ASSIGN(const Terms terms, terms_of(standing.table(), {asked.kind, asked.detail,
                                                            asked.amount_fen.fen(), asked.size}));
  Approval approval{.approval_id = ApprovalId(tx.next_id()),
                    .kind = asked.kind,
                    .subject = asked.subject,
                    .detail = asked.detail,
                    .customer_no = asked.customer_no,
                    .amount_fen = asked.amount_fen,
                    .size = asked.size,
                    .payload = asked.payload,
                    .payload_sha256 = hash,
                    .sealed_reason = tx.vault().seal("approval.reason", asked.reason),
                    .state = "waiting",
                    .asked_by = asked.by,
                    .asked_at = now,
                    .level = 1,
                    .levels = terms.levels,
                    .wait_hours = terms.wait_hours,
                    .due_at = now.plus_seconds(terms.wait_hours * seconds_an_hour),
                    .table_version = standing.table().version(),
                    .ended_at = {}};
  insert_approval(tx, approval);
  tell(tx, "approval_asked", approval, {}, asked.by, now);
  return approval;
}

Result<Approval> approve(Transaction& tx, const Setup& setup, const Answer& answer, Instant now) {
  TRY_ASSIGN(Opened opened, open(tx, setup, answer, now));
  Approval& approval = opened.approval;
  if (answered(opened.steps, answer.by, "given")) return approval;
  TRY_ASSIGN(const Step step, record(tx, opened, answer, "given", now));
  tell(tx, "approval_given", approval, step, answer.by, now);
  if (approval.level < approval.levels) {
    ++approval.level;
    approval.due_at = now.plus_seconds(approval.wait_hours * seconds_an_hour);
    update_approval(tx, approval);
    return approval;
  }
  end(tx, approval, "approved", now);
  TRY(carry_out(tx, setup, approval, answer.by, now));
  return approval;
}

Result<Approval> refuse(Transaction& tx, const Setup& setup, const Answer& answer, Instant now) {
  if (answer.note.empty()) return Error{Code::invalid_input, "say why not", "note"};
  TRY_ASSIGN(Opened opened, open(tx, setup, answer, now));
  Approval& approval = opened.approval;
  if (answered(opened.steps, answer.by, "refused")) return approval;
  TRY_ASSIGN(const Step step, record(tx, opened, answer, "refused", now));
  end(tx, approval, "refused", now);
  tell(tx, "approval_refused", approval, step, answer.by, now);
  return approval;
}

Result<Approval> withdraw(Transaction& tx, ApprovalId id, std::string_view by, Instant now) {
  tx.lock(lock);
  auto approval = find_approval(tx, id);
  if (!approval || approval->asked_by != by) return no_approval();
  if (approval->state == "withdrawn") return *approval;
  TRY(check_in_time(*approval, now));
  end(tx, *approval, "withdrawn", now);
  tell(tx, "approval_withdrawn", *approval, {}, by, now);
  return *approval;
}

int sweep(Transaction& tx, Instant now) {
  tx.lock(lock);
  int ended = 0;
  for (Approval& approval : load_late(tx, now)) {
    expire(tx, approval, now);
    ++ended;
  }
  return ended;
}

}  // namespace approval
