// XPath's regular expressions, a row a case.

#include "decision/regex.h"

#include <gtest/gtest.h>

#include "decision/unicode.h"

namespace decision {
namespace {

// "yes", "no", or why not.
std::string asked(std::string_view text, std::string_view pattern, std::string_view flags) {
  auto compiled = Pattern::compile(pattern, flags);
  if (!compiled) return compiled.error().message;
  auto found = compiled->found_in(text);
  return !found ? found.error().message : *found ? "yes" : "no";
}

TEST(Regex, MeansWhatXPathMeans) {
  struct Row {
    const char* text;
    const char* pattern;
    const char* flags;
    const char* wanted;
  };
  const Row rows[] = {
      {"abracadabra", "bra", "", "yes"},
      {"abracadabra", "^a.*a$", "", "yes"},
      {"abracadabra", "^bra", "", "no"},
      {"", "", "", "yes"},
      {"ab\n", "b$", "", "no"},  // the end is the end, also after a line
      {"ab\ncd", "b.c", "", "no"},
      {"ab\ncd", "b.c", "s", "yes"},
      {"a\rb", "a.b", "", "no"},
      {"ab\ncd", "^cd$", "", "no"},
      {"ab\ncd", "^cd$", "m", "yes"},
      {"ab\n", "\n^$", "m", "no"},
      {"hello world", "hello\\ sworld", "x", "yes"},
      {"hello world", "hello world", "x", "no"},
      {"hello world", "hello[ ]world", "x", "yes"},
      {"a.b", "a.b", "q", "yes"},
      {"axb", "a.b", "q", "no"},
      {"A.B", "a.b", "qi", "yes"},
      {"x", "x", "z", "the flags may be of s, m, i, x and q"},
      {"d", "[a-z-[aeiou]]", "", "yes"},
      {"e", "[a-z-[aeiou]]", "", "no"},
      {"e", "[^a-z-[aeiou]]", "", "no"},
      {"5", "[^a-z-[0-4]]", "", "yes"},
      {"3", "[^a-z-[0-4]]", "", "no"},
      {"e", "^[a-z-[aeiou-[e]]]$", "", "yes"},
      {"-", "[a-]", "", "yes"},
      {"-", "[-a]", "", "yes"},
      {"]", "[\\]]", "", "yes"},
      {"K", "[A-Z-[O]]", "i", "yes"},
      {"o", "[A-Z-[O]]", "i", "no"},
      {"\u212A", "k", "i", "yes"},  // the sign of Kelvin
      {"q", "[^Q]", "i", "no"},
      {"a", "\\p{Lu}", "i", "no"},  // a category has no case-variants
      {"a", "[\\p{Lu}b]", "i", "no"},
      {"B", "[\\p{Lu}b]", "i", "yes"},
      {"A", "\\p{Lu}", "", "yes"},
      {"中", "^\\p{L}$", "", "yes"},
      {"中", "^\\p{IsCJKUnifiedIdeographs}$", "", "yes"},
      {"中", "\\p{IsBasicLatin}", "", "no"},
      {"中", "\\P{IsBasicLatin}", "", "yes"},
      {"𝔸", "^.$", "", "yes"},  // one code point
      {"٣", "^\\d$", "", "yes"},
      {"_", "\\w", "", "no"},  // punctuation, as XML Schema has it
      {"é", "^\\w$", "", "yes"},
      {"\u00A0", "\\s", "", "no"},
      {"a:b", "^\\i\\c*$", "", "yes"},
      {"1a", "^\\i\\c*$", "", "no"},
      {"-", "^[\\i-[:]]", "", "no"},
      {"aa", "^(a)\\1$", "", "yes"},
      {"ab", "^(a)\\1$", "", "no"},
      {"b", "^(a)?\\1b$", "", "yes"},  // a group that took no part is the empty text
      {"aA", "^(a)\\1$", "i", "yes"},
      {"a0", "^(a)\\10$", "", "no"},  // \1 and a zero
      {"aa0", "^(a)\\10$", "", "yes"},
      {"aaa", "^a{2,3}?$", "", "yes"},
      {"aaaa", "^a{2,3}$", "", "no"},
      {"ab", "^(?:a|b)+$", "", "yes"},
      {"a", "(?:a", "", "the pattern is not one: \"(\" without \")\""},
      {"a", "a)", "", "the pattern is not one: \")\" without \"(\""},
      {"a", "(?=a)", "", "the pattern is not one: after \"(?\" only \":\" may stand"},
      {"a", "a**", "", "the pattern is not one: a \"*\" must be written with a backslash"},
      {"a", "a{2", "", "the pattern is not one: a quantity is written {n}, {n,} or {n,m}"},
      {"a", "a{3,2}", "", "the pattern is not one: a quantity is written {n}, {n,} or {n,m}"},
      {"a", "[b-a]", "", "the pattern is not one: a range in a class is not one"},
      {"a", "[]", "", "the pattern is not one: a class is empty"},
      {"a", "[a", "", "the pattern is not one: \"[\" without \"]\""},
      {"a", "\\y", "", "the pattern is not one: \\y means nothing"},
      {"a", "\\b", "", "the pattern is not one: \\b means nothing"},
      {"a", "\\", "", "the pattern is not one: a backslash stands at the end"},
      {"a", "(a\\1)", "", "the pattern is not one: \\1 refers to no group before it"},
      {"a", "\\p{Foo}", "", "the pattern is not one: there is no category or block \"Foo\""},
      {"a", "}", "", "the pattern is not one: a \"}\" must be written with a backslash"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(asked(row.text, row.pattern, row.flags), row.wanted)
        << row.pattern << " with " << row.flags << " in " << row.text;
  }
}

TEST(Regex, Replaces) {
  struct Row {
    const char* text;
    const char* pattern;
    const char* replacement;
    const char* flags;
    const char* wanted;
  };
  const Row rows[] = {
      {"abracadabra", "bra", "*", "", "a*cada*"},
      {"abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"},
      {"abracadabra", "a.*?a", "*", "", "*c*bra"},
      {"AAAA", "A+?", "b", "", "bbbb"},
      {"darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"},
      {"ab", "(a)(b)?", "[$0|$2|$3]", "", "[ab|b|]"},
      {"abc", "(b)", "$12", "", "ab2c"},  // there is one group: $1 and a two
      {"a.b", ".", "$1\\", "q", "a$1\\b"},
      {"a", "a", "\\$\\\\", "", "$\\"},
      {"a", "a", "$", "", "in a replacement, \"$\" stands before a number"},
      {"a", "a", "\\n", "", "in a replacement, \"\\\" stands before \"\\\" or \"$\""},
      {"a", "x*", "-", "", "the pattern meets the empty text"},
  };
  for (const Row& row : rows) {
    auto pattern = Pattern::compile(row.pattern, row.flags);
    ASSERT_TRUE(pattern) << row.pattern;
    auto got = pattern->replaced(row.text, row.replacement);
    EXPECT_EQ(got ? *got : got.error().message, row.wanted) << row.pattern << " " << row.text;
  }
}

TEST(Regex, Splits) {
  auto comma = Pattern::compile("\\s*,\\s*", "");
  ASSERT_TRUE(comma);
  EXPECT_EQ(*comma->split(",a ,b,,"), (std::vector<std::string>{"", "a", "b", "", ""}));
  EXPECT_EQ(*comma->split(""), std::vector<std::string>{""});
  EXPECT_FALSE(Pattern::compile("", "")->split("ab"));
}

TEST(Regex, WorkIsBounded) {
  std::string many(5000, 'a');
  for (const char* pattern : {"(a+)+b", "(a|aa)*c", "(.*)(.*)(.*)(.*)(.*)[^a]", "(a*)*\\1b"}) {
    EXPECT_NE(asked(many, pattern, ""), "yes") << pattern;
  }
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += '(';
  EXPECT_EQ(asked("a", deep, ""), "the pattern is not one: groups are nested too deeply");
  EXPECT_NE(asked("a", "((((a{0,9999}){0,9999}){0,9999}){0,9999})", ""), "yes");
  EXPECT_EQ(asked(std::string(2 << 20, 'a'), "a", ""), "the text is longer than 1 MiB");
  EXPECT_EQ(asked("a", std::string(20'000, 'a'), ""), "the pattern is longer than 10,000 bytes");
}

TEST(Unicode, CodePoints) {
  EXPECT_EQ(to_code_points("a中𝔸"), U"a中𝔸");
  EXPECT_EQ(to_code_points("\xC0\x80\xED\xA0\x80\xFF"), U"\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(to_utf8(U"é😀"), "é😀");
  EXPECT_EQ(upper_case(U'ж'), U'Ж');
  EXPECT_EQ(lower_case(U'Σ'), U'σ');
  EXPECT_EQ(upper_case(U'中'), U'中');
}

}  // namespace
}  // namespace decision
