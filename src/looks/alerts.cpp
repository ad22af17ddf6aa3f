#include "looks/alerts.h"

#include <fmt/format.h>

#include <algorithm>

#include "looks/query.h"
#include "store/vault.h"

namespace looks {

using http::Request;
using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::Transaction;

namespace {

constexpr const char* kNotePurpose = "looks.alert_note";
constexpr std::size_t note_bytes_max = 2'000;

struct Instants {
  Instant from, to;
};
Instants instants_of(const Period& period) {
  return {Instant::china(period.from, 0), Instant::china(period.to.plus_days(1), 0)};
}

std::int64_t facts_between(Transaction& tx, std::string_view kind, const Instants& between) {
  return tx
      .query_i64(
          "SELECT COUNT(*) FROM single_fact WHERE kind = $1 AND made_at >= $2"
          " AND made_at < $3",
          {kind, between.from, between.to})
      .value_or(0);
}

}  // namespace

Result<LookAlerts> list_alerts(const Deps& deps, const PeriodIn& in, const Request& request) {
  TRY_ASSIGN(const Period period, period_of(in.from, in.to, request.now.china_date()));
  return deps.store.transact([&](Transaction& tx) -> Result<LookAlerts> {
    LookAlerts out{.from = period.from, .to = period.to, .items = {}};
    std::vector<std::string> sealed;
    tx.query(
        "SELECT alert_id, raised_at, user_name, role, team, code, level, reason_zh, reason_en,"
        " acknowledged_at, acknowledged_by, sealed_note FROM look_alert"
        " WHERE day >= $1 AND day <= $2 ORDER BY raised_at DESC, alert_id DESC",
        {period.from, period.to}, [&](const store::Row& row) {
          out.items.push_back({row.id<LookAlertTag>(0), row.instant(1), row.text(2), row.text(3),
                               row.text(4), row.text(5), row.text(6), row.text(7), row.text(8),
                               row.opt_instant(9), row.opt_text(10).value_or(""), ""});
          sealed.push_back(row.is_null(11) ? "" : row.blob(11));
        });
    if (std::all_of(sealed.begin(), sealed.end(), [](const auto& one) { return one.empty(); }))
      return out;
    const auto disclosure = tx.disclose("look_alerts:" + period.from.format(), "alert_note",
                                        "user:" + request.caller->user_name, request.now);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      if (sealed[i].empty()) continue;
      TRY_ASSIGN(const kernel::Note note,
                 tx.vault().open_sealed<kernel::NoteTag>(kNotePurpose, sealed[i]));
      out.items[i].note = std::string(note.reveal(disclosure));
    }
    return out;
  });
}

Result<http::Nothing> acknowledge(const Deps& deps, const AcknowledgeIn& in,
                                  const Request& request) {
  if (in.note.find_first_not_of(" \t\r\n") == in.note.npos)
    return Error{Code::invalid_input, "say what was found", "note"};
  if (in.note.size() > note_bytes_max)
    return Error{Code::invalid_input, "at most 2,000 bytes", "note"};
  return deps.store.transact([&](Transaction& tx) -> Result<http::Nothing> {
    const auto code =
        tx.query_one<std::string>("SELECT code FROM look_alert WHERE alert_id = $1", {in.alert_id},
                                  [](const store::Row& row) { return row.text(0); });
    if (!code) return Error{Code::not_found, "there is no such alert", "alert_id"};
    const std::string& by = request.caller->user_name;
    const std::string sealed = tx.vault().seal(kNotePurpose, kernel::Note::take(in.note));
    const std::int64_t changed = tx.execute(
        "UPDATE look_alert SET acknowledged_at = $2, acknowledged_by = $3, sealed_note = $4"
        " WHERE alert_id = $1 AND acknowledged_at IS NULL",
        {in.alert_id, request.now, by, store::Blob{sealed}});
    if (changed == 0) return Error{Code::conflict, "somebody acknowledged it already", "alert_id"};
    tx.append(
        {.kind = "look_alert_acknowledged",
         .subject = fmt::format("look_alert:{}", in.alert_id.value()),
         .made_by = "user:" + by,
         .made_at = request.now,
         .body = fmt::format(R"({{"alert_id":"{}","code":"{}"}})", in.alert_id.value(), *code)});
    return http::Nothing{};
  });
}

Result<SecurityReport> security_report(const Deps& deps, const PeriodIn& in,
                                       const Request& request) {
  TRY_ASSIGN(const Period period, period_of(in.from, in.to, request.now.china_date()));
  return deps.store.read([&](Transaction& tx) {
    const Instants between = instants_of(period);
    SecurityReport out{.from = period.from, .to = period.to, .looks = {}, .alerts = {}};
    tx.query(
        "SELECT user_name, kind, COUNT(*) FROM look WHERE looked_at >= $1 AND looked_at < $2"
        " GROUP BY user_name, kind ORDER BY user_name, kind",
        {between.from, between.to}, [&](const store::Row& row) {
          out.looks.push_back({row.text(0), row.text(1), row.i64(2)});
        });
    tx.query(
        "SELECT code, level, COUNT(*), COUNT(acknowledged_at) FROM look_alert"
        " WHERE day >= $1 AND day <= $2 GROUP BY code, level ORDER BY code, level",
        {period.from, period.to}, [&](const store::Row& row) {
          out.alerts.push_back({row.text(0), row.text(1), row.i64(2), row.i64(3)});
        });
    out.sign_ins = facts_between(tx, "sign_in", between);
    out.sign_in_failures = facts_between(tx, "sign_in_failed", between);
    out.unmask_refusals = facts_between(tx, "unmask_refused", between);
    out.numbers_shown =
        tx.query_i64(
              "SELECT COUNT(*) FROM single_fact WHERE kind = 'secret_disclosed' AND made_at >= $1"
              " AND made_at < $2 AND body = '{\"purpose\":\"dial\"}'",
              {between.from, between.to})
            .value_or(0);
    return out;
  });
}

}  // namespace looks
