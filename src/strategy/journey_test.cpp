// The shipped strategy as a whole is clean; and faults planted in it, one of each kind, are found
// with a path that the shipped tables, so changed, do decide that way.

#include "strategy/journey.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/files.h"

namespace strategy {
namespace {

namespace fs = std::filesystem;

// A copy of the shipped tables, to break.
class Journey : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("evenhand-journey-" + std::to_string(::getpid()) + "-" + info->name());
    fs::remove_all(folder_);
    fs::copy("decisions", folder_, fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void change(const std::string& file, const std::string& from, const std::string& to) {
    std::string bytes = tests::read_file(folder_ / file);
    const std::size_t at = bytes.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bytes.replace(at, from.size(), to);
    std::ofstream(folder_ / file, std::ios::binary) << bytes;
  }
  void remove_row(const std::string& id) {
    const std::string bytes = tests::read_file(folder_ / "treatment.dmn");
    const std::size_t begin = bytes.find("<rule id=\"" + id + "\">");
    ASSERT_NE(begin, std::string::npos) << id;
    const std::size_t end = bytes.find("</rule>", begin) + 7;
    change("treatment.dmn", bytes.substr(begin, end - begin), "");
  }
  // A first row of the treatment table: cells by column, the rest anything.
  void add_first_row(const std::map<int, std::string>& cells,
                     const std::vector<std::string>& outputs) {
    std::string row = "<rule id=\"planted\">";
    for (int column = 0; column < 13; ++column) {
      const auto at = cells.find(column);
      row += "<inputEntry><text>" + (at == cells.end() ? "-" : at->second) + "</text></inputEntry>";
    }
    for (const std::string& output : outputs) {
      row += "<outputEntry><text>\"" + output + "\"</text></outputEntry>";
    }
    change("treatment.dmn", "<rule id=\"closed_account\">",
           row + "</rule><rule id=\"closed_account\">");
  }

  std::vector<JourneyFinding> findings() {
    const auto models = Models::load(folder_);
    EXPECT_TRUE(models) << models.error().message << models.error().where;
    const auto rules = JourneyRules::load(folder_);
    EXPECT_TRUE(rules) << rules.error().message << rules.error().where;
    if (!models || !rules) return {};
    const auto found = check_journey(*models, *rules);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::vector<JourneyFinding>{};
  }

  // The kind and treatment are found, and the path ends as it says, night by night.
  void expect_found(const std::string& kind, const std::string& treatment) {
    const auto all = findings();
    const auto found = std::find_if(all.begin(), all.end(), [&](const JourneyFinding& f) {
      return f.kind == kind && f.treatment == treatment;
    });
    ASSERT_NE(found, all.end()) << kind << " among " << all.size();
    EXPECT_NE(found->message_zh, "");
    EXPECT_NE(found->message_en, "");
    ASSERT_FALSE(found->path.empty());
    if (kind != "no_answer" && kind != "skipped_stage") {
      EXPECT_EQ(found->path.back().treatment, treatment);
    }
  }

  fs::path folder_;
};

constexpr int flag = 1, broken_promises = 4, bucket = 6, dpd = 7;

TEST_F(Journey, the_shipped_strategy_is_clean) {
  std::string text;
  for (const JourneyFinding& finding : findings()) text += render_journey(finding, "zh");
  EXPECT_EQ(text, "");
}

TEST_F(Journey, court_without_a_letter) {
  remove_row("m5_last_letter");  // as the tables were until the analysis found it
  expect_found("out_of_order", "suit");
  expect_found("out_of_order", "arbitration");
  expect_found("out_of_order", "agency_placement");
}

TEST_F(Journey, the_harshest_first) {
  add_first_row({{dpd, "5"}}, {"suit", "none", "legal", "none"});
  expect_found("out_of_order", "suit");
}

TEST_F(Journey, a_second_agency_before_the_first) {
  add_first_row({{bucket, "\"M4\""}}, {"agency_second_placement", "none", "agency", "none"});
  expect_found("out_of_order", "agency_second_placement");
}

TEST_F(Journey, a_treatment_that_payment_does_not_end) {
  add_first_row({{broken_promises, "&gt;= 3"}},
                {"formal_notice", "letter", "machine", "overdue_notice"});
  expect_found("stuck", "formal_notice");
}

TEST_F(Journey, an_account_that_nobody_looks_at) {
  add_first_row({{bucket, "\"M6+\""}}, {"await_effect", "none", "none", "none"});
  expect_found("quiet", "await_effect");
}

TEST_F(Journey, a_treatment_that_is_never_left) {
  remove_row("limitation_near");
  expect_found("stays_for_good", "agency_second_placement");
}

TEST_F(Journey, a_stage_that_is_skipped) {
  change("bucket.dmn", "[61..90]", "[61..60]");
  change("bucket.dmn", "[91..120]", "[61..120]");
  expect_found("skipped_stage", "");
}

TEST_F(Journey, a_night_without_treatment) {
  remove_row("incomplete");
  remove_row("m3_medium");
  expect_found("no_answer", "");
}

TEST_F(Journey, a_channel_that_the_pack_refuses_under_a_hold) {
  add_first_row({{flag, "\"dispute\""}, {bucket, "\"M2\""}},
                {"agree_plan_call", "call", "human", "agree_plan"});
  expect_found("not_permitted", "agree_plan_call");
}

TEST_F(Journey, a_treatment_of_unknown_harshness) {
  change("journey.csv", " mediation,4", ",4");
  change("journey.csv", "suit_preparation mediation,先有", "suit_preparation,先有");
  expect_found("no_level", "mediation");
}

TEST(JourneyRules, a_bad_file_is_refused_with_its_line) {
  const std::string head = "rule,subject,value,zh,en,source\n";
  const auto where = [&](const std::string& line) {
    const auto rules = JourneyRules::parse(head + line, "j");
    return rules ? std::string() : rules.error().where;
  };
  EXPECT_EQ(where("level,a b,1,,,\nbefore,b,a,,,\n"), "");
  EXPECT_EQ(where("level,a,x,,,\n"), "j:2");
  EXPECT_EQ(where("level,a,1,,,\nlevel,a,2,,,\n"), "j:3");
  EXPECT_EQ(where("before,a,b,,,\n"), "j:2");
  EXPECT_EQ(where("other,a,b,,,\n"), "j:2");
  EXPECT_EQ(where("level,a\n"), "j:2");
}

}  // namespace
}  // namespace strategy
