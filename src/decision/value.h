#pragma once
// Value: whatever a FEEL expression can give: null, boolean, number, string, a date or time, a
// duration, a list, a context, a range or a function. Immutable and cheap to copy: the large kinds
// are shared. Context: names with values, in the order they were put.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "decision/decimal.h"
#include "decision/temporal.h"
#include "kernel/date.h"

namespace decision {

class Value;
class Context;
class Function;  // function.h
struct Range;
using List = std::vector<Value>;

enum class Kind {
  null,
  boolean,
  number,
  string,
  date,
  time,
  date_time,
  days_duration,
  months_duration,
  list,
  context,
  range,
  function,
};

const char* kind_name(Kind kind);  // as FEEL spells the type: "date and time", "number"…

class Value {
 public:
  Value() = default;
  Value(bool value) : state_(value) {}
  Value(Decimal value) : state_(value) {}
  Value(int value) : state_(Decimal(value)) {}
  Value(std::int64_t value) : state_(Decimal(value)) {}
  Value(std::string value) : state_(std::move(value)) {}
  Value(std::string_view value) : state_(std::string(value)) {}
  Value(const char* value) : state_(std::string(value)) {}
  Value(kernel::Date date);
  Value(CalendarDate value) : state_(value) {}
  Value(ClockTime value) : state_(std::move(value)) {}
  Value(DateTime value) : state_(std::move(value)) {}
  Value(DaysDuration value) : state_(value) {}
  Value(MonthsDuration value) : state_(value) {}
  Value(List value);
  Value(Context value);
  Value(Range value);
  Value(std::shared_ptr<const Function> value) : state_(std::move(value)) {}

  Kind kind() const { return static_cast<Kind>(state_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_true() const { return kind() == Kind::boolean && boolean(); }

  // Each CHECKs that the value is of that kind.
  bool boolean() const { return get<bool>(); }
  const Decimal& number() const { return get<Decimal>(); }
  const std::string& string() const { return get<std::string>(); }
  const CalendarDate& date() const { return get<CalendarDate>(); }
  const ClockTime& time() const { return get<ClockTime>(); }
  const DateTime& date_time() const { return get<DateTime>(); }
  const DaysDuration& days_duration() const { return get<DaysDuration>(); }
  const MonthsDuration& months_duration() const { return get<MonthsDuration>(); }
  const List& list() const;
  const Context& context() const;
  const Range& range() const { return *get<std::shared_ptr<const Range>>(); }
  const std::shared_ptr<const Function>& function() const {
    return get<std::shared_ptr<const Function>>();
  }

  // The whole number, where this is one that fits; what callers of a table usually want.
  std::optional<std::int64_t> to_int64() const;
  std::string text() const;                     // as string() in FEEL gives it: abc, 12, [1, "a"]
  std::string source() const;                   // as a FEEL literal: "abc", 12, date("2026-11-22")
  std::string source(std::size_t limit) const;  // no more than its beginning

  // How deeply values lie within this one, and how much they are in all, each counted wherever it
  // stands. A list or context past these bounds is null, so that nobody who walks over a value
  // runs out of stack or time.
  static constexpr int kDepthMax = 500;
  static constexpr std::uint64_t kWeightMax = 5'000'000;
  int depth() const;
  std::uint64_t weight() const;

  // Sameness of two values, null being the same as null; FEEL's "=" is feel_equal in compare.h.
  bool operator==(const Value& other) const;

 private:
  template <class T>
  const T& get() const {
    const T* value = std::get_if<T>(&state_);
    CHECK_MSG(value != nullptr, "a decision::Value read as another kind");
    return *value;
  }
  template <class T>
  struct Box;
  std::variant<std::monostate, bool, Decimal, std::string, CalendarDate, ClockTime, DateTime,
               DaysDuration, MonthsDuration, std::shared_ptr<const Box<List>>,
               std::shared_ptr<const Box<Context>>, std::shared_ptr<const Range>,
               std::shared_ptr<const Function>>
      state_;
};

class Context {
 public:
  Context() = default;
  Context(std::initializer_list<std::pair<std::string, Value>> entries);

  Context& set(std::string_view name, Value value);  // replaces one of that name
  const Value* find(std::string_view name) const;    // nullptr where there is none
  void erase(std::string_view name);
  void clear() { entries_.clear(); }
  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }

 private:
  std::vector<std::pair<std::string, Value>> entries_;
};

template <class T>
struct Value::Box {
  T inside;
  int depth;
  std::uint64_t weight;
};

inline const List& Value::list() const {
  return get<std::shared_ptr<const Box<List>>>()->inside;
}
inline const Context& Value::context() const {
  return get<std::shared_ptr<const Box<Context>>>()->inside;
}

struct Range {
  bool low_closed = true;
  bool high_closed = true;
  Value low;  // null: no bound
  Value high;
  std::string test = {};  // "<", "<=", ">", ">=", "=", "!=" where it was written as a test: (< 10)
};

}  // namespace decision
