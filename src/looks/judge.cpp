// Judges everybody who looked a moment ago by access_alert.dmn, over counts of their day.

#include <fmt/format.h>

#include "looks/rules.h"
#include "people/types.h"

namespace looks {

using kernel::Instant;
using kernel::Result;
using store::Transaction;

namespace {

constexpr std::int64_t recent_seconds = 300;  // the server judges each minute

struct Looker {
  std::string user_name, role, team;
  Instant last_at;
};

std::vector<Looker> recent_lookers(Transaction& tx, Instant now) {
  std::vector<Looker> all;
  tx.query(
      "SELECT user_name, role, team, MAX(looked_at) FROM look WHERE looked_at > $1"
      " AND looked_at <= $2 GROUP BY user_name, role, team ORDER BY user_name, role, team",
      {now.plus_seconds(-recent_seconds), now}, [&](const store::Row& row) {
        all.push_back({row.text(0), row.text(1), row.text(2), row.instant(3)});
      });
  return all;
}

// Days since the user was put out; -1 for one who works here, or of whom nothing is known.
std::int64_t days_since_leave(Transaction& tx, const std::string& user_name, kernel::Date today) {
  const auto user = people::find_user(tx, user_name);
  if (!user || user->active) return -1;
  const auto left = tx.query_i64(
      "SELECT MAX(made_at) FROM single_fact WHERE subject = $1 AND kind = 'user_changed'"
      " AND body LIKE '%\"active\":false%'",
      {people::subject_of(user->user_id)});
  return left ? today - Instant::from_micros(*left).china_date() : 0;
}

LookCounts count_looks(Transaction& tx, const Looker& looker, Instant now) {
  LookCounts counts{.role = looker.role};
  std::int64_t views = 0, own = 0;
  tx.query(
      "SELECT COUNT(CASE WHEN kind = 'view_case' AND looked_at > $4 THEN 1 END),"
      " COUNT(DISTINCT CASE WHEN customer_no <> '' AND kind <> 'refused' THEN customer_no END),"
      " COUNT(CASE WHEN kind = 'view_case' THEN 1 END),"
      " COUNT(CASE WHEN kind = 'view_case' AND purpose IN ('own_case', 'own_team', 'review')"
      " THEN 1 END),"
      " COUNT(CASE WHEN kind = 'unmask' THEN 1 END),"
      " COUNT(CASE WHEN kind LIKE 'export_%' THEN 1 END),"
      " COUNT(CASE WHEN kind = 'refused' THEN 1 END)"
      " FROM look WHERE user_name = $1 AND looked_at >= $2 AND looked_at <= $3",
      {looker.user_name, Instant::china(now.china_date(), 0), now, now.plus_seconds(-3600)},
      [&](const store::Row& row) {
        counts.views_hour = row.i64(0);
        counts.customers_today = row.i64(1);
        views = row.i64(2);
        own = row.i64(3);
        counts.unmaskings_today = row.i64(4);
        counts.exports_today = row.i64(5);
        counts.refused_today = row.i64(6);
      });
  if (views > 0) counts.own_share_pct = own * 100 / views;
  counts.local_hour = looker.last_at.china_minute() / 60;
  counts.days_since_leave = days_since_leave(tx, looker.user_name, now.china_date());
  return counts;
}

std::string render_counts(const LookCounts& counts) {
  return fmt::format(
      R"({{"views_hour":{},"customers_today":{},"local_hour":{},"own_share_pct":{},)"
      R"("days_since_leave":{},"unmaskings_today":{},"exports_today":{},"refused_today":{}}})",
      counts.views_hour, counts.customers_today, counts.local_hour, counts.own_share_pct,
      counts.days_since_leave, counts.unmaskings_today, counts.exports_today, counts.refused_today);
}

// False where this code stands already for the user and day.
bool save_alert(Transaction& tx, const Looker& looker, const AlertFound& found,
                const LookCounts& counts, Instant now) {
  const std::int64_t alert_id = tx.next_id();
  const std::int64_t added = tx.execute(
      "INSERT INTO look_alert (alert_id, raised_at, day, user_name, role, team, code, level,"
      " reason_zh, reason_en, counts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
      " ON CONFLICT (user_name, day, code) DO NOTHING",
      {alert_id, now, now.china_date(), looker.user_name, looker.role, looker.team, found.code,
       found.level, found.reason_zh, found.reason_en, render_counts(counts)});
  if (added == 0) return false;
  tx.append({.kind = "look_alert_raised",
             .subject = "user:" + looker.user_name,
             .made_by = "looks",
             .made_at = now,
             .body = fmt::format(R"({{"alert_id":"{}","code":"{}","level":"{}"}})", alert_id,
                                 found.code, found.level)});
  return true;
}

struct Judged {
  Looker looker;
  LookCounts counts;
  std::vector<AlertFound> found;
};

Result<std::vector<Judged>> judge(Transaction& tx, const std::filesystem::path& decisions,
                                  Instant now) {
  std::vector<Judged> all;
  const std::vector<Looker> lookers = recent_lookers(tx, now);
  if (lookers.empty()) return all;
  TRY_ASSIGN(const LookRules rules, LookRules::in_force(tx, decisions, now.china_date()));
  for (const Looker& looker : lookers) {
    const LookCounts counts = count_looks(tx, looker, now);
    TRY_ASSIGN(auto found, rules.decide_alerts(counts));
    if (!found.empty()) all.push_back({looker, counts, std::move(found)});
  }
  return all;
}

}  // namespace

Result<std::int64_t> judge_alerts(store::Store& store, const std::filesystem::path& decisions,
                                  Instant now) {
  // Counting waits for no writer; only what was found is written.
  TRY_ASSIGN(const auto judged,
             store.read([&](Transaction& tx) { return judge(tx, decisions, now); }));
  if (judged.empty()) return std::int64_t{0};
  return store.transact([&](Transaction& tx) {
    std::int64_t raised = 0;
    for (const Judged& one : judged)
      for (const AlertFound& found : one.found)
        raised += save_alert(tx, one.looker, found, one.counts, now) ? 1 : 0;
    return raised;
  });
}

}  // namespace looks
