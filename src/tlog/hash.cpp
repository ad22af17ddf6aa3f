// EVP fetches and allocates for each digest; a log hashes two short messages a leaf, so the direct
// calls (deprecated in OpenSSL 3, still there and using the processor's SHA instructions) are used.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tlog/hash.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

Hash sha256(std::string_view bytes) {
  Hash out;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data());
  return out;
}

Hash leaf_hash(std::string_view entry) {
  static constexpr unsigned char leaf = 0;
  Hash out;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &leaf, 1);
  SHA256_Update(&context, entry.data(), entry.size());
  SHA256_Final(out.data(), &context);
  return out;
}

std::optional<std::size_t> length_of_leaf(std::string_view bytes, const Hash& leaf,
                                          std::size_t most) {
  static constexpr unsigned char zero = 0;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &zero, 1);
  for (std::size_t length = 0; length <= std::min(most, bytes.size()); ++length) {
    SHA256_CTX until_here = context;
    Hash hash;
    SHA256_Final(hash.data(), &until_here);
    if (hash == leaf) return length;
    if (length < bytes.size()) SHA256_Update(&context, bytes.data() + length, 1);
  }
  return std::nullopt;
}

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<unsigned char, 65> message;
  message[0] = 1;
  std::memcpy(message.data() + 1, left.data(), 32);
  std::memcpy(message.data() + 33, right.data(), 32);
  Hash out;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, message.data(), message.size());
  SHA256_Final(out.data(), &context);
  return out;
}

Hash empty_root() {
  return sha256({});
}

Hash subtree_root(std::span<const Hash> hashes) {
  CHECK(!hashes.empty() && hashes.size() <= 256);
  if (hashes.size() == 1) return hashes[0];
  std::array<Hash, 128> level;
  std::size_t count = 0;
  // Pairs upwards; an odd last one goes up as it is, which is RFC 6962's split at the largest power
  // of two.
  for (std::size_t i = 0; i + 1 < hashes.size(); i += 2)
    level[count++] = node_hash(hashes[i], hashes[i + 1]);
  if (hashes.size() % 2 == 1) level[count++] = hashes.back();
  while (count > 1) {
    const std::size_t below = count;
    count = 0;
    for (std::size_t i = 0; i + 1 < below; i += 2)
      level[count++] = node_hash(level[i], level[i + 1]);
    if (below % 2 == 1) level[count++] = level[below - 1];
  }
  return level[0];
}

std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

namespace {

constexpr std::string_view digits64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> values64 = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits64.size(); ++i)
    values[static_cast<unsigned char>(digits64[i])] = static_cast<std::int8_t>(i);
  return values;
}();

}  // namespace

void add_base64(std::string_view bytes, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + (bytes.size() + 2) / 3 * 4);
  char* to = out.data() + before;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) *to++ = k <= n ? digits64[group >> (18 - 6 * k) & 63] : '=';
  }
}

std::string base64(std::string_view bytes) {
  std::string out;
  add_base64(bytes, out);
  return out;
}

Result<std::string> parse_base64(std::string_view text) {
  const Error error{Code::invalid_input, "not base64 (RFC 4648 §4)", ""};
  if (text.size() % 4 != 0) return error;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last || text[i + 3] != '=' ? 0 : text[i + 2] == '=' ? 2 : 1;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const int value = k >= 4 - padding ? 0 : values64[static_cast<unsigned char>(text[i + k])];
      if (value < 0) return error;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    // What the padding leaves unused must be zero, or two texts would mean one value.
    if ((padding == 1 && (group & 0xff) != 0) || (padding == 2 && (group & 0xffff) != 0))
      return error;
    for (std::size_t k = 0; k + padding < 3; ++k)
      out += static_cast<char>(group >> (16 - 8 * k) & 0xff);
  }
  return out;
}

Result<Hash> parse_base64_hash(std::string_view text) {
  TRY_ASSIGN(const std::string bytes, parse_base64(text));
  Hash hash;
  if (bytes.size() != hash.size())
    return Error{Code::invalid_input, "a hash has 32 bytes", std::string(text)};
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

Result<std::uint64_t> parse_decimal(std::string_view text) {
  constexpr std::uint64_t most = 0x7fff'ffff'ffff'ffff;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), digit) ||
      (text.size() > 1 && text[0] == '0'))
    return Error{Code::invalid_input, "not a decimal number", std::string(text)};
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto units = static_cast<std::uint64_t>(c - '0');
    if (value > (most - units) / 10)
      return Error{Code::invalid_input, "the number is too large", std::string(text)};
    value = value * 10 + units;
  }
  return value;
}

}  // namespace tlog
