#pragma once
// HTTP/1.1 text to http::Request and http::Response to text, without a socket. Enters bytes as they
// come; leaves a request, or the status that refuses it. The parser is Beast's, hidden here.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/route.h"
#include "server/server.h"

namespace server {

class RequestReader {
 public:
  RequestReader(const Limits& limits);
  ~RequestReader();

  enum class State { more, wants_continue, done, bad };
  // Takes bytes from the front of `bytes`; those after the request's end stay for the next one.
  State take(std::string_view& bytes);
  bool header_done() const;
  int refusal() const;  // HTTP status, when bad
  bool keep_alive() const;
  bool is_head() const;
  // The request, or an Error for a target or header that cannot be understood.
  kernel::Result<http::Request> request();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct Framing {
  bool keep_alive = true;
  bool head = false;  // HEAD: the header of the answer only
};
std::string render(const http::Response& response, Framing framing, kernel::Instant now);

}  // namespace server
