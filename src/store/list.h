#pragma once
// Many texts as one parameter of a WHERE, on either engine, so that one statement asks for a whole
// set: "SELECT … WHERE key" + list.in(1), {list.param()}.

#include <string>
#include <string_view>

#include "store/store.h"

namespace store {

class TextList {
 public:
  explicit TextList(const Transaction& tx) : postgres_(tx.on_postgres()) {}

  template <class Texts>
  TextList(const Transaction& tx, const Texts& texts) : TextList(tx) {
    for (const auto& text : texts) add(text);
  }

  void add(std::string_view text) {
    ++size_;
    if (postgres_)
      array_.add(text);
    else
      add_json(text);
  }
  std::size_t size() const { return size_; }

  // " = ANY($n)" or its like; the list is the statement's n-th parameter.
  std::string in(int n) const {
    const std::string number = std::to_string(n);
    return postgres_ ? " = ANY($" + number + "::text[])"
                     : " IN (SELECT value FROM json_each($" + number + "))";
  }
  // Borrows the list for the call.
  Param param() const {
    if (postgres_) return array_;
    closed_ = json_.empty() ? "[]" : json_ + "]";
    return closed_;
  }

 private:
  void add_json(std::string_view text);

  bool postgres_;
  std::size_t size_ = 0;
  Array array_ = Array::of_texts();
  std::string json_;
  mutable std::string closed_;
};

}  // namespace store
