#include "app/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "app/rooms.h"
#include "tests/stores.h"

namespace app {
namespace {

using testing::HasSubstr;
using testing::Not;

// A store, a clock and what watches them.
struct Watched {
  store::Store& store;
  std::filesystem::path folder;
  kernel::Instant now = tests::Clock::now();

  kernel::Instant after(std::int64_t seconds) const {
    return kernel::Instant::from_micros(tests::Clock::now().micros() + seconds * 1'000'000);
  }
  void append(const char* kind, std::int64_t seconds, const std::string& body) {
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      tx.append({kind, "customer:C1", "user:1", after(seconds), body});
      return true;
    }));
  }
  Metrics metrics;
  Watched(store::Store& of, const std::filesystem::path& place)
      : store(of),
        folder(place),
        metrics(of, place / "data", place / "log", [this] { return now; }) {}
  std::string text() { return metrics.text(); }
};

void on_each_store(const std::function<void(Watched&)>& body) {
  tests::for_each_store(all_migrations(), [&](store::Store& store, const auto& folder) {
    Watched watched(store, folder);
    body(watched);
  });
}

constexpr const char* refusal = R"({"person":"p1","rules":[
  {"code":"quiet_hours","pack":"cn-bank-card","version":"v","table":"t","rule_id":"r1"},
  {"code":"cap_day","pack":"cn-bank-card","version":"v","table":"t","rule_id":"r2"}]})";

TEST(Metrics, permits_are_counted_once_and_by_rule) {
  on_each_store([](Watched& watched) {
    watched.append("permit_granted", -5, "{}");  // before it began
    watched.append("permit_granted", 1, "{}");
    watched.append("permit_refused", 2, refusal);
    watched.now = watched.after(5);  // too lately made: their transactions might not be over
    EXPECT_THAT(watched.text(), HasSubstr("evenhand_permits_granted_total 0\n"));
    for (int scrape = 0; scrape < 3; ++scrape) {
      watched.now = watched.after(20 + scrape * 15);
      const std::string text = watched.text();
      EXPECT_THAT(text, HasSubstr("evenhand_permits_granted_total 1\n"));
      EXPECT_THAT(text, HasSubstr("evenhand_permits_refused_total 1\n"));
      for (const char* rule : {"quiet_hours", "cap_day"}) {
        EXPECT_THAT(text, HasSubstr("evenhand_permit_refusals_total{pack=\"cn-bank-card\",rule=\"" +
                                    std::string(rule) + "\"} 1\n"));
      }
      EXPECT_THAT(text, Not(HasSubstr("p1")));
      EXPECT_THAT(text, Not(HasSubstr("C1")));
    }
    watched.append("permit_refused", 45, refusal);
    watched.now = watched.after(120);
    EXPECT_THAT(watched.text(), HasSubstr("evenhand_permits_refused_total 2\n"));
  });
}

TEST(Metrics, facts_that_wait_and_the_logs_size_are_told) {
  on_each_store([](Watched& watched) {
    watched.append("permit_granted", 1, "{}");
    const std::string text = watched.text();
    EXPECT_THAT(text, HasSubstr("evenhand_up 1\n"));
    EXPECT_THAT(text, HasSubstr("evenhand_facts_unsealed 1\n"));
    EXPECT_THAT(text, HasSubstr("evenhand_log_entries 0\n"));
    std::filesystem::create_directories(watched.folder / "log");
    std::ofstream(watched.folder / "log" / "checkpoint") << "a log\n1234567\nroot=\n";
    EXPECT_THAT(watched.text(), HasSubstr("evenhand_log_entries 1234567\n"));
  });
}

TEST(Metrics, answers_are_counted_by_route_and_status_with_their_time) {
  on_each_store([](Watched& watched) {
    watched.metrics.served("GET /api/v1/cases/{case_id}", 200, 700);
    watched.metrics.served("GET /api/v1/cases/{case_id}", 200, 40'000);
    watched.metrics.served("GET /api/v1/cases/{case_id}", 404, 300);
    watched.metrics.served("page", 200, 100);
    const std::string text = watched.text();
    const std::string route = R"(method="GET",route="/api/v1/cases/{case_id}")";
    EXPECT_THAT(text, HasSubstr("evenhand_http_requests_total{" + route + ",status=\"200\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("evenhand_http_requests_total{" + route + ",status=\"404\"} 1\n"));
    const std::string bucket = "evenhand_http_request_duration_seconds_bucket{" + route + ",le=";
    EXPECT_THAT(text, HasSubstr(bucket + "\"0.001\"} 2\n"));
    EXPECT_THAT(text, HasSubstr(bucket + "\"0.05\"} 3\n"));
    EXPECT_THAT(text, HasSubstr(R"(evenhand_http_requests_total{method="",route="page")"));
  });
}

TEST(Metrics, they_are_served_on_this_machine_alone) {
  on_each_store([](Watched& watched) {
    const auto clock = [&watched] { return watched.now; };
    EXPECT_FALSE(serve_metrics(watched.metrics, "0.0.0.0:0", clock));
    EXPECT_TRUE(serve_metrics(watched.metrics, "127.0.0.1:0", clock));
  });
}
}  // namespace
}  // namespace app
