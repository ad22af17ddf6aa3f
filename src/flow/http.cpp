#include "flow/rows.h"
#include "flow/types.h"
#include "http/route.h"

namespace flow {

namespace {

struct TableOut {
  std::string file, version;
};
BOOST_DESCRIBE_STRUCT(TableOut, (), (file, version))

struct NightOut {
  kernel::Date date;
  std::string edition, state;
  kernel::Instant started_at;
  std::optional<kernel::Instant> finished_at;
  std::int64_t accounts = 0;
  std::vector<StageReport> stages;
  std::int64_t changed_accounts = 0;
  std::vector<TableOut> tables;
};
BOOST_DESCRIBE_STRUCT(NightOut, (),
                      (date, edition, state, started_at, finished_at, accounts, stages,
                       changed_accounts, tables))

struct NightsOut {
  std::vector<NightOut> items;
};
BOOST_DESCRIBE_STRUCT(NightsOut, (), (items))

struct DateIn {
  kernel::Date date;
};
BOOST_DESCRIBE_STRUCT(DateIn, (), (date))

struct AsOfIn {
  kernel::Date date;
  std::optional<std::string> bucket, product, status, grade, treatment, work, team;
  std::optional<bool> overdue;
};
BOOST_DESCRIBE_STRUCT(AsOfIn, (),
                      (date, bucket, product, status, grade, treatment, work, team, overdue))

NightsOut load_all(store::Transaction& tx) {
  constexpr std::size_t nights_max = 100;  // a quarter of a year and then some
  NightsOut out;
  for (const NightRow& row : load_nights(tx)) {
    if (out.items.size() == nights_max) break;
    if (row.state == "abandoned") continue;
    NightOut night{row.date,
                   row.edition,
                   row.state,
                   row.started_at,
                   row.finished_at,
                   row.accounts,
                   load_stages(tx, row.night_id),
                   row.changed_accounts,
                   {}};
    for (auto& [file, version] : load_tables(tx, row.night_id)) {
      night.tables.push_back({file, version});
    }
    out.items.push_back(std::move(night));
  }
  return out;
}

}  // namespace

std::vector<http::Route> routes(store::Store& store, const book::Shelf& shelf) {
  const http::Access who{.roles = {http::Role::lead, http::Role::analyst, http::Role::admin}};
  return {
      http::route<http::Nothing, NightsOut>(
          "GET", "/api/v1/nights", "flow", "Nights run, the latest first, stage by stage", who,
          [&store](const http::Nothing&, const http::Request&) {
            return store.read([](store::Transaction& tx) { return load_all(tx); });
          }),
      http::raw_route<DateIn>(
          "GET", "/api/v1/nights/{date}/report", "flow", "The report of a date's night", who,
          "application/json; charset=utf-8",
          [&shelf](const DateIn& in, const http::Request&) -> kernel::Result<http::Response> {
            TRY_ASSIGN(std::string json, report_json(shelf.data_dir(), in.date));
            return http::Response{.body = std::move(json)};
          }),
      http::route<AsOfIn, AsOf>(
          "GET", "/api/v1/as-of", "flow",
          "The whole book or a segment of it on any past day: sums, and the edition they are of",
          who, [&shelf](const AsOfIn& in, const http::Request&) {
            return as_of(shelf, in.date,
                         {in.bucket, in.product, in.status, in.grade, in.treatment, in.work,
                          in.team, in.overdue});
          })};
}

}  // namespace flow
