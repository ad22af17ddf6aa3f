#include "tlog/post.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::size_t most_reply = 1024 * 1024;

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * count > most_reply) return 0;  // ends the transfer
  body.append(bytes, size * count);
  return size * count;
}

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

Curl open_curl(const HttpTarget& target) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Curl curl(curl_easy_init(), curl_easy_cleanup);
  CHECK(curl);
  curl_easy_setopt(curl.get(), CURLOPT_URL, target.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(target.timeout_ms));
  if (!target.ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, target.ca_file.c_str());
  return curl;
}

Result<HttpReply> perform(CURL* curl, const HttpTarget& target,
                          const std::vector<std::string>& lines) {
  curl_slist* list = nullptr;
  for (const std::string& line : lines) list = curl_slist_append(list, line.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                            curl_slist_free_all);
  HttpReply reply;
  std::string why(CURL_ERROR_SIZE, '\0');
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why.data());
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    const std::string told = why.c_str();
    return Error{Code::unavailable, told.empty() ? curl_easy_strerror(code) : told, target.url};
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  const char* type = nullptr;
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  if (type) reply.content_type = type;
  return reply;
}

}  // namespace

Result<HttpReply> http_post(const HttpTarget& target, std::string_view content_type,
                            std::string_view body, const std::vector<std::string>& headers) {
  const Curl curl = open_curl(target);
  curl_easy_setopt(curl.get(), CURLOPT_POST, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
  std::vector<std::string> lines{"Content-Type: " + std::string(content_type), "Expect:"};
  lines.insert(lines.end(), headers.begin(), headers.end());
  return perform(curl.get(), target, lines);
}

Result<HttpReply> http_get(const HttpTarget& target, const std::vector<std::string>& headers) {
  const Curl curl = open_curl(target);
  return perform(curl.get(), target, headers);
}

}  // namespace tlog
