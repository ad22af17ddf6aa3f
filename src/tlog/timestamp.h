#pragma once
// RFC 3161 time-stamps: an authority that is neither the log's nor ours says when a checkpoint was
// there. Kept as LOG/timestamps/<size>.tsr over LOG/checkpoints/<size>, so that
// `openssl ts -verify -in timestamps/N.tsr -data checkpoints/N -CAfile CA.pem` checks it too.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tlog/post.h"

namespace tlog {

// The reply's time (seconds since 1970) when it is over these bytes (SHA-256) and, with a file of
// CAs, signed by a certificate for time-stamping that they vouch for at the time it says.
// Error: corrupt.
kernel::Result<std::int64_t> check_timestamp(std::string_view reply, std::string_view stamped,
                                             const std::string& ca_file);

// Asks the authority (with a nonce) and checks its reply; `ca_file` is the authority's, not TLS's.
// Errors: unavailable, corrupt.
kernel::Result<std::string> fetch_timestamp(const HttpTarget& authority, std::string_view stamped,
                                            const std::string& ca_file);

// Keeps a published checkpoint as LOG/checkpoints/<size>; what is there already stays as it is.
kernel::Status keep_checkpoint(const std::filesystem::path& log, std::string_view note);
// Keeps it and has it stamped.
kernel::Status stamp_checkpoint(const std::filesystem::path& log, std::string_view note,
                                const HttpTarget& authority, const std::string& ca_file);

}  // namespace tlog
