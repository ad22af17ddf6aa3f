#include "looks/unmask.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocation/types.h"
#include "casework/types.h"
#include "http/json.h"
#include "intake/types.h"
#include "looks/look.h"
#include "looks/rules.h"
#include "store/vault.h"

namespace looks {

using http::Request;
using http::Role;
using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::Transaction;

namespace {

constexpr const char* kTextPurpose = "looks.unmask_text";
constexpr std::size_t text_bytes_max = 2'000;

template <class Word>
std::string word_of(Word value) {
  const http::Type& type = http::type_of<Word>();
  return type.words[static_cast<std::size_t>(type.get(&value))];
}

kernel::Status may_unmask(Transaction& tx, const Deps& deps, const http::Request& request,
                          const std::string& case_id) {
  if (!casework::may_reach(tx, {deps.shelf, deps.decisions}, *request.caller, case_id,
                           request.now) ||
      !intake::load_person(tx, case_id))
    return Error{Code::not_found, "there is no such case", "case_id"};
  return kernel::Ok{};
}

// The field as it is held, still shut: `masked` is empty where there is none.
struct Held {
  std::string masked;
  std::function<std::string(const kernel::Disclosure&)> open;
};

template <class SecretText>
Held held(SecretText secret) {
  if (secret.empty()) return {};
  return {secret.masked(), [secret = std::move(secret)](const kernel::Disclosure& disclosure) {
            return std::string(secret.reveal(disclosure));
          }};
}

Held find_field(Transaction& tx, const UnmaskIn& in) {
  if (in.field == UnmaskField::contact_name) {
    const std::string wanted = in.contact_point_id.value_or("");
    for (auto& point : intake::load_contact_points(tx, in.case_id))
      if (point.contact_point_id() == wanted) return held(std::move(point.name));
    return {};
  }
  auto person = intake::load_person(tx, in.case_id);
  if (!person) return {};
  if (in.field == UnmaskField::name) return held(std::move(person->name));
  return held(std::move(person->citizen_id));
}

std::int64_t unmasked_after(Transaction& tx, const std::string& user_name, Instant after) {
  return tx
      .query_i64(
          "SELECT COUNT(*) FROM look WHERE user_name = $1 AND looked_at > $2"
          " AND kind = 'unmask'",
          {user_name, after})
      .value_or(0);
}

struct Left {
  std::int64_t hour = 0, day = 0;
};

Left left_of(Transaction& tx, const UnmaskLimit& limit, const Request& request) {
  const std::string& user = request.caller->user_name;
  const Instant midnight = Instant::china(request.now.china_date(), 0).plus_seconds(-1);
  return {limit.hour_max - unmasked_after(tx, user, request.now.plus_seconds(-3600)),
          limit.day_max - unmasked_after(tx, user, midnight)};
}

void save_unmasking(Transaction& tx, const UnmaskIn& in, const Request& request) {
  Look look = look_of(tx.vault(), request);
  look.kind = "unmask";
  look.purpose = word_of(in.reason);
  look.customer_no = in.case_id;
  look.cases = 1;
  look.detail = word_of(in.field);
  const std::int64_t look_id = insert_look(tx, look);
  const std::string text = in.text.value_or("");
  if (!text.empty()) {
    const std::string sealed = tx.vault().seal(kTextPurpose, kernel::Note::take(text));
    tx.execute("INSERT INTO unmask_text (look_id, sealed_text) VALUES ($1, $2)",
               {look_id, store::Blob{sealed}});
  }
  const std::string point =
      in.field == UnmaskField::contact_name
          ? ",\"contact_point_id\":" + http::write_json(in.contact_point_id.value_or(""))
          : "";
  tx.append({.kind = "field_unmasked",
             .subject = "customer:" + in.case_id,
             .made_by = "user:" + look.user_name,
             .made_at = request.now,
             .body = fmt::format(R"({{"look_id":"{}","field":"{}","reason":"{}"{}}})", look_id,
                                 look.detail, look.purpose, point)});
}

// A refusal is an answer that leaves a fact, so it may not roll the transaction back.
struct Outcome {
  std::optional<Error> refused;
  UnmaskOut out;
};

Outcome refuse(Transaction& tx, const UnmaskIn& in, const Request& request, const char* why,
               Error error) {
  tx.append({.kind = "unmask_refused",
             .subject = "customer:" + in.case_id,
             .made_by = "user:" + request.caller->user_name,
             .made_at = request.now,
             .body = fmt::format(R"({{"field":"{}","why":"{}"}})", word_of(in.field), why)});
  return {.refused = std::move(error), .out = {}};
}

Result<Outcome> decide(Transaction& tx, const Deps& deps, const UnmaskIn& in,
                       const Request& request) {
  const std::string& user = request.caller->user_name;
  tx.lock("looks.unmask:" + user);  // one after the other: two at once do not both take the last
  TRY(may_unmask(tx, deps, request, in.case_id));
  TRY_ASSIGN(const LookRules rules,
             LookRules::in_force(tx, deps.decisions, request.now.china_date()));
  TRY_ASSIGN(const UnmaskLimit limit,
             rules.decide_limit(http::role_name(request.caller->role), word_of(in.field)));
  if (limit.hour_max == 0 || limit.day_max == 0)
    return refuse(
        tx, in, request, "role",
        {Code::forbidden, "your role never sees this field in clear (unmask_limit.dmn)", "field"});
  Left left = left_of(tx, limit, request);
  if (left.hour <= 0 || left.day <= 0)
    return refuse(tx, in, request, left.day <= 0 ? "day" : "hour",
                  {Code::too_many,
                   fmt::format("at most {} an hour and {} a day (unmask_limit.dmn)", limit.hour_max,
                               limit.day_max),
                   left.day <= 0 ? "day" : "hour"});
  const Held field = find_field(tx, in);
  if (field.masked.empty()) return Error{Code::not_found, "the file holds no such field", "field"};
  const kernel::Disclosure disclosure =
      tx.disclose("customer:" + in.case_id, "unmask", "user:" + user, request.now);
  save_unmasking(tx, in, request);
  return Outcome{.refused = {},
                 .out = {.field = in.field,
                         .value = field.open(disclosure),
                         .left_hour = left.hour - 1,
                         .left_day = left.day - 1}};
}

}  // namespace

Result<UnmaskOut> unmask(const Deps& deps, const UnmaskIn& in, const Request& request) {
  const std::string text = in.text.value_or("");
  if (text.size() > text_bytes_max)
    return Error{Code::invalid_input, "at most 2,000 bytes", "text"};
  if (in.reason == UnmaskReason::other && text.find_first_not_of(" \t\r\n") == text.npos)
    return Error{Code::invalid_input, "say why, where no reason of the list fits", "text"};
  TRY_ASSIGN(Outcome outcome,
             deps.store.transact([&](Transaction& tx) { return decide(tx, deps, in, request); }));
  if (outcome.refused) return *outcome.refused;
  return std::move(outcome.out);
}

Result<Unmaskings> list_unmaskings(const Deps& deps, const UnmaskingsIn& in,
                                   const Request& request) {
  const http::Caller& caller = *request.caller;
  const kernel::Date date = in.date.value_or(request.now.china_date());
  const std::string team = caller.role == Role::lead ? caller.team : "";
  return deps.store.transact([&](Transaction& tx) -> Result<Unmaskings> {
    Unmaskings out{.date = date, .items = {}};
    std::vector<std::string> sealed;
    if (caller.role == Role::lead && team.empty()) return out;  // leads nobody
    tx.query(
        "SELECT l.look_id, l.looked_at, l.user_name, l.role, l.team, l.customer_no, l.detail,"
        " l.purpose, l.address_masked, t.sealed_text FROM look l"
        " LEFT JOIN unmask_text t ON t.look_id = l.look_id"
        " WHERE l.looked_at >= $1 AND l.looked_at < $2 AND l.kind = 'unmask'"
        " AND ($3 = '' OR l.team = $3) ORDER BY l.looked_at DESC, l.look_id DESC",
        {Instant::china(date, 0), Instant::china(date.plus_days(1), 0), team},
        [&](const store::Row& row) {
          out.items.push_back({std::to_string(row.i64(0)), row.instant(1), row.text(2), row.text(3),
                               row.text(4), row.text(5), row.text(6), row.text(7), "",
                               row.text(8)});
          sealed.push_back(row.is_null(9) ? "" : row.blob(9));
        });
    if (std::all_of(sealed.begin(), sealed.end(), [](const auto& one) { return one.empty(); }))
      return out;
    const auto disclosure = tx.disclose("unmaskings:" + date.format(), "unmask_text",
                                        "user:" + caller.user_name, request.now);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      if (sealed[i].empty()) continue;
      TRY_ASSIGN(const kernel::Note text,
                 tx.vault().open_sealed<kernel::NoteTag>(kTextPurpose, sealed[i]));
      out.items[i].text = std::string(text.reveal(disclosure));
    }
    return out;
  });
}

}  // namespace looks
