#pragma once
// The wiring: which rooms there are, and who supplies what to whom.

#include <filesystem>
#include <vector>

#include "flow/types.h"
#include "gate/types.h"
#include "http/route.h"
#include "store/store.h"

namespace app {

// Every room's tables, in the order the rooms stand.
std::vector<store::Migration> all_migrations();

// The gate over the packs of a decisions folder, with people as the askers it knows.
gate::Gate make_gate(const std::filesystem::path& decisions);

// What the night asks of later rooms.
flow::Ports make_flow_ports();

}  // namespace app
