#include <algorithm>
#include <boost/describe/class.hpp>

#include "casework/types.h"
#include "http/json.h"
#include "store/vault.h"
#include "tables/types.h"

namespace casework {

namespace {

constexpr std::int64_t kAmountMax = 100'000'000'00;  // a promise of more is a slip of the hand
constexpr int kDueMax = 366;                         // days ahead

struct PromiseBody {
  PromiseId promise_id{0};
  std::string account_no;
  kernel::Money amount_fen;
  kernel::Date due_date;
};
BOOST_DESCRIBE_STRUCT(PromiseBody, (), (promise_id, account_no, amount_fen, due_date))

constexpr std::string_view kColumns =
    "SELECT promise_id, customer_no, account_no, amount_fen, due_date, made_at, made_by, note"
    " FROM promise ";

Promise read_promise(const store::Row& row) {
  return {.promise_id = row.id<PromiseTag>(0),
          .customer_no = row.text(1),
          .account_no = row.text(2),
          .amount_fen = row.money(3),
          .due_date = row.date(4),
          .made_at = row.instant(5),
          .made_by = row.text(6),
          .sealed_note = row.is_null(7) ? "" : row.blob(7)};
}

kernel::Error invalid(std::string message, std::string where) {
  return {kernel::Code::invalid_input, std::move(message), std::move(where)};
}

}  // namespace

kernel::Result<Promise> make_promise(store::Transaction& tx, const PromiseRequest& request,
                                     kernel::Instant now) {
  if (request.amount_fen.fen() <= 0 || request.amount_fen.fen() > kAmountMax)
    return invalid("a promise is of more than 0 and at most 100 million yuan", "amount_fen");
  const kernel::Date today = now.china_date();
  if (request.due_date < today || request.due_date - today > kDueMax)
    return invalid("the day promised is today or later, within a year", "due_date");
  Promise promise{.promise_id = PromiseId(tx.next_id()),
                  .customer_no = request.customer_no,
                  .account_no = request.account_no,
                  .amount_fen = request.amount_fen,
                  .due_date = request.due_date,
                  .made_at = now,
                  .made_by = request.by};
  if (!request.note.empty()) promise.sealed_note = tx.vault().seal("promise.note", request.note);
  store::Param note = nullptr;
  if (!promise.sealed_note.empty()) note = store::Blob{promise.sealed_note};
  tx.execute(
      "INSERT INTO promise (promise_id, customer_no, account_no, amount_fen, due_date, made_at,"
      " made_by, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {promise.promise_id, promise.customer_no, promise.account_no, promise.amount_fen,
       promise.due_date, promise.made_at, promise.made_by, note});
  tx.append({"promise_made", "customer:" + promise.customer_no, "user:" + promise.made_by, now,
             http::write_json(PromiseBody{promise.promise_id, promise.account_no,
                                          promise.amount_fen, promise.due_date})});
  return promise;
}

std::vector<Promise> promises_of(store::Transaction& tx, std::string_view customer_no) {
  std::vector<Promise> all;
  tx.query(std::string(kColumns) + "WHERE customer_no = $1 ORDER BY made_at, promise_id",
           {customer_no}, [&](const store::Row& row) { all.push_back(read_promise(row)); });
  return all;
}

std::vector<Promise> promises_before(store::Transaction& tx, kernel::Instant made_before) {
  std::vector<Promise> all;
  tx.query(std::string(kColumns) + "WHERE made_at < $1 ORDER BY made_at, promise_id", {made_before},
           [&](const store::Row& row) { all.push_back(read_promise(row)); });
  return all;
}

std::vector<Promise> promises_due(store::Transaction& tx, kernel::Date day) {
  std::vector<Promise> all;
  tx.query(std::string(kColumns) + "WHERE due_date = $1 ORDER BY made_at, promise_id", {day},
           [&](const store::Row& row) { all.push_back(read_promise(row)); });
  return all;
}

std::map<std::string, int> promises_made(store::Transaction& tx, kernel::Date day) {
  std::map<std::string, int> made;
  tx.query("SELECT made_by FROM promise WHERE made_at >= $1 AND made_at < $2",
           {kernel::Instant::china(day, 0), kernel::Instant::china(day.plus_days(1), 0)},
           [&](const store::Row& row) { ++made[row.text(0)]; });
  return made;
}

// ---- rules -------------------------------------------------------------------------------------

kernel::Result<PromiseRules> PromiseRules::load(const std::filesystem::path& decisions) {
  const auto file = decisions / "promise.dmn";
  TRY_ASSIGN(decision::Model model, decision::Model::load(file));
  return of(std::move(model), file.string());
}

kernel::Result<PromiseRules> PromiseRules::in_force(store::Transaction& tx,
                                                    const std::filesystem::path& decisions,
                                                    kernel::Date date) {
  TRY_ASSIGN(const auto models, tables::models_in_force(tx, decisions, date));
  TRY_ASSIGN(const decision::Model* model, models.need("promise.dmn"));
  return of(*model, "promise.dmn");
}

kernel::Result<PromiseRules> PromiseRules::of(decision::Model model, const std::string& where) {
  PromiseRules rules(std::move(model));
  const auto grace = rules.model_.evaluate("grace_days", {}).value.to_int64();
  if (!grace || *grace < 0 || *grace > kDueMax)
    return invalid("its decision 'grace_days' is a whole number of days", where);
  rules.grace_days_ = static_cast<int>(*grace);
  return rules;
}

namespace {

kernel::Result<std::string> word_of(const decision::Evaluation& answer, const char* decision) {
  if (answer.value.kind() == decision::Kind::string) return answer.value.string();
  return invalid(answer.messages.empty() ? "the table gives no word" : answer.messages.front(),
                 std::string("promise.dmn: ") + decision);
}

}  // namespace

kernel::Result<std::string> PromiseRules::decide_state(kernel::Money promised, kernel::Money paid,
                                                       std::int64_t days_since_due) const {
  CHECK(promised.fen() > 0);
  const std::int64_t paid_bps = kernel::divide(static_cast<__int128>(paid.fen()) * 10'000,
                                               promised.fen(), kernel::Rounding::down);
  return word_of(
      model_.evaluate("promise", {{"paid_bps", paid_bps}, {"days_since_due", days_since_due}}),
      "promise");
}

kernel::Result<std::string> PromiseRules::decide_shown(std::string_view state,
                                                       std::int64_t days_since_due) const {
  return word_of(model_.evaluate("promise_shown",
                                 {{"promise_state", state}, {"days_since_due", days_since_due}}),
                 "promise_shown");
}

kernel::Result<std::vector<PromiseState>> decide_promises(const PromiseRules& rules,
                                                          std::vector<Promise> promises,
                                                          const std::vector<Payment>& payments,
                                                          kernel::Date today) {
  std::stable_sort(promises.begin(), promises.end(), [](const Promise& a, const Promise& b) {
    return std::pair(a.made_at, a.promise_id) < std::pair(b.made_at, b.promise_id);
  });
  std::map<std::string_view, std::vector<const Payment*>> paid_by_account;
  for (const Payment& payment : payments) paid_by_account[payment.account_no].push_back(&payment);
  std::vector<PromiseState> states;
  std::map<std::string_view, kernel::Instant> replaced_at;  // by a later promise of the account
  for (auto it = promises.rbegin(); it != promises.rend(); ++it) {
    const Promise& promise = *it;
    PromiseState state{.promise = promise};
    const kernel::Date end = promise.due_date.plus_days(rules.grace_days());
    for (const Payment* payment : paid_by_account[promise.account_no])
      if (payment->paid_on >= promise.made_at.china_date() && payment->paid_on <= end &&
          payment->paid_on <= today)
        state.paid_fen += payment->amount_fen;
    TRY_ASSIGN(state.state,
               rules.decide_state(promise.amount_fen, state.paid_fen, today - promise.due_date));
    const auto later = replaced_at.find(promise.account_no);
    const bool was_open = later != replaced_at.end() && later->second.china_date() <= end;
    if (was_open && state.state != "kept") state.state = "replaced";
    replaced_at[promise.account_no] = promise.made_at;
    states.push_back(std::move(state));
  }
  std::reverse(states.begin(), states.end());
  return states;
}

}  // namespace casework
