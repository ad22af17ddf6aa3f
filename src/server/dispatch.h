#pragma once
// One request to its answer, without a socket: rate limit; page or route; then session, rate of the
// user, CSRF, role, handler, in this order. Every Error becomes its status here and nowhere else.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/router.h"
#include "server/pages.h"
#include "server/rate.h"
#include "server/server.h"

namespace server {

struct Answer {
  http::Response response;
  std::string label;              // "GET /api/v1/cases/{case_id}": for the log, never the values
  std::optional<bool> signed_in;  // where that was looked at
};

class Dispatch {
 public:
  Dispatch(std::vector<http::Route> routes, Pages pages, const Options& options);
  // What takes no time: a page, or that it asks too much. Nothing: answer() it, on a worker.
  std::optional<Answer> answer_at_once(const http::Request& request);
  Answer answer(http::Request request);

 private:
  kernel::Result<http::Response> answer_route(const http::Route& route, http::Request& request);
  kernel::Status admit(const http::Route& route, http::Request& request);

  http::Router router_;
  Pages pages_;
  std::string routes_below_;
  bool any_body_;
  std::function<kernel::Status(http::Request&)> authenticate_;
  Rate requests_, users_, sign_ins_;
};

// Headers every answer has: nothing is framed, sniffed, sent on as a referrer or run from
// elsewhere.
void add_security_headers(http::Response& response, bool tls, bool is_api);

}  // namespace server
