#include "decision/builtins.h"

namespace decision {

std::span<const BuiltIn> context_built_ins() {
  return {};
}

}  // namespace decision
