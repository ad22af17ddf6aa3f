// A fuzzer over what people and lists bring: any bytes as a text checked by the shipped rules, and
// as a pattern. `tools/fuzz wording_text`; it is run where decisions/ is.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wording/matcher.h"
#include "wording/pattern.h"
#include "wording/types.h"

namespace {

void check_marks(const wording::Verdict& verdict, std::size_t points) {
  for (const wording::Refusal& refusal : verdict.refusals) {
    if (refusal.marks.size() > wording::marks_max) std::abort();
    for (const wording::Mark& mark : refusal.marks)
      if (mark.from < 0 || mark.to <= mark.from || static_cast<std::size_t>(mark.to) > points)
        std::abort();
  }
}

void check_pattern(std::string_view text) {
  static const auto folder = wording::Folder::make({});
  const auto pattern = wording::parse_pattern(*folder, text, "fuzz", true);
  if (!pattern) return;
  wording::Alphabet alphabet;
  wording::add_to(alphabet, *pattern, false);
  wording::add_to(alphabet, *pattern, true);
  for (const bool by_sound : {false, true})
    (void)wording::compile(wording::to_regex(alphabet, *pattern, by_sound));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const auto rules = wording::Rules::load("decisions");
  if (!rules) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t points = wording::to_utf32(text).size();
  for (const char* position : {"talk", "note", "letter"}) {
    wording::Context context;
    context.position = position;
    const auto verdict = rules->check(text, context);
    if (verdict) check_marks(*verdict, points);
    if (!verdict && size <= wording::text_bytes_max) std::abort();
  }
  if (size <= 600) check_pattern(text);
  return 0;
}
