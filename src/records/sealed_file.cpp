#include "records/sealed_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

namespace records {

using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Result;
using kernel::Status;

namespace fs = std::filesystem;

namespace {

constexpr std::string_view magic = "EHDOC1\n";
constexpr std::size_t key_size = 32, nonce_size = 12, tag_size = 16, chunk_size = 1 << 20;

class File {
 public:
  File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
  }
  // Up to `size` bytes; fewer only at the end. False: the disk failed.
  bool read(std::string& into, std::size_t size) const {
    into.resize(size);
    std::size_t have = 0;
    while (have < size) {
      const ssize_t done = ::read(fd_, into.data() + have, size - have);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return false;
      if (done == 0) break;
      have += static_cast<std::size_t>(done);
    }
    into.resize(have);
    return true;
  }

 private:
  int fd_;
};

bool sync_folder(const fs::path& folder) {
  const File opened(folder, O_RDONLY | O_DIRECTORY);
  return opened && ::fsync(opened.fd()) == 0;
}

Error disk(const char* what, const fs::path& path) {
  return {Code::unavailable, what, path.filename().string()};
}

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
int length(std::string_view text) {
  return static_cast<int>(text.size());
}

std::array<unsigned char, nonce_size> nonce_of(std::uint64_t chunk, bool last) {
  std::array<unsigned char, nonce_size> nonce{};
  for (int i = 0; i < 8; ++i) nonce[i] = static_cast<unsigned char>(chunk >> (56 - 8 * i));
  nonce[nonce_size - 1] = last ? 1 : 0;
  return nonce;
}

// One direction of the cipher over the chunks of one file.
class Chunks {
 public:
  Chunks(std::string_view key, std::string_view name) : key_(key), name_(name) {
    CHECK(key.size() == key_size && context_);
  }

  std::string seal(std::string_view plain, bool last) {
    const auto nonce = nonce_of(next_++, last);
    std::string out(plain.size() + tag_size, '\0');
    int size = 0;
    EVP_CIPHER_CTX* c = context_.get();
    CHECK(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), nullptr, raw(key_), nonce.data()));
    CHECK(EVP_EncryptUpdate(c, nullptr, &size, raw(name_), length(name_)));
    CHECK(EVP_EncryptUpdate(c, raw(out), &size, raw(plain), length(plain)));
    CHECK(EVP_EncryptFinal_ex(c, raw(out) + size, &size));
    CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, tag_size, raw(out) + plain.size()));
    return out;
  }
  // Appends what it opens; false: not these bytes, this place, this key or this name.
  bool open(std::string_view sealed, bool last, std::string& into) {
    if (sealed.size() < tag_size) return false;
    const auto nonce = nonce_of(next_++, last);
    const std::string_view body = sealed.substr(0, sealed.size() - tag_size);
    std::string tag(sealed.substr(body.size()));
    const std::size_t before = into.size();
    into.resize(before + body.size());
    int size = 0;
    EVP_CIPHER_CTX* c = context_.get();
    CHECK(EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), nullptr, raw(key_), nonce.data()));
    CHECK(EVP_DecryptUpdate(c, nullptr, &size, raw(name_), length(name_)));
    CHECK(EVP_DecryptUpdate(c, raw(into) + before, &size, raw(body), length(body)));
    CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()));
    return EVP_DecryptFinal_ex(c, raw(into) + before + size, &size) == 1;
  }

 private:
  std::string_view key_, name_;
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_{EVP_CIPHER_CTX_new()};
  std::uint64_t next_ = 0;
};

}  // namespace

std::string make_file_key() {
  std::string key(key_size, '\0');
  CHECK(RAND_bytes(raw(key), static_cast<int>(key_size)) == 1);
  return key;
}

Status write_sealed(const fs::path& path, std::string_view key, std::string_view name,
                    std::string_view plain) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return disk("cannot make the folder of documents", path);
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return disk("cannot make the document's file", path);
  Chunks chunks(key, name);
  bool written = file.write(magic);
  bool last = false;
  for (std::size_t at = 0; written && !last; at += chunk_size) {
    last = plain.size() - at <= chunk_size;
    written = file.write(chunks.seal(plain.substr(at, chunk_size), last));
  }
  written = written && ::fsync(file.fd()) == 0 && sync_folder(path.parent_path());
  if (!written) {
    ::unlink(path.c_str());
    return disk("the document's file cannot be written", path);
  }
  return Ok{};
}

Result<std::string> read_sealed(const fs::path& path, std::string_view key, std::string_view name) {
  const Error bad{Code::corrupt, "the document's bytes are not those that were sealed",
                  path.filename().string()};
  const File file(path, O_RDONLY);
  if (!file && errno == ENOENT)
    return Error{Code::corrupt, "the document's file is gone", bad.where};
  if (!file) return disk("the document's file cannot be read", path);
  std::string head, chunk, next, plain;
  if (!file.read(head, magic.size())) return disk("the document's file cannot be read", path);
  if (head != magic || key.size() != key_size) return bad;
  Chunks chunks(key, name);
  bool readable = file.read(chunk, chunk_size + tag_size);
  while (readable) {
    readable = file.read(next, chunk_size + tag_size);
    const bool last = next.empty();
    if (readable && !chunks.open(chunk, last, plain)) return bad;
    if (readable && last) return plain;
    chunk.swap(next);
  }
  return disk("the document's file cannot be read", path);
}

Status shred(const fs::path& path) {
  {
    const File file(path, O_WRONLY);
    if (!file && errno == ENOENT) return Ok{};
    if (!file) return disk("the file cannot be opened to be destroyed", path);
    struct stat facts {};
    bool done = ::fstat(file.fd(), &facts) == 0;
    const std::string zeros(chunk_size, '\0');
    for (off_t left = facts.st_size; done && left > 0;) {
      const auto part = std::min<off_t>(left, static_cast<off_t>(zeros.size()));
      done = file.write(std::string_view(zeros).substr(0, static_cast<std::size_t>(part)));
      left -= part;
    }
    if (!done || ::fsync(file.fd()) != 0) return disk("the file cannot be overwritten", path);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return disk("the overwritten file cannot be removed", path);
  if (!sync_folder(path.parent_path())) return disk("the folder cannot be synced", path);
  return Ok{};
}

}  // namespace records
