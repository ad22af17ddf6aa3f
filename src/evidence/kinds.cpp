#include "evidence/kinds.h"

#include <algorithm>

namespace evidence {

namespace {

using Fields = std::vector<PublicField>;

const Fields step = {{"version_id"}, {"version"},  {"based_on"},
                     {"state"},      {"revision"}, {"effective_from"}};
const Fields experiment = {{"file"}, {"challenger_version"}, {"state"}, {"share_bps"}};
// Who asked and who answered stays with the house, as everywhere; that two did is for all to count.
const Fields approval = {{"approval_id"}, {"kind"}, {"level"}, {"levels"}};
const Fields rights = {{"request_id"}, {"kind"}, {"outcome"}, {"due_on"}};
const Fields permit = {{"permit_id"}, {"person", "person"}, {"nth"}, {"outcome"}};
const Fields number = {{"person", "person"}, {"number", "number"}};
const Fields hold = {{"hold_id"}, {"kind"},    {"person", "person"}, {"nth"},
                     {"until"},   {"revoked"}, {"revoked_permits"}};

// Money movements and casework show nothing but their kind and moment.
std::vector<FactKind> kinds_to_o() {
  return {
      {"api_key_made", {}},
      {"api_key_revoked", {}},
      {"approval_asked", approval},
      {"approval_expired", approval},
      {"approval_given", approval},
      {"approval_refused", approval},
      {"approval_withdrawn", approval},
      {"backdated_recomputed", {{"date"}, {"edition"}, {"decided_otherwise"}}},
      {"backup_set", {}},
      {"batch_imported", {{"file_sha256"}, {"mapping_sha256"}, {"as_of"}, {"kinds"}, {"rejects"}}},
      {"bucket_changed", {}},
      {"calendar_imported", {{"version"}, {"sha256"}}},
      {"case_allotted", {}},
      {"case_reassigned", {}},
      {"case_recalled", {}},
      {"case_released", {}},
      {"conflict_declared", {}},
      {"conflict_ended", {}},
      {"consent_given", {{"purpose"}}},
      {"consent_withdrawn", {{"purpose"}}},
      {"contact_attempted", {{"permit_id"}}},
      {"contact_outcome", {}},
      {"deputy_ended", {}},
      {"deputy_named", {}},
      // No hash of a document in clear: whoever has a text could look whether it is here.
      {"document_added", {{"kind"}}},
      {"document_destroyed", {{"kind"}}},
      {"document_read", {}},
      {"document_refused", {}},
      {"employment_end_set", {{"last_day"}}},
      {"evidence_pack_made", {}},
      {"experiment_assigned", {}},
      {"experiment_refused", experiment},
      {"experiment_requested", experiment},
      {"experiment_started", experiment},
      {"experiment_stopped", experiment},
      {"field_unmasked", {}},
      {"hold_lifted", hold},
      {"hold_set", hold},
      {"impact_assessed", {{"assessment_id"}, {"occasion"}, {"sha256"}, {"assessed_on"}}},
      {"key_holder_saved", {}},
      {"legal_hold_lifted", {}},
      {"legal_hold_set", {}},
      {"look_alert_acknowledged", {{"alert_id"}, {"code"}}},
      {"look_alert_raised", {{"alert_id"}, {"code"}, {"level"}}},
      {"looks_exported", {}},
      {"looks_sealed", {{"seal_no"}, {"looks"}, {"sha256"}}},
      {"note_written", {}},
      {"number_opted_out", number},
      {"number_wrong_number", number},
  };
}

std::vector<FactKind> kinds_of_p() {
  return {
      {"outside_account_bound", {{"sign_in_by"}}},
      {"pack_used", {{"pack"}, {"version"}, {"sha256"}, {"calendar_sha256"}}},
      {"password_changed", {}},
      {"payment_posted", {}},
      {"permit_expired", permit},
      {"permit_granted",
       {{"permit_id"},
        {"person", "person"},
        {"nth"},
        {"number", "number"},
        {"role"},
        {"channel"},
        {"purpose"},
        {"script"},
        {"asker", "asker"},
        {"says_debt"},
        {"reserved_at"},
        {"expires_at"},
        {"facts"},
        {"imported"},
        {"packs"},
        {"key"}}},
      {"permit_outcome", permit},
      {"permit_refused",
       {{"person", "person"},
        {"nth"},
        {"number", "number"},
        {"channel"},
        {"purpose"},
        {"asker", "asker"},
        {"says_debt"},
        {"facts"},
        {"imported"},
        {"rules"},
        {"packs"},
        {"allowed_at"}}},
      {"permit_revoked", permit},
      {"permit_used", permit},
      {"person_corrected", {{"field"}}},
      // Whose erasure it was is nobody's to read any more.
      {"person_erased", {{"request_id"}, {"facts"}, {"keys"}}},
      {"promise_made", {}},
  };
}

std::vector<FactKind> kinds_from_r() {
  return {
      {"record_destroyed",
       {{"run_id"}, {"kind"}, {"count"}, {"code"}, {"rule_id"}, {"file"}, {"version"}}},
      {"recovery_code_used", {}},
      {"recovery_codes_made", {}},
      {"rights_copy_made", {{"request_id"}}},
      {"rights_request_decided", rights},
      {"rights_request_taken", rights},
  };
}

std::vector<FactKind> kinds_from_s() {
  return {
      {"second_step_ended", {}},
      {"second_step_set", {}},
      {"secret_disclosed", {}},
      {"sessions_ended", {{"count"}}},
      {"sign_in", {}},
      {"sign_in_failed", {}},
      {"sign_in_way_changed", {{"sign_in_by"}}},
      {"sign_out", {}},
      {"simulation_asked", {{"nights"}, {"versions"}}},
      {"simulation_ended", {{"state"}, {"versions"}}},
      {"staff_record_ended", {{"record"}}},
      {"staff_record_saved", {{"record"}}},
      {"store_granted", {}},
      {"subject_erased", {{"facts"}, {"keys"}}},
      {"table_drafted", step},
      {"table_released", step},
      {"table_returned", step},
      {"table_saved", step},
      {"table_submitted", step},
      {"table_trial_approved", step},
      {"table_withdrawn", step},
      {"text_flagged", {}},
      {"text_refused", {}},
      {"treatment_decided", {}},
      {"unmask_refused", {}},
      {"user_changed", {}},
      {"user_created", {}},
      {"user_left", {{"cases_moved"}, {"cases_released"}}},
      {"vault_key_destroyed", {{"key_id"}}},
      {"vault_resealed", {{"key_id"}, {"values"}}},
      {"vault_root_added", {{"root_id"}}},
      {"vault_root_destroyed", {{"root_id"}}},
      {"vault_rotated", {{"key_id"}, {"suite"}}},
  };
}

}  // namespace

std::span<const FactKind> fact_kinds() {
  static const std::vector<FactKind> all = [] {  // sorted by kind
    std::vector<FactKind> kinds = kinds_to_o();
    for (const auto& more : {kinds_of_p(), kinds_from_r(), kinds_from_s()})
      kinds.insert(kinds.end(), more.begin(), more.end());
    return kinds;
  }();
  return all;
}

std::span<const PublicField> public_fields(std::string_view kind) {
  const std::span<const FactKind> all = fact_kinds();
  const auto found = std::lower_bound(
      all.begin(), all.end(), kind,
      [](const FactKind& one, std::string_view wanted) { return one.kind < wanted; });
  if (found == all.end() || found->kind != kind) return {};
  return found->fields;
}

}  // namespace evidence
