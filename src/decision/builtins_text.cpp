#include "decision/builtins.h"

namespace decision {

std::span<const BuiltIn> text_built_ins() {
  return {};
}

}  // namespace decision
