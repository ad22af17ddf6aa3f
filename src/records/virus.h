#pragma once
// Asks a virus scanner about a document's bytes before they are kept: clamd of ClamAV by its
// command INSTREAM (clamd(8)), over a socket of this machine or a host. Enters: bytes. Leaves: Ok,
// or why they cannot be kept. Never true: bytes kept that a scanner who was to be asked has not
// cleared.

#include <functional>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace records {

// invalid_input: it found something, the message says what. unavailable: it does not answer, or
// gives no verdict (bytes beyond its StreamMaxLength): nothing is kept then.
using VirusScan = std::function<kernel::Status(std::string_view bytes)>;

// `address`: "unix:/run/clamav/clamd.ctl", or "HOST:PORT" (the bytes go over in clear: a network
// that nobody else reads). invalid_input where it is neither. No connection is made yet.
kernel::Result<VirusScan> make_virus_scan(const std::string& address);

}  // namespace records
