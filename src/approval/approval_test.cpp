// Four eyes: who may ask and answer, in which order, until when, exactly once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "approval/rules.h"
#include "tests/approval_office.h"

namespace approval {
namespace {

using kernel::Code;
using kernel::Instant;

TEST(Approvals, one_asks_another_approves_and_it_is_done) {
  in_each_office([](Office& office) {
    const Approval asked = office.must_ask("li.na");
    EXPECT_EQ(asked.state, "waiting");
    EXPECT_EQ(asked.levels, 1);
    const auto approved = office.approve(asked.approval_id, "zhao.min");
    ASSERT_TRUE(approved) << approved.error().message;
    EXPECT_EQ(approved->state, "approved");
    EXPECT_EQ(office.done(), "pay:1 by zhao.min\n");
    EXPECT_EQ(office.kinds(), "approval_asked\napproval_given\n");
    const std::string bodies = office.texts("SELECT body || made_by FROM fact ORDER BY fact_id");
    EXPECT_EQ(bodies.find("欧阳"), bodies.npos) << bodies;
    EXPECT_THAT(bodies, testing::HasSubstr("\"rule_id\":\"approve_contact_hold\""));
    EXPECT_THAT(bodies, testing::HasSubstr("user:zhao.min"));
    EXPECT_EQ(office.texts("SELECT subject FROM fact ORDER BY fact_id"),
              "customer:C1\ncustomer:C1\n");
  });
}

TEST(Approvals, what_nobody_wrote_down_is_refused) {
  in_each_office([](Office& office) {
    Ask strange = office.wanted("li.na");
    strange.kind = "police_referral";  // neither table nor effect
    EXPECT_EQ(office.ask(strange).error().code, Code::forbidden);
    strange.kind = "legal_hold_lift";  // the table knows it; nothing here does it
    strange.by = "hu.bo";
    EXPECT_EQ(office.ask(strange).error().code, Code::forbidden);
    strange.kind = "half_known";  // there is an effect; the table does not know it
    EXPECT_EQ(office.ask(strange).error().code, Code::forbidden);
    EXPECT_EQ(office.ask(office.wanted("chen.yu")).error().code, Code::forbidden);  // an auditor
    EXPECT_EQ(office.ask(office.wanted("nobody")).error().code, Code::forbidden);
    Ask silent = office.wanted("li.na");
    silent.reason = kernel::Note::take("");
    EXPECT_EQ(office.ask(silent).error().code, Code::invalid_input);
    EXPECT_EQ(office.kinds(), "");
  });
}

TEST(Approvals, a_table_that_says_no_number_of_levels_lets_nothing_pass) {
  for (const char* levels : {"0", "-1", "1.5", "null", "10", "\"one\""}) {
    const Model model =
        table_with({{"if amount_fen &gt; 1000000 then 3 else if amount_fen &gt;"
                     " 100000 then 2 else 1",
                     levels}});
    EXPECT_EQ(terms_of(*model, {.kind = "contact_hold_lift"}).error().code, Code::invalid_input)
        << levels;
  }
}

TEST(Approvals, never_ones_own_not_even_through_a_deputy) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("zhao.min").approval_id;
    EXPECT_EQ(office.approve(id, "zhao.min").error().code, Code::forbidden);
    EXPECT_EQ(office.refuse(id, "zhao.min").error().code, Code::forbidden);
    // guo.jing may not in his own right; standing in for who asked he may not either.
    EXPECT_EQ(office.approve(id, "guo.jing").error().code, Code::not_found);
    office.must_name("zhao.min", "guo.jing");
    const auto deputised = office.approve(id, "guo.jing");
    ASSERT_FALSE(deputised);
    EXPECT_EQ(deputised.error().code, Code::forbidden);
    EXPECT_THAT(deputised.error().message, testing::HasSubstr("stand in for"));
    // Standing in for another lead who asked nothing he may.
    office.must_name("qian.er", "guo.jing");
    EXPECT_TRUE(office.approve(id, "guo.jing"));
    EXPECT_EQ(office.texts("SELECT made_by || ' for ' || made_for FROM approval_step"),
              "guo.jing for qian.er\n");
  });
}

TEST(Approvals, who_asks_does_not_answer_in_the_name_of_another) {
  in_each_office([](Office& office) {
    office.must_name("qian.er", "zhao.min");
    const ApprovalId id = office.must_ask("zhao.min").approval_id;
    EXPECT_EQ(office.approve(id, "zhao.min").error().code, Code::forbidden);
    EXPECT_EQ(office.done(), "");
  });
}

TEST(Approvals, levels_come_in_order_and_no_name_comes_twice) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("li.na", 2'000'000).approval_id;
    EXPECT_EQ(office.approve(id, "hu.bo").error().code, Code::forbidden);  // the second level's
    office.must_name("qian.er", "guo.jing");
    const auto first = office.approve(id, "guo.jing");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->level, 2);
    EXPECT_EQ(office.done(), "");
    EXPECT_EQ(office.approve(id, "zhao.min").error().code, Code::forbidden);  // not this level
    office.must_name("hu.bo", "guo.jing");
    EXPECT_TRUE(office.approve(id, "guo.jing"));  // the same answer again: still at level 2
    EXPECT_EQ(office.find(id).level, 2);
    EXPECT_TRUE(office.approve(id, "hu.bo"));
    EXPECT_EQ(office.find(id).level, 3);
    // The third level is a lead's or compliance's; qian.er's authority was used at the first.
    EXPECT_EQ(office.approve(id, "qian.er").error().code, Code::forbidden);
    EXPECT_EQ(office.refuse(id, "guo.jing").error().code, Code::forbidden);
    EXPECT_TRUE(office.approve(id, "sun.li"));
    EXPECT_EQ(office.done(), "pay:1 by sun.li\n");
    EXPECT_EQ(office.kinds(),
              "approval_asked\ndeputy_named\napproval_given\ndeputy_named\napproval_given\n"
              "approval_given\n");
  });
}

TEST(Approvals, the_amount_says_how_many_must_agree) {
  in_each_office([](Office& office) {
    EXPECT_EQ(office.must_ask("li.na", 100'000).levels, 1);
    EXPECT_EQ(office.must_ask("li.na", 100'001, "pay:2").levels, 2);
  });
}

TEST(Approvals, others_do_not_learn_that_there_is_one) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("li.na").approval_id;
    for (const char* other : {"wang.wei", "chen.yu", "zhou.tao", "nobody"}) {
      EXPECT_EQ(office.approve(id, other).error().code, Code::not_found) << other;
      EXPECT_EQ(office.refuse(id, other).error().code, Code::not_found) << other;
      EXPECT_EQ(office.withdraw(id, other).error().code, Code::not_found) << other;
    }
    EXPECT_EQ(office.approve(ApprovalId(7), "zhao.min").error().code, Code::not_found);
    EXPECT_EQ(office.approve(id, "hu.bo").error().code, Code::not_found);  // one level: a lead's
  });
}

TEST(Approvals, asked_or_answered_again_is_the_same) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("li.na").approval_id;
    EXPECT_EQ(office.must_ask("li.na").approval_id, id);
    EXPECT_EQ(office.ask(office.wanted("wang.wei")).error().code, Code::conflict);
    Ask other = office.wanted("li.na");
    other.payload = R"({"what":2})";
    EXPECT_EQ(office.ask(other).error().code, Code::conflict);
    EXPECT_TRUE(office.approve(id, "zhao.min"));
    EXPECT_TRUE(office.approve(id, "zhao.min"));
    EXPECT_EQ(office.approve(id, "qian.er").error().code, Code::conflict);
    EXPECT_EQ(office.withdraw(id, "li.na").error().code, Code::conflict);
    EXPECT_EQ(office.done(), "pay:1 by zhao.min\n");
    EXPECT_EQ(office.kinds(), "approval_asked\napproval_given\n");
    EXPECT_NE(office.must_ask("li.na").approval_id, id);  // that one is over: this is another
  });
}

TEST(Approvals, refused_with_a_reason_or_taken_back_it_is_over) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("li.na").approval_id;
    EXPECT_EQ(office.refuse(id, "zhao.min", "").error().code, Code::invalid_input);
    EXPECT_TRUE(office.refuse(id, "zhao.min"));
    EXPECT_TRUE(office.refuse(id, "zhao.min"));
    EXPECT_EQ(office.approve(id, "qian.er").error().code, Code::conflict);
    const ApprovalId second = office.must_ask("li.na").approval_id;
    EXPECT_TRUE(office.withdraw(second, "li.na"));
    EXPECT_TRUE(office.withdraw(second, "li.na"));
    EXPECT_EQ(office.approve(second, "zhao.min").error().code, Code::conflict);
    EXPECT_EQ(office.done(), "");
    EXPECT_EQ(office.kinds(),
              "approval_asked\napproval_refused\napproval_asked\napproval_withdrawn\n");
  });
}

// ---- time --------------------------------------------------------------------------------------

TEST(Approvals, its_time_ends_to_the_microsecond) {
  in_each_office([](Office& office) {
    const Approval first = office.must_ask("li.na"), second = office.must_ask("li.na", 1, "pay:2");
    EXPECT_EQ(first.due_at, office.now.plus_seconds(48 * 3'600));
    office.now = Instant::from_micros(first.due_at.micros() - 1);
    EXPECT_TRUE(office.approve(first.approval_id, "zhao.min"));
    office.now = first.due_at;
    EXPECT_EQ(office.approve(second.approval_id, "zhao.min").error().code, Code::conflict);
    EXPECT_EQ(office.refuse(second.approval_id, "zhao.min").error().code, Code::conflict);
    EXPECT_EQ(office.withdraw(second.approval_id, "li.na").error().code, Code::conflict);
    EXPECT_EQ(office.done(), "pay:1 by zhao.min\n");
    EXPECT_EQ(office.sweep(), 1);
    EXPECT_EQ(office.sweep(), 0);
    EXPECT_EQ(office.find(second.approval_id).state, "expired");
    EXPECT_EQ(office.kinds(), "approval_asked\napproval_asked\napproval_given\napproval_expired\n");
  });
}

TEST(Approvals, each_level_has_its_own_time) {
  in_each_office([](Office& office) {
    const Approval asked = office.must_ask("li.na", 200'000);
    office.now = office.now.plus_seconds(47 * 3'600);
    EXPECT_TRUE(office.approve(asked.approval_id, "zhao.min"));
    office.now = office.now.plus_seconds(47 * 3'600);
    EXPECT_TRUE(office.approve(asked.approval_id, "hu.bo"));
    EXPECT_EQ(office.done(), "pay:1 by hu.bo\n");
  });
}

TEST(Approvals, one_that_nobody_answered_is_asked_anew) {
  in_each_office([](Office& office) {
    const Approval first = office.must_ask("li.na");
    office.now = first.due_at;
    const Approval second = office.must_ask("wang.wei");
    EXPECT_NE(second.approval_id, first.approval_id);
    EXPECT_EQ(office.kinds(), "approval_asked\napproval_expired\napproval_asked\n");
  });
}

// ---- effects -----------------------------------------------------------------------------------

TEST(Approvals, what_cannot_be_done_is_not_approved) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("li.na").approval_id;
    office.effect_fails = true;
    EXPECT_EQ(office.approve(id, "zhao.min").error().code, Code::unavailable);
    EXPECT_EQ(office.find(id).state, "waiting");
    EXPECT_EQ(office.kinds(), "approval_asked\n");
    EXPECT_EQ(office.done() + office.texts("SELECT made_by FROM approval_step"), "");
    office.effect_fails = false;
    EXPECT_TRUE(office.approve(id, "zhao.min"));
    EXPECT_EQ(office.done(), "pay:1 by zhao.min\n");
  });
}

TEST(Approvals, what_was_changed_behind_its_back_is_not_done) {
  in_each_office([](Office& office) {
    const ApprovalId id = office.must_ask("li.na").approval_id;
    office.run("UPDATE approval SET payload = '{\"what\":9}'");
    EXPECT_EQ(office.approve(id, "zhao.min").error().code, Code::corrupt);
    EXPECT_EQ(office.done(), "");
  });
}

// ---- deputies ----------------------------------------------------------------------------------

TEST(Deputies, act_from_the_first_day_to_the_last_and_not_on) {
  in_each_office([](Office& office) {
    const kernel::Date today = office.now.china_date();
    office.must_name("qian.er", "guo.jing", today.plus_days(1), today.plus_days(1));
    const ApprovalId first = office.must_ask("li.na").approval_id;
    EXPECT_EQ(office.approve(first, "guo.jing").error().code, Code::not_found);
    office.now = Instant::china(today.plus_days(1), 0);
    EXPECT_TRUE(office.approve(first, "guo.jing"));
    const ApprovalId second = office.must_ask("li.na", 1, "pay:2").approval_id;
    office.now = Instant::china(today.plus_days(2), 0);
    EXPECT_EQ(office.approve(second, "guo.jing").error().code, Code::not_found);
  });
}

TEST(Deputies, of_whom_and_how_long_the_table_says) {
  in_each_office([](Office& office) {
    const kernel::Date today = office.now.china_date();
    const auto code_of = [&](const char* user_name, const char* deputy, int from, int until) {
      const auto named =
          office.name(user_name, deputy, today.plus_days(from), today.plus_days(until));
      return named ? Code::too_many : named.error().code;  // too_many: none of those expected
    };
    EXPECT_EQ(code_of("zhao.min", "zhao.min", 0, 1), Code::invalid_input);
    EXPECT_EQ(code_of("zhao.min", "li.na", 0, 1), Code::forbidden);
    EXPECT_EQ(code_of("chen.yu", "guo.jing", 0, 1), Code::forbidden);
    EXPECT_EQ(code_of("zhao.min", "nobody", 0, 1), Code::not_found);
    EXPECT_EQ(code_of("zhao.min", "qian.er", -1, 1), Code::invalid_input);
    EXPECT_EQ(code_of("zhao.min", "qian.er", 1, 0), Code::invalid_input);
    EXPECT_EQ(code_of("zhao.min", "qian.er", 0, 31), Code::invalid_input);
    EXPECT_EQ(code_of("zhao.min", "qian.er", 0, 30), Code::too_many);
    EXPECT_EQ(code_of("zhao.min", "qian.er", 0, 30), Code::too_many);  // again: the same
    EXPECT_EQ(code_of("zhao.min", "guo.jing", 30, 32), Code::conflict);
    EXPECT_EQ(code_of("zhao.min", "guo.jing", 31, 32), Code::too_many);
    EXPECT_EQ(office.kinds(), "deputy_named\ndeputy_named\n");
  });
}

TEST(Deputies, are_ended_by_either_and_by_nobody_else) {
  in_each_office([](Office& office) {
    const Deputy named = office.must_name("qian.er", "guo.jing");
    const ApprovalId id = office.must_ask("li.na").approval_id;
    EXPECT_EQ(office.end(named.deputy_id, "zhao.min").error().code, Code::not_found);
    EXPECT_TRUE(office.end(named.deputy_id, "guo.jing"));
    EXPECT_TRUE(office.end(named.deputy_id, "qian.er"));
    EXPECT_EQ(office.approve(id, "guo.jing").error().code, Code::not_found);
    EXPECT_EQ(office.kinds(), "deputy_named\napproval_asked\ndeputy_ended\n");
  });
}

TEST(Deputies, stand_in_for_nobody_who_left_and_not_for_a_deputys_principal) {
  in_each_office([](Office& office) {
    office.must_name("qian.er", "guo.jing");
    office.must_name("guo.jing", "hu.bo");
    const ApprovalId id = office.must_ask("li.na").approval_id;
    EXPECT_EQ(office.approve(id, "hu.bo").error().code, Code::not_found);  // not handed on
    office.gone = "qian.er";
    EXPECT_EQ(office.approve(id, "guo.jing").error().code, Code::not_found);
    EXPECT_EQ(office.approve(id, "qian.er").error().code, Code::not_found);
  });
}

}  // namespace
}  // namespace approval
