#pragma once
// A sealed file: AES-256-GCM in chunks of 1 MiB under a key of its own. Each chunk's nonce is its
// number and whether it is the last (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár,
// CRYPTO 2015), so chunks cannot be swapped, dropped or appended. `name` is bound as associated
// data: a file under another's name does not open. A key seals one file, once.

#include <filesystem>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace records {

std::string make_file_key();  // 32 random bytes

// Whole and durable on disk (fsync of file and folder), readable by its owner only, or an Error.
kernel::Status write_sealed(const std::filesystem::path& path, std::string_view key,
                            std::string_view name, std::string_view plain);
kernel::Result<std::string> read_sealed(const std::filesystem::path& path, std::string_view key,
                                        std::string_view name);
// Overwritten with zeros, synced, removed; the folder synced. Not there: Ok. (A copy-on-write disk
// or a snapshot may keep old blocks: there the destroyed key is what counts.)
kernel::Status shred(const std::filesystem::path& path);

}  // namespace records
