// A fuzzer over the XML of models: read leniently, checked, decided, compiled. `tools/fuzz
// decision_xml`.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decision/decision.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view xml(reinterpret_cast<const char*>(bytes), size);
  auto model = decision::Model::parse(xml, "fuzz", {.lenient = true});
  if (!model) return 0;
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
  return 0;
}
