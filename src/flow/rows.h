#pragma once
// The night's own tables: which nights there were, their stages, tables and published chunks.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flow/types.h"
#include "store/store.h"

namespace flow {

struct NightRow {
  std::int64_t night_id = 0;
  kernel::Date date;
  std::string input_key, edition, baseline_edition, state;
  std::int64_t accounts = 0, changed_accounts = 0;
  kernel::Instant started_at;
  std::optional<kernel::Instant> finished_at;
};

// The run of these inputs that is not over, or a new one; others that run are abandoned: there is
// one night at a time, so their process is gone and their inputs with it.
std::int64_t begin_night(store::Transaction& tx, kernel::Date date, const std::string& input_key,
                         kernel::Instant now);
void save_stage(store::Transaction& tx, std::int64_t night_id, std::size_t position,
                const StageReport& stage);
void begin_publishing(store::Transaction& tx, std::int64_t night_id, const std::string& edition,
                      const std::string& baseline_edition, std::int64_t accounts,
                      const std::vector<std::pair<std::string, std::string>>& tables);
// False when the chunk is there already.
bool add_chunk(store::Transaction& tx, std::int64_t night_id, std::int64_t chunk_no,
               std::int64_t changed_accounts);
// Returns the accounts changed over all chunks.
std::int64_t finish_night(store::Transaction& tx, std::int64_t night_id, kernel::Instant now);

std::vector<NightRow> load_nights(store::Transaction& tx, std::string_view state = "");
std::optional<NightRow> load_done(store::Transaction& tx, kernel::Date date,
                                  const std::string& edition);
std::vector<StageReport> load_stages(store::Transaction& tx, std::int64_t night_id);
std::vector<std::pair<std::string, std::string>> load_tables(store::Transaction& tx,
                                                             std::int64_t night_id);

}  // namespace flow
