#include "server/dispatch.h"

#include <openssl/crypto.h>

#include <exception>

#include "http/status.h"

namespace server {

namespace {

using http::Request;
using http::Response;
using http::Route;
using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Status;

std::string header(const Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

bool same_secret(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A page elsewhere can make a browser send a form; it cannot send JSON or our header, and current
// browsers say where a request comes from.
Status check_origin(const Request& request, bool any_body) {
  const std::string site = header(request, "sec-fetch-site");
  if (site == "cross-site" || site == "same-site")
    return Error{Code::forbidden, "asked from another site", "sec-fetch-site"};
  if (!any_body && !request.body.empty() &&
      !header(request, "content-type").starts_with("application/json"))
    return Error{Code::invalid_input, "the body must be application/json", "content-type"};
  return Ok{};
}

Response not_allowed(const std::vector<std::string>& methods) {
  Response response = http::error_response({Code::not_found, "no such method here", ""});
  response.status = 405;
  std::string allow;
  for (const auto& method : methods) allow += (allow.empty() ? "" : ", ") + method;
  response.headers.emplace_back("Allow", allow);
  return response;
}

}  // namespace

Dispatch::Dispatch(std::vector<Route> routes, Pages pages, const Options& options)
    : router_(std::move(routes)),
      pages_(std::move(pages)),
      routes_below_(options.routes_below),
      any_body_(options.any_body),
      authenticate_(options.authenticate),
      requests_(options.limits.requests_per_s, options.limits.requests_burst),
      users_(options.limits.user_requests_per_s, options.limits.user_requests_burst),
      sign_ins_(options.limits.sign_ins_per_min / 60.0, options.limits.sign_ins_burst) {}

Status Dispatch::admit(const Route& route, Request& request) {
  const bool changes = request.method != "GET";
  if (changes) TRY(check_origin(request, any_body_ && !route.access.signed_in));
  if (!route.access.signed_in) {
    if (changes && !sign_ins_.take(request.remote, request.now))
      return Error{Code::too_many, "too many sign-ins from this address; wait a minute", ""};
    return Ok{};
  }
  if (authenticate_) TRY(authenticate_(request));
  if (!request.caller) return Error{Code::unauthenticated, "sign in first", ""};
  // Those who come with a key have no number, and each its own share all the same.
  if (!users_.take(
          request.by_key ? request.caller->user_name : std::to_string(request.caller->user_id),
          request.now))
    return Error{Code::too_many, "too many requests of this user; slow down", ""};
  if (changes && !request.by_key &&
      !same_secret(request.csrf_token, header(request, http::csrf_header)))
    return Error{Code::forbidden, "the session's csrf_token is missing", http::csrf_header};
  if (!route.access.allows(request.caller->role))
    return Error{Code::forbidden,
                 std::string("not for the role ") + http::role_name(request.caller->role), ""};
  return Ok{};
}

kernel::Result<Response> Dispatch::answer_route(const Route& route, Request& request) {
  TRY(admit(route, request));
  try {
    return route.handler(request);
  } catch (const std::exception&) {  // the server's door: a library threw; what() may hold data
    return Error{Code::unavailable, "this request failed inside; nothing was changed", ""};
  }
}

std::optional<Answer> Dispatch::answer_at_once(const Request& request) {
  if (!requests_.take(request.remote, request.now))
    return Answer{http::error_response({Code::too_many, "too many requests; slow down", ""}),
                  "limited"};
  if (!request.path.starts_with(routes_below_)) return Answer{pages_.answer(request), "page"};
  return std::nullopt;
}

Answer Dispatch::answer(Request request) {
  auto found = router_.find(request.method, request.path);
  if (!found.route && !found.methods.empty()) return {not_allowed(found.methods), "405"};
  if (!found.route)
    return {http::error_response({Code::not_found, "no such address", request.path}), "404"};
  request.path_values = std::move(found.path_values);
  auto result = answer_route(*found.route, request);
  return {result ? std::move(*result) : http::error_response(result.error()),
          found.route->method + ' ' + found.route->path,
          found.route->access.signed_in ? std::optional(request.caller.has_value()) : std::nullopt};
}

void add_security_headers(Response& response, bool tls, bool is_api) {
  // Charts and tables place things by style attributes (tooltips are built as HTML text), so those
  // are allowed; scripts and style sheets come from files of our own only.
  static constexpr char policy[] =
      "default-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
      "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy", policy);
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Frame-Options", "DENY");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (tls) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  if (is_api) headers.emplace_back("Cache-Control", "no-store");
  if (response.status == 429) headers.emplace_back("Retry-After", "30");
}

}  // namespace server
