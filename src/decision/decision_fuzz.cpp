// A fuzzer over both languages this room reads: XML when the bytes begin with "<", else FEEL.
// Build:
//   clang++ -std=c++20 -fsanitize=fuzzer,address,undefined -Isrc src/decision/decision_fuzz.cpp
//     $(ls src/decision/*.cpp | grep -v -e _test -e _bench -e _fuzz) src/kernel/*.cpp
//     -lpugixml -lcrypto -lfmt   (leaving out src/kernel/*_test.cpp)

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decision/builtins.h"
#include "decision/decision.h"
#include "decision/evaluate.h"
#include "decision/parser.h"

namespace {

void read_model(std::string_view xml) {
  auto model = decision::Model::parse(xml, "fuzz", {.lenient = true});
  if (!model) return;
  for (const auto& info : model->decisions()) {
    decision::Context inputs;
    std::vector<decision::ColumnType> columns;
    for (const auto& input : info.inputs) {
      inputs.set(input.name, 1);
      columns.push_back({input.name});
    }
    (void)model->evaluate(info.name, inputs);
    auto program = model->compile(info.name, columns);
    if (!program) continue;
    std::int64_t numbers[3] = {0, -1, INT64_MAX};
    std::vector<decision::ColumnData> data(columns.size(), std::span<const std::int64_t>(numbers));
    (void)program->run(data, 0, 3);
  }
}

void read_feel(std::string_view text) {
  decision::ParseContext context;
  auto expression = decision::parse_expression(text, decision::built_in_names(), context);
  decision::Evaluator evaluator;
  if (expression) (void)evaluator.evaluate(**expression, decision::Scope{}).source();
  auto tests = decision::parse_unary_tests(text, decision::built_in_names(), context);
  if (tests) (void)evaluator.passes(**tests, 5, decision::Scope{});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (text.starts_with("<")) {
    read_model(text);
  } else {
    read_feel(text);
  }
  return 0;
}
