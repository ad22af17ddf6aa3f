// The evidence browser's list: the latest facts of nights and of hands, and some of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/api/office.h"

namespace {

using tests::Desk;
using tests::Office;
using tests::Reply;

Office& office() {
  return tests::office_of("evidence");
}

std::vector<std::pair<std::string, std::string>> events(const Desk& desk,
                                                        const std::string& asked) {
  const Reply reply = office().ask(desk, "GET", "/api/v1/evidence/events" + asked);
  EXPECT_EQ(reply.status, 200) << reply.text;
  std::vector<std::pair<std::string, std::string>> found;  // moment, kind
  for (const auto& one : reply.body.at("events").as_array())
    found.emplace_back(one.at("made_at").as_string(), one.at("kind").as_string());
  EXPECT_TRUE(std::is_sorted(found.rbegin(), found.rend(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));
  return found;
}

std::int64_t count(const std::string& of) {
  return *office().store().read(
      [&](store::Transaction& tx) { return *tx.query_i64("SELECT COUNT(*) FROM " + of); });
}

TEST(EvidenceApi, lists_the_latest_facts_whichever_index_they_lie_in) {
  const Desk desk = office().sign_in("compliance");
  constexpr std::int64_t shown = 200;
  ASSERT_GT(count("nightly_fact"), shown);
  const auto latest = events(desk, "");
  EXPECT_EQ(static_cast<std::int64_t>(latest.size()), shown);
  const auto moment = *office().store().read([&](store::Transaction& tx) {
    return kernel::Instant::from_micros(*tx.query_i64("SELECT MAX(made_at) FROM fact"));
  });
  EXPECT_EQ(latest.front().first, moment.format());
  for (const char* kind : {"treatment_decided", "sign_in"}) {
    const auto some = events(desk, std::string("?kind=") + kind);
    EXPECT_EQ(static_cast<std::int64_t>(some.size()),
              std::min(shown, count("fact WHERE kind = '" + std::string(kind) + "'")));
    for (const auto& one : some) EXPECT_EQ(one.second, kind);
  }
  EXPECT_TRUE(events(desk, "?from=2026-11-21").empty());
  EXPECT_TRUE(events(desk, "?kind=treatment_decided&to=2026-11-01").empty());
}

}  // namespace
