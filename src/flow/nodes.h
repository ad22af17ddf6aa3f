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

// Says in the half-made edition what it is made from, to those that help.
// Nothing where nobody may help; an error where the store is no PostgreSQL.
kernel::Status save_made_from(const Night& night, const std::filesystem::path& part);

// As save_blocks, with whoever helps: blocks are decided in any order, by this process too, and
// become one in the order of the book.
kernel::Status save_shared_blocks(Night& night, std::size_t position,
                                  const std::filesystem::path& folder);
// Takes back what is offered, by a night that died too. Waits for who still decides a block, so
// that nobody writes into the stage's folder any more.
kernel::Status withdraw_blocks(const Night& night);

}  // namespace flow
