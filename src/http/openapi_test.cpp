#include "http/openapi.h"

#include <gtest/gtest.h>

#include "http/router.h"

namespace {

struct Wanted {
  std::string case_id;
  std::optional<kernel::Date> date;
};
BOOST_DESCRIBE_STRUCT(Wanted, (), (case_id, date))

struct Answer {
  kernel::Money amount_fen;
  std::optional<http::Role> role;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (amount_fen, role))

http::Route made(std::string method, std::string path) {
  return http::route<Wanted, Answer>(
      std::move(method), std::move(path), "test", "a test", http::every_role(),
      [](const Wanted&, const http::Request&) -> kernel::Result<Answer> { return Answer{}; });
}

TEST(OpenApi, does_not_depend_on_the_order_of_routes) {
  const auto a = made("GET", "/api/v1/cases/{case_id}"),
             b = made("POST", "/api/v1/cases/{case_id}");
  const std::string text = http::openapi({a, b}, "1");
  EXPECT_EQ(text, http::openapi({b, a}, "1"));
  EXPECT_NE(text.find("\"operationId\": \"get_cases_case_id\""), text.npos);
  EXPECT_NE(text.find("#/components/schemas/Answer"), text.npos);
  EXPECT_NE(text.find("\"x-roles\""), text.npos);
}

TEST(OpenApi, serves_itself) {
  const auto routes = http::with_openapi({made("GET", "/api/v1/cases/{case_id}")}, "1");
  const auto answer = routes.back().handler(http::Request{.method = "GET"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, http::openapi(routes, "1"));
}

TEST(Router, a_literal_wins_over_a_name) {
  const http::Router router({made("GET", "/api/v1/cases/{case_id}"),
                             made("GET", "/api/v1/a/{case_id}/x"),
                             made("DELETE", "/api/v1/cases/{case_id}")});
  EXPECT_EQ(router.find("GET", "/api/v1/cases/7").path_values.at("case_id"), "7");
  EXPECT_EQ(router.find("POST", "/api/v1/cases/7").methods.size(), 2u);
  EXPECT_TRUE(router.find("GET", "/api/v1/cases").methods.empty());
}

using RouterDeathTest = testing::Test;
TEST(RouterDeathTest, two_routes_for_one_path) {
  EXPECT_DEATH(
      http::Router({made("GET", "/api/v1/x/{case_id}"), made("GET", "/api/v1/x/{case_id}")}), "x");
  EXPECT_DEATH(made("GET", "/api/v1/x/{other_id}"), "other_id");
}

}  // namespace
