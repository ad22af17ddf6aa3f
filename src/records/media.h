#pragma once
// What a document's bytes are, by their first bytes and not by what anybody says of them.

#include <string>
#include <string_view>

#include "kernel/result.h"

namespace records {

// "application/pdf", "image/png", "image/jpeg", "audio/wav", "audio/mpeg", "audio/amr",
// "audio/ogg", "audio/mp4", "video/mp4", "text/plain" (UTF-8 without control characters); empty:
// none of the allowed. An empty text is no document.
std::string media_type_of(std::string_view bytes);
// RFC 4648 §4, with padding, without line ends.
kernel::Result<std::string> decode_base64(std::string_view text);

}  // namespace records
