// A fuzzer over FEEL: an expression, unary tests and a type, read and worked out. `tools/fuzz
// decision_feel`.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decision/builtins.h"
#include "decision/evaluate.h"
#include "decision/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  decision::ParseContext context;
  constexpr std::int64_t kSpent = 1'800'000;  // leaves a tenth of the steps: short runs, many runs
  auto expression = decision::parse_expression(text, decision::built_in_names(), context);
  if (expression) {
    decision::Evaluator evaluator;
    evaluator.spend(kSpent);
    (void)evaluator.evaluate(**expression, decision::Scope{}).source();
  }
  auto tests = decision::parse_unary_tests(text, decision::built_in_names(), context);
  if (tests) {
    decision::Evaluator evaluator;
    evaluator.spend(kSpent);
    (void)evaluator.passes(**tests, 5, decision::Scope{});
  }
  (void)decision::parse_type(text, context);
  return 0;
}
