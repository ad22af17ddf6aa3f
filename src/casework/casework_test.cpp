// The case's routes and the night's cut on both stores: what a collector sees, does and leaves.

#include <gmock/gmock.h>

#include "tests/office.h"

namespace casework {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::in_each_office;
using tests::Office;

std::string body_of(const kernel::Result<std::string>& answer) {
  return answer ? *answer : "error " + answer.error().message + " at " + answer.error().where;
}

std::string value_of(const std::string& json, const std::string& name) {
  const std::string mark = "\"" + name + "\":\"";
  const std::size_t at = json.find(mark);
  if (at == json.npos) return "";
  const std::size_t begin = at + mark.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

std::string permit_for(const std::string& key, const std::string& more = "") {
  return R"({"contact_point_id":"C1:1","channel":"call","purpose":"collect","says_debt":true,)"
         R"("idempotency_key":")" +
         key + "\"" + more + "}";
}
const char* kOutcome = R"({"outcome":"connected_right_party","note":"说下月发工资"})";

TEST(case_file, shows_a_case_masked_to_its_own_collector_only) {
  in_each_office([](Office& office) {
    const std::string file = body_of(office.ask("li.na", "GET", "/cases/C1"));
    EXPECT_THAT(file, HasSubstr("138****1234"));
    EXPECT_THAT(file, HasSubstr("\"overdue_fen\":120000"));
    EXPECT_THAT(file, HasSubstr("\"contacts_left_today\":3"));
    EXPECT_THAT(file, HasSubstr("广东省广州市"));
    for (const char* secret : {"13812341234", "欧阳娜娜", "虚构路99号", "11010519900307002X"})
      EXPECT_THAT(file, Not(HasSubstr(secret)));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'secret_disclosed'"), 0)
        << "nothing was opened";
    EXPECT_TRUE(office.ask("lead", "GET", "/cases/C1"));
    EXPECT_TRUE(office.ask("analyst", "GET", "/cases/C1"));
  });
}

TEST(case_file, somebody_elses_case_is_not_there_on_any_route) {
  in_each_office([](Office& office) {
    const std::string permit = value_of(
        body_of(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k"))), "permit_id");
    const std::string contact =
        R"({"contact_point_id":"C1:1","channel":"call","purpose":"collect","says_debt":true})";
    const std::vector<std::tuple<std::string, std::string, std::string>> tries = {
        {"GET", "/cases/C1", ""},
        {"GET", "/cases/C1/decisions", ""},
        {"POST", "/cases/C1/gate", contact},
        {"POST", "/cases/C1/permits", permit_for("x")},
        {"POST", "/permits/" + permit + "/outcome", kOutcome},
        {"POST", "/cases/C1/promises",
         R"({"account_no":"A1","amount_fen":100,"due_date":"2026-11-21"})"},
        {"POST", "/cases/C1/notes", R"({"text":"x"})"},
        {"POST", "/cases/C1/holds", R"({"kind":"dispute","reason":"x"})"}};
    for (const auto& [method, path, body] : tries) {
      const auto answer = office.ask("wang.wei", method, path, body);
      ASSERT_FALSE(answer) << method << " " << path;
      EXPECT_EQ(answer.error().code, kernel::Code::not_found) << method << " " << path;
    }
    const auto nobody = office.ask("li.na", "GET", "/cases/C404");
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code, kernel::Code::not_found);
  });
}

TEST(permit, discloses_the_number_with_a_fact_and_only_when_granted) {
  in_each_office([](Office& office) {
    const std::string night =
        body_of(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("n"), office.at(22)));
    EXPECT_THAT(night, HasSubstr("\"granted\":false"));
    EXPECT_THAT(night, HasSubstr("CN_HOURS"));
    EXPECT_THAT(night, HasSubstr("2026-11-21T08:00:00+08:00"));
    EXPECT_THAT(night, Not(HasSubstr("13812341234")));

    // The night's asking moved the person's clock nowhere: only grants are remembered.
    const std::string granted =
        body_of(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k")));
    EXPECT_THAT(granted, HasSubstr("\"granted\":true"));
    EXPECT_THAT(granted, HasSubstr("\"dial\":\"13812341234\""));
    EXPECT_THAT(granted, HasSubstr("\"contacts_left_today\":2"));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'secret_disclosed'"), 1);
    EXPECT_EQ(office.attempts("C1"), 1);
    EXPECT_THAT(office.texts("SELECT body FROM fact"), Not(HasSubstr("13812341234")));

    const std::string again =
        body_of(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k")));
    EXPECT_EQ(value_of(again, "permit_id"), value_of(granted, "permit_id"));
    EXPECT_THAT(again, HasSubstr("\"dial\":\"13812341234\""));
    EXPECT_EQ(office.attempts("C1"), 1) << "a double click spends nothing";

    const auto analyst = office.ask("analyst", "POST", "/cases/C1/permits", permit_for("a"));
    ASSERT_FALSE(analyst);
    EXPECT_EQ(analyst.error().code, kernel::Code::forbidden);
    const auto stranger = office.ask("li.na", "POST", "/cases/C1/permits",
                                     R"({"contact_point_id":"C2:1","channel":"call",)"
                                     R"("purpose":"collect","says_debt":true,)"
                                     R"("idempotency_key":"z"})");
    EXPECT_FALSE(stranger) << "a point of another case";
  });
}

TEST(permit, an_outcome_is_told_once_and_stands_in_the_timeline) {
  in_each_office([](Office& office) {
    const std::string permit = value_of(
        body_of(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k"))), "permit_id");
    const std::string path = "/permits/" + permit + "/outcome";
    EXPECT_FALSE(office.ask("li.na", "POST", path, R"({"outcome":"sang_a_song"})"));
    EXPECT_TRUE(office.ask("li.na", "POST", path, kOutcome));
    const auto twice = office.ask("li.na", "POST", path, kOutcome);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, kernel::Code::conflict);
    const auto repeat = office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k"));
    EXPECT_FALSE(repeat) << "the number is not shown again once it is over";

    const std::string file = body_of(office.ask("li.na", "GET", "/cases/C1"));
    EXPECT_THAT(file, HasSubstr("本人接听"));
    EXPECT_THAT(file, HasSubstr("说下月发工资"));
    EXPECT_THAT(office.texts("SELECT body FROM fact"), Not(HasSubstr("工资")));
    EXPECT_THAT(office.texts("SELECT body FROM fact WHERE kind = 'secret_disclosed'"),
                HasSubstr("case_file"));
  });
}

TEST(work, lists_tell_of_the_day) {
  in_each_office([](Office& office) {
    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k")));
    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/promises",
                           R"({"account_no":"A1","amount_fen":50000,"due_date":"2026-11-20"})"));
    const auto read = office.store().read([&](store::Transaction& tx) {
      const auto work = outreach::work_of_day(tx, Office::today());
      EXPECT_EQ(work.at("C1").contacts, 1);
      EXPECT_EQ(outreach::user_days(tx, Office::today()).at("li.na").customers, 1);
      EXPECT_TRUE(outreach::work_of_day(tx, Office::today().plus_days(1)).empty());
      EXPECT_EQ(outreach::last_contacts(tx, {"C1", "C2"}).size(), 1u);
      EXPECT_EQ(promises_due(tx, Office::today()).size(), 1u);
      EXPECT_EQ(promises_made(tx, Office::today()).at("li.na"), 1);
      EXPECT_EQ(gate::contacts_today(tx, Office::at(12)).size(), 1u);
      return 0;
    });
    EXPECT_TRUE(read);
  });
}

TEST(promise, is_of_the_cases_own_account_and_of_a_day_to_come) {
  in_each_office([](Office& office) {
    const char* path = "/cases/C1/promises";
    const std::string made =
        body_of(office.ask("li.na", "POST", path,
                           R"({"account_no":"A1","amount_fen":50000,"due_date":"2026-11-22"})"));
    EXPECT_THAT(made, HasSubstr("\"state\":\"open\""));
    for (const char* wrong : {R"({"account_no":"B1","amount_fen":50000,"due_date":"2026-11-22"})",
                              R"({"account_no":"A1","amount_fen":0,"due_date":"2026-11-22"})",
                              R"({"account_no":"A1","amount_fen":50000,"due_date":"2026-11-19"})",
                              R"({"account_no":"A1","amount_fen":50000,"due_date":"2029-11-19"})"})
      EXPECT_FALSE(office.ask("li.na", "POST", path, wrong)) << wrong;
    office.pay("P1", "A1", Office::today(), 500);
    EXPECT_THAT(body_of(office.ask("li.na", "GET", "/cases/C1")), HasSubstr("\"state\":\"kept\""));
  });
}

TEST(hold, holds_and_is_lifted_by_a_lead) {
  in_each_office([](Office& office) {
    EXPECT_FALSE(office.ask("li.na", "POST", "/cases/C1/holds", R"({"kind":"mood","reason":"x"})"));
    EXPECT_FALSE(
        office.ask("li.na", "POST", "/cases/C1/holds", R"({"kind":"dispute","reason":" "})"));
    const std::string hold =
        body_of(office.ask("li.na", "POST", "/cases/C1/holds",
                           R"({"kind":"dispute","reason":"客户称未开卡","until":"2026-11-30"})"));
    const std::string file = body_of(office.ask("li.na", "GET", "/cases/C1"));
    EXPECT_THAT(file, HasSubstr("CN_DISPUTE"));
    EXPECT_THAT(file, HasSubstr("客户称未开卡"));
    const std::string path = "/cases/C1/holds/" + value_of(hold, "hold_id") + "?reason=answered";
    const auto collector = office.ask("li.na", "DELETE", path);
    ASSERT_FALSE(collector);
    EXPECT_EQ(collector.error().code, kernel::Code::forbidden);
    EXPECT_TRUE(office.ask("lead", "DELETE", path)) << body_of(office.ask("lead", "DELETE", path));
    EXPECT_THAT(body_of(office.ask("li.na", "GET", "/cases/C1")), Not(HasSubstr("CN_DISPUTE")));
  });
}

TEST(note, is_sealed_on_disk_and_read_under_a_disclosure) {
  in_each_office([](Office& office) {
    EXPECT_FALSE(office.ask("li.na", "POST", "/cases/C1/notes", R"({"text":"  "})"));
    EXPECT_TRUE(office.ask("li.na", "POST", "/cases/C1/notes", R"({"text":"家人住院"})"));
    EXPECT_THAT(office.texts("SELECT body FROM fact"), Not(HasSubstr("住院")));
    EXPECT_THAT(body_of(office.ask("li.na", "GET", "/cases/C1")), HasSubstr("家人住院"));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'secret_disclosed'"), 1);
  });
}

TEST(note, that_insults_is_refused_and_leaves_a_fact_without_the_words) {
  in_each_office([](Office& office) {
    const std::string refused =
        body_of(office.ask("li.na", "POST", "/cases/C1/notes", R"({"text":"这个客户是傻 逼"})"));
    EXPECT_THAT(refused, HasSubstr("\"saved\":false"));
    EXPECT_THAT(refused, HasSubstr("\"from\":5,\"to\":8"));
    EXPECT_THAT(refused, HasSubstr("CN_WORDS_INSULT"));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM note"), 0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'text_refused'"), 1);
    EXPECT_THAT(office.texts("SELECT body FROM fact WHERE kind = 'text_refused'"),
                HasSubstr("CN_WORDS_INSULT"));
    EXPECT_THAT(office.texts("SELECT body FROM fact"), Not(HasSubstr("傻")));
    // What the customer said is kept, without a word; what we said wrongly is kept and flagged.
    EXPECT_THAT(body_of(office.ask("li.na", "POST", "/cases/C1/notes",
                                   R"({"text":"客户骂坐席傻逼，称要报警"})")),
                HasSubstr("\"saved\":true,\"wording\":{\"allowed\":true,\"refusals\":[]}"));
    EXPECT_THAT(body_of(office.ask("li.na", "POST", "/cases/C1/notes",
                                   R"({"text":"我告知客户不还就要坐牢"})")),
                HasSubstr("\"saved\":true,\"wording\":{\"allowed\":true,\"refusals\":[{"));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM note"), 2);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'text_flagged'"), 1);
    // Reasons of holds and notes of promises too; nothing is kept but the fact.
    const auto hold = office.ask("li.na", "POST", "/cases/C1/holds",
                                 R"({"kind":"hardship","reason":"废物一个，失业了"})");
    ASSERT_FALSE(hold);
    EXPECT_EQ(hold.error().where, "reason");
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'hold_set'"), 0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'text_refused'"), 2);
  });
}

TEST(outcome, with_a_note_that_insults_can_be_told_again) {
  in_each_office([](Office& office) {
    const std::string permit = value_of(
        body_of(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k"))), "permit_id");
    const std::string path = "/permits/" + permit + "/outcome";
    EXPECT_THAT(body_of(office.ask("li.na", "POST", path,
                                   R"({"outcome":"connected_right_party","note":"老赖"})")),
                HasSubstr("\"saved\":false"));
    EXPECT_THAT(body_of(office.ask("li.na", "POST", path, kOutcome)), HasSubstr("\"saved\":true"));
  });
}

TEST(permit, is_not_asked_for_with_a_text_that_may_not_be_said) {
  in_each_office([](Office& office) {
    const auto with = [](const char* text) {
      return std::string(R"(,"script_text":")") + text + "\"";
    };
    const std::string refused = body_of(office.ask("li.na", "POST", "/cases/C1/permits",
                                                   permit_for("a", with("您好，您的贷款逾期了"))));
    EXPECT_THAT(refused, HasSubstr("\"granted\":false"));
    EXPECT_THAT(refused, HasSubstr("CN_IDENTITY_FIRST"));
    EXPECT_THAT(refused, HasSubstr("\"code\":\"CN_IDENTITY\""));
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_granted'"), 0)
        << "and nothing is counted";
    const std::string granted =
        body_of(office.ask("li.na", "POST", "/cases/C1/permits",
                           permit_for("b", with("您好，我是海安银行的，请问是本人吗"))));
    EXPECT_THAT(granted, HasSubstr("\"granted\":true"));
  });
}

TEST(decisions, explains_by_the_tables) {
  in_each_office([](Office& office) {
    const auto why = office.ask("li.na", "GET", "/cases/C1/decisions");
    EXPECT_THAT(body_of(why), HasSubstr("\"items\":["));
  });
}

// The cut of a morning `days` after the office's day.
column::Sheet cut_of(Office& office, int days) {
  column::Sheet cut(4);
  const auto known = office.store().read([&](store::Transaction& tx) {
    const auto before = kernel::Instant::china(Office::today().plus_days(days), 0);
    return read_known(tx, office.sources(), before);
  });
  EXPECT_TRUE(known) << (known ? "" : known.error().message);
  if (known) place_known(*known, office.book(), cut);
  return cut;
}

TEST(cut, tells_what_was_known_before_it_and_stays_so) {
  in_each_office([](Office& office) {
    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/promises",
                           R"({"account_no":"A1","amount_fen":50000,"due_date":"2026-11-21"})"));
    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/permits", permit_for("k")));
    ASSERT_TRUE(
        office.ask("li.na", "POST", "/cases/C1/holds", R"({"kind":"hardship","reason":"失业"})"));
    ASSERT_TRUE(
        office.ask("li.na", "POST", "/cases/C1/holds", R"({"kind":"dispute","reason":"异议"})"));
    const std::string same_day = cut_of(office, 0).hash(), next = cut_of(office, 1).hash();

    const column::Sheet before = cut_of(office, 0);
    EXPECT_EQ(before.codes("promise").at(0), "none") << "made later that day";
    EXPECT_EQ(before.codes("flag").at(0), "none");
    const column::Sheet after = cut_of(office, 1);
    EXPECT_EQ(after.codes("promise").at(0), "open");
    EXPECT_EQ(after.codes("promise").at(1), "none") << "another account";
    EXPECT_EQ(after.get<std::int16_t>("promise_days")[0], 0);
    EXPECT_EQ(after.codes("flag").at(0), "dispute") << "the weightier of two";
    EXPECT_EQ(after.codes("flag").at(1), "dispute") << "every account of the person";
    EXPECT_EQ(after.codes("flag").at(2), "dispute") << "on another customer number too";
    EXPECT_EQ(after.codes("flag").at(3), "none");
    EXPECT_EQ(after.get<std::int8_t>("contacts_7d")[0], 1);
    EXPECT_EQ(after.get<std::int8_t>("contacts_7d")[3], 0);

    const column::Sheet late = cut_of(office, 2);
    EXPECT_EQ(late.codes("promise").at(0), "broken");
    EXPECT_EQ(late.get<std::int16_t>("promise_days")[0], 1);
    EXPECT_EQ(late.get<std::int8_t>("broken_promises")[0], 0) << "grace is not over";
    EXPECT_EQ(cut_of(office, 5).get<std::int8_t>("broken_promises")[0], 1);
    EXPECT_EQ(cut_of(office, 9).get<std::int8_t>("contacts_7d")[0], 0);

    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/promises",
                           R"({"account_no":"A2","amount_fen":50000,"due_date":"2026-11-25"})",
                           Office::at(10, 0, 3)));
    EXPECT_EQ(cut_of(office, 0).hash(), same_day);
    EXPECT_EQ(cut_of(office, 1).hash(), next) << "what came later changes nothing";
  });
}

TEST(cut, a_payment_keeps_a_promise) {
  in_each_office([](Office& office) {
    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/promises",
                           R"({"account_no":"A1","amount_fen":50000,"due_date":"2026-11-21"})"));
    office.pay("P1", "A1", Office::today(), 500);
    EXPECT_EQ(cut_of(office, 0).codes("promise").at(0), "none");
    EXPECT_EQ(cut_of(office, 1).codes("promise").at(0), "kept");
    EXPECT_EQ(cut_of(office, 40).codes("promise").at(0), "none") << "too long ago";
  });
}

}  // namespace
}  // namespace casework
