#include "store/aead.h"

#include <gcrypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

#include "kernel/check.h"

namespace store {
namespace {

constexpr std::size_t idle_max = 64;  // contexts kept of a key and direction

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
int length_of(std::string_view text) {
  CHECK_MSG(text.size() < (std::size_t{1} << 30), "a sealed value is far below a gigabyte");
  return static_cast<int>(text.size());
}

const EVP_CIPHER* aes_256_gcm() {  // fetched once: OpenSSL 3 looks it up by name each time
  static const std::shared_ptr<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr),
                                                  EVP_CIPHER_free);
  CHECK(cipher);
  return cipher.get();
}

class AesGcm final : public CipherContext {
 public:
  AesGcm(std::string_view key, bool sealing)
      : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free), sealing_(sealing) {
    CHECK(context_ && key.size() == 32);
    CHECK(EVP_CipherInit_ex(context_.get(), aes_256_gcm(), nullptr, bytes_of(key), nullptr,
                            sealing ? 1 : 0));
  }

  bool run(const unsigned char* nonce, std::string_view beside, std::string_view in,
           unsigned char* out) override {
    EVP_CIPHER_CTX* const c = context_.get();
    int size = 0;
    CHECK(EVP_CipherInit_ex(c, nullptr, nullptr, nullptr, nonce, -1));
    CHECK(EVP_CipherUpdate(c, nullptr, &size, bytes_of(beside), length_of(beside)));
    if (!in.empty()) CHECK(EVP_CipherUpdate(c, out, &size, bytes_of(in), length_of(in)));
    if (sealing_) {
      CHECK(EVP_CipherFinal_ex(c, out + in.size(), &size));
      CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, tag_size, out + in.size()));
      return true;
    }
    // The tag lies behind the ciphertext; OpenSSL only reads it.
    auto* tag = const_cast<unsigned char*>(bytes_of(in) + in.size());
    CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, tag_size, tag));
    return EVP_CipherFinal_ex(c, out + in.size(), &size) == 1;
  }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context_;
  bool sealing_;
};

// OpenSSL 3.0 has SM4 without GCM.
class Sm4Gcm final : public CipherContext {
 public:
  Sm4Gcm(std::string_view key, bool sealing) : sealing_(sealing) {
    static const bool ready = [] {  // once a process
      return gcry_check_version("1.10.0") != nullptr &&
             gcry_control(GCRYCTL_DISABLE_SECMEM, 0) == 0 &&
             gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0) == 0;
    }();
    CHECK_MSG(ready, "libgcrypt 1.10 or later is wanted");
    CHECK(gcry_cipher_open(&handle_, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0) == 0);
    CHECK(gcry_cipher_setkey(handle_, key.data(), key.size()) == 0);
  }
  Sm4Gcm(const Sm4Gcm&) = delete;
  Sm4Gcm& operator=(const Sm4Gcm&) = delete;
  ~Sm4Gcm() override { gcry_cipher_close(handle_); }

  bool run(const unsigned char* nonce, std::string_view beside, std::string_view in,
           unsigned char* out) override {
    CHECK(gcry_cipher_reset(handle_) == 0);
    CHECK(gcry_cipher_setiv(handle_, nonce, nonce_size) == 0);
    CHECK(gcry_cipher_authenticate(handle_, beside.data(), beside.size()) == 0);
    if (sealing_) {
      CHECK(gcry_cipher_encrypt(handle_, out, in.size(), in.data(), in.size()) == 0);
      CHECK(gcry_cipher_gettag(handle_, out + in.size(), tag_size) == 0);
      return true;
    }
    CHECK(gcry_cipher_decrypt(handle_, out, in.size(), in.data(), in.size()) == 0);
    return gcry_cipher_checktag(handle_, in.data() + in.size(), tag_size) == 0;
  }

 private:
  gcry_cipher_hd_t handle_ = nullptr;
  bool sealing_;
};

}  // namespace

std::string_view suite_name(Suite suite) {
  return suite == Suite::sm4_gcm ? "sm4-gcm" : "aes-256-gcm";
}

std::optional<Suite> parse_suite(std::string_view name) {
  for (const Suite suite : {Suite::aes_256_gcm, Suite::sm4_gcm})
    if (name == suite_name(suite)) return suite;
  return std::nullopt;
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  CHECK(RAND_bytes(bytes_of(bytes), static_cast<int>(size)) == 1);
  return bytes;
}

namespace {

std::string hmac(const EVP_MD* hash, std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> out{};
  unsigned size = 0;
  CHECK(HMAC(hash, key.data(), length_of(key), bytes_of(text), text.size(), out.data(), &size));
  return std::string(reinterpret_cast<const char*>(out.data()), out.size());
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view text) {
  return hmac(EVP_sha256(), key, text);
}

std::string derive(Suite suite, std::string_view key, std::string_view purpose) {
  const std::string info = std::string(purpose) + '\x01';
  return suite == Suite::sm4_gcm ? hmac(EVP_sm3(), key, info).substr(0, 16)
                                 : hmac(EVP_sha256(), key, info);
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
}

std::unique_ptr<CipherContext> Aead::take(Idle& idle, bool sealing) const {
  {
    const std::lock_guard lock(idle.mutex);
    if (!idle.contexts.empty()) {
      auto context = std::move(idle.contexts.back());
      idle.contexts.pop_back();
      return context;
    }
  }
  if (suite_ == Suite::sm4_gcm) return std::make_unique<Sm4Gcm>(key_, sealing);
  return std::make_unique<AesGcm>(key_, sealing);
}

void Aead::give_back(Idle& idle, std::unique_ptr<CipherContext> context) {
  const std::lock_guard lock(idle.mutex);
  if (idle.contexts.size() < idle_max) idle.contexts.push_back(std::move(context));
}

void Aead::seal(std::string_view beside, std::string_view plain, std::string& out) const {
  const std::size_t at = out.size();
  out.resize(at + nonce_size + plain.size() + tag_size);
  unsigned char* nonce = bytes_of(out) + at;
  CHECK(RAND_bytes(nonce, nonce_size) == 1);
  auto context = take(sealing_, true);
  CHECK(context->run(nonce, beside, plain, nonce + nonce_size));
  give_back(sealing_, std::move(context));
}

std::optional<std::string> Aead::open(std::string_view beside, std::string_view sealed) const {
  if (sealed.size() < nonce_size + tag_size) return std::nullopt;
  const std::string_view body = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
  std::string plain(body.size(), '\0');
  auto context = take(opening_, false);
  const bool opens = context->run(bytes_of(sealed), beside, body, bytes_of(plain));
  give_back(opening_, std::move(context));
  if (!opens) return std::nullopt;
  return plain;
}

}  // namespace store
