// Any text: parsing ends with an expression or an Error; running one ends with a value or a
// Problem.

#include <cstdint>

#include "intake/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace intake;
  static const CodeTables tables = {{"t", {"t", {{"a", "1"}, {"*", "2"}}}}};
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto split = all.find('\n');
  auto parsed = Expression::parse(all.substr(0, split), tables);
  const std::string_view values = split == all.npos ? "" : all.substr(split + 1);
  if (!parsed || !parsed->bind({"a", "b", "X6"})) return 0;
  const std::vector<Field> fields = {
      {values, 0}, {values.substr(0, 3), 0}, {values.substr(values.size() / 2), 0}};
  Scratch scratch;
  Context context{.fields = &fields, .as_of = 20'000, .scratch = &scratch};
  Value value;
  if (!parsed->run(context, value)) return 0;
  scratch.clear();
  (void)parsed->run_text(context, value);
  return 0;
}
