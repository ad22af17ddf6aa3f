#include "tlog/timestamp.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>

#include "tlog/checkpoint.h"
#include "tlog/files.h"

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* value) const { Free(value); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;
using Request = Owned<TS_REQ, TS_REQ_free>;
using Reply = Owned<TS_RESP, TS_RESP_free>;
using VerifyContext = Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

Error wrong(const std::string& what) {
  std::string why;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    why += std::string(why.empty() ? ": " : "; ") + (reason ? reason : "?");
  }
  return Error{Code::corrupt, what + why, ""};
}

Reply parse_reply(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  return Reply(d2i_TS_RESP(nullptr, &at, static_cast<long>(bytes.size())));
}

Result<std::int64_t> time_of(TS_RESP* reply) {
  TS_TST_INFO* info = TS_RESP_get_tst_info(reply);
  std::tm at{};
  if (!info || ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &at) != 1)
    return wrong("the reply has no time");
  return static_cast<std::int64_t>(::timegm(&at));
}

Request make_request(std::string_view stamped) {
  Hash digest = sha256(stamped);
  const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  const Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owned<ASN1_INTEGER, ASN1_INTEGER_free> nonce(ASN1_INTEGER_new());
  Request request(TS_REQ_new());
  std::uint64_t random = 0;
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&random), sizeof random) == 1);
  CHECK(algorithm && imprint && nonce && request);
  CHECK(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
  CHECK(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1);
  CHECK(TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size())) == 1);
  CHECK(TS_REQ_set_version(request.get(), 1) == 1);
  CHECK(TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1);
  CHECK(ASN1_INTEGER_set_uint64(nonce.get(), random >> 1) == 1);
  CHECK(TS_REQ_set_nonce(request.get(), nonce.get()) == 1);
  CHECK(TS_REQ_set_cert_req(request.get(), 1) == 1);
  return request;
}

// The authorities' store, with the clock at the time-stamp's: a certificate that has expired since
// was good then.
Result<X509_STORE*> store_at(const std::string& ca_file, std::int64_t at_seconds) {
  X509_STORE* store = X509_STORE_new();
  CHECK(store);
  if (X509_STORE_load_file(store, ca_file.c_str()) != 1) {
    X509_STORE_free(store);
    ERR_clear_error();
    return Error{Code::corrupt, "the file of CAs cannot be read", ca_file};
  }
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(param, static_cast<std::time_t>(at_seconds));
  return store;
}

// `context` says what is compared; the signature too where there are CAs.
Result<std::int64_t> verify_reply(TS_RESP* reply, VerifyContext context,
                                  const std::string& ca_file) {
  TRY_ASSIGN(const std::int64_t at, time_of(reply));
  if (!ca_file.empty()) {
    TRY_ASSIGN(X509_STORE * store, store_at(ca_file, at));
    TS_VERIFY_CTX_set_store(context.get(), store);  // now the context's
    TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_SIGNATURE);
  }
  if (TS_RESP_verify_response(context.get(), reply) != 1) return wrong("the reply does not hold");
  return at;
}

}  // namespace

Result<std::int64_t> check_timestamp(std::string_view reply, std::string_view stamped,
                                     const std::string& ca_file) {
  ERR_clear_error();
  const Reply parsed = parse_reply(reply);
  if (!parsed) return wrong("not a time-stamp reply");
  VerifyContext context(TS_VERIFY_CTX_new());
  const Hash digest = sha256(stamped);
  auto* imprint = static_cast<unsigned char*>(OPENSSL_memdup(digest.data(), digest.size()));
  TS_VERIFY_CTX_set_imprint(context.get(), imprint, static_cast<long>(digest.size()));
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT);
  return verify_reply(parsed.get(), std::move(context), ca_file);
}

Result<std::string> fetch_timestamp(const HttpTarget& authority, std::string_view stamped,
                                    const std::string& ca_file) {
  const Request request = make_request(stamped);
  unsigned char* der = nullptr;
  const int size = i2d_TS_REQ(request.get(), &der);
  CHECK(size > 0);
  const std::string body(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  TRY_ASSIGN(HttpReply answer, http_post(authority, "application/timestamp-query", body));
  if (answer.status != 200)
    return Error{Code::unavailable, "the authority answered " + std::to_string(answer.status),
                 authority.url};
  ERR_clear_error();
  const Reply reply = parse_reply(answer.body);
  if (!reply) return wrong("not a time-stamp reply");
  // Against the request: imprint, nonce, policy; the signature as above.
  VerifyContext context(TS_REQ_to_TS_VERIFY_CTX(request.get(), nullptr));
  CHECK(context);
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
  TRY(verify_reply(reply.get(), std::move(context), ca_file));
  return std::move(answer.body);
}

Status keep_checkpoint(const std::filesystem::path& log, std::string_view note) {
  TRY_ASSIGN(const Note parsed, parse_note(note));
  TRY_ASSIGN(const Checkpoint checkpoint, parse_checkpoint(parsed.text));
  const std::filesystem::path file = log / "checkpoints" / std::to_string(checkpoint.tree.size);
  std::error_code error;
  if (std::filesystem::exists(file, error)) return kernel::Ok{};
  std::filesystem::create_directories(file.parent_path(), error);
  return replace_file(file, note);
}

Status stamp_checkpoint(const std::filesystem::path& log, std::string_view note,
                        const HttpTarget& authority, const std::string& ca_file) {
  TRY(keep_checkpoint(log, note));
  TRY_ASSIGN(const Note parsed, parse_note(note));
  TRY_ASSIGN(const Checkpoint checkpoint, parse_checkpoint(parsed.text));
  const std::string size = std::to_string(checkpoint.tree.size);
  // What is kept may have been kept earlier with other cosignatures: those bytes are stamped.
  TRY_ASSIGN(const std::string kept, read_whole(log / "checkpoints" / size));
  TRY_ASSIGN(const std::string reply, fetch_timestamp(authority, kept, ca_file));
  const std::filesystem::path file = log / "timestamps" / (size + ".tsr");
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  return replace_file(file, reply);
}

}  // namespace tlog
