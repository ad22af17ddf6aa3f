#include "store/root.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "kernel/hash.h"
#include "store/aead.h"
#include "store/token_root.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

constexpr std::size_t key_size = 32;
constexpr std::string_view env_prefix = "env:", credential_prefix = "credential:";

// A key held in this process: from a file, an environment variable or a systemd credential.
class HeldRoot final : public Root {
 public:
  explicit HeldRoot(std::string key)
      : key_(std::move(key)), wrapping_(Suite::aes_256_gcm, hmac_sha256(key_, "evenhand wrap 2")) {}
  HeldRoot(const HeldRoot&) = delete;
  HeldRoot& operator=(const HeldRoot&) = delete;
  ~HeldRoot() override { wipe(key_); }

  std::string id() const override {
    return kernel::hex(hmac_sha256(key_, "evenhand root id 2").substr(0, 8));
  }
  Result<std::string> wrap(std::string_view beside, std::string_view key) const override {
    std::string wrapped;
    wrapping_.seal(beside, key, wrapped);
    return wrapped;
  }
  Result<std::string> unwrap(std::string_view beside, std::string_view wrapped) const override {
    auto key = wrapping_.open(beside, wrapped);
    if (key) return std::move(*key);
    return Error{Code::corrupt, "a wrapped key does not open: its bytes were changed",
                 std::string(beside)};
  }
  std::string first_format(std::string_view label) const override {
    return hmac_sha256(key_, label);
  }

 private:
  std::string key_;
  Aead wrapping_;
};

Result<std::unique_ptr<Root>> held_root(std::string_view hex, const std::string& where) {
  std::string key;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const auto nibble = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    const int high = nibble(hex[i]), low = nibble(hex[i + 1]);
    if (high < 0 || low < 0) break;
    key += static_cast<char>(high * 16 + low);
  }
  if (key.size() != key_size || hex.size() != 2 * key_size)
    return Error{Code::invalid_input, "a root key is 64 hexadecimal digits (0-9a-f)", where};
  return std::unique_ptr<Root>(std::make_unique<HeldRoot>(std::move(key)));
}

// Made whole or not at all, readable by its owner only.
Status make_key_file(const std::string& path) {
  const std::string hex = kernel::hex(random_bytes(key_size)) + '\n';
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::absolute(path).parent_path(), ignored);
  const std::string part = path + "." + std::to_string(::getpid()) + ".tmp";
  const int fd = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  const bool written = fd >= 0 &&
                       ::write(fd, hex.data(), hex.size()) == static_cast<ssize_t>(hex.size()) &&
                       ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  // link, not rename: of two processes that both make the key, the second takes the first's.
  const bool placed = written && (::link(part.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(part.c_str());
  if (!placed) return Error{Code::unavailable, "cannot write the key file", path};
  return kernel::Ok{};
}

Result<std::unique_ptr<Root>> root_of_file(const std::string& path, bool create) {
  if (!std::filesystem::exists(path)) {
    if (!create) return Error{Code::not_found, "the key file is not there", path};
    TRY(make_key_file(path));
  }
  std::ifstream in(path);
  std::string hex;
  if (!(in >> hex)) return Error{Code::unavailable, "the key file cannot be read", path};
  return held_root(hex, path);
}

}  // namespace

bool is_file_root(const std::string& kept_at) {
  return !kept_at.starts_with(env_prefix) && !kept_at.starts_with(credential_prefix) &&
         !kept_at.starts_with(token_prefix);
}

Result<std::unique_ptr<Root>> open_root(const std::string& kept_at, bool create) {
  if (kept_at.starts_with(env_prefix)) {
    const char* value = std::getenv(kept_at.c_str() + env_prefix.size());
    if (value == nullptr)
      return Error{Code::not_found, "the environment has no such variable with the root key",
                   kept_at};
    return held_root(value, kept_at);
  }
  if (kept_at.starts_with(credential_prefix)) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr)
      return Error{Code::not_found,
                   "no credentials were given: the unit wants LoadCredentialEncrypted=", kept_at};
    const std::string name = kept_at.substr(credential_prefix.size());
    return root_of_file((std::filesystem::path(folder) / name).string(), false);
  }
  if (kept_at.starts_with(token_prefix)) return open_token_root(kept_at, create);
  return root_of_file(kept_at, create);
}

Status destroy_root_key(const std::string& kept_at) {
  if (kept_at.starts_with(token_prefix)) return destroy_token_key(kept_at);
  if (!is_file_root(kept_at))
    return Error{Code::conflict,
                 "no data key is wrapped by it any more; destroy it where it is kept", kept_at};
  const int fd = ::open(kept_at.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return Error{Code::unavailable, "the key file cannot be overwritten", kept_at};
  struct stat is {};
  bool gone = ::fstat(fd, &is) == 0;
  if (gone) {
    const std::string noise = random_bytes(static_cast<std::size_t>(is.st_size));
    gone = ::write(fd, noise.data(), noise.size()) == static_cast<ssize_t>(noise.size()) &&
           ::fsync(fd) == 0;
  }
  ::close(fd);
  if (!gone || ::unlink(kept_at.c_str()) != 0)
    return Error{Code::unavailable, "the key file is not overwritten and removed", kept_at};
  return kernel::Ok{};
}

}  // namespace store
