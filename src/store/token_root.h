#pragma once
// A root key that lies in a PKCS#11 token and cannot leave it: wrapping is done inside. Enters: a
// URI (RFC 7512), pkcs11:token=T;object=O?module-path=/…/lib.so&pin-source=/file of the PIN.
// Leaves: a Root (root.h), or an Error that says what is missing. Never true: a PIN on a command
// line.

#include <memory>
#include <string>

#include "store/root.h"

namespace store {

inline constexpr std::string_view token_prefix = "pkcs11:";

// `create`: a key that is not there is made in the token (AES-256, sensitive, not extractable).
kernel::Result<std::unique_ptr<Root>> open_token_root(const std::string& uri, bool create);
kernel::Status destroy_token_key(const std::string& uri);

}  // namespace store
