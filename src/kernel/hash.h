#pragma once
// SHA-256 (FIPS 180-4) and hexadecimal in small letters.

#include <span>
#include <string>
#include <string_view>

namespace kernel {

std::string hex(std::string_view bytes);
std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha256_hex(std::string_view bytes);  // 64 digits

}  // namespace kernel
