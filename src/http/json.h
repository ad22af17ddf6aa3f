#pragma once
// JSON by declaration: BOOST_DESCRIBE_STRUCT(T, (), (members…)) once gives reading, writing and the
// schema. Enters: request text, refused at the first unknown, missing or ill-typed field. Leaves:
// compact JSON. A std::optional may be absent or null; everything else must be there.
// Never here: Secret (has no JSON form, by design); Boost.JSON (stays in json.cpp, compile time).

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/money.h"
#include "kernel/result.h"

namespace http {

struct Request;
struct Nothing {};  // no input, or no output: {}
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

// A text that may be a whole document (a table's XML); every other text ends at 20,000 bytes.
struct Document {
  std::string text;
};
inline constexpr std::size_t document_bytes_max = 32 << 20;

// What a type looks like at run time. Tables of these, not templates, do the work.
enum class Kind {
  boolean,
  integer,
  number,
  text,
  money,    // JSON number of fen
  date,     // "2026-11-22"
  instant,  // "2026-11-22T09:30:00+08:00"
  id,       // "123": JavaScript numbers end at 2^53
  choice,   // one of `words`
  optional,
  list,
  object,
};

struct Type;
using TypeOf = const Type& (*)();  // a call, so that a type may contain itself

struct Field {
  const char* name;
  TypeOf type;
  void* (*at)(void* object);
};

struct Type {
  Kind kind;
  std::string room, name;                      // of structs and enums: "people", "Session"
  std::vector<Field> fields;                   // object
  std::vector<const char*> words;              // choice
  std::size_t bytes_max = 20'000;              // text
  TypeOf item = nullptr;                       // optional, list
  std::int64_t (*get)(const void*) = nullptr;  // every kind that is one number inside
  bool (*set)(void*, std::int64_t) = nullptr;  // false: out of range
  bool (*has)(const void*) = nullptr;          // optional
  void* (*add)(void*) = nullptr;               // optional: emplace; list: append
  const void* (*element)(const void*, std::size_t) = nullptr;  // optional, list
  std::size_t (*size)(const void*) = nullptr;                  // list
};

// A route's input or output; empty where the answer is not JSON.
struct Schema {
  TypeOf type = nullptr;
};

template <class T>
const Type& type_of();
template <class T>
Schema schema_of() {
  return {&type_of<T>};
}

kernel::Status read_text(const Type& type, std::string_view json, void* into);
kernel::Status read_request(const Type& type, const Request& request, void* into);
void write_value(const Type& type, const void* value, std::string& out);
void write_text(std::string_view text, std::string& out);  // a JSON string

template <class T>
kernel::Result<T> parse_json(std::string_view json) {
  T value{};
  TRY(read_text(type_of<T>(), json, &value));
  return value;
}
// Path values and, for GET and DELETE, the query; otherwise path values and the JSON body.
template <class T>
kernel::Result<T> read_input(const Request& request) {
  T value{};
  TRY(read_request(type_of<T>(), request, &value));
  return value;
}
template <class T>
std::string write_json(const T& value) {
  std::string out;
  write_value(type_of<T>(), &value, out);
  return out;
}

// ---- how C++ types become Types ----------------------------------------------------------------

namespace detail {

template <class T>
std::string_view raw_name() {
  std::string_view text = __PRETTY_FUNCTION__;  // "… [with T = people::Session; …]"
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

template <class T>
Type named(Kind kind) {
  const std::string_view full = raw_name<T>();
  const auto first = full.find("::"), last = full.rfind("::");
  Type type{kind};
  if (first != full.npos) type.room = full.substr(0, first);
  type.name = last == full.npos ? full : full.substr(last + 2);
  return type;
}

template <class T>
struct Make {
  static_assert(boost::describe::has_describe_members<T>::value,
                "needs BOOST_DESCRIBE_STRUCT; a Secret has no JSON form");
  static Type type() {
    using namespace boost::describe;
    Type made = named<T>(Kind::object);
    boost::mp11::mp_for_each<describe_members<T, mod_public | mod_inherited>>([&](auto member) {
      static constexpr auto pointer = decltype(member)::pointer;
      using Member = std::remove_reference_t<decltype(std::declval<T&>().*pointer)>;
      made.fields.push_back({member.name, &type_of<Member>, [](void* object) -> void* {
                               return &(static_cast<T*>(object)->*pointer);
                             }});
    });
    return made;
  }
};

// A type that is one int64 inside, by two functions without state.
template <class T, class To, class From>
Type whole(Kind kind, To, From) {
  Type made{kind};
  made.get = [](const void* v) -> std::int64_t { return To{}(*static_cast<const T*>(v)); };
  made.set = [](void* v, std::int64_t n) -> bool { return From{}(*static_cast<T*>(v), n); };
  return made;
}

template <class T>
requires std::is_integral_v<T>
struct Make<T> {
  static_assert(sizeof(T) <= 8 && !std::is_same_v<T, char>);
  static Type type() {
    constexpr auto to = [](const T& v) { return static_cast<std::int64_t>(v); };
    constexpr auto from = [](T& v, std::int64_t n) {
      v = static_cast<T>(n);
      return static_cast<std::int64_t>(v) == n && (n >= 0 || std::is_signed_v<T>);
    };
    return whole<T>(std::is_same_v<T, bool> ? Kind::boolean : Kind::integer, to, from);
  }
};

template <class T>
requires std::is_enum_v<T>
struct Make<T> {
  static_assert(boost::describe::has_describe_enumerators<T>::value, "needs BOOST_DESCRIBE_ENUM");
  using All = boost::describe::describe_enumerators<T>;
  static Type type() {
    constexpr auto to = [](const T& v) {
      std::int64_t index = 0, found = -1;
      boost::mp11::mp_for_each<All>([&](auto e) {
        if (e.value == v) found = index;
        ++index;
      });
      CHECK_MSG(found >= 0, "enumerator without a name");
      return found;
    };
    constexpr auto from = [](T& v, std::int64_t n) {
      std::int64_t index = 0;
      boost::mp11::mp_for_each<All>([&](auto e) {
        if (index++ == n) v = e.value;
      });
      return n >= 0 && n < index;
    };
    Type made = whole<T>(Kind::choice, to, from);
    const Type name = named<T>(Kind::choice);
    made.room = name.room, made.name = name.name;
    boost::mp11::mp_for_each<All>([&](auto e) { made.words.push_back(e.name); });
    return made;
  }
};

template <>
struct Make<std::string> {
  static Type type() { return Type{Kind::text}; }
};
template <>
struct Make<Document> {
  static_assert(sizeof(Document) == sizeof(std::string));  // it is read and written as one
  static Type type() {
    Type made{Kind::text};
    made.bytes_max = document_bytes_max;
    return made;
  }
};
template <>
struct Make<double> {  // rates for people to look at; never money
  static Type type() { return Type{Kind::number}; }
};
template <>
struct Make<kernel::Money> {
  static Type type();
};
template <>
struct Make<kernel::Date> {
  static Type type();
};
template <>
struct Make<kernel::Instant> {
  static Type type();
};
template <class Tag>
struct Make<kernel::Id<Tag>> {
  using Id = kernel::Id<Tag>;
  static Type type() {
    constexpr auto to = [](const Id& v) { return v.value(); };
    constexpr auto from = [](Id& v, std::int64_t n) { return v = Id(n), true; };
    return whole<Id>(Kind::id, to, from);
  }
};

template <class T>
struct Make<std::optional<T>> {
  using Opt = std::optional<T>;
  static Type type() {
    Type made{Kind::optional};
    made.item = &type_of<T>;
    made.has = [](const void* v) { return static_cast<const Opt*>(v)->has_value(); };
    made.add = [](void* v) -> void* { return &static_cast<Opt*>(v)->emplace(); };
    made.element = [](const void* v, std::size_t) -> const void* {
      return &**static_cast<const Opt*>(v);
    };
    return made;
  }
};

template <class T>
struct Make<std::vector<T>> {
  static_assert(!std::is_same_v<T, bool>, "std::vector<bool> holds no bools");
  using List = std::vector<T>;
  static Type type() {
    Type made{Kind::list};
    made.item = &type_of<T>;
    made.add = [](void* v) -> void* { return &static_cast<List*>(v)->emplace_back(); };
    made.element = [](const void* v, std::size_t i) -> const void* {
      return &(*static_cast<const List*>(v))[i];
    };
    made.size = [](const void* v) { return static_cast<const List*>(v)->size(); };
    return made;
  }
};

}  // namespace detail

template <class T>
const Type& type_of() {
  static const Type type = detail::Make<T>::type();
  return type;
}

}  // namespace http
