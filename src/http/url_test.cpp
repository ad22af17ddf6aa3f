#include "http/url.h"

#include <gtest/gtest.h>

namespace {

using Values = std::map<std::string, std::string>;

TEST(Url, percent_decoding) {
  EXPECT_EQ(*http::percent_decode("%E5%BC%A0+a%2Fb", true), "张 a/b");
  EXPECT_EQ(*http::percent_decode("a+b", false), "a+b");
  for (const char* bad : {"%", "%4", "%zz", "%00", "%ff", "%c0%af", "%ed%a0%80", "a%f4%90%80%80"})
    EXPECT_FALSE(http::percent_decode(bad, true)) << bad;
}

TEST(Url, query) {
  EXPECT_EQ(*http::parse_query("a=1&b=%20x&&c=&d"), (Values{{"a", "1"}, {"b", " x"}}));
  EXPECT_FALSE(http::parse_query("a=1&a=2"));
  EXPECT_FALSE(http::parse_query("a=%"));
}

TEST(Url, cookies) {
  EXPECT_EQ(http::parse_cookies("a=1; b=2=3;c"), (Values{{"a", "1"}, {"b", "2=3"}, {"c", ""}}));
  EXPECT_TRUE(http::parse_cookies("; =x").empty());
}

TEST(Url, paths) {
  EXPECT_EQ(http::match_path("/cases/{case_id}", "/cases/C%2F1"), (Values{{"case_id", "C/1"}}));
  EXPECT_EQ(http::match_path("/cases/{c}/holds/{h}", "/cases/1/holds/2"),
            (Values{{"c", "1"}, {"h", "2"}}));
  EXPECT_EQ(http::match_path("/cases", "/cases"), Values{});
  for (const char* other :
       {"/cases/", "/cases//", "/cases/1/2", "/case/1", "/cases/%", "cases/1", ""})
    EXPECT_FALSE(http::match_path("/cases/{case_id}", other)) << other;
}

}  // namespace
