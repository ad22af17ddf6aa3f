#include <charconv>
#include <cmath>

#include "http/json.h"

namespace http {

void write_text(std::string_view text, std::string& out) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00", out += hex[c >> 4], out += hex[c & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

namespace {

template <class Number>
void write_number(Number number, std::string& out) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void write_object(const Type& type, const void* value, std::string& out) {
  out += '{';
  bool first = true;
  for (const Field& field : type.fields) {
    if (!first) out += ',';
    first = false;
    out += '"', out += field.name, out += "\":";
    write_value(field.type(), field.at(const_cast<void*>(value)), out);
  }
  out += '}';
}

}  // namespace

void write_value(const Type& type, const void* value, std::string& out) {
  switch (type.kind) {
    case Kind::boolean:
      out += type.get(value) ? "true" : "false";
      break;
    case Kind::integer:
    case Kind::money:
      write_number(type.get(value), out);
      break;
    case Kind::number: {
      const double number = *static_cast<const double*>(value);
      std::isfinite(number) ? write_number(number, out) : void(out += "null");
      break;
    }
    case Kind::text:
      write_text(*static_cast<const std::string*>(value), out);
      break;
    case Kind::date:
      write_text(kernel::Date::from_days(static_cast<std::int32_t>(type.get(value))).format(), out);
      break;
    case Kind::instant:
      write_text(kernel::Instant::from_micros(type.get(value)).format(), out);
      break;
    case Kind::id:
      out += '"', write_number(type.get(value), out), out += '"';
      break;
    case Kind::choice:
      write_text(type.words[static_cast<std::size_t>(type.get(value))], out);
      break;
    case Kind::optional:
      if (!type.has(value))
        out += "null";
      else
        write_value(type.item(), type.element(value, 0), out);
      break;
    case Kind::list:
      out += '[';
      for (std::size_t i = 0, n = type.size(value); i < n; ++i) {
        if (i) out += ',';
        write_value(type.item(), type.element(value, i), out);
      }
      out += ']';
      break;
    case Kind::object:
      write_object(type, value, out);
      break;
  }
}

namespace detail {

Type Make<kernel::Money>::type() {
  using kernel::Money;
  constexpr auto to = [](const Money& v) { return v.fen(); };
  constexpr auto from = [](Money& v, std::int64_t n) { return v = Money::from_fen(n), true; };
  return whole<Money>(Kind::money, to, from);
}

Type Make<kernel::Date>::type() {
  using kernel::Date;
  constexpr auto to = [](const Date& v) { return static_cast<std::int64_t>(v.days()); };
  constexpr auto from = [](Date& v, std::int64_t n) {
    return v = Date::from_days(static_cast<std::int32_t>(n)), true;
  };
  return whole<Date>(Kind::date, to, from);
}

Type Make<kernel::Instant>::type() {
  using kernel::Instant;
  constexpr auto to = [](const Instant& v) { return v.micros(); };
  constexpr auto from = [](Instant& v, std::int64_t n) {
    return v = Instant::from_micros(n), true;
  };
  return whole<Instant>(Kind::instant, to, from);
}

}  // namespace detail

}  // namespace http
