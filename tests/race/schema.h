#pragma once
// The store of the race: the gate's tables and the evidence's, and where its log lies.

#include "evidence/types.h"
#include "gate/types.h"
#include "records/types.h"
#include "tests/race/world.h"

namespace race {

inline std::vector<store::Migration> schema() {
  std::vector<store::Migration> all;
  for (const auto* room : {&gate::schema(), &evidence::schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

inline evidence::SealOptions seal_options(const Config& config) {
  return {.place = {.folder = config.log(),
                    .key_file = (config.folder / "log.key").string(),
                    .name = "evenhand.example/race"},
          .facts_a_seal = 4096,
          .pack_bytes = [](store::Transaction& tx, std::string_view pack,
                           std::string_view version) -> std::optional<std::string> {
            return tx.query_one<std::string>(
                "SELECT bytes FROM gate_pack WHERE pack = $1 AND version = $2", {pack, version},
                [](const store::Row& row) { return row.blob(0); });
          },
          .after_step = {}};
}

}  // namespace race
