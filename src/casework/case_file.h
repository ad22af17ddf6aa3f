#pragma once
// The case file as the page gets it: everything masked but the notes people wrote, which are opened
// under one disclosure a view. What enters: the latest book and the casebook; nothing is changed.

#include <boost/describe/class.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "casework/types.h"

namespace casework {

struct CaseAccount {
  std::string account_no, account_no_masked, product;
  kernel::Date opened_on;
  kernel::Money credit_limit_fen, principal_fen, interest_fen, late_fee_fen, instalment_fee_fen,
      cost_fen, balance_fen, overdue_fen;
  std::optional<kernel::Date> oldest_due_date;
  std::int64_t dpd = 0;
  std::string bucket, bucket_before;
  std::int64_t willingness = 0, ability = 0;
  std::string willingness_reason, ability_reason, grade, approach, treatment, treatment_text,
      treatment_text_en, channel, work;
  // Of what is done tonight; none in a book of tables that did not say.
  std::optional<kernel::Money> expected_recovery_fen, expected_cost_fen;
  std::int64_t priority = 0;
  std::string promise, flag;
};
BOOST_DESCRIBE_STRUCT(CaseAccount, (),
                      (account_no, account_no_masked, product, opened_on, credit_limit_fen,
                       principal_fen, interest_fen, late_fee_fen, instalment_fee_fen, cost_fen,
                       balance_fen, overdue_fen, oldest_due_date, dpd, bucket, bucket_before,
                       willingness, ability, willingness_reason, ability_reason, grade, approach,
                       treatment, treatment_text, treatment_text_en, channel, work,
                       expected_recovery_fen, expected_cost_fen, priority, promise, flag))

struct CaseContactPoint {
  std::string contact_point_id, role, relation, name_masked, channel, value_masked;
  bool valid = false, consent = false;
  std::string source;
  int attempts_today = 0, attempts_left_today = 0;
};
BOOST_DESCRIBE_STRUCT(CaseContactPoint, (),
                      (contact_point_id, role, relation, name_masked, channel, value_masked, valid,
                       consent, source, attempts_today, attempts_left_today))

struct CaseGuarantor {
  std::string guarantor_no, name_masked, phone_masked;
};
BOOST_DESCRIBE_STRUCT(CaseGuarantor, (), (guarantor_no, name_masked, phone_masked))

struct CaseHold {
  gate::HoldId hold_id{0};
  std::string kind, reason;
  kernel::Instant since;
  std::optional<kernel::Date> until;
  std::string set_by;
};
BOOST_DESCRIBE_STRUCT(CaseHold, (), (hold_id, kind, reason, since, until, set_by))

struct CasePromise {
  PromiseId promise_id{0};
  std::string account_no, account_no_masked;
  kernel::Money amount_fen, paid_fen;
  kernel::Date due_date;
  std::string state;
  kernel::Instant made_at;
  std::string made_by;
};
BOOST_DESCRIBE_STRUCT(CasePromise, (),
                      (promise_id, account_no, account_no_masked, amount_fen, paid_fen, due_date,
                       state, made_at, made_by))

struct TimelineItem {
  kernel::Instant at;
  std::string kind, title, title_en, detail, by;
};
BOOST_DESCRIBE_STRUCT(TimelineItem, (), (at, kind, title, title_en, detail, by))

struct CaseFile {
  std::string case_id, customer_no, name_masked, citizen_id_masked, address_masked, region_code,
      region_name, collector, collector_name, team;
  kernel::Date night_date;
  std::vector<CaseAccount> accounts;
  std::vector<CaseContactPoint> contact_points;
  std::vector<CaseGuarantor> guarantors;
  std::vector<CaseHold> holds;
  std::vector<CasePromise> promises;
  int contacts_left_today = 0;
  gate::Answer gate;                   // may the caller call the customer now, to collect?
  std::vector<TimelineItem> timeline;  // newest first
};
BOOST_DESCRIBE_STRUCT(CaseFile, (),
                      (case_id, customer_no, name_masked, citizen_id_masked, address_masked,
                       region_code, region_name, collector, collector_name, team, night_date,
                       accounts, contact_points, guarantors, holds, promises, contacts_left_today,
                       gate, timeline))

// A timeline item and the note in it, which only a disclosure opens.
struct Entry {
  TimelineItem item;
  std::optional<kernel::Note> note;
};
struct CaseView {  // what the timeline is told of
  std::string customer_no, person_key;
  std::vector<std::string> account_nos;
  const strategy::Words& words;
  const std::map<std::string, std::string>& shown_names;  // by user name and by "user:7"
};
kernel::Result<std::vector<Entry>> load_timeline(store::Transaction& tx, const CaseView& view,
                                                 const book::BookView& book);

std::vector<CaseAccount> render_accounts(const book::BookView& book,
                                         column::Slice<std::int32_t> rows,
                                         const strategy::Words& words);

kernel::Result<CaseFile> load_case_file(const Deps& deps, const std::string& customer_no,
                                        const http::Caller& caller, kernel::Instant now);

}  // namespace casework
