// Who reaches which case, by the shipped table and by others.

#include "casework/scope.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/office.h"

namespace casework {
namespace {

namespace fs = std::filesystem;
using tests::Office;

http::Caller caller(http::Role role, const std::string& team, const std::string& name = "li.na",
                    std::vector<std::string> regions = {}) {
  return {.user_id = 1,
          .user_name = name,
          .shown_name = name,
          .role = role,
          .team = team,
          .regions = std::move(regions)};
}

// The cases of C1, C1b and C2 that the caller reaches.
std::string reached(Office& office, const fs::path& decisions, const http::Caller& who) {
  const auto found = office.store().read([&](store::Transaction& tx) {
    std::string all;
    for (const char* customer_no : {"C1", "C1b", "C2", "C9"})
      if (may_reach(tx, {office.shelf(), decisions}, who, customer_no, Office::at(10)))
        all += (all.empty() ? "" : " ") + std::string(customer_no);
    return all;
  });
  return found ? *found : found.error().message;
}

// The shipped table with one text in place of another, in a folder of its own.
fs::path table_with(const fs::path& folder, const std::string& text, const std::string& instead) {
  std::ifstream in("decisions/case_scope.dmn");
  std::string dmn((std::istreambuf_iterator<char>(in)), {});
  const auto at = dmn.find(text);
  CHECK_MSG(at != dmn.npos, text.c_str());
  fs::create_directories(folder);
  std::ofstream(folder / "case_scope.dmn") << dmn.replace(at, text.size(), instead);
  return folder;
}

// C1 is li.na's and C2 wang.wei's, both of the early team; C1b is nobody's, meant for the late one.
TEST(Scope, the_shipped_table_gives_own_team_or_all_cases) {
  using http::Role;
  tests::in_each_office([](Office& office) {
    const struct {
      http::Caller who;
      const char* cases;
    } rows[] = {
        {caller(Role::collector, "early"), "C1"},
        {caller(Role::collector, "early", "wang.wei"), "C2"},
        {caller(Role::collector, "early", "nobody"), ""},
        {caller(Role::lead, "early"), "C1 C2"},
        {caller(Role::lead, "late"), "C1b"},
        {caller(Role::lead, "care"), ""},
        {caller(Role::lead, ""), "C1 C1b C2 C9"},  // the door of one case asks whether it is there
        {caller(Role::compliance, "early"), "C1 C1b C2 C9"},
        {caller(Role::auditor, ""), ""},
        {caller(Role::agency, "early"), ""},
        {caller(Role::machine, ""), ""},
    };
    for (const auto& row : rows)
      EXPECT_EQ(reached(office, "decisions", row.who), row.cases)
          << http::role_name(row.who.role) << " " << row.who.team << " " << row.who.user_name;

    office.allot("C1b", "zhou", "care");  // and from then on it is the care team's alone
    EXPECT_EQ(reached(office, "decisions", caller(Role::lead, "late")), "");
    EXPECT_EQ(reached(office, "decisions", caller(Role::lead, "care")), "C1b");
  });
}

TEST(Scope, own_regions_narrow_it_and_a_table_that_says_nothing_opens_nothing) {
  using http::Role;
  tests::for_each_store(tests::office_schema(), [](store::Store& store, const fs::path& folder) {
    Office office(store, folder);
    const fs::path regional =
        table_with(folder / "a", R"(lead_of_all_o2"><text>false)", R"(lead_of_all_o2"><text>true)");
    const auto lead = [](std::vector<std::string> regions) {
      return caller(Role::lead, "", "head", std::move(regions));
    };
    EXPECT_EQ(reached(office, regional, lead({"44"})), "C1 C1b");
    EXPECT_EQ(reached(office, regional, lead({"110105"})), "C2");
    EXPECT_EQ(reached(office, regional, lead({"31", "11"})), "C2");
    EXPECT_EQ(reached(office, regional, lead({"4", "1"})), "C1 C1b C2");
    EXPECT_EQ(reached(office, regional, lead({})), "C1 C1b C2 C9");
    EXPECT_EQ(reached(office, regional, lead({"all"})), "");  // no region: nothing, not all

    const fs::path unknown = table_with(folder / "b", R"(lead_of_all_o1"><text>"all")",
                                        R"(lead_of_all_o1"><text>"every")");
    EXPECT_EQ(reached(office, unknown, lead({})), "");
    EXPECT_EQ(reached(office, folder / "c", caller(Role::admin, "")), "");  // no table at all
  });
}

TEST(Scope, a_region_holds_what_begins_with_its_digits) {
  for (const std::int32_t region : {4, 44, 4401, 440106}) EXPECT_TRUE(in_region(440106, region));
  for (const std::int32_t region : {1, 11, 4402, 440107}) EXPECT_FALSE(in_region(440106, region));
  EXPECT_FALSE(in_region(0, 44));
}

}  // namespace
}  // namespace casework
