#include "tests/evidence/day.h"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "app/rooms.h"
#include "intake/types.h"
#include "looks/types.h"
#include "people/types.h"
#include "sample/types.h"
#include "tables/types.h"
#include "tests/stores.h"

namespace tests {

namespace fs = std::filesystem;

namespace {

const kernel::Date day = kernel::Date::from_ymd(2026, 11, 20);

void import_files(store::Store& store, const fs::path& folder, std::vector<fs::path> files) {
  intake::ImportOptions import{.data_dir = folder / "data",
                               .mapping = folder / "sample/mapping.toml",
                               .files = std::move(files)};
  import.as_of = day.plus_days(-1);
  import.imported_by = "test";
  import.now = Clock::now();
  check(intake::import_files(store, import));
}

// Sixty views, sealed as one.
void look_around(store::Store& store) {
  check(store.transact([](store::Transaction& tx) {
    for (int i = 0; i < 60; ++i)
      tx.execute(
          "INSERT INTO look (look_id, looked_at, user_name, role, team, kind, purpose, customer_no,"
          " cases, detail, search_key, address_key, address_masked)"
          " VALUES ($1, $2, $3, 'collector', 'early', 'view_case', 'own_case', $4, 1, '', '', 'k',"
          " '10.0.*.*')",
          {tx.next_id(), Clock::now().plus_seconds(i), fmt::format("early{}", i % 7),
           fmt::format("C{}", i)});
  }));
  check(looks::seal_looks(store, Clock::now()));
}

}  // namespace

void make_day(store::Store& store, const fs::path& folder) {
  check(sample::make_sample(
      {.accounts = 300, .seed = 7, .as_of = day.plus_days(-1), .out_dir = folder / "sample"}));
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(folder / "sample"))
    if (file.path().extension() == ".csv") files.push_back(file.path());
  import_files(store, folder, files);
  check(people::make_demo_staff(store, Clock::now(), people::cost_for_tests));
  flow::NightOptions options{
      .data_dir = folder / "data", .decisions_dir = "decisions", .date = day};
  options.now = Clock::now();
  options.ports = app::make_flow_ports(folder / "data", "decisions");
  check(flow::run_night(store, options));
  look_around(store);
}

void work_the_day(store::Store& store, std::size_t from, std::size_t to) {
  const gate::Gate gate = app::make_gate("decisions", gate::Clock::given());
  std::vector<std::pair<std::string, std::string>> points;
  check(store.read([&](store::Transaction& tx) {
    tx.query("SELECT customer_no, customer_no || ':' || contact_no FROM contact_point ORDER BY 2",
             {}, [&](const store::Row& row) { points.emplace_back(row.text(0), row.text(1)); });
    return true;
  }));
  static constexpr std::array<const char*, 4> outcomes = {"no_answer", "promise", "wrong_number",
                                                          "refused"};
  std::size_t granted = 0;
  for (std::size_t i = from; i < points.size() && i < to; ++i) {
    check(store.transact([&](store::Transaction& tx) -> kernel::Status {
      gate::Request request{.customer_no = points[i].first,
                            .contact_point_id = points[i].second,
                            .channel = "call",
                            .purpose = "collect",
                            .asker = "early1"};
      TRY_ASSIGN(auto reply, gate.ask(tx, request, Clock::now()));
      if (!reply.permit) return kernel::Ok{};
      const gate::PermitId permit = reply.permit->bound().permit_id;
      if (++granted % 5 == 0) return kernel::Ok{};
      return gate.record_outcome(tx, permit, outcomes[granted % 5 - 1], "early1", Clock::now());
    }));
  }
  check(store.transact([&](store::Transaction& tx) {
    return gate::set_hold(tx, *gate::intake_directory(),
                          {.customer_no = points[from].first,
                           .kind = "dispute",
                           .reason = kernel::Note::take("said so on the phone"),
                           .set_by = "early1"},
                          Clock::now());
  }));
}

void end_the_day(store::Store& store, const fs::path& folder) {
  check(store.transact([&](store::Transaction& tx) -> kernel::Status {
    gate::HoldId hold_id{0};
    std::string customer_no;
    tx.query("SELECT hold_id, customer_no FROM hold WHERE lifted_at IS NULL ORDER BY hold_id", {},
             [&](const store::Row& row) {
               hold_id = row.id<gate::HoldTag>(0);
               customer_no = row.text(1);
             });
    return gate::lift_hold(tx, *gate::intake_directory(), customer_no, hold_id,
                           kernel::Note::take("settled"), "early1", Clock::now());
  }));
  {
    std::ifstream in(folder / "sample/payments.csv");
    std::ofstream out(folder / "payments-2.csv");
    std::string line;
    for (int n = 0; n < 30 && std::getline(in, line); ++n)
      out << (n == 0 ? "" : "L") << line << "\n";
  }
  import_files(store, folder, {folder / "payments-2.csv"});
  fs::copy("decisions", folder / "decisions", fs::copy_options::recursive);
  const book::Shelf shelf(folder / "data");
  const tables::Deps deps = app::make_table_deps(store, shelf, folder / "decisions");
  const auto draft = tables::make_draft(deps, {.file = "promise.dmn", .note = "as it is"},
                                        {"analyst", Clock::now()});
  check(draft);
  check(tables::withdraw(deps, draft->version.version_id, {"analyst", Clock::now()}));
  check(
      tables::make_draft(deps, {.file = "bucket.dmn", .note = "tried"}, {"analyst", Clock::now()}));
  look_around(store);
}

}  // namespace tests
