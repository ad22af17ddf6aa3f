// What may be said: shipped lists and table, on texts as people write them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "wording/normal.h"
#include "wording/types.h"

namespace {

using wording::Context;
using wording::Rules;
using wording::Verdict;

const Rules& shipped() {
  static const Rules rules = [] {
    auto loaded = Rules::load("decisions");
    EXPECT_TRUE(loaded) << loaded.error().message << " " << loaded.error().where;
    return *loaded;
  }();
  return rules;
}

TEST(Wording, Smoke) {
  const auto v = shipped().check("再不还就坐。牢", {});
  ASSERT_TRUE(v);
  EXPECT_FALSE(v->allowed);
}

TEST(Wording, Labelled) {
  std::ifstream in("decisions/wording/labelled.csv");
  std::stringstream text;
  text << in.rdbuf();
  const auto score = wording::measure(shipped(), text.str(), "labelled.csv");
  ASSERT_TRUE(score) << score.error().message << score.error().where;
  for (const auto& m : score->measures) if (true)
    printf("%s %s f %ld w %ld m %ld p %.3f r %.3f\n", m.part.c_str(), m.wording_class.c_str(), m.found, m.wrong, m.missed, m.precision(), m.recall());
  for (const auto& m : score->mistakes) if (m.part == "dev")
    printf("%ld %s | want %s | got %s\n", m.line, m.text.c_str(), m.expected.c_str(), m.got.c_str());
}

}  // namespace
