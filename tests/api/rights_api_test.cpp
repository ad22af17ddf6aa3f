// Rights of the person over HTTP: two people for a copy, another's request is not there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/office.h"

namespace {

using tests::Desk;
using tests::Office;
using tests::Reply;

Office& office() {
  return tests::office_of("rights");
}

std::string case_no(const Desk& desk, std::size_t index) {
  const Reply list = office().ask(desk, "GET", "/api/v1/cases?size=5");
  CHECK_MSG(list.status == 200, list.text.c_str());
  return std::string(list.body.at("items").at(index).at("case_id").as_string());
}

Reply take(const Desk& desk, const std::string& case_id, const std::string& kind) {
  return office().ask(desk, "POST", "/api/v1/rights-requests",
                      "{\"case_id\":\"" + case_id + "\",\"kind\":\"" + kind +
                          R"(","received_by":"letter","identity":"original_id",)"
                          R"("text":"请提供我的全部信息"})");
}

std::string path_of(const Reply& taken) {
  const auto& request = taken.body.at("request");
  return "/api/v1/cases/" + std::string(request.at("case_id").as_string()) + "/rights-requests/" +
         std::string(request.at("request_id").as_string());
}

TEST(RightsApi, a_copy_takes_two_people_and_is_looked_at_by_name) {
  const Desk compliance = office().sign_in("compliance"), admin = office().sign_in("admin");
  const std::string case_id = case_no(compliance, 0);
  const Reply taken = take(compliance, case_id, "access");
  ASSERT_EQ(taken.status, 200) << taken.text;
  EXPECT_EQ(taken.body.at("request").at("due_on"), "2026-12-11");
  const std::string path = path_of(taken);
  EXPECT_EQ(office().ask(compliance, "POST", path + "/copy", "{}").status, 409);
  const Reply asked = office().ask(compliance, "POST", path + "/grant", R"({"text":"身份已核对"})");
  ASSERT_EQ(asked.status, 200) << asked.text;
  EXPECT_EQ(asked.body.at("request").at("state"), "waiting");
  const Reply inbox = office().ask(admin, "GET", "/api/v1/approvals");
  const auto& waiting = inbox.body.at("waiting").as_array();
  ASSERT_EQ(waiting.size(), 1U) << inbox.text;
  const std::string approval =
      "/api/v1/approvals/" + std::string(waiting.at(0).at("approval_id").as_string());
  EXPECT_EQ(office().ask(compliance, "POST", approval + "/approve", "{}").status, 403);
  ASSERT_EQ(office().ask(admin, "POST", approval + "/approve", "{}").status, 200);
  const Reply copy = office().ask(compliance, "POST", path + "/copy", "{}");
  ASSERT_EQ(copy.status, 200) << copy.text;
  EXPECT_EQ(copy.text.substr(0, 2), "PK");
  const Reply list = office().ask(compliance, "GET", "/api/v1/rights-requests");
  EXPECT_THAT(list.text, testing::HasSubstr(R"("outcome":"granted")"));
  const Reply looks = office().ask(compliance, "GET", "/api/v1/looks?case_id=" + case_id);
  EXPECT_THAT(looks.text, testing::HasSubstr("export_person"));
  EXPECT_THAT(looks.text, testing::HasSubstr("view_rights"));
}

// By another case's number a request is not there, whoever asks and whatever for.
TEST(RightsApi, a_request_is_reached_by_its_own_case_only) {
  const Desk compliance = office().sign_in("compliance");
  const Reply taken = take(compliance, case_no(compliance, 1), "restrict");
  ASSERT_EQ(taken.status, 200) << taken.text;
  std::string foreign = path_of(taken);
  const std::string own = std::string(taken.body.at("request").at("case_id").as_string());
  foreign.replace(foreign.find(own), own.size(), case_no(compliance, 2));
  std::string nobodys = path_of(taken);
  nobodys.replace(nobodys.rfind('/') + 1, std::string::npos, "1");
  for (const std::string& path : {foreign, nobodys}) {
    EXPECT_EQ(office().ask(compliance, "GET", path).status, 404) << path;
    EXPECT_EQ(office().ask(compliance, "POST", path + "/grant", R"({"text":"x"})").status, 404);
    EXPECT_EQ(
        office()
            .ask(compliance, "POST", path + "/refuse", R"({"text":"x","restrict_instead":false})")
            .status,
        404);
    EXPECT_EQ(office()
                  .ask(compliance, "POST", path + "/review",
                       R"({"text":"x","changed":false,"lift":false})")
                  .status,
              404);
    EXPECT_EQ(office().ask(compliance, "POST", path + "/copy", "{}").status, 404);
  }
  EXPECT_EQ(take(compliance, "C9999999999", "access").status, 404);
  const std::string nowhere = "/api/v1/cases/C9999999999/consents";
  EXPECT_EQ(office().ask(compliance, "GET", nowhere).status, 404);
  EXPECT_EQ(office()
                .ask(compliance, "POST", nowhere,
                     R"({"purpose":"workplace","state":"withdrawn","how":"phone"})")
                .status,
            404);
}

TEST(RightsApi, an_auditor_reads_the_register_and_no_consent) {
  const Desk compliance = office().sign_in("compliance"), auditor = office().sign_in("auditor");
  const Reply made =
      office().ask(compliance, "POST", "/api/v1/impact-assessments",
                   R"({"title":"外包","occasion":"entrusted","purpose":"催收","legality":"合同",)"
                   R"("effects":"联系增多","measures":"闸门计数"})");
  ASSERT_EQ(made.status, 200) << made.text;
  EXPECT_EQ(made.body.at("keep_until"), "2029-11-20");
  const Reply read = office().ask(auditor, "GET", "/api/v1/impact-assessments");
  EXPECT_EQ(read.body.at("items").as_array().size(), 1U) << read.text;
  const std::string consents = "/api/v1/cases/" + case_no(compliance, 0) + "/consents";
  EXPECT_EQ(office().ask(auditor, "GET", consents).status, 403);
  const Reply said = office().ask(compliance, "POST", consents,
                                  R"({"purpose":"workplace","state":"withdrawn","how":"phone"})");
  EXPECT_THAT(said.text, testing::HasSubstr(R"("state":"withdrawn")"));
}

}  // namespace
