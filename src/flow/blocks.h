#pragma once
// A stage's rows, decided block by block and saved as they come, so that memory is a block's and
// not the book's; by this process alone, or by several that share its folder (nodes.h).

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "flow/stages.h"

namespace flow {

// Rows [first, end) of the book as the stages before left them, decided.
kernel::Result<Block> decide_block(const Night& night, const Stage& stage, std::size_t first,
                                   std::size_t end);

// Appends blocks of so many rows, in the order of the book, to the files that they become:
// accounts, and dues and payments where the stage makes any. With two threads or more the next
// block is asked for, in a thread of its own, while one is appended: two are held at most. False
// where a block's words are not those of the blocks before: a table that makes words up, a
// challenger that decides none of its rows.
using BlockOf = std::function<kernel::Result<Block>(std::size_t first, std::size_t end)>;
kernel::Result<bool> put_together(Night& night, const std::filesystem::path& folder,
                                  std::size_t block_rows, const BlockOf& block_of);

// Decides the stage's rows into its folder; as one block where the words of several differ.
kernel::Status save_blocks(Night& night, std::size_t position, const std::filesystem::path& folder);
kernel::Status save_as_one(Night& night, std::size_t position, const std::filesystem::path& folder);

// A block decided elsewhere: a folder beside the others, whole or not there. Saving one that is
// there does nothing: it has the same bytes.
kernel::Status save_block(const Night& night, const Block& block,
                          const std::filesystem::path& stage_folder);
kernel::Result<Block> open_block(const std::filesystem::path& stage_folder, std::size_t first);
void remove_blocks(const std::filesystem::path& stage_folder);

// Columns of a sheet not on disk yet.
std::vector<std::string> unsaved(const column::Sheet& sheet, const std::set<std::string>& saved);

}  // namespace flow
