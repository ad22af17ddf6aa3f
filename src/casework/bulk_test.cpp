// Agencies and machines ask, use and tell in bulk.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/office.h"

namespace {

using tests::Office;

constexpr char kAgency[] = "agency:huaxin", kMachine[] = "machine:dialer1";

std::string ask_for(const std::string& case_id, const std::string& key) {
  return fmt::format(
      R"({{"case_id":"{0}","contact_point_id":"{0}:1","channel":"call","purpose":"collect",)"
      R"("says_debt":true,"idempotency_key":"{1}"}})",
      case_id, key);
}

boost::json::array items(const kernel::Result<std::string>& answer) {
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
  return answer ? boost::json::parse(*answer).at("items").as_array() : boost::json::array();
}

boost::json::array ask(Office& office, const std::string& who, const std::string& wanted) {
  return items(office.ask(who, "POST", "/permits", R"({"items":[)" + wanted + "]}"));
}

std::string code_of(const boost::json::value& item) {
  return item.at("error").is_null() ? "" : std::string(item.at("error").at("code").as_string());
}

TEST(Bulk, an_agency_reaches_what_is_placed_with_it_and_nothing_else) {
  tests::for_each_store(tests::office_schema(), [](store::Store& store, const auto& folder) {
    Office office(store, folder);
    office.allot("C1", "agency1", "agency_desk");
    const auto answers = ask(
        office, kAgency, ask_for("C1", "a") + "," + ask_for("C2", "b") + "," + ask_for("C99", "c"));
    ASSERT_EQ(answers.size(), 3u);
    EXPECT_TRUE(answers[0].at("granted").as_bool()) << answers[0];
    // Somebody else's case and none at all: the same words.
    EXPECT_EQ(code_of(answers[1]), "not_found");
    EXPECT_EQ(answers[1].at("error"), answers[2].at("error"));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_granted'"), 1);
  });
}

TEST(Bulk, nobody_asks_for_another_and_no_number_is_shown) {
  tests::for_each_store(tests::office_schema(), [](store::Store& store, const auto& folder) {
    Office office(store, folder);
    office.allot("C1", "agency1", "agency_desk");
    const auto answer =
        office.ask(kAgency, "POST", "/permits", R"({"items":[)" + ask_for("C1", "a") + "]}");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find("1380"), std::string::npos);
    const std::string id(items(answer)[0].at("permit_id").as_string());
    const std::string use = R"({"items":[{"permit_id":")" + id + R"("}]})";
    for (const char* other : {"agency:other", kMachine})
      EXPECT_EQ(code_of(items(office.ask(other, "POST", "/permits/use", use))[0]), "not_found");
    const std::string tell = R"({"items":[{"permit_id":")" + id + R"(","outcome":"no_answer"}]})";
    EXPECT_EQ(code_of(items(office.ask(kMachine, "POST", "/permits/outcomes", tell))[0]),
              "not_found");
    EXPECT_TRUE(items(office.ask(kAgency, "POST", "/permits/use", use))[0].at("done").as_bool());
    EXPECT_EQ(code_of(items(office.ask(kAgency, "POST", "/permits/use", use))[0]), "conflict");
    EXPECT_TRUE(
        items(office.ask(kAgency, "POST", "/permits/outcomes", tell))[0].at("done").as_bool());
    EXPECT_EQ(code_of(items(office.ask(kAgency, "POST", "/permits/outcomes", tell))[0]),
              "conflict");
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'contact_outcome'"), 1);
    for (const char* who : {"li.na", "lead", "analyst"})
      EXPECT_FALSE(office.ask(who, "POST", "/permits/use", use)) << who;
  });
}

TEST(Bulk, a_repeat_gives_the_same_permits_and_caps_hold_within_one_call) {
  tests::for_each_store(tests::office_schema(), [](store::Store& store, const auto& folder) {
    Office office(store, folder);
    std::string wanted;
    for (const char* key : {"a", "b", "c", "d"})
      wanted += (wanted.empty() ? "" : ",") + ask_for("C1", key);
    const auto first = ask(office, kMachine, wanted);
    const auto again = ask(office, kMachine, wanted);
    int granted = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
      granted += first[i].at("granted").as_bool() ? 1 : 0;
      EXPECT_EQ(first[i].at("permit_id"), again[i].at("permit_id"));
      EXPECT_EQ(again[i].at("repeated").as_bool(), first[i].at("granted").as_bool());
    }
    EXPECT_EQ(granted, 3);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_granted'"), 3);
  });
}

TEST(Bulk, an_outcome_told_without_a_use_is_a_use_and_one_never_made_is_none) {
  tests::for_each_store(tests::office_schema(), [](store::Store& store, const auto& folder) {
    Office office(store, folder);
    const auto answers = ask(office, kMachine, ask_for("C1", "a") + "," + ask_for("C1", "b"));
    const auto tell = [&](std::size_t i, const char* outcome) {
      const std::string id(answers[i].at("permit_id").as_string());
      return items(office.ask(
          kMachine, "POST", "/permits/outcomes",
          R"({"items":[{"permit_id":")" + id + R"(","outcome":")" + outcome + R"("}]})"))[0];
    };
    EXPECT_TRUE(tell(0, "connected_right_party").at("done").as_bool());
    EXPECT_TRUE(tell(1, "not_made").at("done").as_bool());
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_used'"), 1);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'contact_attempted'"), 1);
  });
}

TEST(Bulk, one_that_is_mis_stated_does_not_stop_the_others) {
  tests::for_each_store(tests::office_schema(), [](store::Store& store, const auto& folder) {
    Office office(store, folder);
    const auto answers = ask(office, kMachine, ask_for("C1", "") + "," + ask_for("C1", "a"));
    EXPECT_EQ(code_of(answers[0]), "invalid_input");
    EXPECT_TRUE(answers[1].at("granted").as_bool());
    EXPECT_FALSE(office.ask(kMachine, "POST", "/permits", R"({"items":[]})"));
  });
}

}  // namespace
