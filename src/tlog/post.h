#pragma once
// One HTTP(S) request, by libcurl: for witnesses, time-stamp authorities and identity providers. No
// redirects, bounded in time and size.

#include <string>
#include <string_view>
#include <vector>

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

// Any status is a reply. `headers` are whole lines. Error: unavailable (not reached, too slow, more
// than 1 MiB).
kernel::Result<HttpReply> http_post(const HttpTarget& target, std::string_view content_type,
                                    std::string_view body,
                                    const std::vector<std::string>& headers = {});
kernel::Result<HttpReply> http_get(const HttpTarget& target,
                                   const std::vector<std::string>& headers = {});

}  // namespace tlog
