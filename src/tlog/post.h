#pragma once
// One HTTP(S) POST, by libcurl: for witnesses and time-stamp authorities. No redirects, bounded in
// time and size.

#include <string>
#include <string_view>

#include "kernel/result.h"

namespace tlog {

struct HttpTarget {
  std::string url;      // http:// or https://
  std::string ca_file;  // PEM of the CAs of an https:// server; empty: the system's
  int timeout_ms = 10'000;
};
struct HttpReply {
  int status = 0;
  std::string content_type, body;
};

// Any status is a reply. Error: unavailable (not reached, too slow, more than 1 MiB).
kernel::Result<HttpReply> http_post(const HttpTarget& target, std::string_view content_type,
                                    std::string_view body);

}  // namespace tlog
