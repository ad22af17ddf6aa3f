#pragma once
// Passwords and tokens, by libsodium. Never here: a random number from anywhere else.

#include <string>
#include <string_view>

#include "people/types.h"

namespace people {

// argon2id (RFC 9106) with its salt and cost in the usual text form.
std::string hash_password(std::string_view password, HashCost cost);
bool verify_password(const std::string& hash, std::string_view password);
bool needs_rehash(const std::string& hash, HashCost cost);

std::string generate_password();  // five groups of four, about 99 bits, nothing that looks alike
std::string generate_token();     // 256 random bits in hex
std::string generate_code();      // two groups of five, about 49 bits
std::string random_bytes(std::size_t count);

// What a person may choose: long, not the name. An Error says what is wrong.
kernel::Status check_password(std::string_view password, std::string_view user_name);

}  // namespace people
