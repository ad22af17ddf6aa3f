#pragma once
// Which documents are kept of a person (their bytes are opened one by one, open_document), and
// legal holds. Erased, a document's key is gone with the row's words; the file follows.

#include <filesystem>

#include "store/held.h"

namespace records {

store::HeldPart held(std::filesystem::path data_dir);

}  // namespace records
