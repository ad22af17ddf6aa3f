#pragma once
// SHA-256 (FIPS 180-4) and hexadecimal in small letters.

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kernel {

std::string hex(std::string_view bytes);
std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha256_hex(std::string_view bytes);  // 64 digits

// The same of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::string_view bytes);
  std::string hex();  // of all that was added; nothing may be added after it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kernel
