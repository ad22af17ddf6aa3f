#pragma once
// What a room's http.cpp is made of: Request in, Response out, and the Route that says who may ask.
// A route is declared once with its input and output structs; OpenAPI, validation and the
// TypeScript types all come from that declaration. Knows no socket and no room.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/json.h"
#include "kernel/date.h"
#include "kernel/result.h"

namespace http {

// compliance watches over contacts and evidence and edits nothing; auditor sees rules and evidence,
// no person; agency (another company) and machine (a dialer) come with a key of their own
// (people/keys.h).
enum class Role { collector, lead, analyst, compliance, auditor, agency, machine, admin };
BOOST_DESCRIBE_ENUM(Role, collector, lead, analyst, compliance, auditor, agency, machine, admin)
const std::vector<Role>& all_roles();
const char* role_name(Role role);
std::optional<Role> parse_role(std::string_view name);

// Who asks, as the session says.
struct Caller {
  std::int64_t user_id = 0;
  std::string user_name;  // sign-in name, also the collector code in worklists
  std::string shown_name;
  Role role = Role::collector;
  std::string team;
  std::vector<std::string> regions;  // leading digits of GB/T 2260 codes; empty: everywhere
};

struct Request {
  std::string method, path, remote, body;
  std::map<std::string, std::string> path_values, query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::map<std::string, std::string> cookies;
  std::optional<Caller> caller;
  std::string session_id;
  bool by_key = false;     // with an API key: no cookie another page could borrow, so no csrf_token
  std::string csrf_token;  // what the session expects in the header x-csrf-token
  kernel::Instant now;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Who may ask. A route cannot be made without saying it; tests/api lists every route's answer.
struct Access {
  bool signed_in = true;    // false: anyone (sign-in, health)
  std::vector<Role> roles;  // empty: every signed-in role
  bool allows(Role role) const;
};
inline Access anyone() {
  return {.signed_in = false, .roles = {}};
}
inline Access every_role() {
  return {};
}
// Everybody who works in this house.
Access staff();
// Those who may look at a case; a collector at own ones only.
Access case_readers();
inline Access only(std::vector<Role> roles) {
  return {.roles = std::move(roles)};
}

using Handler = std::function<kernel::Result<Response>(const Request&)>;

struct Route {
  std::string method, path;  // "/api/v1/cases/{case_id}"
  std::string summary;
  std::string room;
  Access access;
  Handler handler;
  Schema input, output;  // for OpenAPI; path names in braces must be fields of input
  std::string content_type = "application/json";
};

std::vector<std::string> path_names(std::string_view path);  // those in braces
// CHECKs that the path's names are fields of the input and that the method is a known one.
void check_route(const Route& route);

// Input struct: fields named in the path come from it, the rest from the query (GET) or the JSON
// body. Output struct: rendered as JSON. Both are declared with BOOST_DESCRIBE_STRUCT.
template <class In, class Out>
Route route(std::string method, std::string path, std::string room, std::string summary,
            Access access, std::function<kernel::Result<Out>(const In&, const Request&)> handler) {
  Route r{std::move(method), std::move(path),   std::move(summary),
          std::move(room),   std::move(access), {},
          schema_of<In>(),   schema_of<Out>()};
  check_route(r);
  r.handler = [handler = std::move(handler)](const Request& request) -> kernel::Result<Response> {
    TRY_ASSIGN(In in, read_input<In>(request));
    TRY_ASSIGN(Out out, handler(in, request));
    return Response{.body = write_json(out)};
  };
  return r;
}

// The same for answers that are not JSON (CSV, the OpenAPI text itself).
template <class In>
Route raw_route(std::string method, std::string path, std::string room, std::string summary,
                Access access, std::string content_type,
                std::function<kernel::Result<Response>(const In&, const Request&)> handler) {
  Route r{std::move(method), std::move(path),   std::move(summary),
          std::move(room),   std::move(access), {},
          schema_of<In>(),   Schema{},          std::move(content_type)};
  check_route(r);
  r.handler = [handler = std::move(handler)](const Request& request) -> kernel::Result<Response> {
    TRY_ASSIGN(In in, read_input<In>(request));
    return handler(in, request);
  };
  return r;
}

// The same where the answer also sets headers (a cookie).
using Headers = std::vector<std::pair<std::string, std::string>>;
template <class In, class Out>
Route route_with_headers(
    std::string method, std::string path, std::string room, std::string summary, Access access,
    std::function<kernel::Result<Out>(const In&, const Request&, Headers&)> handler) {
  Route r = raw_route<In>(std::move(method), std::move(path), std::move(room), std::move(summary),
                          std::move(access), "application/json",
                          [handler = std::move(handler)](
                              const In& in, const Request& request) -> kernel::Result<Response> {
                            Response response;
                            TRY_ASSIGN(Out out, handler(in, request, response.headers));
                            response.body = write_json(out);
                            return response;
                          });
  r.output = schema_of<Out>();
  return r;
}

}  // namespace http
