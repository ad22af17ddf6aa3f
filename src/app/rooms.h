#pragma once
// The wiring: which rooms there are, and who supplies what to whom.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/workplace.h"
#include "approval/types.h"
#include "book/types.h"
#include "evidence/audit_job.h"
#include "evidence/check_job.h"
#include "experiment/types.h"
#include "flow/types.h"
#include "gate/desk.h"
#include "gate/types.h"
#include "http/route.h"
#include "people/types.h"
#include "records/types.h"
#include "rights/types.h"
#include "simulation/types.h"
#include "store/sealed.h"
#include "store/store.h"
#include "tables/types.h"

namespace app {

inline constexpr std::string_view api_version = "0.1.0";

// Every room's tables, in the order the rooms stand.
std::vector<store::Migration> all_migrations();

// What the gate counts by: the database's clock or a guarded one; in a rehearsal, --now.
gate::Clock gate_clock(const Place& place);

// The gate over the packs of a decisions folder; people answers for those who ask.
gate::Gate make_gate(const std::filesystem::path& decisions, gate::Clock clock);

// What the night asks of casework and people.
flow::Ports make_flow_ports(const std::filesystem::path& data,
                            const std::filesystem::path& decisions);

// What simulations ask of tables and the gate; the clock comes with start().
simulation::Setup make_simulation_setup(const std::filesystem::path& data,
                                        const std::filesystem::path& decisions);

// What experiments ask of tables, gate and flow.
experiment::Deps make_experiment_deps(store::Store& store, const book::Shelf& shelf,
                                      const std::filesystem::path& decisions);

// What the life of tables asks of the night and the gate.
tables::Deps make_table_deps(store::Store& store, const book::Shelf& shelf,
                             const std::filesystem::path& decisions);

// Who may approve what, and what is then done: every room's effects.
approval::Setup make_approvals(const std::filesystem::path& decisions);

// What every room keeps that retention may destroy.
records::KeptKinds all_kept(const std::filesystem::path& data);

// What every room keeps sealed by the vault.
store::SealedTables all_sealed();

// Everything the routes borrow, alive as long as the server.
class House {
 public:
  // `scan`: of uploaded documents; empty: nobody is asked.
  House(store::Store& store, std::filesystem::path data, std::filesystem::path decisions,
        people::Options signing_in, gate::Clock clock, records::VirusScan scan = {});

  std::vector<http::Route> routes() const;
  void start(std::function<kernel::Instant()> clock);  // what works in the background
  // What rights need of every room; they are carried out beside the server.
  rights::Deps rights_deps() const;
  // Packs that cannot be read refuse everything.
  std::vector<std::string> problems(kernel::Date today) const;

 private:
  store::Store& store_;
  std::filesystem::path data_, decisions_;
  book::Shelf shelf_;
  gate::Gate gate_;
  std::unique_ptr<gate::Desk> desk_;
  approval::Setup approvals_;
  people::Options signing_in_;
  records::VirusScan scan_;
  std::unique_ptr<simulation::Jobs> simulations_;
  std::unique_ptr<evidence::AuditJob> audit_;
  std::unique_ptr<evidence::VerifyJob> verify_;
};

// The OpenAPI document of all routes.
kernel::Result<std::string> openapi_text(const std::string& version);

}  // namespace app
