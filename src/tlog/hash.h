#pragma once
// The hashes of a log: RFC 6962 §2.1, SHA-256. A leaf is hashed after a byte 0x00, a node after a
// byte 0x01, so that neither can be taken for the other.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace tlog {

using Hash = std::array<std::uint8_t, 32>;

Hash sha256(std::string_view bytes);
Hash leaf_hash(std::string_view entry);
Hash node_hash(const Hash& left, const Hash& right);
Hash empty_root();  // of a tree of no leaves: the hash of the empty string
// The root over these hashes of whole subtrees of one height; 1 to 256 of them.
Hash subtree_root(std::span<const Hash> hashes);

std::string_view bytes_of(const Hash& hash);
// How many of the first bytes are the entry of this leaf hash; at most `most`. Tries every length.
std::optional<std::size_t> length_of_leaf(std::string_view bytes, const Hash& leaf,
                                          std::size_t most);

// RFC 4648 §4, with padding. Decoding is strict: one text for one value, no blanks.
std::string base64(std::string_view bytes);
void add_base64(std::string_view bytes, std::string& out);
kernel::Result<std::string> parse_base64(std::string_view text);
kernel::Result<Hash> parse_base64_hash(std::string_view text);

// A decimal number of digits only, without leading zeroes, up to 2^63 - 1.
kernel::Result<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace tlog
