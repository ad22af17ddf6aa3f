#include "decision/value.h"

#include <algorithm>

#include "decision/function.h"

namespace decision {

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::date:
      return "date";
    case Kind::time:
      return "time";
    case Kind::date_time:
      return "date and time";
    case Kind::days_duration:
      return "days and time duration";
    case Kind::months_duration:
      return "years and months duration";
    case Kind::list:
      return "list";
    case Kind::context:
      return "context";
    case Kind::range:
      return "range";
    case Kind::function:
      return "function";
  }
  return "";
}

Value::Value(kernel::Date date) : state_(CalendarDate{date.year(), date.month(), date.day()}) {}
Value::Value(List value) : state_(std::make_shared<const List>(std::move(value))) {}
Value::Value(Context value) : state_(std::make_shared<const Context>(std::move(value))) {}
Value::Value(Range value) : state_(std::make_shared<const Range>(std::move(value))) {}

std::optional<std::int64_t> Value::to_int64() const {
  return kind() == Kind::number ? number().to_int64() : std::nullopt;
}

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string joined(const List& list) {
  std::string result;
  for (const Value& item : list) result += (result.empty() ? "" : ", ") + item.source();
  return "[" + result + "]";
}

std::string joined(const Context& context) {
  std::string result;
  for (const auto& [name, value] : context.entries()) {
    result += (result.empty() ? "" : ", ") + name + ": " + value.source();
  }
  return "{" + result + "}";
}

std::string range_text(const Range& range) {
  if (!range.test.empty()) {
    return "(" + range.test + " " + (range.low.is_null() ? range.high : range.low).source() + ")";
  }
  std::string low = range.low.is_null() ? "" : range.low.source();
  std::string high = range.high.is_null() ? "" : range.high.source();
  return (range.low_closed ? "[" : "(") + low + ".." + high + (range.high_closed ? "]" : ")");
}

}  // namespace

std::string Value::text() const {
  switch (kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return boolean() ? "true" : "false";
    case Kind::number:
      return number().format();
    case Kind::string:
      return string();
    case Kind::date:
      return format(date());
    case Kind::time:
      return format(time());
    case Kind::date_time:
      return format(date_time());
    case Kind::days_duration:
      return format(days_duration());
    case Kind::months_duration:
      return format(months_duration());
    case Kind::list:
      return joined(list());
    case Kind::context:
      return joined(context());
    case Kind::range:
      return range_text(range());
    case Kind::function:
      return "function";
  }
  return "";
}

std::string Value::source() const {
  switch (kind()) {
    case Kind::string:
      return quoted(string());
    case Kind::date:
    case Kind::time:
    case Kind::date_time:
      return std::string(kind_name(kind())) + "(\"" + text() + "\")";
    case Kind::days_duration:
    case Kind::months_duration:
      return "duration(\"" + text() + "\")";
    default:
      return text();
  }
}

bool Value::operator==(const Value& other) const {
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case Kind::list:
      return list() == other.list();
    case Kind::context: {
      const Context& mine = context();
      const Context& theirs = other.context();
      auto matches = [&](const auto& entry) {
        const Value* found = theirs.find(entry.first);
        return found != nullptr && *found == entry.second;
      };
      return mine.size() == theirs.size() &&
             std::all_of(mine.entries().begin(), mine.entries().end(), matches);
    }
    case Kind::range: {
      const Range& mine = range();
      const Range& theirs = other.range();
      return mine.low_closed == theirs.low_closed && mine.high_closed == theirs.high_closed &&
             mine.low == theirs.low && mine.high == theirs.high && mine.test == theirs.test;
    }
    default:
      return state_ == other.state_;
  }
}

Context::Context(std::initializer_list<std::pair<std::string, Value>> entries) {
  for (const auto& [name, value] : entries) set(name, value);
}

Context& Context::set(std::string_view name, Value value) {
  for (auto& entry : entries_) {
    if (entry.first == name) {
      entry.second = std::move(value);
      return *this;
    }
  }
  entries_.emplace_back(std::string(name), std::move(value));
  return *this;
}

const Value* Context::find(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

void Context::erase(std::string_view name) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.first == name; });
}

}  // namespace decision
