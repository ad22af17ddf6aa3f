#include "server/pages.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <fstream>
#include <iterator>

#include "http/status.h"

namespace server {

namespace {

using http::Request;
using http::Response;
using kernel::Code;
using kernel::Error;

constexpr std::size_t worth_gzip = 1024;

const char* type_of_extension(const std::string& extension) {
  static const std::map<std::string, const char*> types = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".json", "application/json; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
  };
  const auto found = types.find(extension);
  return found == types.end() ? "application/octet-stream" : found->second;
}

std::string hash(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr) == 1);
  static constexpr char hex[] = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 12; ++i) text += hex[digest[i] >> 4], text += hex[digest[i] & 15];
  return '"' + text + '"';
}

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

bool is_text(const std::string& type) {
  return type.starts_with("text/") || type.find("json") != type.npos ||
         type.find("svg") != type.npos;
}

bool accepts_gzip(const Request& request) {
  const auto found = request.headers.find("accept-encoding");
  return found != request.headers.end() && found->second.find("gzip") != std::string::npos;
}

}  // namespace

kernel::Result<Pages> Pages::load(const std::filesystem::path& folder) {
  Pages pages;
  std::error_code problem;
  for (std::filesystem::recursive_directory_iterator at(folder, problem), end;
       !problem && at != end; at.increment(problem)) {
    if (!at->is_regular_file() || at->path().extension() == ".gz") continue;
    std::ifstream in(at->path(), std::ios::binary);
    File file;
    file.bytes.assign(std::istreambuf_iterator<char>(in), {});
    if (!in) return Error{Code::unavailable, "cannot be read", at->path().string()};
    file.content_type = type_of_extension(at->path().extension().string());
    file.etag = hash(file.bytes);
    if (is_text(file.content_type) && file.bytes.size() >= worth_gzip) file.gzip = gzip(file.bytes);
    const std::string name = "/" + at->path().lexically_relative(folder).generic_string();
    file.for_ever = name.starts_with("/assets/");
    pages.files_[name] = std::move(file);
  }
  if (problem) return Error{Code::not_found, problem.message(), folder.string()};
  if (!pages.files_.contains("/index.html"))
    return Error{Code::not_found, "there is no index.html: build the pages first", folder.string()};
  return pages;
}

Response Pages::answer(const Request& request) const {
  if (request.method != "GET")
    return http::error_response({Code::not_found, "no such address", ""});
  auto found = files_.find(request.path);
  const bool names_a_file = request.path.rfind('.') > request.path.rfind('/') &&
                            request.path.rfind('.') != std::string::npos;
  if (found == files_.end() && !names_a_file) found = files_.find("/index.html");
  if (found == files_.end()) return http::error_response({Code::not_found, "no such page", ""});
  return answer_file(found->second, request);
}

Response Pages::answer_file(const File& file, const Request& request) const {
  Response response{.content_type = file.content_type, .body = {}};
  response.headers = {
      {"ETag", file.etag},
      {"Cache-Control", file.for_ever ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (!file.gzip.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  const auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && known->second.find(file.etag) != std::string::npos) {
    response.status = 304;
  } else if (!file.gzip.empty() && accepts_gzip(request)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = file.gzip;
  } else {
    response.body = file.bytes;
  }
  return response;
}

}  // namespace server
