#include "people/password.h"

#include <sodium.h>

#include "kernel/hash.h"

namespace people {

using kernel::Code;
using kernel::Error;

namespace {

constexpr std::size_t password_min = 12, password_max = 128;

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  CHECK_MSG(started, "libsodium does not start");
}

// Nothing that looks alike; a dash after each `group`.
std::string random_letters(int count, int group) {
  start_sodium();
  static constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (i > 0 && i % group == 0) text += '-';
    text += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  }
  return text;
}

}  // namespace

std::string hash_password(std::string_view password, HashCost cost) {
  start_sodium();
  char hash[crypto_pwhash_STRBYTES];
  const int failed = crypto_pwhash_str_alg(hash, password.data(), password.size(), cost.passes,
                                           cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  CHECK_MSG(failed == 0, "no memory to hash a password");
  return hash;
}

bool verify_password(const std::string& hash, std::string_view password) {
  start_sodium();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool needs_rehash(const std::string& hash, HashCost cost) {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost.passes, cost.memory_bytes) != 0;
}

std::string random_bytes(std::size_t count) {
  start_sodium();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string generate_password() {
  return random_letters(20, 4);
}

std::string generate_code() {
  return random_letters(10, 5);
}

std::string generate_token() {
  return kernel::hex(random_bytes(32));
}

kernel::Status check_password(std::string_view password, std::string_view user_name) {
  std::size_t characters = 0;
  for (const char c : password) characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  const auto refuse = [](const char* why) {
    return Error{Code::invalid_input, why, "new_password"};
  };
  if (characters < password_min) return refuse("at least 12 characters");
  if (password.size() > password_max) return refuse("at most 128 bytes");
  if (!user_name.empty() && password.find(user_name) != password.npos)
    return refuse("must not hold the user name");
  if (password.find_first_not_of(password.front()) == password.npos)
    return refuse("must not be one character repeated");
  return kernel::Ok{};
}

}  // namespace people
