#pragma once
// Two folders of one edition, compared: the recorded one and the one made now. What leaves: words
// that name the first file, column and row that differ. Never in them: an account's number.

#include <filesystem>
#include <string>

#include "kernel/result.h"

namespace flow {

// Reads every column of an edition against the hash in its manifest; corrupt names the file.
kernel::Status check_columns(const std::filesystem::path& edition_folder);

// Empty where every file has the same bytes; book.json and timings.json are not looked at.
kernel::Result<std::string> first_difference(const std::filesystem::path& recorded,
                                             const std::filesystem::path& again);

}  // namespace flow
