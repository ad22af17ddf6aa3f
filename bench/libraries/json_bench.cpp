// A page of worklist rows to and from JSON: this project's described writer and reader, and
// Boost.JSON with its own conversions.

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <boost/json/src.hpp>

#include "bench/libraries/measure.h"
#include "http/json.h"

namespace bench {

struct WorkRow {
  std::int64_t rank = 0;
  std::string customer_no, name_masked, region_name, bucket, grade, treatment;
  std::int64_t dpd = 0, overdue_fen = 0, balance_fen = 0, priority = 0;
  bool worked_today = false;
};
BOOST_DESCRIBE_STRUCT(WorkRow, (),
                      (rank, customer_no, name_masked, region_name, bucket, grade, treatment, dpd,
                       overdue_fen, balance_fen, priority, worked_today))
struct WorkPage {
  std::int64_t total = 0;
  std::vector<WorkRow> items;
};
BOOST_DESCRIBE_STRUCT(WorkPage, (), (total, items))

void say(const char* what, std::size_t bytes, int rounds, Spent spent) {
  fmt::print("{:<34} {:7.1f} µs CPU a page of {} bytes, {:6.0f} MB/s\n", what,
             spent.cpu_s * 1e6 / rounds, bytes,
             static_cast<double>(bytes) * rounds / spent.cpu_s / 1e6);
}

void run() {
  WorkPage page{.total = 20'000};
  for (int i = 0; i < 50; ++i) {
    page.items.push_back({i, fmt::format("C{:09}", i), "张**", "广东省广州市", "M2", "medium",
                          "m2_call_plan", 31 + i, 123'456 + i, 4'567'890 + i, 700 - i, i % 3 == 0});
  }
  const std::string text = http::write_json(page);
  CHECK(boost::json::serialize(boost::json::value_from(page)) == text);
  constexpr int rounds = 20'000;
  std::size_t sum = 0;
  say("described writer (http/json.h)", text.size(), rounds, measure([&] {
        for (int i = 0; i < rounds; ++i) sum += http::write_json(page).size();
      }));
  say("Boost.JSON value_from + serialize", text.size(), rounds, measure([&] {
        for (int i = 0; i < rounds; ++i)
          sum += boost::json::serialize(boost::json::value_from(page)).size();
      }));
  say("described reader (http/json.h)", text.size(), rounds / 4, measure([&] {
        for (int i = 0; i < rounds / 4; ++i)
          sum += http::parse_json<WorkPage>(text).value().items.size();
      }));
  say("Boost.JSON parse + value_to", text.size(), rounds / 4, measure([&] {
        for (int i = 0; i < rounds / 4; ++i)
          sum += boost::json::value_to<WorkPage>(boost::json::parse(text)).items.size();
      }));
  CHECK(sum > 0);
}

}  // namespace bench

int main() {
  bench::run();
}
