// Why a person's data may not be erased yet: open cases, legal holds, and the law by
// decisions/retention.dmn.

#include <algorithm>

#include "records/cases.h"
#include "records/types.h"
#include "tables/types.h"

namespace records {

using kernel::Date;
using kernel::Result;

namespace {

// What every case has, or may have; documents are asked about where there are any.
const std::vector<std::string> case_kinds = {"note",          "attempt_note",   "promise_note",
                                             "approval_note", "contact_record", "hold_reason",
                                             "permit",        "refusal"};

std::vector<std::string> kinds_of(store::Transaction& tx, const std::string& customer_no) {
  std::vector<std::string> kinds = case_kinds;
  for (const Document& one : documents_of(tx, customer_no))
    if (one.state == "kept" && std::find(kinds.begin(), kinds.end(), one.kind) == kinds.end())
      kinds.push_back(one.kind);
  return kinds;
}

Result<RetentionRules> load_rules(store::Transaction& tx, const std::filesystem::path& decisions,
                                  Date today) {
  TRY_ASSIGN(const auto models, tables::models_in_force(tx, decisions, today));
  TRY_ASSIGN(const decision::Model* in_force, models.need("retention.dmn"));
  TRY_ASSIGN(const auto shipped_file, tables::read_shipped(decisions, "retention.dmn"));
  TRY_ASSIGN(const auto shipped, decision::Model::parse(*shipped_file.bytes, "retention.dmn"));
  std::vector<std::string> kinds = case_kinds;
  kinds.insert(kinds.end(), document_kinds().begin(), document_kinds().end());
  return RetentionRules::of(*in_force, shipped, kinds);
}

void add_law(store::Transaction& tx, const RetentionRules& rules, const std::string& customer_no,
             const CaseState& state, Date today, std::vector<Duty>& duties) {
  const Date made_on = state.last_activity.value_or(state.closed_on.value_or(today));
  for (const std::string& kind : kinds_of(tx, customer_no)) {
    const Due due = rules.decide(kind, made_on, &state, today);
    if (due.state == Due::State::due) continue;
    if (due.state == Due::State::later)
      duties.push_back({.customer_no = customer_no,
                        .kind = kind,
                        .why = "law",
                        .until = due.due_on,
                        .code = due.rule.code,
                        .citation = due.rule.citation,
                        .certainty = due.rule.certainty});
    else
      duties.push_back({.customer_no = customer_no, .kind = kind, .why = "not_known"});
  }
}

}  // namespace

Result<std::vector<Duty>> duties_to_keep(store::Transaction& tx, const book::Shelf& shelf,
                                         const std::filesystem::path& decisions,
                                         const std::vector<std::string>& customer_nos, Date today) {
  TRY_ASSIGN(const RetentionRules rules, load_rules(tx, decisions, today));
  std::shared_ptr<const book::BookView> book;  // none: every case is open
  if (shelf.latest()) {
    TRY_ASSIGN(book, shelf.latest_book());
  }
  std::vector<Duty> duties;
  for (const std::string& customer_no : customer_nos) {
    if (!legal_holds_on(tx, customer_no, today).empty())
      duties.push_back({.customer_no = customer_no, .why = "legal_hold"});
    const CaseState state = load_case_state(tx, book.get(), customer_no, today);
    if (state.open)
      duties.push_back({.customer_no = customer_no, .why = "open"});
    else
      add_law(tx, rules, customer_no, state, today, duties);
  }
  return duties;
}

}  // namespace records
