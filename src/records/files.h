#pragma once
// Where a document's sealed file lies: <data>/documents/<first two digits>/<keyed name>.

#include <filesystem>
#include <string_view>

namespace records {

std::filesystem::path document_path(const std::filesystem::path& data_dir, std::string_view file);

}  // namespace records
