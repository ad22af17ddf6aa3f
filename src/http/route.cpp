#include "http/route.h"

#include <algorithm>

namespace http {

const std::vector<Role>& all_roles() {
  static const std::vector<Role> roles = {Role::collector,  Role::lead,    Role::analyst,
                                          Role::compliance, Role::auditor, Role::agency,
                                          Role::machine,    Role::admin};
  return roles;
}

const char* role_name(Role role) {
  switch (role) {
    case Role::collector:
      return "collector";
    case Role::lead:
      return "lead";
    case Role::analyst:
      return "analyst";
    case Role::compliance:
      return "compliance";
    case Role::auditor:
      return "auditor";
    case Role::agency:
      return "agency";
    case Role::machine:
      return "machine";
    case Role::admin:
      return "admin";
  }
  CHECK_MSG(false, "unknown role");
  return "";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : all_roles())
    if (name == role_name(role)) return role;
  return std::nullopt;
}

Access staff() {
  return only(
      {Role::collector, Role::lead, Role::analyst, Role::compliance, Role::auditor, Role::admin});
}

Access case_readers() {
  return only({Role::collector, Role::lead, Role::analyst, Role::compliance, Role::admin});
}

bool Access::allows(Role role) const {
  return roles.empty() || std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::vector<std::string> path_names(std::string_view path) {
  std::vector<std::string> names;
  for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1))
    names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
  return names;
}

void check_route(const Route& route) {
  const auto& method = route.method;
  CHECK_MSG(method == "GET" || method == "POST" || method == "PUT" || method == "DELETE",
            route.method.c_str());
  CHECK_MSG(route.path.starts_with("/api/"), route.path.c_str());
  CHECK_MSG(route.access.signed_in || route.access.roles.empty(), route.path.c_str());
  const auto& fields = route.input.type().fields;
  for (const auto& name : path_names(route.path)) {
    const auto same = [&](const Field& field) { return field.name == name; };
    CHECK_MSG(std::any_of(fields.begin(), fields.end(), same), route.path.c_str());
  }
}

}  // namespace http
