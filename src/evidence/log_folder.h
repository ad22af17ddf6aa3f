#pragma once
// What lies in the log's folder beside checkpoint and tiles, and the log's signing key.

#include <filesystem>

#include "evidence/types.h"
#include "tlog/tlog.h"

namespace evidence {

// The log's key. `create`: only while nothing is sealed; a lost key is never replaced silently.
kernel::Result<tlog::Signer> open_signer(const LogPlace& place, bool create);
// LOG/vkey: the log's public key, one line.
kernel::Status write_vkey(const std::filesystem::path& folder, const tlog::Signer& signer);
kernel::Result<tlog::Verifier> read_vkey(const std::filesystem::path& folder);
// LOG/packs/<pack>@<version>.dmn of every pack_used fact.
kernel::Status write_packs(store::Transaction& tx, const PackPort& bytes_of,
                           const std::filesystem::path& folder);

}  // namespace evidence
