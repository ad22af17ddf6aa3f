#include "casework/case_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocation/types.h"
#include "intake/types.h"
#include "store/vault.h"
#include "tables/types.h"

namespace casework {

namespace {

// One account's row of the book; a column a book does not have yet reads as nothing.
class AccountRow {
 public:
  AccountRow(const column::Sheet& sheet, std::size_t row) : sheet_(sheet), row_(row) {}

  std::int64_t number(const char* name) const {
    if (!sheet_.has(name)) return 0;
    switch (sheet_.type(name)) {
      case column::Type::i8:
        return sheet_.get<std::int8_t>(name)[row_];
      case column::Type::i16:
        return sheet_.get<std::int16_t>(name)[row_];
      case column::Type::i32:
        return sheet_.get<std::int32_t>(name)[row_];
      case column::Type::i64:
        return sheet_.get<std::int64_t>(name)[row_];
      default:
        return 0;
    }
  }
  kernel::Money money(const char* name) const { return kernel::Money::from_fen(number(name)); }
  kernel::Date date(const char* name) const {
    return kernel::Date::from_days(static_cast<std::int32_t>(number(name)));
  }
  std::string word(const char* name) const {
    return sheet_.has(name) ? std::string(sheet_.codes(name).at(row_)) : "";
  }

 private:
  const column::Sheet& sheet_;
  std::size_t row_;
};

CaseAccount render_account(const book::BookView& book, std::size_t row,
                           const strategy::Words& words) {
  const AccountRow at(book.accounts(), row);
  CaseAccount out;
  out.account_no = std::string(book.account_no(row));
  out.account_no_masked = kernel::mask_account_no(out.account_no);
  out.product = at.word("product");
  out.opened_on = at.date("opened_on");
  out.credit_limit_fen = at.money("credit_limit_fen");
  out.principal_fen = at.money("principal_fen");
  out.interest_fen = at.money("interest_fen");
  out.late_fee_fen = at.money("late_fee_fen");
  out.instalment_fee_fen = at.money("instalment_fee_fen");
  out.cost_fen = at.money("cost_fen");
  out.balance_fen = at.money("balance_fen");
  out.overdue_fen = at.money("overdue_fen");
  if (at.number("oldest_due_date") != 0) out.oldest_due_date = at.date("oldest_due_date");
  out.dpd = at.number("dpd");
  out.bucket = at.word("bucket");
  out.bucket_before = at.word("bucket_before");
  out.willingness = at.number("willingness");
  out.ability = at.number("ability");
  out.willingness_reason = at.word("willingness_reason");
  out.ability_reason = at.word("ability_reason");
  out.grade = at.word("grade");
  out.approach = at.word("approach");
  out.treatment = at.word("treatment");
  out.treatment_text = words.zh("treatment", out.treatment);
  out.treatment_text_en = words.en("treatment", out.treatment);
  out.channel = at.word("channel");
  out.work = at.word("work");
  if (book.accounts().has("expected_cost_fen")) {
    out.expected_recovery_fen = at.money("expected_recovery_fen");
    out.expected_cost_fen = at.money("expected_cost_fen");
  }
  out.priority = at.number("priority");
  out.promise = at.word("promise");
  out.flag = at.word("flag");
  return out;
}

// The file while it is read, with the notes still shut.
struct Reading {
  CaseFile file;
  std::vector<Entry> entries;
  std::vector<std::optional<kernel::Note>> hold_reasons;
};

void add_contact_points(store::Transaction& tx, const Deps& deps, const http::Caller& caller,
                        kernel::Instant now, CaseFile& file) {
  const int cap = deps.gate.packs(tx, now.china_date()).cap_number_day();
  bool asked = false;
  for (const auto& point : intake::load_contact_points(tx, file.customer_no)) {
    const gate::Answer answer = deps.gate.question(tx,
                                                   {.customer_no = file.customer_no,
                                                    .contact_point_id = point.contact_point_id(),
                                                    .channel = "call",
                                                    .purpose = "collect",
                                                    .asker = caller.user_name},
                                                   now);
    const bool phone = point.channel == "mobile" || point.channel == "phone";
    if (!asked && point.role == "self" && point.valid && phone) {
      file.gate = answer;
      file.contacts_left_today = answer.contacts_left_today;
      asked = true;
    }
    file.contact_points.push_back({.contact_point_id = point.contact_point_id(),
                                   .role = point.role,
                                   .relation = point.relation,
                                   .name_masked = point.name.masked(),
                                   .channel = point.channel,
                                   .value_masked = point.value.masked(),
                                   .valid = point.valid,
                                   .consent = point.consent,
                                   .source = point.source,
                                   .attempts_today = std::max(cap - answer.attempts_left_today, 0),
                                   .attempts_left_today = answer.attempts_left_today});
    if (!asked) file.contacts_left_today = answer.contacts_left_today;
  }
  if (!asked)  // nobody can call the customer: the gate says so in its own words
    file.gate = deps.gate.question(tx,
                                   {.customer_no = file.customer_no,
                                    .channel = "call",
                                    .purpose = "collect",
                                    .asker = caller.user_name},
                                   now);
}

kernel::Status add_promises(store::Transaction& tx, const Deps& deps, kernel::Instant now,
                            CaseFile& file) {
  std::vector<Promise> promises = promises_of(tx, file.customer_no);
  if (promises.empty()) return kernel::Ok{};
  TRY_ASSIGN(const PromiseRules rules,
             PromiseRules::in_force(tx, deps.decisions, now.china_date()));
  std::vector<std::string> accounts;
  for (const Promise& promise : promises) accounts.push_back(promise.account_no);
  const kernel::Date today = now.china_date();
  TRY_ASSIGN(const auto payments, load_payments(tx, deps.shelf.data_dir(), accounts,
                                                promises.front().made_at.china_date(), today));
  TRY_ASSIGN(const auto states, decide_promises(rules, std::move(promises), payments, today));
  for (auto it = states.rbegin(); it != states.rend(); ++it)  // the latest first
    file.promises.push_back({.promise_id = it->promise.promise_id,
                             .account_no = it->promise.account_no,
                             .account_no_masked = kernel::mask_account_no(it->promise.account_no),
                             .amount_fen = it->promise.amount_fen,
                             .paid_fen = it->paid_fen,
                             .due_date = it->promise.due_date,
                             .state = it->state,
                             .made_at = it->promise.made_at,
                             .made_by = it->promise.made_by});
  return kernel::Ok{};
}

kernel::Status add_holds(store::Transaction& tx, std::string_view person_key, kernel::Instant now,
                         Reading& reading) {
  for (const gate::Hold& hold : gate::holds_of(tx, person_key, now)) {
    reading.file.holds.push_back({.hold_id = hold.hold_id,
                                  .kind = hold.kind,
                                  .since = hold.since,
                                  .until = hold.until,
                                  .set_by = hold.set_by});
    TRY_ASSIGN(kernel::Note reason,
               tx.vault().open_sealed<kernel::NoteTag>("hold.reason", hold.sealed_reason));
    reading.hold_reasons.push_back(std::move(reason));
  }
  return kernel::Ok{};
}

void add_person(store::Transaction& tx, const std::map<std::string, std::string>& names,
                const intake::Person& person, CaseFile& file) {
  file.name_masked = person.name.masked();
  file.citizen_id_masked = person.citizen_id.empty() ? "" : person.citizen_id.masked();
  file.address_masked = person.address.empty() ? "" : person.address.masked();
  file.region_code = person.region_code == 0 ? "" : std::to_string(person.region_code);
  file.region_name = intake::region_name(person.region_code);
  if (const auto allotment = allocation::load_allotment(tx, file.customer_no)) {
    file.collector = allotment->collector;
    file.team = allotment->team;
  }
  file.collector_name = file.collector;
  if (const auto name = names.find(file.collector); name != names.end())
    file.collector_name = name->second;
}

// Who moved a case stands in its row by number, "user:7"; a page shows a name.
void name_those_with_numbers(const std::map<std::string, std::string>& names,
                             std::vector<Entry>& entries) {
  for (Entry& entry : entries)
    if (const auto name = names.find(entry.item.by);
        entry.item.by.starts_with("user:") && name != names.end())
      entry.item.by = name->second;
}

kernel::Result<Reading> read_file(store::Transaction& tx, const Deps& deps,
                                  const book::BookView& book, const strategy::Words& words,
                                  const std::string& customer_no, const http::Caller& caller,
                                  kernel::Instant now) {
  const auto person = intake::load_person(tx, customer_no);
  const auto row = book.find_customer(customer_no);
  if (!person || !row || !may_reach(tx, deps.scope(), caller, customer_no, now))
    return kernel::Error{kernel::Code::not_found, "there is no such case", "case_id"};
  Reading reading;
  CaseFile& file = reading.file;
  file.case_id = file.customer_no = customer_no;
  file.night_date = book.date();
  const auto names = deps.shown_names ? deps.shown_names(tx) : std::map<std::string, std::string>();
  add_person(tx, names, *person, file);
  file.accounts = render_accounts(book, book.accounts_of(*row), words);
  std::vector<std::string> account_nos;
  for (const CaseAccount& account : file.accounts) {
    account_nos.push_back(account.account_no);
    for (const auto& guarantor : intake::load_guarantors(tx, account.account_no))
      file.guarantors.push_back(
          {guarantor.guarantor_no, guarantor.name.masked(), guarantor.phone.masked()});
  }
  add_contact_points(tx, deps, caller, now, file);
  TRY(add_promises(tx, deps, now, file));
  TRY(add_holds(tx, person->person_key, now, reading));
  const CaseView view{customer_no, person->person_key, account_nos, words, names};
  TRY_ASSIGN(reading.entries, load_timeline(tx, view, book));
  name_those_with_numbers(names, reading.entries);
  return reading;
}

bool has_notes(const Reading& reading) {
  return std::any_of(reading.hold_reasons.begin(), reading.hold_reasons.end(),
                     [](const auto& note) { return note && !note->empty(); }) ||
         std::any_of(reading.entries.begin(), reading.entries.end(),
                     [](const Entry& entry) { return entry.note && !entry.note->empty(); });
}

void open_notes(Reading& reading, const kernel::Disclosure& disclosure) {
  for (std::size_t i = 0; i < reading.hold_reasons.size(); ++i)
    if (reading.hold_reasons[i])
      reading.file.holds[i].reason = reading.hold_reasons[i]->reveal(disclosure);
  for (Entry& entry : reading.entries)
    if (entry.note) entry.item.detail = entry.note->reveal(disclosure);
}

}  // namespace

std::vector<CaseAccount> render_accounts(const book::BookView& book,
                                         column::Slice<std::int32_t> rows,
                                         const strategy::Words& words) {
  std::vector<CaseAccount> accounts;
  for (const std::int32_t row : rows)
    accounts.push_back(render_account(book, static_cast<std::size_t>(row), words));
  return accounts;
}

kernel::Result<CaseFile> load_case_file(const Deps& deps, const std::string& customer_no,
                                        const http::Caller& caller, kernel::Instant now) {
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  TRY_ASSIGN(const auto known_words, tables::shipped_words(deps.decisions));
  const strategy::Words& words = *known_words;
  TRY_ASSIGN(Reading reading, deps.store.read([&](store::Transaction& tx) {
    return read_file(tx, deps, *book, words, customer_no, caller, now);
  }));
  // Reading what people wrote leaves who read it; a case without a word is read without a write.
  if (has_notes(reading))
    TRY(deps.store.transact([&](store::Transaction& tx) -> kernel::Status {
      open_notes(reading, tx.disclose("customer:" + customer_no, "case_file",
                                      fmt::format("user:{}", caller.user_name), now));
      return kernel::Ok{};
    }));
  for (Entry& entry : reading.entries) reading.file.timeline.push_back(std::move(entry.item));
  return std::move(reading.file);
}

}  // namespace casework
