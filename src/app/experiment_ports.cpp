// What experiments ask of tables, gate and flow.

#include "app/rooms.h"
#include "gate/types.h"
#include "intake/types.h"

namespace app {

experiment::Deps make_experiment_deps(store::Store& store, const book::Shelf& shelf,
                                      const std::filesystem::path& decisions) {
  experiment::Ports ports;
  ports.held = [](store::Transaction& tx, kernel::Instant at) {
    std::map<std::string, std::string> held;
    for (const gate::Hold& hold : gate::holds_at(tx, at))
      for (std::string& customer_no : intake::load_customers_of(tx, hold.person_key))
        held.emplace(std::move(customer_no), hold.kind);
    return held;
  };
  ports.contacts_between = gate::contacts_between;
  ports.version_of = [data = shelf.data_dir()](kernel::Date date, std::string_view file) {
    return flow::version_of(data, date, file);
  };
  ports.is_trial = [](store::Transaction& tx, std::string_view file, std::string_view version) {
    return kernel::Result<bool>(tables::is_trial(tx, file, version));
  };
  return {.store = store, .shelf = shelf, .decisions = decisions, .ports = std::move(ports)};
}

}  // namespace app
