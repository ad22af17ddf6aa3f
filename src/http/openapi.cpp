#include "http/openapi.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "http/status.h"

namespace http {

namespace {

namespace json = boost::json;
using kernel::Code;

// Struct and enum types by the name they get; a name two rooms use is prefixed by its room.
class Components {
 public:
  void collect(TypeOf of) {
    const Type& type = of();
    if (type.item) collect(type.item);
    if (type.name.empty() || !seen_.insert(&type).second) return;
    by_name_[type.name].push_back(&type);
    for (const Field& field : type.fields) collect(field.type);
  }

  std::string name(const Type& type) const {
    if (by_name_.at(type.name).size() == 1) return type.name;
    std::string room = type.room;
    room[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(room[0])));
    return room + type.name;
  }

  json::object schemas() const {
    std::map<std::string, const Type*> named;
    for (const Type* type : seen_)
      CHECK_MSG(named.emplace(name(*type), type).second, name(*type).c_str());
    json::object out;
    for (const auto& [name, type] : named) out[name] = definition(*type);
    return out;
  }

  json::object schema(const Type& type) const {
    switch (type.kind) {
      case Kind::boolean:
        return {{"type", "boolean"}};
      case Kind::integer:
        return {{"type", "integer"}, {"format", "int64"}};
      case Kind::number:
        return {{"type", "number"}};
      case Kind::text:
        return {{"type", "string"}};
      case Kind::money:
        return {{"type", "integer"}, {"format", "int64"}, {"description", "fen (0.01 CNY)"}};
      case Kind::date:
        return {{"type", "string"}, {"format", "date"}};
      case Kind::instant:
        return {{"type", "string"}, {"format", "date-time"}};
      case Kind::id:
        return {{"type", "string"}, {"pattern", "^[0-9]{1,19}$"}};
      case Kind::choice:
      case Kind::object:
        return {{"$ref", "#/components/schemas/" + name(type)}};
      case Kind::list:
        return {{"type", "array"}, {"items", schema(type.item())}};
      case Kind::optional:
        return nullable(schema(type.item()));
    }
    CHECK_MSG(false, "unknown kind");
    return {};
  }

  // What is written is always all there, an absent optional as null; what is read may leave it out.
  json::object object(const std::vector<Field>& fields, bool written) const {
    json::object properties;
    json::array required;
    for (const Field& field : fields) {
      properties[field.name] = schema(field.type());
      if (written || field.type().kind != Kind::optional) required.emplace_back(field.name);
    }
    json::object out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
  }

 private:
  json::object definition(const Type& type) const {
    if (type.kind == Kind::object) return object(type.fields, true);
    json::array words;
    for (const char* word : type.words) words.emplace_back(word);
    return {{"type", "string"}, {"enum", std::move(words)}};
  }

  static json::object nullable(json::object plain) {
    if (plain.contains("$ref"))
      return {{"anyOf", json::array{std::move(plain), json::object{{"type", "null"}}}}};
    plain["type"] = json::array{plain["type"], "null"};
    return plain;
  }

  std::map<std::string, std::vector<const Type*>> by_name_;
  std::set<const Type*> seen_;
};

bool body_allowed(const Route& route) {
  return route.method == "POST" || route.method == "PUT";
}

std::string operation_id(const Route& route) {
  std::string id = route.method;
  for (char& c : id) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char c : route.path.substr(std::string_view("/api/v1").size()))
    if (std::isalnum(static_cast<unsigned char>(c)))
      id += c;
    else if (id.back() != '_')
      id += '_';
  while (id.back() == '_') id.pop_back();
  return id;
}

json::array parameters(const Route& route, const Components& components,
                       const std::vector<std::string>& in_path) {
  json::array all;
  for (const Field& field : route.input.type().fields) {
    const bool path = std::count(in_path.begin(), in_path.end(), field.name) > 0;
    if (!path && body_allowed(route)) continue;
    const Type& type = field.type();
    const Type& shown = type.kind == Kind::optional ? type.item() : type;
    const bool required = type.kind != Kind::optional && type.kind != Kind::list;
    json::object parameter{{"name", field.name},
                           {"in", path ? "path" : "query"},
                           {"required", required},
                           {"schema", components.schema(shown)}};
    if (shown.kind == Kind::list) parameter["explode"] = false;
    all.push_back(std::move(parameter));
  }
  return all;
}

json::value body_schema(const Route& route, const Components& components,
                        const std::vector<std::string>& in_path) {
  std::vector<Field> fields = route.input.type().fields;
  std::erase_if(fields, [&](const Field& field) {
    return std::count(in_path.begin(), in_path.end(), field.name) > 0;
  });
  if (fields.empty()) return nullptr;
  json::object schema = components.object(fields, false);
  schema["additionalProperties"] = false;
  return schema;
}

json::object responses(const Route& route, const Components& components, bool has_path_names) {
  json::object good{{"description", "done"}};
  json::object content;
  content["schema"] =
      route.output.type ? components.schema(route.output.type()) : json::object{{"type", "string"}};
  good["content"] = json::object{{route.content_type, std::move(content)}};
  json::object out{{"200", std::move(good)}};
  const auto add = [&](Code code) {
    out[std::to_string(status_of(code))] =
        json::object{{"$ref", "#/components/responses/" + std::string(code_name(code))}};
  };
  if (!route.input.type().fields.empty()) add(Code::invalid_input);
  if (route.access.signed_in) add(Code::unauthenticated);
  if (route.access.signed_in) add(Code::forbidden);
  if (has_path_names) add(Code::not_found);
  if (route.method != "GET") add(Code::conflict);
  add(Code::too_many);
  add(Code::unavailable);
  return out;
}

json::array roles(const Route& route) {
  json::array names;
  if (!route.access.signed_in) return names;
  for (const Role role : all_roles())
    if (route.access.allows(role)) names.emplace_back(role_name(role));
  return names;
}

json::object operation(const Route& route, const Components& components) {
  const auto in_path = path_names(route.path);
  json::object out{{"operationId", operation_id(route)},
                   {"summary", route.summary},
                   {"tags", json::array{route.room}},
                   {"x-roles", roles(route)}};
  json::object schemes{{"session", json::array{}}};
  if (route.method != "GET") schemes["csrf"] = json::array{};
  out["security"] = route.access.signed_in ? json::array{std::move(schemes)} : json::array{};
  if (auto all = parameters(route, components, in_path); !all.empty())
    out["parameters"] = std::move(all);
  if (body_allowed(route))
    if (auto schema = body_schema(route, components, in_path); !schema.is_null())
      out["requestBody"] = json::object{
          {"required", true},
          {"content", json::object{{"application/json", json::object{{"schema", schema}}}}}};
  out["responses"] = responses(route, components, !in_path.empty());
  return out;
}

json::object error_responses() {
  const json::object schema{{"$ref", "#/components/schemas/ErrorAnswer"}};
  json::object out;
  for (const Code code : all_codes) {
    out[code_name(code)] = json::object{
        {"description", meaning_of(code)},
        {"content", json::object{{"application/json", json::object{{"schema", schema}}}}}};
  }
  return out;
}

json::object security_schemes() {
  return {{"session", json::object{{"type", "apiKey"},
                                   {"in", "cookie"},
                                   {"name", session_cookie},
                                   {"description", "set by POST /api/v1/session"}}},
          {"csrf", json::object{{"type", "apiKey"},
                                {"in", "header"},
                                {"name", csrf_header},
                                {"description", "csrf_token of the session; on all but GET"}}}};
}

void print(const json::value& value, int indent, std::string& out) {
  const std::string gap(static_cast<std::size_t>(indent) + 2, ' ');
  const auto end = [&](char bracket) {
    out += '\n', out.append(static_cast<std::size_t>(indent), ' '), out += bracket;
  };
  bool first = true;
  const auto next = [&] { out += first ? "\n" + gap : ",\n" + gap, first = false; };
  if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    for (const auto& [key, item] : value.get_object()) {
      next(), out += json::serialize(json::string(key)) + ": ";
      print(item, indent + 2, out);
    }
    end('}');
  } else if (value.is_array() && !value.get_array().empty()) {
    out += '[';
    for (const auto& item : value.get_array()) next(), print(item, indent + 2, out);
    end(']');
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string openapi(std::vector<Route> routes, std::string_view version) {
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
    return std::tie(a.path, a.method) < std::tie(b.path, b.method);
  });
  Components components;
  components.collect(&type_of<ErrorAnswer>);
  json::object paths;
  for (const Route& route : routes) {
    if (route.output.type) components.collect(route.output.type);
    for (const Field& field : route.input.type().fields) components.collect(field.type);
  }
  for (const Route& route : routes) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    json::value& path = paths[route.path];
    if (path.is_null()) path = json::object();
    path.get_object()[method] = operation(route, components);
  }
  const json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Evenhand 衡收"}, {"version", version}}},
      {"servers", json::array{json::object{{"url", "/"}}}},
      {"paths", std::move(paths)},
      {"components", json::object{{"schemas", components.schemas()},
                                  {"responses", error_responses()},
                                  {"securitySchemes", security_schemes()}}}};
  std::string out;
  print(document, 0, out);
  return out + '\n';
}

std::vector<Route> with_openapi(std::vector<Route> routes, std::string_view version) {
  auto text = std::make_shared<std::string>();
  routes.push_back(raw_route<Nothing>(
      "GET", "/api/v1/openapi.json", "http", "this document", every_role(), "application/json",
      [text](const Nothing&, const Request&) -> kernel::Result<Response> {
        return Response{.body = *text};
      }));
  *text = openapi(routes, version);
  return routes;
}

}  // namespace http
