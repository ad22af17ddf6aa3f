#pragma once
// A statement on its way to PostgreSQL. Enters: SQL and parameters; leaves: the arrays libpq wants.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernel/hash.h"
#include "store/connection.h"

namespace store {

// The parameters of a statement as libpq takes them. Texts and bytes are borrowed, or copied.
class Bound {
 public:
  Bound(const Params& params, bool copy) {
    held_.reserve(params.size());
    for (const Param& param : params) {
      const Param::Variant& value = param.get();
      const auto* array = std::get_if<const Array*>(&value);
      const auto* blob = std::get_if<Blob>(&value);
      const auto* text = std::get_if<std::string_view>(&value);
      if (text) check_text(*text);
      if (const auto* number = std::get_if<std::int64_t>(&value))
        add(held_.emplace_back(std::to_string(*number)), 0);
      else if (array)
        add(copy ? held_.emplace_back((*array)->bytes()) : (*array)->bytes(), 1);
      else if (blob)
        add(copy ? held_.emplace_back(blob->bytes) : blob->bytes, 1);
      else if (text)
        add(held_.emplace_back(*text), 0);  // libpq wants a zero at the end
      else
        add(std::nullopt, 0);
    }
  }
  Bound(Bound&&) = default;
  Bound& operator=(Bound&&) = default;
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  std::size_t bytes() const { return bytes_; }

  bool operator==(const Bound& other) const {
    if (count() != other.count()) return false;
    for (std::size_t i = 0; i < values_.size(); ++i)
      if ((values_[i] == nullptr) != (other.values_[i] == nullptr) || value(i) != other.value(i))
        return false;
    return true;
  }

 private:
  std::string_view value(std::size_t i) const {
    if (values_[i] == nullptr) return {};
    return {values_[i], static_cast<std::size_t>(lengths_[i])};
  }
  void add(std::optional<std::string_view> bytes, int format) {
    values_.push_back(!bytes ? nullptr : bytes->data() ? bytes->data() : "");
    lengths_.push_back(bytes ? static_cast<int>(bytes->size()) : 0);
    formats_.push_back(format);
    bytes_ += bytes ? bytes->size() : 0;
  }

  std::vector<std::string> held_;  // never grows past what was reserved: its texts stay in place
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::size_t bytes_ = 0;
};

// A statement on its way: one that is prepared, or a text without parameters.
struct Call {
  std::string sql, prepared;
  Bound bound;
  bool foreseen = false;  // its answer is kept for whoever asks for it (foresee.h)
};

// One value of a line that COPY takes.
inline void append_copy_text(std::string& line, std::string_view text) {
  check_text(text);
  for (const char c : text) {
    if (c == '\\')
      line += "\\\\";
    else if (c == '\n')
      line += "\\n";
    else if (c == '\r')
      line += "\\r";
    else if (c == '\t')
      line += "\\t";
    else
      line += c;
  }
}

inline void append_copy_value(std::string& line, const Param::Variant& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    line += std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    append_copy_text(line, *text);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    line += "\\\\x" + kernel::hex(blob->bytes);
  } else {
    line += "\\N";
  }
}

}  // namespace store
