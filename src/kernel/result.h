#pragma once
// Result<T>: the world failed (a file, a network, a database, somebody's input).
// Few codes; server/ maps each to one HTTP status and app/ to one exit code.
// A business "no" is never an Error: see gate::Denied, intake::Rejected.

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "kernel/check.h"

namespace kernel {

enum class Code {
  invalid_input,    // what was given cannot be understood; 400, exit 2
  unauthenticated,  // nobody is signed in; 401
  forbidden,        // signed in, but not for this; 403
  not_found,        // 404, exit 3
  conflict,         // somebody else was first, or the state does not allow it; 409, exit 4
  too_many,         // slow down; 429
  unavailable,      // the store, disk or network does not answer; 503, exit 5
  corrupt,          // bytes on disk are not what we wrote; 500, exit 6
};

const char* code_name(Code code);

struct Error {
  Code code;
  std::string message;  // what went wrong and what to do, for a person
  std::string where;    // file:line:column, field or URL; may be empty
};

struct Ok {};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& value() & {
    CHECK_MSG(*this, "value() of a failed Result");
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK_MSG(*this, "value() of a failed Result");
    return std::get<0>(state_);
  }
  T&& value() && {
    CHECK_MSG(*this, "value() of a failed Result");
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    CHECK_MSG(!*this, "error() of a successful Result");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<Ok>;

}  // namespace kernel

#define KERNEL_JOIN_2(a, b) a##b
#define KERNEL_JOIN(a, b) KERNEL_JOIN_2(a, b)
// TRY(status): return the error, if it is one.
#define TRY(expression)                                                                 \
  do {                                                                                  \
    if (auto&& kernel_tried = (expression); !kernel_tried) return kernel_tried.error(); \
  } while (false)
// TRY_ASSIGN(auto x, result): x is the value, or the error is returned.
#define TRY_ASSIGN(declaration, expression)                  \
  auto KERNEL_JOIN(kernel_result_, __LINE__) = (expression); \
  if (!KERNEL_JOIN(kernel_result_, __LINE__))                \
    return KERNEL_JOIN(kernel_result_, __LINE__).error();    \
  declaration = std::move(KERNEL_JOIN(kernel_result_, __LINE__)).value()
