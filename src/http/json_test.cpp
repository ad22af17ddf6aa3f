#include "http/json.h"

#include <gtest/gtest.h>

#include "http/route.h"

namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Leaf {
  std::string word;
  std::optional<std::int64_t> count;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (word, count))

struct Tree {
  bool ok = false;
  std::int32_t size = 0;
  kernel::Money amount_fen;
  kernel::Date due_date;
  kernel::Instant sent_at;
  kernel::Id<Leaf> leaf_id{0};
  Colour colour = Colour::red;
  std::vector<Leaf> leaves;
  std::optional<Leaf> top;
};
BOOST_DESCRIBE_STRUCT(Tree, (),
                      (ok, size, amount_fen, due_date, sent_at, leaf_id, colour, leaves, top))

struct Chain {
  std::vector<Chain> next;
};
BOOST_DESCRIBE_STRUCT(Chain, (), (next))

struct Search {
  std::string case_id;
  std::optional<std::int32_t> page;
  std::optional<Colour> colour;
  std::vector<std::string> words;
};
BOOST_DESCRIBE_STRUCT(Search, (), (case_id, page, colour, words))

const std::string tree_text =
    R"({"ok":true,"size":-7,"amount_fen":123456,"due_date":"2026-11-22",)"
    R"("sent_at":"2026-11-22T09:30:00+08:00","leaf_id":"9007199254740993","colour":"green",)"
    R"("leaves":[{"word":"张\"\\\n","count":null},{"word":"","count":3}],"top":null})";

TEST(Json, read_and_written_again_is_the_same_text) {
  const auto tree = http::parse_json<Tree>(tree_text);
  ASSERT_TRUE(tree) << tree.error().where << tree.error().message;
  EXPECT_EQ(tree->leaf_id.value(), 9007199254740993);
  EXPECT_EQ(tree->leaves[1].count, 3);
  EXPECT_EQ(http::write_json(*tree), tree_text);
}

// from → to in the text above, and the place the refusal names.
struct Broken {
  const char *from, *to, *where;
};

TEST(Json, each_broken_field_is_named) {
  const Broken all[] = {
      {"\"ok\":true", "\"ok\":1", "ok"},
      {"\"ok\":true,", "", "ok"},
      {"-7", "\"-7\"", "size"},
      {"-7", "2147483648", "size"},
      {"-7", "1.5", "size"},
      {"123456", "1e3", "amount_fen"},
      {"123456", "9223372036854775808", "amount_fen"},
      {"2026-11-22\"", "2026-02-30\"", "due_date"},
      {"09:30", "25:30", "sent_at"},
      {"\"9007199254740993\"", "9007199254740993", "leaf_id"},
      {"\"9007199254740993\"", "\"12x\"", "leaf_id"},
      {"green", "blue", "colour"},
      {"\"count\":3", "\"count\":\"3\"", "leaves[1].count"},
      {"\"count\":3", "\"counts\":3", "leaves[1].counts"},
      {"\"word\":\"\"", "\"word\":\"\\u0000\"", "leaves[1].word"},
      {"\"top\":null", "\"top\":[]", "top"},
      {"\"top\":null", "\"pot\":null", "pot"},
      {"\"top\":null}", "\"top\":null", ""},
      {"\"word\":\"\"", "\"word\":\"\xff\"", ""},
  };
  for (const auto& [from, to, where] : all) {
    std::string text = tree_text;
    text.replace(text.find(from), std::string_view(from).size(), to);
    const auto tree = http::parse_json<Tree>(text);
    ASSERT_FALSE(tree) << text;
    EXPECT_EQ(tree.error().code, kernel::Code::invalid_input);
    EXPECT_EQ(tree.error().where, where) << text;
  }
}

TEST(Json, too_deep_or_too_long_is_refused) {
  std::string deep = "{\"next\":[]}";
  for (int i = 0; i < 5; ++i) deep = "{\"next\":[" + deep + "]}";
  EXPECT_TRUE(http::parse_json<Chain>(deep));
  for (int i = 0; i < 20; ++i) deep = "{\"next\":[" + deep + "]}";
  EXPECT_FALSE(http::parse_json<Chain>(deep));
  EXPECT_FALSE(http::parse_json<Leaf>("{\"word\":\"" + std::string(20'001, 'x') + "\"}"));
}

http::Request get(std::map<std::string, std::string> query) {
  http::Request request{.method = "GET"};
  request.path_values = {{"case_id", "C1"}};
  request.query = std::move(query);
  return request;
}

TEST(Input, comes_from_path_and_query) {
  const auto in =
      http::read_input<Search>(get({{"page", "2"}, {"colour", "red"}, {"words", "a,b"}}));
  ASSERT_TRUE(in);
  EXPECT_EQ(in->case_id, "C1");
  EXPECT_EQ(in->page, 2);
  EXPECT_EQ(in->words, (std::vector<std::string>{"a", "b"}));
}

TEST(Input, what_a_query_may_not_be) {
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"pages", "1"}, {"page", "one"}, {"colour", "blue"}, {"case_id", "C2"}}) {
    const auto in = http::read_input<Search>(get({{name, value}}));
    ASSERT_FALSE(in) << name;
    EXPECT_EQ(in.error().where, name);
  }
}

TEST(Input, of_a_post_is_the_body_and_the_path_may_not_come_again) {
  http::Request request = get({});
  request.method = "POST";
  request.body = R"({"page":1,"words":[]})";
  EXPECT_TRUE(http::read_input<Search>(request));
  request.body = R"({"case_id":"C2","words":[]})";
  EXPECT_FALSE(http::read_input<Search>(request));
  request.body = "[]";
  EXPECT_FALSE(http::read_input<Search>(request));
  request.body = "";
  EXPECT_EQ(http::read_input<Search>(request).error().where, "words");
}

TEST(Schema, knows_room_and_name) {
  EXPECT_EQ(http::type_of<http::Nothing>().room, "http");
  EXPECT_EQ(http::type_of<http::Nothing>().name, "Nothing");
  EXPECT_EQ(http::type_of<Tree>().name, "Tree");
  EXPECT_EQ(http::write_json(http::Nothing{}), "{}");
}

}  // namespace
