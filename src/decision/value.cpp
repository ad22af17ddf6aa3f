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
Value::Value(List value) {
  int depth = 1;
  std::uint64_t weight = 1;
  for (const Value& item : value) {
    depth = std::max(depth, item.depth() + 1);
    weight += item.weight();
  }
  if (depth > kDepthMax || weight > kWeightMax) return;
  state_ = std::make_shared<const Box<List>>(Box<List>{std::move(value), depth, weight});
}

Value::Value(Context value) {
  int depth = 1;
  std::uint64_t weight = 1;
  for (const auto& [name, item] : value.entries()) {
    depth = std::max(depth, item.depth() + 1);
    weight += item.weight();
  }
  if (depth > kDepthMax || weight > kWeightMax) return;
  state_ = std::make_shared<const Box<Context>>(Box<Context>{std::move(value), depth, weight});
}

int Value::depth() const {
  switch (kind()) {
    case Kind::list:
      return get<std::shared_ptr<const Box<List>>>()->depth;
    case Kind::context:
      return get<std::shared_ptr<const Box<Context>>>()->depth;
    case Kind::range:
      return std::max(range().low.depth(), range().high.depth()) + 1;
    case Kind::function:
      return function()->depth;
    default:
      return 0;
  }
}

std::uint64_t Value::weight() const {
  switch (kind()) {
    case Kind::string:
      return 1 + string().size() / 64;
    case Kind::list:
      return get<std::shared_ptr<const Box<List>>>()->weight;
    case Kind::context:
      return get<std::shared_ptr<const Box<Context>>>()->weight;
    case Kind::range:
      return 1 + range().low.weight() + range().high.weight();
    default:
      return 1;
  }
}

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

// Writes values one after the other until there is enough.
class Writer {
 public:
  explicit Writer(std::size_t limit) : limit_(limit) {}

  void write(const Value& value) {
    if (full()) return;
    switch (value.kind()) {
      case Kind::list:
        return write_list(value.list());
      case Kind::context:
        return write_context(value.context());
      case Kind::range:
        return write_range(value.range());
      default:
        text_ += value.source();
    }
  }
  std::string take() {
    if (text_.size() <= limit_) return std::move(text_);
    while (limit_ > 0 && (static_cast<unsigned char>(text_[limit_]) & 0xC0) == 0x80) --limit_;
    return text_.substr(0, limit_) + "…";
  }

 private:
  bool full() const { return text_.size() > limit_; }

  void write_list(const List& list) {
    text_ += "[";
    for (std::size_t i = 0; i < list.size() && !full(); ++i) {
      if (i > 0) text_ += ", ";
      write(list[i]);
    }
    text_ += "]";
  }
  void write_context(const Context& context) {
    text_ += "{";
    bool first = true;
    for (const auto& [name, value] : context.entries()) {
      if (full()) break;
      text_ += (first ? "" : ", ") + name + ": ";
      write(value);
      first = false;
    }
    text_ += "}";
  }
  void write_range(const Range& range) {
    if (!range.test.empty()) {
      text_ += "(" + range.test + " ";
      write(range.low.is_null() ? range.high : range.low);
      text_ += ")";
      return;
    }
    text_ += range.low_closed ? "[" : "(";
    if (!range.low.is_null()) write(range.low);
    text_ += "..";
    if (!range.high.is_null()) write(range.high);
    text_ += range.high_closed ? "]" : ")";
  }

  std::size_t limit_;
  std::string text_;
};

constexpr std::size_t kTextMax = 1 << 20;  // of a list or context, as of any string

std::string written(const Value& value, std::size_t limit) {
  Writer writer(limit);
  writer.write(value);
  return writer.take();
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
    case Kind::context:
    case Kind::range:
      return written(*this, kTextMax);
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

std::string Value::source(std::size_t limit) const {
  return written(*this, limit);
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
