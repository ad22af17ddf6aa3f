#pragma once
// A browser without a socket for this room's tests: keeps the cookie and the token, and asks as the
// server would.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "http/router.h"
#include "http/status.h"
#include "people/types.h"
#include "tests/stores.h"

namespace people_tests {

using http::Request;
using http::Response;
using kernel::Code;
using kernel::Instant;
using kernel::Result;
using people::cost_for_tests;

inline std::vector<store::Migration> all_schema() {
  std::vector<store::Migration> all = store::schema();
  for (const auto* room : {&allocation::schema(), &people::schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

inline const Instant morning = Instant::china(kernel::Date::from_ymd(2026, 11, 20), 600);
inline constexpr std::int64_t minute = 60;

class Browser {
 public:
  Browser(store::Store& store, std::string remote, std::vector<http::Role> second_step_for = {})
      : router_(people::routes(
            store,
            {.secure_cookie = false, .cost = cost_for_tests, .second_step_for = second_step_for})),
        authenticate_(people::authenticator(store, second_step_for)),
        remote_(std::move(remote)) {}

  Result<Response> ask(const std::string& method, const std::string& path, std::string body = "") {
    auto found = router_.find(method, path);
    CHECK_MSG(found.route, path.c_str());
    Request request{.method = method, .path = path, .remote = remote_, .body = std::move(body)};
    request.path_values = found.path_values;
    request.now = now;
    request.headers["user-agent"] = "Test/" + remote_;
    if (!cookie.empty()) request.cookies[http::session_cookie] = cookie;
    TRY(authenticate_(request));
    if (found.route->access.signed_in && !request.caller)
      return kernel::Error{Code::unauthenticated, "", ""};
    if (request.caller && !found.route->access.allows(request.caller->role))
      return kernel::Error{Code::forbidden, "", ""};
    last_csrf = request.csrf_token;
    auto answer = found.route->handler(request);
    if (answer) keep_cookie(*answer);
    return answer;
  }

  Result<Response> sign_in(const std::string& name, const std::string& password,
                           const std::string& code = "") {
    return ask("POST", "/api/v1/session",
               "{\"user_name\":\"" + name + "\",\"password\":\"" + password + "\"" +
                   (code.empty() ? "" : ",\"code\":\"" + code + "\"") + "}");
  }

  Instant now = morning;
  std::string cookie, last_csrf;

 private:
  void keep_cookie(const Response& answer) {
    for (const auto& [name, value] : answer.headers) {
      if (name != "Set-Cookie") continue;
      EXPECT_NE(value.find("; HttpOnly; SameSite=Strict"), value.npos);
      const auto equals = value.find('=');
      cookie = value.substr(equals + 1, value.find(';') - equals - 1);
    }
  }

  http::Router router_;
  std::function<kernel::Status(Request&)> authenticate_;
  std::string remote_;
};

inline std::string demo(store::Store& store) {
  return people::make_demo_staff(store, morning, cost_for_tests).value().password;
}

inline std::int64_t facts(store::Store& store, const std::string& kind) {
  return store
      .read([&](store::Transaction& tx) {
        return *tx.query_i64("SELECT COUNT(*) FROM fact WHERE kind = $1", {kind});
      })
      .value();
}

inline Code code_of(const Result<Response>& answer) {
  return answer.error().code;
}

}  // namespace people_tests
