#include "http/json.h"

#include <boost/json.hpp>
#include <charconv>

#include "http/route.h"
#include "http/url.h"

namespace http {

namespace {

namespace json = boost::json;
using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Status;

constexpr std::size_t depth_max = 16;
constexpr std::size_t list_items_max = 10'000;

Error wrong(std::string message) {
  return {Code::invalid_input, std::move(message), ""};
}

// "accounts" + "[2]" + ".due_date": the name is put together on the way out of a failure only.
Error inside(Error error, const std::string& name) {
  const bool joined = error.where.empty() || error.where.front() == '[';
  error.where = name + (joined ? "" : ".") + error.where;
  return error;
}

Status set_text(const Type& type, std::string_view text, void* into) {
  if (text.size() > type.bytes_max)
    return wrong("longer than " + std::to_string(type.bytes_max) + " bytes");
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f)
      return wrong("holds a control character");
  static_cast<std::string*>(into)->assign(text);
  return Ok{};
}

Status set_whole(const Type& type, std::int64_t number, void* into) {
  if (!type.set(into, number)) return wrong("out of range");
  return Ok{};
}

kernel::Result<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || text.empty())
    return wrong("must be a whole number");
  return number;
}

Status set_choice(const Type& type, std::string_view word, void* into) {
  std::string all;
  for (std::size_t i = 0; i < type.words.size(); ++i) {
    if (word == type.words[i]) return set_whole(type, static_cast<std::int64_t>(i), into);
    all += (i ? ", " : "") + std::string(type.words[i]);
  }
  return wrong("must be one of " + all);
}

// Kinds written as a JSON string, or as bare text in a path or query.
Status set_from_text(const Type& type, std::string_view text, void* into) {
  switch (type.kind) {
    case Kind::text:
      return set_text(type, text, into);
    case Kind::choice:
      return set_choice(type, text, into);
    case Kind::id: {
      TRY_ASSIGN(const std::int64_t number, parse_whole(text));
      return set_whole(type, number, into);
    }
    case Kind::date: {
      const auto date = kernel::Date::parse(text);
      if (!date) return wrong("must be a date like 2026-11-22");
      return set_whole(type, date->days(), into);
    }
    case Kind::instant: {
      const auto at = kernel::Instant::parse(text);
      if (!at) return wrong("must be a time like 2026-11-22T09:30:00+08:00");
      return set_whole(type, at->micros(), into);
    }
    default:
      return wrong("must not be a string");
  }
}

Status read_one(const Type& type, const json::value& from, void* into);

Status read_object(const Type& type, const json::object& from, void* into) {
  std::size_t known = 0;
  for (const Field& field : type.fields) {
    const Type& kind = field.type();
    const json::value* value = from.if_contains(field.name);
    if (!value) {
      if (kind.kind == Kind::optional) continue;
      return inside(wrong("is missing"), field.name);
    }
    ++known;
    if (auto status = read_one(kind, *value, field.at(into)); !status)
      return inside(status.error(), field.name);
  }
  if (known == from.size()) return Ok{};
  for (const auto& [key, value] : from) {
    const auto same = [&, &key = key](const Field& field) { return key == field.name; };
    if (std::none_of(type.fields.begin(), type.fields.end(), same))
      return inside(wrong("is not a field here"), std::string(key).substr(0, 60));
  }
  return Ok{};
}

Status read_list(const Type& type, const json::array& from, void* into) {
  if (from.size() > list_items_max)
    return wrong("has more than " + std::to_string(list_items_max) + " items");
  for (std::size_t i = 0; i < from.size(); ++i)
    if (auto status = read_one(type.item(), from[i], type.add(into)); !status)
      return inside(status.error(), "[" + std::to_string(i) + "]");
  return Ok{};
}

Status read_one(const Type& type, const json::value& from, void* into) {
  switch (type.kind) {
    case Kind::boolean:
      if (!from.is_bool()) return wrong("must be true or false");
      return set_whole(type, from.get_bool(), into);
    case Kind::integer:
    case Kind::money:
      if (!from.is_int64()) return wrong("must be a whole number");
      return set_whole(type, from.get_int64(), into);
    case Kind::number: {
      json::error_code problem;
      const double number = from.to_number<double>(problem);
      if (problem) return wrong("must be a number");
      *static_cast<double*>(into) = number;
      return Ok{};
    }
    case Kind::optional:
      if (from.is_null()) return Ok{};
      return read_one(type.item(), from, type.add(into));
    case Kind::list:
      if (!from.is_array()) return wrong("must be a list");
      return read_list(type, from.get_array(), into);
    case Kind::object:
      if (!from.is_object()) return wrong("must be an object");
      return read_object(type, from.get_object(), into);
    default:
      if (!from.is_string()) return wrong("must be a string");
      return set_from_text(type, from.get_string(), into);
  }
}

kernel::Result<json::value> parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::error_code problem;
  json::value value =
      json::parse(json::string_view(text.data(), text.size()), problem, {}, options);
  if (problem) return wrong("not valid JSON: " + problem.message());
  return value;
}

// A bare value of a path or query. Lists are comma-separated.
Status read_plain(const Type& type, std::string_view text, void* into) {
  switch (type.kind) {
    case Kind::optional:
      return read_plain(type.item(), text, type.add(into));
    case Kind::boolean:
      if (text != "true" && text != "false") return wrong("must be true or false");
      return set_whole(type, text == "true", into);
    case Kind::integer:
    case Kind::money: {
      TRY_ASSIGN(const std::int64_t number, parse_whole(text));
      return set_whole(type, number, into);
    }
    case Kind::list:
      while (!text.empty()) {
        const auto comma = text.find(',');
        TRY(read_plain(type.item(), text.substr(0, comma), type.add(into)));
        text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
      }
      return Ok{};
    default:
      return set_from_text(type, text, into);
  }
}

const Field* find_field(const Type& type, std::string_view name) {
  for (const Field& field : type.fields)
    if (name == field.name) return &field;
  return nullptr;
}

// Reads the named values and returns the fields that stay open.
kernel::Result<std::vector<Field>> read_named(const Type& type,
                                              const std::map<std::string, std::string>& values,
                                              std::vector<Field> open, void* into) {
  for (const auto& [name, text] : values) {
    const Field* field = find_field(type, name);
    if (!field) return inside(wrong("is not a parameter here"), name.substr(0, 60));
    const auto size = open.size();
    std::erase_if(open, [&, &name = name](const Field& f) { return name == f.name; });
    if (open.size() == size) return inside(wrong("is given by the path"), name);
    if (auto status = read_plain(field->type(), text, field->at(into)); !status)
      return inside(status.error(), name);
  }
  return open;
}

}  // namespace

Status read_text(const Type& type, std::string_view text, void* into) {
  TRY_ASSIGN(const json::value value, parse(text));
  return read_one(type, value, into);
}

Status read_request(const Type& type, const Request& request, void* into) {
  CHECK_MSG(type.kind == Kind::object, "a route's input is a struct");
  TRY_ASSIGN(auto open, read_named(type, request.path_values, type.fields, into));
  if (request.method == "GET" || request.method == "DELETE") {
    TRY_ASSIGN(open, read_named(type, request.query, std::move(open), into));
    for (const Field& field : open) {
      const Kind kind = field.type().kind;
      if (kind != Kind::optional && kind != Kind::list)
        return inside(wrong("is missing"), field.name);
    }
    return Ok{};
  }
  if (!request.query.empty())
    return inside(wrong("is not a parameter here"), request.query.begin()->first.substr(0, 60));
  json::value body = json::object();
  if (!request.body.empty()) {
    TRY_ASSIGN(body, parse(request.body));
  }
  if (!body.is_object()) return wrong("the body must be a JSON object");
  Type rest{Kind::object};  // what the path has given may not come again
  rest.fields = std::move(open);
  return read_object(rest, body.get_object(), into);
}

}  // namespace http
