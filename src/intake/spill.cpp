#include "intake/spill.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace intake {
namespace {

using kernel::Code;
using kernel::Error;

constexpr std::size_t tag_bytes = crypto_aead_chacha20poly1305_ietf_ABYTES;
using Nonce = std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

Nonce nonce_of(std::uint64_t number) {
  Nonce nonce{};
  std::memcpy(nonce.data(), &number, sizeof number);
  return nonce;
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Spill::Spill(std::filesystem::path folder) : folder_(std::move(folder)) {
  static_assert(crypto_aead_chacha20poly1305_ietf_KEYBYTES == sizeof key_);
  CHECK(sodium_init() >= 0);
  crypto_aead_chacha20poly1305_ietf_keygen(key_.data());
}
Spill::Spill(Spill&& other) noexcept
    : folder_(std::move(other.folder_)),
      fd_(std::exchange(other.fd_, -1)),
      key_(other.key_),
      put_(other.put_),
      got_(other.got_),
      end_(other.end_),
      at_(other.at_),
      sealed_(std::move(other.sealed_)) {}
Spill::~Spill() {
  if (fd_ >= 0) ::close(fd_);
  sodium_memzero(key_.data(), key_.size());
}

Error Spill::failed(const char* what) const {
  return {Code::unavailable, std::string(what) + ": " + std::strerror(errno), folder_.string()};
}

kernel::Status Spill::make() {
  fd_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ >= 0) return kernel::Ok{};
  std::string name = (folder_ / ".spill-XXXXXX").string();  // a file system without such files
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) return failed("cannot make a file in the data folder");
  ::unlink(name.c_str());
  return kernel::Ok{};
}

kernel::Status Spill::put(std::string_view bytes) {
  CHECK(!bytes.empty() && bytes.size() < (std::size_t{1} << 32));
  if (fd_ < 0) TRY(make());
  const auto size = static_cast<std::uint32_t>(bytes.size());
  sealed_.resize(sizeof size + bytes.size() + tag_bytes);
  std::memcpy(sealed_.data(), &size, sizeof size);
  crypto_aead_chacha20poly1305_ietf_encrypt(bytes_of(sealed_) + sizeof size, nullptr,
                                            reinterpret_cast<const unsigned char*>(bytes.data()),
                                            bytes.size(), nullptr, 0, nullptr,
                                            nonce_of(put_++).data(), key_.data());
  for (std::string_view left = sealed_; !left.empty();) {
    const ssize_t n = ::pwrite(fd_, left.data(), left.size(), static_cast<off_t>(end_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failed("cannot write in the data folder");
    left.remove_prefix(static_cast<std::size_t>(n));
    end_ += static_cast<std::size_t>(n);
  }
  return kernel::Ok{};
}

kernel::Result<bool> Spill::get(std::string& bytes) {
  if (got_ == put_) return false;
  const auto read = [&](char* into, std::size_t count) -> kernel::Status {
    while (count > 0) {
      const ssize_t n = ::pread(fd_, into, count, static_cast<off_t>(at_));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return failed("cannot read what was written in the data folder");
      into += n;
      count -= static_cast<std::size_t>(n);
      at_ += static_cast<std::size_t>(n);
    }
    return kernel::Ok{};
  };
  std::uint32_t size = 0;
  TRY(read(reinterpret_cast<char*>(&size), sizeof size));
  if (at_ + size + tag_bytes > end_)
    return Error{Code::corrupt, "what the import wrote is not what it reads", folder_.string()};
  sealed_.resize(size + tag_bytes);
  TRY(read(sealed_.data(), sealed_.size()));
  bytes.resize(size);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(bytes_of(bytes), nullptr, nullptr,
                                                bytes_of(sealed_), sealed_.size(), nullptr, 0,
                                                nonce_of(got_++).data(), key_.data()) != 0)
    return Error{Code::corrupt, "what the import wrote is not what it reads", folder_.string()};
  return true;
}

}  // namespace intake
