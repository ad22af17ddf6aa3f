#include "app/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "evidence/types.h"
#include "flow/report.h"
#include "flow/rows.h"
#include "http/json.h"

namespace app {

namespace fs = std::filesystem;
using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

namespace {

// Facts made so lately may be in transactions that are not over.
constexpr std::int64_t settle_us = 10'000'000;

double seconds_of(kernel::Instant at) {
  return static_cast<double>(at.micros()) / 1e6;
}

class Watch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count();
  }

 private:
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

// "GET /api/v1/cases/{case_id}": the method, and the pattern.
std::map<std::string, std::string> route_labels(const std::string& label) {
  const std::size_t space = label.find(' ');
  if (space == label.npos) return {{"method", ""}, {"route", label}};
  return {{"method", label.substr(0, space)}, {"route", label.substr(space + 1)}};
}

std::size_t open_files() {
  std::error_code failed;
  std::size_t count = 0;
  for (fs::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
       at.increment(failed)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // the folder itself is open while it is read
}

// Entries of the log, by its checkpoint's second line; nothing where there is no log yet.
std::optional<double> log_entries(const fs::path& folder) {
  std::ifstream in(folder / "checkpoint");
  std::string origin;
  std::uint64_t size = 0;
  if (std::getline(in, origin) && in >> size) return static_cast<double>(size);
  return std::nullopt;
}

}  // namespace

struct Metrics::Inside {
  store::Store& store;
  fs::path data, log;
  std::function<kernel::Instant()> clock;
  kernel::Instant counted_to;
  std::mutex scraping;

  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  Family<Counter>& requests = BuildCounter()
                                  .Name("evenhand_http_requests_total")
                                  .Help("Answers given, by route and status")
                                  .Register(registry);
  Family<Histogram>& durations = prometheus::BuildHistogram()
                                     .Name("evenhand_http_request_duration_seconds")
                                     .Help("From the whole request read to its answer made")
                                     .Register(registry);
  Counter& granted = counter("evenhand_permits_granted_total",
                             "Permits granted since this process began, by any process");
  Counter& refused = counter("evenhand_permits_refused_total",
                             "Permits refused since this process began, by any process");
  Family<Counter>& refusing = BuildCounter()
                                  .Name("evenhand_permit_refusals_total")
                                  .Help("Rules that refused; one refusal may have several")
                                  .Register(registry);
  Gauge& up = gauge("evenhand_up", "1 where the store answered this scrape");
  Gauge& read_seconds = gauge("evenhand_store_read_seconds", "A read of nothing, at this scrape");
  Gauge& write_seconds =
      gauge("evenhand_store_write_seconds",
            "A write transaction of nothing, at this scrape: the wait for the writer");
  Gauge& unsealed = gauge("evenhand_facts_unsealed", "Facts that wait to be sealed into the log");
  Gauge& entries = gauge("evenhand_log_entries", "Facts sealed into the log");
  Gauge& date = gauge("evenhand_night_date_seconds", "Day of the last night run, 00:00 in China");
  Gauge& started = gauge("evenhand_night_started_timestamp_seconds", "When that night began");
  Gauge& finished =
      gauge("evenhand_night_finished_timestamp_seconds", "When it ended; 0 while it has not");
  Gauge& accounts = gauge("evenhand_night_accounts", "Accounts in its book");
  Gauge& changed = gauge("evenhand_night_changed_accounts", "Accounts it changed");
  Gauge& anomalies =
      gauge("evenhand_night_anomalies", "Figures of the last book's report that are not as usual");
  Family<Gauge>& states = BuildGauge()
                              .Name("evenhand_night_state")
                              .Help("1 for the state that night is in")
                              .Register(registry);
  Family<Gauge>& stage_seconds = BuildGauge()
                                     .Name("evenhand_night_stage_seconds")
                                     .Help("How long each of its stages took")
                                     .Register(registry);
  Family<Gauge>& stage_rows = BuildGauge()
                                  .Name("evenhand_night_stage_rows")
                                  .Help("Rows of each of its stages")
                                  .Register(registry);
  Gauge& resident = gauge("process_resident_memory_bytes", "Memory this process has in use");
  Gauge& virtual_bytes = gauge("process_virtual_memory_bytes", "Address space it has");
  Gauge& files = gauge("process_open_fds", "Files it has open");
  Gauge& files_max = gauge("process_max_fds", "Files it may have open");
  Counter& cpu = counter("process_cpu_seconds_total", "Processor time it used");
  std::map<std::string, Gauge*> state_gauges;
  std::vector<std::pair<Gauge*, Gauge*>> stage_gauges;  // seconds and rows

  Gauge& gauge(const char* name, const char* help) {
    return BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  Counter& counter(const char* name, const char* help) {
    return BuildCounter().Name(name).Help(help).Register(registry).Add({});
  }

  void process() {
    std::ifstream statm("/proc/self/statm");
    double pages_all = 0, pages_resident = 0;
    statm >> pages_all >> pages_resident;
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    virtual_bytes.Set(pages_all * page);
    resident.Set(pages_resident * page);
    files.Set(static_cast<double>(open_files()));
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) files_max.Set(static_cast<double>(limit.rlim_cur));
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) == 0) {
      const double now = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
      cpu.Increment(now - cpu.Value());
    }
  }

  void last_night(store::Transaction& tx) {
    std::optional<flow::NightRow> last;
    for (const flow::NightRow& night : flow::load_nights(tx)) {
      if (!last || night.night_id > last->night_id) last = night;
    }
    if (!last) return;
    date.Set(seconds_of(kernel::Instant::china(last->date, 0)));
    started.Set(seconds_of(last->started_at));
    finished.Set(last->finished_at ? seconds_of(*last->finished_at) : 0);
    accounts.Set(static_cast<double>(last->accounts));
    changed.Set(static_cast<double>(last->changed_accounts));
    for (auto& [state, one] : state_gauges) one->Set(0);
    Gauge*& now = state_gauges[last->state];
    if (now == nullptr) now = &states.Add({{"state", last->state}});
    now->Set(1);
    for (const auto& [seconds, rows] : stage_gauges) {  // of the run told last
      stage_seconds.Remove(seconds);
      stage_rows.Remove(rows);
    }
    stage_gauges.clear();
    for (const flow::StageReport& stage : flow::load_stages(tx, last->night_id)) {
      Gauge& seconds = stage_seconds.Add({{"stage", stage.stage}});
      Gauge& rows = stage_rows.Add({{"stage", stage.stage}});
      seconds.Set(static_cast<double>(stage.wall_ms) / 1e3);
      rows.Set(static_cast<double>(stage.rows));
      stage_gauges.emplace_back(&seconds, &rows);
    }
  }

  // What the latest book's report found; reports of older formats say nothing of it.
  void last_report() {
    const std::vector<kernel::Date> dates = book::book_dates(data);
    if (dates.empty()) return;
    const auto json = flow::report_json(data, dates.back());
    if (!json) return;
    const auto report = http::parse_json<flow::ComparedReport>(*json);
    if (report) anomalies.Set(static_cast<double>(report->anomalies.items.size()));
  }

  // Facts made since the last scrape; each is in one window.
  void permits(store::Transaction& tx, kernel::Instant to) {
    const auto newer = "FROM single_fact WHERE kind = $1 AND made_at >= $2 AND made_at < $3";
    granted.Increment(static_cast<double>(
        tx.query_i64(std::string("SELECT COUNT(*) ") + newer, {"permit_granted", counted_to, to})
            .value_or(0)));
    tx.query(std::string("SELECT body ") + newer, {"permit_refused", counted_to, to},
             [&](const store::Row& row) {
               refused.Increment();
               boost::system::error_code bad;
               const boost::json::value body = boost::json::parse(row.text(0), bad);
               const auto* rules = bad ? nullptr : body.as_object().if_contains("rules");
               if (rules == nullptr || !rules->is_array()) return;
               for (const boost::json::value& rule : rules->as_array()) {
                 const boost::json::object& one = rule.as_object();
                 refusing
                     .Add({{"pack", std::string(one.at("pack").as_string())},
                           {"rule", std::string(one.at("code").as_string())}})
                     .Increment();
               }
             });
  }

  bool ask_store() {
    const Watch reading;
    if (!store.read([](store::Transaction& tx) { return tx.query_i64("SELECT 1"); })) return false;
    read_seconds.Set(reading.seconds());
    const Watch writing;
    if (!store.transact([](store::Transaction& tx) { return tx.query_i64("SELECT 1"); }))
      return false;
    write_seconds.Set(writing.seconds());
    const auto to = kernel::Instant::from_micros(clock().micros() - settle_us);
    const auto asked = store.read([&](store::Transaction& tx) {
      unsealed.Set(static_cast<double>(evidence::count_waiting(tx)));
      last_night(tx);
      if (to > counted_to) permits(tx, to);
      return true;
    });
    if (!asked) return false;
    if (to > counted_to) counted_to = to;
    return true;
  }
};

Metrics::Metrics(store::Store& store, fs::path data, fs::path log,
                 std::function<kernel::Instant()> clock)
    : inside_(new Inside{store, std::move(data), std::move(log), clock, clock()}) {}

Metrics::~Metrics() = default;

void Metrics::served(const std::string& label, int status, std::int64_t us) {
  static const Histogram::BucketBoundaries bounds = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  auto labels = route_labels(label);
  inside_->durations.Add(labels, bounds).Observe(static_cast<double>(us) / 1e6);
  labels["status"] = std::to_string(status);
  inside_->requests.Add(labels).Increment();
}

std::string Metrics::text() {
  const std::lock_guard one_at_a_time(inside_->scraping);
  inside_->process();
  inside_->up.Set(inside_->ask_store() ? 1 : 0);
  if (const auto size = log_entries(inside_->log)) inside_->entries.Set(*size);
  inside_->last_report();
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, inside_->registry.Collect());
  return out.str();
}

kernel::Result<std::unique_ptr<server::Server>> serve_metrics(
    Metrics& metrics, const std::string& listen, std::function<kernel::Instant()> clock) {
  http::Route route;
  route.method = "GET";
  route.path = "/metrics";
  route.summary = "for Prometheus";
  route.room = "app";
  route.access = http::anyone();
  route.handler = [&metrics](const http::Request&) -> kernel::Result<http::Response> {
    return http::Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                          .body = metrics.text()};
  };
  server::Options options;
  options.listen = listen;
  options.routes = {std::move(route)};
  options.routes_below = "/";
  options.workers = 2;
  options.clock = std::move(clock);
  options.limits.connections = 16;
  // The server refuses any other address without TLS, and here there is none.
  return server::Server::start(std::move(options));
}

}  // namespace app
