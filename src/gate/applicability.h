#pragma once
// Which packs protect whom: decisions/packs.dmn, a table that collects, from jurisdiction and
// product to the name of a pack. What enters is the file; what leaves are names. Never true: a
// person with one more product, or a table with one more row, protected by fewer packs.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decision/decision.h"

namespace gate {

class Applicability {
 public:
  // Its decision `packs` may look at `jurisdiction` and `product` alone, and each row names a pack
  // by a constant; anything else is an error.
  static kernel::Result<Applicability> parse(std::string_view xml, std::string_view where);

  // The pack each row names, by row; a name may stand in several.
  const std::vector<std::string>& names() const { return names_; }
  // The rows that a product of a jurisdiction meets, 0-based; an unknown product is asked as "".
  std::vector<std::size_t> rows(std::string_view jurisdiction, std::string_view product) const;
  // The same rows as people read them.
  struct Row {
    std::string pack, jurisdiction, product;  // the last two as FEEL tests; "-": any
  };
  std::vector<Row> texts() const;
  const std::string& version() const { return model_.version(); }

 private:
  explicit Applicability(decision::Model model) : model_(std::move(model)) {}
  decision::Model model_;
  std::vector<std::string> names_;
};

}  // namespace gate
