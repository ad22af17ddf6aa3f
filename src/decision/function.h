#pragma once
// Function: a FEEL function as a value: a body with the values it closed over, a business knowledge
// model, or one of FEEL's own functions.

#include <memory>
#include <string>
#include <vector>

#include "decision/item_type.h"
#include "decision/node.h"
#include "decision/value.h"

namespace decision {

struct BuiltIn;    // builtins.h
struct Knowledge;  // model.h
struct Service;    // model.h
struct Definitions;

class Function : public std::enable_shared_from_this<Function> {
 public:
  std::string name;
  std::vector<std::string> parameters;
  std::vector<TypePtr> types;  // of the parameters; nullptr where open
  TypePtr result;              // nullptr where open
  NodePtr body;                // for a function written in FEEL
  Context closure;
  const BuiltIn* built_in = nullptr;
  const Knowledge* knowledge = nullptr;
  const Service* service = nullptr;
  int depth = 1;                      // how deeply values lie within its closure
  const Definitions* home = nullptr;  // the model that knowledge or service is of
};

}  // namespace decision
