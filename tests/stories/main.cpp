// Every story becomes one test on SQLite and one on PostgreSQL.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/stories/story.h"
#include "tests/stories/world.h"

namespace {

class StoryTest : public testing::Test {
 public:
  StoryTest(stories::Story story, bool postgres) : story_(std::move(story)), postgres_(postgres) {}
  void TestBody() override {
    stories::World world(postgres_);
    for (const stories::Step& step : story_.steps) {
      SCOPED_TRACE(step.file + ":" + std::to_string(step.line) + ": " + step.text);
      try {
        stories::steps().run(world, step);
      } catch (const std::exception& error) {
        FAIL() << error.what();
      }
      if (HasFailure()) return;
    }
  }

 private:
  stories::Story story_;
  bool postgres_;
};

std::string test_name(const stories::Story& story) {
  std::string name;
  for (const char c : story.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) {
    std::cerr << "stories_test FOLDER: the folder of *.story files\n";
    return 64;
  }
  const bool postgres = std::getenv("EVENHAND_TEST_POSTGRES") != nullptr;
  if (!postgres) std::cout << "no PostgreSQL: EVENHAND_TEST_POSTGRES is not set (./test sets it)\n";
  for (const stories::Story& story : stories::read_stories(argv[1])) {
    const std::string suite = story.file.substr(0, story.file.find('.'));
    for (const bool on_postgres : {false, true}) {
      if (on_postgres && !postgres) continue;
      testing::RegisterTest((suite + (on_postgres ? "_on_postgres" : "_on_sqlite")).c_str(),
                            test_name(story).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [=]() -> testing::Test* { return new StoryTest(story, on_postgres); });
    }
  }
  return RUN_ALL_TESTS();
}
