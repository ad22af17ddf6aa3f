#pragma once
// An edition as it lies on disk: what a night's stages leave becomes one, and one has a hash. What
// enters: the folder of a night whose stages are all there. What leaves: the same folder as people
// read it, and its hash. Never true: two folders of one hash that differ in a value.

#include <filesystem>
#include <string>

#include "flow/stages.h"

namespace flow {

// In a half-made edition that several processes make: what it is made from (book_file_of).
inline constexpr const char* made_from_name = "made_from.json";

// What only served a resume goes; what people read comes to the top. Doing it again does nothing.
kernel::Status settle_edition(const std::filesystem::path& folder);

// Over the manifests of every column, the worklist and the report, in hex.
kernel::Result<std::string> hash_of_edition(const std::filesystem::path& folder);

// Its name: of what went in, and the casebook as of the cut.
std::string edition_of(const std::string& input_key, const std::string& cut_hash);

// What it is made from, as book.json names it; nothing yet of what was made.
BookFile book_file_of(const Inputs& inputs);

// Maps the book before, where there is one.
kernel::Status open_previous(Night& night);

}  // namespace flow
