// Facts looked up by what they are about, whichever index they lie in.

#include "evidence/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stores.h"

namespace evidence {
namespace {

using testing::HasSubstr;

const char* const account = "account:A1";

std::vector<std::string> bodies_of(store::Store& store, std::string_view subject) {
  std::vector<std::string> bodies;
  std::int64_t last = 0;
  EXPECT_TRUE(store.read([&](store::Transaction& tx) {
    each_fact_of(tx, subject, [&](StoredFact&& fact) {
      EXPECT_LT(last, fact.fact_id.value());
      last = fact.fact_id.value();
      bodies.push_back(fact.fact.body);
    });
  }));
  return bodies;
}

// Three nights that tell of many accounts, and what hands wrote between them.
void tell(store::Store& store) {
  const kernel::Instant first = tests::Clock::now();
  for (int night = 0; night < 3; ++night) {
    const kernel::Instant at = first.plus_seconds(night * 86'400);
    std::vector<store::Fact> facts;
    const auto add = [&](const char* kind, std::string subject, kernel::Instant made_at) {
      facts.push_back({kind, std::move(subject), "night", made_at, std::to_string(facts.size())});
    };
    for (int i = 0; i < 3; ++i) {
      add("bucket_changed", "account:A" + std::to_string(i), at);
      add("treatment_decided", "account:A" + std::to_string(i), at);
    }
    add("backdated_recomputed", account, at);
    add("note_written", "customer:C1", at.plus_seconds(60));
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) { tx.append_many(facts); }));
  }
}

TEST(Facts, of_a_subject_are_found_wherever_they_lie) {
  tests::for_each_store({}, [](store::Store& store, const auto&) {
    EXPECT_TRUE(bodies_of(store, account).empty());
    tell(store);
    EXPECT_EQ(bodies_of(store, account),
              (std::vector<std::string>{"2", "3", "6", "2", "3", "6", "2", "3", "6"}));
    EXPECT_EQ(bodies_of(store, "customer:C1"), (std::vector<std::string>{"7", "7", "7"}));
    EXPECT_TRUE(bodies_of(store, "account:A").empty());
  });
}

TEST(Facts, are_of_one_of_two_kinds_and_of_no_third) {
  tests::for_each_store({}, [](store::Store& store, const auto&) {
    tell(store);
    const auto count = [&](const std::string& of) {
      return *store.read(
          [&](store::Transaction& tx) { return *tx.query_i64("SELECT COUNT(*) FROM " + of); });
    };
    EXPECT_EQ(count("nightly_fact"), 18);
    EXPECT_EQ(count("single_fact"), 6);
    EXPECT_EQ(count("fact"), 24);
  });
}

// SQLite takes a partial index only where it sees that the question has the index's own condition.
TEST(Facts, are_looked_up_by_an_index) {
  const tests::Folder folder;
  const auto store =
      tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(), {});
  const auto plan_of = [&](const std::string& sql) {
    std::string plan;
    EXPECT_TRUE(store->read([&](store::Transaction& tx) {
      tx.query("EXPLAIN QUERY PLAN " + sql, {},
               [&](const store::Row& row) { plan += row.text(3) + "\n"; });
    }));
    return plan;
  };
  EXPECT_THAT(plan_of("SELECT body FROM single_fact WHERE subject = 'x' AND made_at >= 1"),
              HasSubstr("fact_by_subject (subject=? AND made_at>?)"));
  EXPECT_THAT(plan_of("SELECT body FROM single_fact WHERE kind = 'x' AND made_at >= 1"),
              HasSubstr("fact_by_kind (kind=? AND made_at>?)"));
  EXPECT_THAT(plan_of("SELECT body FROM nightly_fact WHERE made_at = 1 AND subject = 'x'"),
              HasSubstr("fact_of_night (made_at=? AND subject=?)"));
  EXPECT_THAT(plan_of("SELECT body FROM single_fact WHERE made_at >= 1 AND made_at < 9"
                      " ORDER BY made_at DESC LIMIT 5"),
              HasSubstr("fact_by_moment (made_at>? AND made_at<?)"));
  EXPECT_THAT(plan_of("SELECT MIN(made_at) FROM nightly_fact WHERE made_at > 1"),
              HasSubstr("fact_of_night (made_at>?)"));
}

}  // namespace
}  // namespace evidence
