#include "store/token_root.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#include <array>
#include <fstream>
#include <vector>

#include "kernel/hash.h"
#include "store/aead.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

// What of a URI we use; text of it goes into errors, the PIN never does.
struct Place {
  std::string uri, module, object, pin_file;
  std::shared_ptr<P11KitUri> parsed;
};

Result<Place> parse_place(const std::string& uri) {
  Place place{.uri = uri, .module = {}, .object = {}, .pin_file = {}, .parsed = nullptr};
  place.parsed = {p11_kit_uri_new(), p11_kit_uri_free};
  if (const int problem = p11_kit_uri_parse(uri.c_str(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN_AND_MODULE,
                                            place.parsed.get());
      problem != P11_KIT_URI_OK)
    return Error{Code::invalid_input,
                 std::string("a PKCS#11 URI is wanted: ") + p11_kit_uri_message(problem), uri};
  if (p11_kit_uri_get_pin_value(place.parsed.get()) != nullptr)
    return Error{Code::invalid_input,
                 "a PIN on the command line is seen by all: put it in a file and say "
                 "pin-source=FILE",
                 "pin-value"};
  const char* module = p11_kit_uri_get_module_path(place.parsed.get());
  const char* pin = p11_kit_uri_get_pin_source(place.parsed.get());
  const CK_ATTRIBUTE* label = p11_kit_uri_get_attribute(place.parsed.get(), CKA_LABEL);
  if (module == nullptr || pin == nullptr || label == nullptr)
    return Error{Code::invalid_input,
                 "the URI says token=, object=, and after ? module-path= and pin-source=", uri};
  place.module = module;
  place.pin_file = pin;
  if (place.pin_file.starts_with("file:")) place.pin_file.erase(0, 5);
  place.object.assign(static_cast<const char*>(label->pValue), label->ulValueLen);
  return place;
}

Error refused(const std::string& what, CK_RV rv, const std::string& where) {
  const bool away = rv == CKR_DEVICE_REMOVED || rv == CKR_TOKEN_NOT_PRESENT ||
                    rv == CKR_DEVICE_ERROR || rv == CKR_SESSION_HANDLE_INVALID;
  return {away ? Code::unavailable : Code::conflict, what + ": " + p11_kit_strerror(rv), where};
}

// The module, loaded and begun; a library's count of its users is kept by p11-kit.
class Module {
 public:
  static Result<std::shared_ptr<Module>> load(const Place& place) {
    CK_FUNCTION_LIST* functions = p11_kit_module_load(place.module.c_str(), 0);
    if (functions == nullptr) {
      const char* why = p11_kit_message();
      return Error{Code::not_found,
                   std::string("the token's PKCS#11 library cannot be loaded: ") +
                       (why != nullptr ? why : "no reason given"),
                   place.module};
    }
    if (const CK_RV rv = p11_kit_module_initialize(functions); rv != CKR_OK) {
      p11_kit_module_release(functions);
      return refused("the token's PKCS#11 library does not begin", rv, place.module);
    }
    return std::shared_ptr<Module>(new Module(functions));
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() {
    p11_kit_module_finalize(functions_);
    p11_kit_module_release(functions_);
  }
  CK_FUNCTION_LIST* operator->() const { return functions_; }

 private:
  explicit Module(CK_FUNCTION_LIST* functions) : functions_(functions) {}
  CK_FUNCTION_LIST* functions_;
};

Result<CK_SLOT_ID> find_slot(Module& module, const Place& place) {
  std::array<CK_SLOT_ID, 64> slots{};
  CK_ULONG count = slots.size();
  if (const CK_RV rv = module->C_GetSlotList(CK_TRUE, slots.data(), &count); rv != CKR_OK)
    return refused("the slots cannot be listed", rv, place.module);
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (module->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;
    if ((info.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
    if (p11_kit_uri_match_token_info(place.parsed.get(), &info) == 1) return slots[i];
  }
  return Error{Code::not_found,
               "no token of this name is in the reader: is it plugged in, and begun (initialised)?",
               place.uri};
}

// A session in which the key can be used, signed in with the PIN.
class Session {
 public:
  static Result<std::unique_ptr<Session>> open(const Place& place) {
    TRY_ASSIGN(auto module, Module::load(place));
    TRY_ASSIGN(const CK_SLOT_ID slot, find_slot(*module, place));
    std::ifstream file(place.pin_file);
    std::string pin;
    if (!std::getline(file, pin) || pin.empty())
      return Error{Code::not_found, "the file of the token's PIN cannot be read", place.pin_file};
    CK_SESSION_HANDLE handle = 0;
    CK_RV rv = (*module)->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                        &handle);
    if (rv != CKR_OK) return refused("the token opens no session", rv, place.uri);
    auto session = std::unique_ptr<Session>(new Session(std::move(module), handle, place.uri));
    rv = session->module()->C_Login(handle, CKU_USER, reinterpret_cast<unsigned char*>(pin.data()),
                                    pin.size());
    wipe(pin);
    if (rv == CKR_PIN_INCORRECT)
      return Error{Code::forbidden,
                   "the token refuses the PIN; after a few wrong ones it locks itself",
                   place.pin_file};
    if (rv == CKR_PIN_LOCKED)
      return Error{Code::forbidden, "the token has locked its PIN: its officer must unlock it",
                   place.uri};
    if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
      return refused("the token does not sign in", rv, place.uri);
    return session;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { module()->C_CloseSession(handle_); }

  Module& module() const { return *module_; }
  CK_SESSION_HANDLE handle() const { return handle_; }

  Result<CK_OBJECT_HANDLE> find_key(const std::string& label) const {
    CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
    std::string name = label;
    std::array<CK_ATTRIBUTE, 2> wanted = {
        CK_ATTRIBUTE{CKA_CLASS, &secret, sizeof secret},
        CK_ATTRIBUTE{CKA_LABEL, name.data(), static_cast<CK_ULONG>(name.size())}};
    std::array<CK_OBJECT_HANDLE, 2> found{};
    CK_ULONG count = 0;
    CK_RV rv = module()->C_FindObjectsInit(handle_, wanted.data(), wanted.size());
    if (rv == CKR_OK) {
      rv = module()->C_FindObjects(handle_, found.data(), found.size(), &count);
      module()->C_FindObjectsFinal(handle_);
    }
    if (rv != CKR_OK) return refused("the token cannot be searched", rv, where_);
    if (count == 0) return Error{Code::not_found, "the token holds no such secret key", where_};
    if (count > 1)
      return Error{Code::conflict, "the token holds several keys of this name", where_};
    return found[0];
  }

  Result<CK_OBJECT_HANDLE> make_key(const std::string& label) const {
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG size = 32;
    std::string name = label, id = random_bytes(8);
    std::array<CK_ATTRIBUTE, 9> wanted = {
        CK_ATTRIBUTE{CKA_TOKEN, &yes, sizeof yes},
        CK_ATTRIBUTE{CKA_PRIVATE, &yes, sizeof yes},
        CK_ATTRIBUTE{CKA_SENSITIVE, &yes, sizeof yes},
        CK_ATTRIBUTE{CKA_EXTRACTABLE, &no, sizeof no},
        CK_ATTRIBUTE{CKA_ENCRYPT, &yes, sizeof yes},
        CK_ATTRIBUTE{CKA_DECRYPT, &yes, sizeof yes},
        CK_ATTRIBUTE{CKA_VALUE_LEN, &size, sizeof size},
        CK_ATTRIBUTE{CKA_LABEL, name.data(), static_cast<CK_ULONG>(name.size())},
        CK_ATTRIBUTE{CKA_ID, id.data(), static_cast<CK_ULONG>(id.size())}};
    CK_MECHANISM how = {CKM_AES_KEY_GEN, nullptr, 0};
    CK_OBJECT_HANDLE key = 0;
    const CK_RV rv = module()->C_GenerateKey(handle_, &how, wanted.data(), wanted.size(), &key);
    if (rv != CKR_OK) return refused("the token makes no key", rv, where_);
    return key;
  }

 private:
  Session(std::shared_ptr<Module> module, CK_SESSION_HANDLE handle, std::string where)
      : module_(std::move(module)), handle_(handle), where_(std::move(where)) {}
  std::shared_ptr<Module> module_;
  CK_SESSION_HANDLE handle_;
  std::string where_;
};

class TokenRoot final : public Root {
 public:
  TokenRoot(std::unique_ptr<Session> session, CK_OBJECT_HANDLE key, std::string id,
            std::string where)
      : session_(std::move(session)), key_(key), id_(std::move(id)), where_(std::move(where)) {}

  std::string id() const override { return id_; }

  Result<std::string> wrap(std::string_view beside, std::string_view key) const override {
    const std::string nonce = random_bytes(nonce_size);
    TRY_ASSIGN(const std::string sealed, run(true, nonce, beside, key));
    return nonce + sealed;
  }

  Result<std::string> unwrap(std::string_view beside, std::string_view wrapped) const override {
    if (wrapped.size() < nonce_size + tag_size)
      return Error{Code::corrupt, "a wrapped key is too short", std::string(beside)};
    return run(false, std::string(wrapped.substr(0, nonce_size)), beside,
               wrapped.substr(nonce_size));
  }

 private:
  Result<std::string> run(bool wrapping, std::string nonce, std::string_view beside,
                          std::string_view in) const {
    std::string aad(beside), text(in);
    CK_GCM_PARAMS gcm = {bytes_of(nonce), nonce_size, 8 * nonce_size,
                         bytes_of(aad),   aad.size(), 8 * tag_size};
    CK_MECHANISM how = {CKM_AES_GCM, &gcm, sizeof gcm};
    std::string out(text.size() + tag_size, '\0');
    CK_ULONG size = out.size();
    const CK_SESSION_HANDLE session = session_->handle();
    CK_RV rv = 0;
    if (wrapping) {
      rv = session_->module()->C_EncryptInit(session, &how, key_);
      if (rv == CKR_OK)
        rv = session_->module()->C_Encrypt(session, bytes_of(text), text.size(), bytes_of(out),
                                           &size);
    } else {
      rv = session_->module()->C_DecryptInit(session, &how, key_);
      if (rv == CKR_OK)
        rv = session_->module()->C_Decrypt(session, bytes_of(text), text.size(), bytes_of(out),
                                           &size);
    }
    wipe(text);
    if (rv == CKR_ENCRYPTED_DATA_INVALID || rv == CKR_ENCRYPTED_DATA_LEN_RANGE ||
        (rv == CKR_GENERAL_ERROR && !wrapping))
      return Error{Code::corrupt, "a wrapped key does not open: its bytes were changed", aad};
    if (rv != CKR_OK)
      return refused(wrapping ? "the token does not wrap" : "the token does not unwrap", rv,
                     where_);
    out.resize(size);
    return out;
  }
  static unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
  }

  std::unique_ptr<Session> session_;
  CK_OBJECT_HANDLE key_;
  std::string id_, where_;
};

// The key's CKA_ID names it; a key that could leave its token is refused.
Result<std::string> id_of(const Session& session, CK_OBJECT_HANDLE key, const std::string& where) {
  CK_BBOOL extractable = CK_TRUE;
  std::array<char, 64> id{};
  std::array<CK_ATTRIBUTE, 2> asked = {
      CK_ATTRIBUTE{CKA_EXTRACTABLE, &extractable, sizeof extractable},
      CK_ATTRIBUTE{CKA_ID, id.data(), id.size()}};
  const CK_RV rv =
      session.module()->C_GetAttributeValue(session.handle(), key, asked.data(), asked.size());
  if (rv != CKR_OK) return refused("the token does not say what the key is", rv, where);
  if (extractable != CK_FALSE)
    return Error{Code::conflict,
                 "this key can be taken out of its token: make one that is not extractable", where};
  if (asked[1].ulValueLen == 0)
    return Error{Code::conflict, "this key has no CKA_ID: give it one", where};
  const std::string own(id.data(), asked[1].ulValueLen);
  return kernel::hex(kernel::sha256("evenhand root in a token " + own).substr(0, 8));
}

}  // namespace

Result<std::unique_ptr<Root>> open_token_root(const std::string& uri, bool create) {
  TRY_ASSIGN(const Place place, parse_place(uri));
  TRY_ASSIGN(auto session, Session::open(place));
  auto key = session->find_key(place.object);
  if (!key && key.error().code == Code::not_found && create) key = session->make_key(place.object);
  if (!key) return key.error();
  TRY_ASSIGN(std::string id, id_of(*session, *key, uri));
  return std::unique_ptr<Root>(
      std::make_unique<TokenRoot>(std::move(session), *key, std::move(id), uri));
}

Status destroy_token_key(const std::string& uri) {
  TRY_ASSIGN(const Place place, parse_place(uri));
  TRY_ASSIGN(const auto session, Session::open(place));
  TRY_ASSIGN(const CK_OBJECT_HANDLE key, session->find_key(place.object));
  const CK_RV rv = session->module()->C_DestroyObject(session->handle(), key);
  if (rv != CKR_OK) return refused("the token does not destroy the key", rv, uri);
  return kernel::Ok{};
}

}  // namespace store
