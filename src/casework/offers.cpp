#include "casework/offers.h"

#include <algorithm>

#include "casework/flags.h"
#include "intake/types.h"
#include "tables/types.h"

namespace casework {

namespace {

using decision::Context;
using decision::Value;
using kernel::Money;
using kernel::Result;

constexpr const char* offer_file = "offer.dmn";
constexpr const char* authority_file = "authority.dmn";
constexpr std::int64_t days_a_year = 365, months_a_year = 12;

struct Kind {
  const char* name;
  const char* unit;
  const char* component;  // the column it is about
};
constexpr Kind kinds[] = {{"late_fee_waiver", "bps", "late_fee_fen"},
                          {"interest_waiver", "bps", "interest_fen"},
                          {"principal_discount", "bps", "principal_fen"},
                          {"deferral", "days", "overdue_fen"},
                          {"instalment_plan", "periods", "balance_fen"}};

Value value_at(const column::Sheet& accounts, const std::string& name, std::size_t row) {
  if (!accounts.has(name)) return {};
  switch (accounts.type(name)) {
    case column::Type::i8:
      return Value(static_cast<std::int64_t>(accounts.get<std::int8_t>(name)[row]));
    case column::Type::i16:
      return Value(static_cast<std::int64_t>(accounts.get<std::int16_t>(name)[row]));
    case column::Type::i32:
      return Value(static_cast<std::int64_t>(accounts.get<std::int32_t>(name)[row]));
    case column::Type::i64:
      return Value(accounts.get<std::int64_t>(name)[row]);
    case column::Type::code: {
      const column::Codes codes = accounts.codes(name);
      return codes.values[row] < 0 ? Value() : Value(codes.at(row));
    }
    case column::Type::text:
      return {};
  }
  return {};
}

Money money_at(const column::Sheet& accounts, const char* name, std::size_t row) {
  return Money::from_fen(accounts.has(name) ? accounts.get<std::int64_t>(name)[row] : 0);
}

// The word and the row that gave it, or why the table could not.
struct Answer {
  std::map<std::string, Value, std::less<>> parts;
  OfferRow row;
};

Result<Answer> ask(const decision::Model& model, const char* file, const std::string& decision,
                   const Context& inputs) {
  const decision::Evaluation said = model.evaluate(decision, inputs);
  if (said.value.kind() != decision::Kind::context || said.fired.empty()) {
    return kernel::Error{kernel::Code::invalid_input,
                         "decision " + decision + " gives no answer" +
                             (said.messages.empty() ? "" : ": " + said.messages.front()),
                         file};
  }
  Answer answer;
  for (const auto& [name, part] : said.value.context().entries()) answer.parts[name] = part;
  const decision::FiredRow& fired = said.fired.front();
  answer.row = {file, decision, model.version(), fired.row, fired.rule_id, fired.annotation, {}};
  for (const auto& [name, value] : fired.inputs) {
    answer.row.inputs.push_back({name, value.is_null() ? "" : value.text()});
  }
  return answer;
}

std::string word(const Answer& answer, const char* name) {
  const auto found = answer.parts.find(name);
  const bool text = found != answer.parts.end() && found->second.kind() == decision::Kind::string;
  return text ? found->second.string() : "";
}

std::int64_t number(const Answer& answer, const char* name) {
  const auto found = answer.parts.find(name);
  return found == answer.parts.end() ? 0 : found->second.to_int64().value_or(0);
}

// What the lender gives up at most, and what it then receives.
void work_out(const Kind& kind, const column::Sheet& accounts, std::size_t row, Offer& offer) {
  const Money balance = money_at(accounts, "balance_fen", row);
  if (offer.unit == "bps") {
    offer.given_fen = offer.component_fen.share(offer.limit, kernel::Rounding::down);
    offer.worth_fen = balance - offer.given_fen;
    return;
  }
  offer.worth_fen = balance;
  if (std::string_view(kind.name) == "deferral") {  // the interest of those days is not charged
    const std::int64_t rate =
        accounts.has("daily_rate_ppm") ? accounts.get<std::int32_t>("daily_rate_ppm")[row] : 0;
    offer.given_fen = money_at(accounts, "principal_fen", row)
                          .share_ppm(rate * offer.limit, kernel::Rounding::down);
  } else {
    const auto months = offer.limit;
    offer.per_period_fen = Money::from_fen((balance.fen() + months - 1) / months);
  }
}

kernel::Status add_authority(const decision::Model& authority, std::string_view role,
                             Offer& offer) {
  const std::int64_t term_days = offer.unit == "days" ? offer.limit
                                 : offer.unit == "periods"
                                     ? offer.limit * days_a_year / months_a_year
                                     : 0;
  TRY_ASSIGN(const Answer answer,
             ask(authority, authority_file, "authority",
                 {{"user_role", role},
                  {"offer_kind", offer.kind},
                  {"given_fen", offer.given_fen.fen()},
                  {"share_bps", offer.unit == "bps" ? offer.limit : std::int64_t{0}},
                  {"term_days", term_days}}));
  offer.authority = word(answer, "authority");
  offer.approver = word(answer, "approver");
  offer.authority_because = answer.row;
  return kernel::Ok{};
}

std::string flag_now(store::Transaction& tx, std::string_view person_key, kernel::Instant now) {
  std::int16_t flag = 0;
  for (const gate::Hold& hold : gate::holds_of(tx, person_key, now)) {
    const std::int16_t one = flag_of(hold.kind);
    if (one != 0 && (flag == 0 || one < flag)) flag = one;
  }
  return flag_words()[static_cast<std::size_t>(flag)];
}

}  // namespace

Result<std::vector<Offer>> decide_offers(const decision::Model& offers,
                                         const decision::Model& authority,
                                         const book::BookView& book, std::size_t account,
                                         const std::string& flag, std::string_view role) {
  const column::Sheet& accounts = book.accounts();
  Context inputs;
  for (const decision::InputInfo& input : offers.inputs()) {
    inputs.set(input.name,
               input.name == "flag" ? Value(flag) : value_at(accounts, input.name, account));
  }
  std::vector<Offer> all;
  for (const Kind& kind : kinds) {
    TRY_ASSIGN(const Answer answer, ask(offers, offer_file, kind.name, inputs));
    Offer offer{.account_no = std::string(book.account_no(account)),
                .account_no_masked = kernel::mask_account_no(book.account_no(account)),
                .kind = kind.name,
                .offered = word(answer, "offer") == "yes",
                .limit = number(answer, "limit"),
                .unit = kind.unit,
                .component_fen = money_at(accounts, kind.component, account),
                .because = answer.row};
    if (offer.offered && offer.limit > 0) {
      work_out(kind, accounts, account, offer);
      TRY(add_authority(authority, role, offer));
    }
    all.push_back(std::move(offer));
  }
  return all;
}

Result<CaseOffers> load_offers(const Deps& deps, const std::string& customer_no,
                               const http::Caller& caller, kernel::Instant now) {
  const kernel::Error no_case{kernel::Code::not_found, "there is no such case", "case_id"};
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  TRY_ASSIGN(const strategy::Models models,
             tables::models_in_force(deps.store, deps.decisions, now.china_date()));
  TRY_ASSIGN(const decision::Model* const offers, models.need(offer_file));
  TRY_ASSIGN(const decision::Model* const authority, models.need(authority_file));
  return deps.store.read([&](store::Transaction& tx) -> Result<CaseOffers> {
    const auto person = intake::load_person(tx, customer_no);
    const auto row = book->find_customer(customer_no);
    if (!person || !row || !may_reach(tx, deps.scope(), caller, customer_no, now)) return no_case;
    const std::string flag = flag_now(tx, person->person_key, now);
    CaseOffers out{book->date(), {}};
    for (const std::int32_t account : book->accounts_of(*row)) {
      TRY_ASSIGN(std::vector<Offer> all,
                 decide_offers(*offers, *authority, *book, static_cast<std::size_t>(account), flag,
                               http::role_name(caller.role)));
      std::move(all.begin(), all.end(), std::back_inserter(out.items));
    }
    return out;
  });
}

}  // namespace casework
