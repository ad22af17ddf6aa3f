// To review and out of it: a second person releases for a later day, approves for a trial, or
// returns. Each step once; the same request again is the same answer, another one a conflict.

#include <algorithm>

#include "tables/drafts.h"
#include "tables/versions.h"

namespace tables {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

constexpr int days_ahead_max = 366;

// What stands against sending these bytes to review, besides what they say themselves.
Status check_submit(const Standing& standing) {
  const VersionRow& row = standing.row;
  const FileInForce* in_force = in_force_of(standing);
  if (in_force != nullptr && in_force->version == row.version)
    return conflict("it is the very table that is in force; nothing changed", "version_id");
  if (needs_simulation(row.file) && !row.simulated)
    return conflict(
        "these bytes were not simulated yet; the night runs this table over the whole"
        " book, so run a simulation of this draft first",
        "version_id");
  return kernel::Ok{};
}

// The models in force with this version in place of its file's.
Result<strategy::Models> models_of(const Standing& standing) {
  std::vector<strategy::Models::FileBytes> files;
  for (const FileInForce& file : standing.files)
    if (file.file != standing.row.file) files.push_back({file.file, file.bytes});
  files.push_back({standing.row.file, std::make_shared<const std::string>(standing.bytes.xml)});
  return strategy::Models::parse(files);
}

// The bytes beside those of past nights, so that what they decide can be replayed without the
// store.
Status keep(const Deps& deps, const Standing& standing) {
  TRY_ASSIGN(const auto models, models_of(standing));
  return models.keep(deps.shelf.data_dir() / "tables");
}

Status check_text_of(const Standing& standing, const Deps& deps) {
  const Analysis found = analyse(standing.bytes.xml, standing.bytes.tests_csv, standing.row.file,
                                 standing.files, deps.check_pack);
  std::string refused = refusal_of(found);
  if (refused.empty() && deps.check_journey && needs_simulation(standing.row.file)) {
    TRY_ASSIGN(const auto models, models_of(standing));
    Analysis journey;
    TRY_ASSIGN(journey.findings, deps.check_journey(models));
    refused = refusal_of(journey);
  }
  if (!refused.empty()) return conflict(refused, "version_id");
  return kernel::Ok{};
}

std::string state_after(const std::string& verdict) {
  return verdict == "release" ? "approved" : verdict == "trial" ? "trial" : "returned";
}

std::string fact_of(const std::string& verdict) {
  return verdict == "release" ? "table_released"
         : verdict == "trial" ? "table_trial_approved"
                              : "table_returned";
}

Status check_verdict(const Review& review, kernel::Date today) {
  if (review.verdict != "release" && review.verdict != "trial" && review.verdict != "return")
    return Error{Code::invalid_input, "a verdict is release, trial or return", "verdict"};
  if (review.verdict != "release") {
    if (review.effective_from)
      return Error{Code::invalid_input, "only a release has a day", "effective_from"};
    return kernel::Ok{};
  }
  if (!review.effective_from)
    return Error{Code::invalid_input, "a release says from which day it is in force",
                 "effective_from"};
  if (*review.effective_from <= today)
    return Error{
        Code::invalid_input,
        "the first day is after today (" + today.format() + "): what was decided stays decided",
        "effective_from"};
  if (*review.effective_from - today > days_ahead_max)
    return Error{Code::invalid_input, "at most a year ahead", "effective_from"};
  return kernel::Ok{};
}

// A night that is made already would have to be made again under other tables.
Status check_nights(const Deps& deps, kernel::Date effective_from) {
  const auto latest = deps.shelf.latest();
  if (!latest || *latest < effective_from) return kernel::Ok{};
  return conflict("the night of " + latest->format() + " is made already; choose a later day",
                  "effective_from");
}

bool same_review(const VersionRow& row, const Review& review, const Hand& hand) {
  return row.reviewed_by == hand.user_name && row.state == state_after(review.verdict) &&
         row.review_note == review.note && row.effective_from == review.effective_from;
}

Status check_reviewer(const VersionRow& row, const Hand& hand) {
  const bool wrote =
      std::find(row.editors.begin(), row.editors.end(), hand.user_name) != row.editors.end() ||
      row.submitted_by == hand.user_name;
  if (!wrote) return kernel::Ok{};
  return Error{Code::forbidden, "whoever wrote or sent it does not review it: ask a second person",
               "version_id"};
}

Status check_free(Transaction& tx, const VersionRow& row, kernel::Date effective_from) {
  for (const VersionRow& other : load_approved(tx, row.file))
    if (*other.effective_from == effective_from)
      return conflict("version " + other.version + " is approved for " + effective_from.format() +
                          " already; withdraw it, or choose another day",
                      "effective_from");
  return kernel::Ok{};
}

Status check_against(const Standing& standing, const Review& review) {
  const FileInForce* in_force = in_force_of(standing);
  const std::string now = in_force == nullptr ? "" : in_force->version;
  if (!review.against || *review.against == now) return kernel::Ok{};
  return conflict("version " + now + " is in force now, not the one you compared with; look again",
                  "against");
}

}  // namespace

Result<Version> submit(const Deps& deps, VersionId version_id, std::string_view note,
                       const Hand& hand) {
  const kernel::Date today = hand.now.china_date();
  TRY_ASSIGN(const std::string said, checked_note(note, false));
  TRY_ASSIGN(const Standing standing, deps.store.read([&](Transaction& tx) {
    return load_standing(tx, deps, version_id, today);
  }));
  const auto again = [&](const VersionRow& row) {
    return row.state == "in_review" && row.submitted_by == hand.user_name &&
           (said.empty() || row.note == said);
  };
  if (!again(standing.row)) {
    TRY(check_text_of(standing, deps));
  }
  return deps.store.transact([&](Transaction& tx) -> Result<Version> {
    lock_file(tx, standing.row.file);
    TRY_ASSIGN(Standing now, load_standing(tx, deps, version_id, today));
    VersionRow& row = now.row;
    if (again(row)) return load_version(tx, row, today);
    if (row.state != "draft" && row.state != "returned")
      return conflict("it is " + row.state + "; only a draft is sent to review", "version_id");
    if (row.revision != standing.row.revision)
      return conflict(row.saved_by + " saved it meanwhile; look at it again", "version_id");
    TRY(check_submit(now));
    row.state = "in_review";
    row.submitted_by = hand.user_name;
    row.submitted_at = hand.now;
    if (!said.empty()) row.note = said;
    row.reviewed_by = std::nullopt;
    row.reviewed_at = std::nullopt;
    row.review_note = std::nullopt;
    update_row(tx, row, nullptr);
    tell(tx, "table_submitted", row, hand.user_name, hand.now);
    return load_version(tx, row, today);
  });
}

Result<Version> review(const Deps& deps, const Review& review, const Hand& hand) {
  const kernel::Date today = hand.now.china_date();
  TRY_ASSIGN(const std::string note, checked_note(review.note, review.verdict == "return"));
  TRY_ASSIGN(const Standing before, deps.store.read([&](Transaction& tx) {
    return load_standing(tx, deps, review.version_id, today);
  }));
  if (same_review(before.row, review, hand))
    return deps.store.read(
        [&](Transaction& tx) -> Result<Version> { return load_version(tx, before.row, today); });
  TRY(check_verdict(review, today));
  if (review.verdict != "return") {
    TRY(check_text_of(before, deps));
    // Kept before it counts: where this ends in a conflict a kept file too many does no harm.
    TRY(keep(deps, before));
  }
  if (review.effective_from) {
    TRY(check_nights(deps, *review.effective_from));
  }
  return deps.store.transact([&](Transaction& tx) -> Result<Version> {
    lock_file(tx, before.row.file);
    TRY_ASSIGN(Standing now, load_standing(tx, deps, review.version_id, today));
    VersionRow& row = now.row;
    if (same_review(row, review, hand)) return load_version(tx, row, today);
    if (row.state != "in_review")
      return conflict(row.reviewed_by ? *row.reviewed_by + " has reviewed it: it is " + row.state
                                      : "it is " + row.state + ", not in review",
                      "version_id");
    TRY(check_reviewer(row, hand));
    TRY(check_against(now, review));
    if (review.effective_from) {
      TRY(check_free(tx, row, *review.effective_from));
    }
    row.state = state_after(review.verdict);
    row.reviewed_by = hand.user_name;
    row.reviewed_at = hand.now;
    row.review_note = note;
    row.effective_from = review.effective_from;
    const FileInForce* file = in_force_of(now);
    row.shipped_version = file == nullptr ? "" : file->shipped_version;
    update_row(tx, row, nullptr);
    tell(tx, fact_of(review.verdict), row, hand.user_name, hand.now);
    return load_version(tx, row, today);
  });
}

}  // namespace tables
