// What a person stops or puts right: objections, consent by purpose, corrections; and the register
// of impact assessments.
#include "tests/rights/desk.h"

namespace rights {
namespace {

// ---- objection, restriction, consent -----------------------------------------------------------

TEST(Objection, stops_automation_at_once_and_is_reviewed_by_another) {
  at_each_desk([](Desk& desk) {
    const Request request = desk.take("object");
    const Request granted = must(desk.try_grant(request.request_id, Office::at(15)));
    EXPECT_EQ(granted.state, "review");
    EXPECT_EQ(desk.office().texts("SELECT kind FROM hold"), "no_automation\n");
    const auto review = [&](const std::string& by) {
      return desk.office().store().transact([&](Transaction& tx) {
        return end_review(tx, desk.deps(),
                          {.request_id = request.request_id,
                           .text = Note::take("人工核对：评分有误，改为协商"),
                           .by = by},
                          true, true, Office::at(16));
      });
    };
    EXPECT_EQ(review("hu.bo").error().code, Code::forbidden);
    const Request done = must(review("sun.li"));
    EXPECT_EQ(done.outcome, "changed");
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM hold WHERE lifted_at IS NULL"), 0);
    EXPECT_EQ(review("sun.li").error().code, Code::conflict);
  });
}

TEST(Consent, withdrawn_is_refused_at_the_gate_at_once) {
  at_each_desk([](Desk& desk) {
    const auto ask = [&](const char* channel) {
      return must(desk.office().store().read([&](Transaction& tx) {
        return desk.office().gate().question(tx,
                                             {.customer_no = "C1",
                                              .contact_point_id = "C1:1",
                                              .channel = channel,
                                              .purpose = "remind",
                                              .asker = "li.na"},
                                             Office::at(16));
      }));
    };
    const auto codes = [&](const char* channel) {
      std::string all;
      for (const auto& one : ask(channel).refusals) all += one.code + " ";
      return all;
    };
    EXPECT_THAT(codes("wechat"), Not(HasSubstr("PIPL_15")));
    const Request request = desk.take("withdraw_consent");
    EXPECT_EQ(must(desk.try_grant(request.request_id, Office::at(15))).state, "done");
    EXPECT_THAT(codes("wechat"), HasSubstr("PIPL_15"));
    const auto record = [&](const std::string& purpose, const std::string& state,
                            const std::string& document_id) {
      return desk.office().store().transact([&](Transaction& tx) {
        return record_consent(tx, desk.deps(),
                              {.customer_no = "C1b",
                               .purpose = purpose,
                               .state = state,
                               .how = "letter",
                               .dated_on = {},
                               .document_id = document_id,
                               .by = "hu.bo"},
                              Office::at(17));
      });
    };
    const std::string proof = std::to_string(desk.document().value());
    EXPECT_EQ(record("electronic_contact", "withdrawn", "").error().code, Code::conflict)
        << "the request stands in the ledger";
    EXPECT_EQ(record("electronic_contact", "given", "").error().where, "document_id");
    EXPECT_EQ(record("electronic_contact", "given", "77").error().code, Code::not_found);
    EXPECT_EQ(record("marketing", "withdrawn", "").error().where, "purpose");
    const Consent given = must(record("electronic_contact", "given", proof));
    EXPECT_EQ(given.proof_sha256.size(), 64U);
    EXPECT_THAT(codes("wechat"), Not(HasSubstr("PIPL_15"))) << "given again";
    must(record("workplace", "withdrawn", ""));
    EXPECT_EQ(desk.office().texts("SELECT kind FROM hold WHERE lifted_at IS NULL"),
              "no_workplace\n");
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM fact WHERE kind LIKE 'consent_%'"), 3);
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM consent_entry"), 3);
  });
}

// ---- correction and assessments ----------------------------------------------------------------

TEST(Correction, changes_the_field_and_its_index_and_seals_what_was) {
  at_each_desk([](Desk& desk) {
    const Request request = desk.take("correct");
    const auto put = [&](const std::string& field, const std::string& value,
                         const std::string& point = "") {
      return desk.office().store().transact([&](Transaction& tx) {
        return correct(tx,
                       {.request_id = request.request_id,
                        .field = field,
                        .contact_point_id = point,
                        .value = value,
                        .by = "hu.bo"},
                       Office::at(15));
      });
    };
    const auto found = [&](const char* text) {
      return must(desk.office().store().read(
                      [&](Transaction& tx) { return intake::find_customers(tx, text); }))
          .size();
    };
    EXPECT_TRUE(put("name", "欧阳娜"));
    EXPECT_EQ(found("欧阳娜"), 2U) << "under both numbers";
    EXPECT_EQ(found("欧阳娜娜"), 0U);
    EXPECT_TRUE(put("contact_value", "13612340000", "C1:1"));
    EXPECT_EQ(found("13612340000"), 1U);
    EXPECT_EQ(found("13812341234"), 0U);
    EXPECT_FALSE(put("contact_value", "13612340001", "C1:2")) << "another person's number";
    EXPECT_FALSE(put("contact_value", "13612340001", "C2:1")) << "another case's";
    EXPECT_FALSE(put("citizen_id", "110105199003070038"));
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM rights_correction"), 3);
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'person_corrected'"), 2);
    EXPECT_EQ(must(desk.try_grant(request.request_id, Office::at(16))).outcome, "granted");
    EXPECT_FALSE(put("name", "欧阳")) << "answered";
  });
}

TEST(Assessment, is_kept_three_years_and_whole) {
  at_each_desk([](Desk& desk) {
    NewAssessment wanted{.title = "外包催收",
                         .occasion = "entrusted",
                         .purpose = "委托外包机构催收",
                         .legality = "合同所必需",
                         .effects = "可能被频繁联系",
                         .measures = "闸门计数，录音",
                         .assessed_on = {},
                         .by = "hu.bo"};
    const auto record = [&] {
      return desk.office().store().transact(
          [&](Transaction& tx) { return record_assessment(tx, wanted, Office::at(15)); });
    };
    EXPECT_EQ(must(record()).keep_until.format(), "2029-11-20");
    wanted.measures = " ";
    EXPECT_EQ(record().error().where, "measures");
    const auto all =
        must(desk.office().store().read([](Transaction& tx) { return load_assessments(tx); }));
    EXPECT_EQ(all.size(), 1U);
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'impact_assessed'"), 1);
  });
}

}  // namespace
}  // namespace rights
