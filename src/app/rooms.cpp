#include "app/rooms.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "allocation/held.h"
#include "allocation/sealed.h"
#include "allocation/types.h"
#include "approval/held.h"
#include "approval/kept.h"
#include "approval/sealed.h"
#include "book/held.h"
#include "casework/held.h"
#include "casework/kept.h"
#include "casework/sealed.h"
#include "casework/types.h"
#include "evidence/held.h"
#include "evidence/pack.h"
#include "evidence/types.h"
#include "experiment/held.h"
#include "experiment/types.h"
#include "gate/held.h"
#include "gate/kept.h"
#include "gate/sealed.h"
#include "http/openapi.h"
#include "intake/held.h"
#include "intake/kept.h"
#include "intake/sealed.h"
#include "intake/types.h"
#include "looks/held.h"
#include "looks/sealed.h"
#include "looks/types.h"
#include "outreach/held.h"
#include "outreach/kept.h"
#include "outreach/sealed.h"
#include "outreach/types.h"
#include "people/held.h"
#include "people/kept.h"
#include "people/sealed.h"
#include "people/types.h"
#include "records/held.h"
#include "records/sealed.h"
#include "records/types.h"
#include "reports/types.h"
#include "rights/sealed.h"
#include "simulation/kept.h"
#include "strategy/journey.h"
#include "tables/types.h"
#include "wording/types.h"

namespace app {

namespace fs = std::filesystem;

std::vector<store::Migration> all_migrations() {
  std::vector<store::Migration> all;
  for (const auto* room :
       {&intake::schema(), &book::schema(), &approval::schema(), &tables::schema(),
        &experiment::schema(), &allocation::schema(), &gate::schema(), &outreach::schema(),
        &casework::schema(), &people::schema(), &looks::schema(), &evidence::schema(),
        &records::schema(), &rights::schema(), &flow::schema(), &simulation::schema()}) {
    all.insert(all.end(), room->begin(), room->end());
  }
  return all;
}

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "here";
}

}  // namespace

gate::Clock gate_clock(const Place& place) {
  return place.now.empty() ? gate::Clock::trusted() : gate::Clock::given();
}

gate::Gate make_gate(const fs::path& decisions, gate::Clock clock) {
  const auto packs = [decisions](store::Transaction& tx, kernel::Date date) {
    return gate::Packs::in_force(tx, decisions, date);
  };
  return gate::Gate(packs, gate::intake_directory(), people::load_asker, std::move(clock));
}

flow::Ports make_flow_ports(const fs::path& data, const fs::path& decisions) {
  flow::Ports ports;
  ports.read_known = [sources = casework::CutSources{data, decisions}](
                         store::Transaction& tx,
                         kernel::Instant before) -> kernel::Result<flow::Ports::Placing> {
    TRY_ASSIGN(casework::Known known, casework::read_known(tx, sources, before));
    return flow::Ports::Placing(
        [known = std::move(known)](const book::BookView& opening, column::Sheet& cut) {
          casework::place_known(known, opening, cut);
        });
  };
  ports.load_collectors = [](store::Transaction& tx, kernel::Date date) {
    return kernel::Result<std::vector<allocation::Collector>>(people::load_collectors(tx, date));
  };
  return ports;
}

simulation::Setup make_simulation_setup(const fs::path& data, const fs::path& decisions) {
  simulation::Setup setup{.data_dir = data,
                          .runner = host_name(),
                          .threads = std::max(1U, std::thread::hardware_concurrency())};
  simulation::Ports& ports = setup.ports;
  ports.models_in_force = [decisions](store::Transaction& tx, kernel::Date date) {
    return tables::models_in_force(tx, decisions, date);
  };
  ports.models_with = [decisions](store::Transaction& tx, kernel::Date date,
                                  const std::vector<std::int64_t>& version_ids) {
    std::vector<tables::VersionId> ids;
    for (const std::int64_t id : version_ids) ids.emplace_back(id);
    return tables::models_with(tx, decisions, date, ids);
  };
  ports.find_version = [](store::Transaction& tx,
                          std::int64_t version_id) -> kernel::Result<simulation::TableVersion> {
    const auto found = tables::find_version(tx, tables::VersionId(version_id), kernel::Date());
    if (!found)
      return kernel::Error{kernel::Code::not_found, "there is no such version", "version_ids"};
    return simulation::TableVersion{version_id, tables::file_of_path(found->version.file),
                                    found->version.version};
  };
  ports.record_simulated = tables::record_simulated;
  ports.caps = [decisions](store::Transaction& tx, kernel::Date date) {
    const gate::Packs packs = gate::Packs::in_force(tx, decisions, date);
    return simulation::Caps{packs.cap_person_day(), packs.cap_number_day()};
  };
  return setup;
}

namespace {

// A folder with a journey.csv holds a whole strategy.
kernel::Result<std::vector<tables::Finding>> journey_findings(const strategy::Models& models,
                                                              const fs::path& decisions) {
  std::vector<tables::Finding> all;
  if (!fs::exists(decisions / "journey.csv")) return all;
  TRY_ASSIGN(const auto rules, strategy::JourneyRules::load(decisions));
  TRY_ASSIGN(const auto found, strategy::check_journey(models, rules));
  for (const strategy::JourneyFinding& one : found) {
    tables::Finding finding{.kind = "journey_" + one.kind,
                            .severity = one.severity,
                            .decision = one.treatment,
                            .message_zh = one.message_zh,
                            .message_en = one.message_en};
    if (!one.path.empty())
      for (const auto& [name, value] : one.path.back().inputs)
        finding.example.push_back({name, value});
    all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace

tables::Deps make_table_deps(store::Store& store, const book::Shelf& shelf,
                             const fs::path& decisions) {
  return {.store = store,
          .shelf = shelf,
          .decisions = decisions,
          .models_of = [data = shelf.data_dir()](
                           kernel::Date night) { return flow::load_models_of(data, night); },
          .check_pack =
              [](std::string_view file, std::string_view xml) {
                return wording::is_wording_table(file) ? wording::table_problem(file, xml)
                                                       : gate::pack_problem(file, xml);
              },
          .check_journey =
              [decisions](const strategy::Models& models) {
                return journey_findings(models, decisions);
              }};
}

approval::Setup make_approvals(const fs::path& decisions) {
  approval::Setup setup;
  setup.table = [decisions](store::Transaction& tx,
                            kernel::Date date) -> kernel::Result<approval::Model> {
    TRY_ASSIGN(const auto models, tables::models_in_force(tx, decisions, date));
    const strategy::ModelFile* file = models.find("approval.dmn");
    if (file != nullptr) return file->model;
    return kernel::Error{kernel::Code::not_found, "there is no table of who may approve what",
                         "approval.dmn"};
  };
  setup.staff = [](store::Transaction& tx) {
    std::vector<approval::Person> staff;
    for (people::User& user : people::load_users(tx))
      if (user.active)
        staff.push_back({std::move(user.user_name), std::move(user.shown_name), user.role});
    return staff;
  };
  setup.effects = {records::lift_effect(), casework::hold_lift_effect(gate::intake_directory()),
                   rights::effect()};
  return setup;
}

records::KeptKinds all_kept(const fs::path& data) {
  records::KeptKinds all;
  for (auto& part : {intake::kept(data), approval::kept(), gate::kept(), outreach::kept(),
                     casework::kept(), people::kept(), records::kept(data), simulation::kept(data)})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

namespace {

// What every room holds of a person, in the order a reader wants it.
rights::HeldParts all_held(const fs::path& data, const fs::path& decisions,
                           const book::Shelf& shelf, const gate::Gate& gate) {
  const auto models_of = [data](kernel::Date night) { return flow::load_models_of(data, night); };
  return {intake::held(),      casework::held(shelf, decisions, models_of),
          book::held(),        experiment::held(),
          gate::held(gate),    outreach::held(),
          allocation::held(),  people::held(),
          records::held(data), approval::held(),
          looks::held(),       evidence::held(decisions)};
}

}  // namespace

store::SealedTables all_sealed() {
  store::SealedTables all;
  for (auto& part : {intake::sealed_tables(), approval::sealed_tables(),
                     allocation::sealed_tables(), gate::sealed_tables(), outreach::sealed_tables(),
                     casework::sealed_tables(), people::sealed_tables(), looks::sealed_tables(),
                     records::sealed_tables(), rights::sealed_tables()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

House::House(store::Store& store, fs::path data, fs::path decisions, people::Options signing_in,
             gate::Clock clock, records::VirusScan scan)
    : store_(store),
      data_(std::move(data)),
      decisions_(std::move(decisions)),
      shelf_(data_),
      gate_(make_gate(decisions_, std::move(clock))),
      desk_(std::make_unique<gate::Desk>(store_, gate_)),
      approvals_(make_approvals(decisions_)),
      signing_in_(std::move(signing_in)),
      scan_(std::move(scan)),
      simulations_(
          std::make_unique<simulation::Jobs>(store_, make_simulation_setup(data_, decisions_))),
      audit_(std::make_unique<evidence::AuditJob>(evidence::AuditOptions{.log = data_ / "log"},
                                                  data_ / "audit.json")),
      verify_(std::make_unique<evidence::VerifyJob>(store_, data_ / "log", data_ / "verify.json")) {
}

void House::start(std::function<kernel::Instant()> clock) {
  simulations_->start(std::move(clock));
}

rights::Deps House::rights_deps() const {
  return {.store = store_,
          .shelf = shelf_,
          .gate = gate_,
          .approvals = approvals_,
          .data_dir = data_,
          .decisions = decisions_,
          .parts = all_held(data_, decisions_, shelf_, gate_)};
}

std::vector<http::Route> House::routes() const {
  const auto find_collector = [](store::Transaction& tx, std::string_view user_name) {
    std::optional<allocation::Collector> found;
    if (const auto user = people::find_user(tx, user_name); user && user->active) {
      found = allocation::Collector{.user_name = user->user_name,
                                    .team = user->team,
                                    .skills = user->skills,
                                    .regions = user->regions,
                                    .capacity = user->capacity};
    }
    return found;
  };
  const auto models_of = [data = data_](kernel::Date night) {
    return flow::load_models_of(data, night);
  };
  const casework::ScopeSources scope{shelf_, decisions_};
  const allocation::Reach reach{
      .to =
          [scope](store::Transaction& tx, const http::Request& request, std::string_view case_id) {
            return casework::may_reach(tx, scope, *request.caller, case_id, request.now);
          },
      .team =
          [scope](store::Transaction& tx, const http::Request& request, std::string_view team) {
            return casework::may_reach_team(tx, scope.decisions, *request.caller, team,
                                            request.now);
          }};
  const casework::Deps case_deps{
      .store = store_,
      .shelf = shelf_,
      .gate = gate_,
      .decisions = decisions_,
      .ask = [desk = desk_.get()](
                 gate::Request wanted,
                 kernel::Instant now) { return desk->ask(std::move(wanted), now); },
      .shown_names = people::load_shown_names,
      .models_of = models_of,
      .approvals = &approvals_};
  const reports::Deps report_deps{.store = store_,
                                  .shelf = shelf_,
                                  .gate = gate_,
                                  .decisions = decisions_,
                                  .version = std::string(api_version)};
  const tables::Deps table_deps = make_table_deps(store_, shelf_, decisions_);
  std::vector<http::Route> all;
  const experiment::Deps experiment_deps = make_experiment_deps(store_, shelf_, decisions_);
  const evidence::CasePackDeps pack_deps{.store = store_,
                                         .shelf = shelf_,
                                         .data_dir = data_,
                                         .decisions = decisions_,
                                         .log = data_ / "log"};
  for (auto& part :
       {people::routes(store_, signing_in_), approval::routes(store_, approvals_),
        intake::routes(store_), tables::routes(table_deps), gate::routes(store_, gate_),
        wording::routes(store_, decisions_), flow::routes(store_, shelf_),
        experiment::routes(experiment_deps), allocation::routes(store_, find_collector, reach),
        casework::routes(case_deps), casework::bulk_routes(case_deps),
        records::routes({store_, data_, approvals_, shelf_, decisions_, scan_}),
        evidence::pack_routes(pack_deps), rights::routes(rights_deps()),
        reports::routes(report_deps), simulation::routes(*simulations_)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  for (http::Route& route : evidence::audit_routes(*audit_)) all.push_back(std::move(route));
  for (http::Route& route : evidence::routes({store_, data_ / "log", *verify_}))
    all.push_back(std::move(route));
  const looks::Deps look_deps{
      .store = store_,
      .shelf = shelf_,
      .decisions = decisions_,
      .customer_of_document = [](store::Transaction& tx, std::int64_t document_id) {
        const auto found = records::find_document(tx, records::DocumentId(document_id));
        return found ? found->customer_no : std::string();
      }};
  for (http::Route& route : looks::routes(look_deps)) all.push_back(std::move(route));
  return looks::watched(look_deps, std::move(all));
}

std::vector<std::string> House::problems(kernel::Date today) const {
  const auto found =
      store_.read([&](store::Transaction& tx) { return gate_.packs(tx, today).problems(); });
  return found ? *found : std::vector<std::string>{found.error().message};
}

kernel::Result<std::string> openapi_text(const std::string& version) {
  // No handler is called; the routes only want something to borrow, so an empty house will do.
  std::string folder = (fs::temp_directory_path() / "evenhand-openapi-XXXXXX").string();
  if (!::mkdtemp(folder.data()))
    return kernel::Error{kernel::Code::unavailable, "cannot make a folder", folder};
  std::error_code ignored;
  kernel::Result<std::string> text = [&]() -> kernel::Result<std::string> {
    TRY_ASSIGN(const auto store, store::Store::open({.url = folder + "/empty.sqlite",
                                                     .key_file = folder + "/key",
                                                     .clock = [] { return kernel::Instant(); }}));
    const House house(*store, folder, folder, {}, gate::Clock::given());
    return http::openapi(http::with_openapi(house.routes(), version), version);
  }();
  fs::remove_all(folder, ignored);
  return text;
}

}  // namespace app
