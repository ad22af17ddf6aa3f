#pragma once
// The tables that judge: what a class of words means said to this hearer, in this place.

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "decision/decision.h"
#include "wording/lists.h"
#include "wording/types.h"

namespace wording {

class Judge {
 public:
  // Takes the tables of a file that refuse (hit policy COLLECT, outputs code and severity); gives
  // the words of those that list some (outputs pattern and wording_class). Error where the file is
  // neither, or asks for an input there is not.
  kernel::Result<std::vector<WordText>> add(std::string_view file, std::string_view xml);

  // Without marks. What a table cannot answer is an Error, never silence.
  kernel::Result<std::vector<Refusal>> refusals(const std::string& wording_class,
                                                const Context& context) const;

 private:
  struct Table {
    std::string file, decision;
    std::shared_ptr<const decision::Model> model;
  };
  kernel::Result<std::vector<Refusal>> ask(const std::string& wording_class,
                                           const Context& context) const;

  std::vector<Table> tables_;
  // There are few contexts and classes, so each is asked of the tables once.
  struct Known {
    std::shared_mutex mutex;
    std::unordered_map<std::string, std::vector<Refusal>> answers;
  };
  std::shared_ptr<Known> known_ = std::make_shared<Known>();
};

}  // namespace wording
