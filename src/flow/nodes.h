#pragma once
// One night made by several processes that share a PostgreSQL and the data folder. The night offers
// each stage's blocks as rows of night_block; who takes one holds its row's lock until its columns
// lie in the shared folder, so the block of a process that dies is free again with its connection.
// A block has the same bytes whoever decides it.

#include <filesystem>
#include <functional>

#include "flow/stages.h"

namespace flow {

// Whether others may help: asked for, on PostgreSQL, without experiments (their challengers decide
// over all rows of an arm).
bool is_shared(const Night& night);

// In the half-made edition: what it is made from, for those that help.
inline constexpr const char* made_from_name = "made_from.json";
// Nothing where nobody may help; an error where the store is no PostgreSQL.
kernel::Status save_made_from(const Night& night, const std::filesystem::path& part);

kernel::Status offer_blocks(const Night& night, std::size_t position);
// All of them, of a night that died too. Waits for who still decides one, so that nobody writes
// into the stage's folder any more.
kernel::Status withdraw_blocks(const Night& night);
// Decides blocks of the stage itself until that one is there, whoever did it.
kernel::Status wait_for_block(const Night& night, std::size_t position, std::size_t first,
                              const std::filesystem::path& stage_folder);

}  // namespace flow
