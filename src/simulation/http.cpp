#include <algorithm>
#include <charconv>

#include "http/route.h"
#include "kernel/secret.h"
#include "simulation/jobs.h"

namespace simulation {

namespace {

constexpr std::int64_t page_rows = 50;

struct SimulationTag {};
using SimulationId = kernel::Id<SimulationTag>;
struct AskedVersionTag {};
using AskedVersionId = kernel::Id<AskedVersionTag>;

struct AskIn {
  std::vector<std::string> version_ids;
  std::optional<std::int64_t> nights, seed;
  std::optional<kernel::Date> date;
};
BOOST_DESCRIBE_STRUCT(AskIn, (), (version_ids, nights, seed, date))

struct VersionOut {
  AskedVersionId version_id{0};
  std::string file, version;
};
BOOST_DESCRIBE_STRUCT(VersionOut, (), (version_id, file, version))

struct Simulation {
  SimulationId simulation_id{0};
  std::string state;
  kernel::Date date;
  std::int64_t nights = 0, seed = 0;
  std::string asked_by;
  kernel::Instant asked_at;
  std::optional<kernel::Instant> started_at, finished_at;
  std::string stage;
  std::int64_t night = 0, done_rows = 0, total_rows = 0, rows_per_s = 0, seconds_left = 0;
  std::string message;
  bool kept = false;
  std::vector<VersionOut> versions;
  std::optional<Report> report;
};
BOOST_DESCRIBE_STRUCT(Simulation, (),
                      (simulation_id, state, date, nights, seed, asked_by, asked_at, started_at,
                       finished_at, stage, night, done_rows, total_rows, rows_per_s, seconds_left,
                       message, kept, versions, report))

struct Simulations {
  std::vector<Simulation> items;
};
BOOST_DESCRIBE_STRUCT(Simulations, (), (items))

struct IdIn {
  SimulationId simulation_id{0};
};
BOOST_DESCRIBE_STRUCT(IdIn, (), (simulation_id))

struct CasesIn {
  SimulationId simulation_id{0};
  std::optional<std::string> from, to;  // treatments
  std::optional<std::int64_t> page;
};
BOOST_DESCRIBE_STRUCT(CasesIn, (), (simulation_id, from, to, page))

struct DifferingCase {
  std::string case_id, account_no_masked;
  std::int64_t night = 0;
  std::string bucket_from, bucket_to, grade_from, grade_to, treatment_from, treatment_to,
      channel_from, channel_to, work_from, work_to;
  std::int64_t row_from = 0, row_to = 0, priority_from = 0, priority_to = 0;
  kernel::Money overdue_fen, paid_from_fen, paid_to_fen;
};
BOOST_DESCRIBE_STRUCT(DifferingCase, (),
                      (case_id, account_no_masked, night, bucket_from, bucket_to, grade_from,
                       grade_to, treatment_from, treatment_to, channel_from, channel_to, work_from,
                       work_to, row_from, row_to, priority_from, priority_to, overdue_fen,
                       paid_from_fen, paid_to_fen))

struct CasesOut {
  std::int64_t total = 0, page = 1, page_size = page_rows;
  std::vector<DifferingCase> items;
};
BOOST_DESCRIBE_STRUCT(CasesOut, (), (total, page, page_size, items))

kernel::Result<std::int64_t> parse_id(const std::string& text) {
  std::int64_t id = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id);
  if (error != std::errc() || stop != end || id < 0)
    return kernel::Error{kernel::Code::invalid_input, "is not an id", "version_ids"};
  return id;
}

Simulation out_of(const Standing& standing) {
  const Job& job = standing.job;
  Simulation out{.simulation_id = SimulationId(job.simulation_id),
                 .state = job.state,
                 .date = job.date,
                 .nights = job.nights,
                 .seed = job.seed,
                 .asked_by = job.asked_by,
                 .asked_at = job.asked_at,
                 .started_at = job.started_at,
                 .finished_at = job.finished_at,
                 .stage = job.stage,
                 .night = job.night,
                 .done_rows = job.done_rows,
                 .total_rows = job.total_rows,
                 .rows_per_s = standing.rows_per_s,
                 .seconds_left = standing.seconds_left,
                 .message = job.message,
                 .kept = job.kept};
  for (const TableVersion& version : job.versions)
    out.versions.push_back({AskedVersionId(version.version_id), version.file, version.version});
  return out;
}

// One line of the differing cases' columns.
class CaseReader {
 public:
  explicit CaseReader(const column::Sheet& cases) : cases_(cases) {}

  bool passes(const CasesIn& in, std::size_t row) const {
    return (!in.from || from_.at(row) == *in.from) && (!in.to || to_.at(row) == *in.to);
  }
  DifferingCase at(std::size_t row) const {
    const auto word = [&](const char* name) { return std::string(cases_.codes(name).at(row)); };
    const auto number = [&](const char* name) { return cases_.get<std::int32_t>(name)[row]; };
    const auto money = [&](const char* name) {
      return kernel::Money::from_fen(cases_.get<std::int64_t>(name)[row]);
    };
    DifferingCase out{
        .case_id = std::string(cases_.texts("customer_no").at(row)),
        .account_no_masked = kernel::mask_account_no(cases_.texts("account_no").at(row)),
        .night = cases_.get<std::int16_t>("night")[row]};
    out.bucket_from = word("bucket_from"), out.bucket_to = word("bucket_to");
    out.grade_from = word("grade_from"), out.grade_to = word("grade_to");
    out.treatment_from = word("treatment_from"), out.treatment_to = word("treatment_to");
    out.channel_from = word("channel_from"), out.channel_to = word("channel_to");
    out.work_from = word("work_from"), out.work_to = word("work_to");
    out.row_from = number("row_from"), out.row_to = number("row_to");
    out.priority_from = number("priority_from"), out.priority_to = number("priority_to");
    out.overdue_fen = money("overdue_fen");
    out.paid_from_fen = money("paid_from_fen"), out.paid_to_fen = money("paid_to_fen");
    return out;
  }

 private:
  const column::Sheet& cases_;
  column::Codes from_ = cases_.codes("treatment_from"), to_ = cases_.codes("treatment_to");
};

kernel::Result<CasesOut> list_cases(const Jobs::Inside& jobs, const CasesIn& in) {
  TRY_ASSIGN(const column::Sheet cases, jobs.load_cases(in.simulation_id.value()));
  const CaseReader reader(cases);
  CasesOut out{.page = std::max<std::int64_t>(in.page.value_or(1), 1)};
  const std::int64_t skip = (out.page - 1) * page_rows;
  for (std::size_t row = 0; row < cases.rows(); ++row) {
    if (!reader.passes(in, row)) continue;
    if (out.total >= skip && out.total < skip + page_rows) out.items.push_back(reader.at(row));
    ++out.total;
  }
  return out;
}

}  // namespace

std::vector<http::Route> routes(Jobs& all) {
  Jobs::Inside& jobs = all.inside();
  const http::Access who = http::only({http::Role::analyst, http::Role::admin});
  std::vector<http::Route> routes;
  routes.push_back(http::route<http::Nothing, Simulations>(
      "GET", "/api/v1/simulations", "simulation", "the latest simulations, newest first", who,
      [&jobs](const http::Nothing&, const http::Request&) -> kernel::Result<Simulations> {
        TRY_ASSIGN(const std::vector<Standing> found, jobs.list());
        Simulations out;
        for (const Standing& standing : found) out.items.push_back(out_of(standing));
        return out;
      }));
  routes.push_back(http::route<AskIn, Simulation>(
      "POST", "/api/v1/simulations", "simulation",
      "a draft over the whole book, for tonight or for many nights; runs in the background", who,
      [&jobs](const AskIn& in, const http::Request& request) -> kernel::Result<Simulation> {
        Jobs::Inside::Asked asked{.nights = in.nights.value_or(1),
                                  .seed = in.seed.value_or(1),
                                  .date = in.date,
                                  .by = request.caller->user_name,
                                  .now = request.now};
        for (const std::string& id : in.version_ids) {
          TRY_ASSIGN(const std::int64_t version_id, parse_id(id));
          asked.version_ids.push_back(version_id);
        }
        TRY_ASSIGN(const Standing standing, jobs.ask(asked));
        return out_of(standing);
      }));
  routes.push_back(http::route<IdIn, Simulation>(
      "GET", "/api/v1/simulations/{simulation_id}", "simulation",
      "how far it is, and what it found", who,
      [&jobs](const IdIn& in, const http::Request&) -> kernel::Result<Simulation> {
        TRY_ASSIGN(const Standing standing, jobs.find(in.simulation_id.value()));
        Simulation out = out_of(standing);
        if (out.state == "done" && out.kept) {
          TRY_ASSIGN(out.report, jobs.load_report(in.simulation_id.value()));
        }
        return out;
      }));
  routes.push_back(http::route<IdIn, Simulation>(
      "POST", "/api/v1/simulations/{simulation_id}/cancel", "simulation", "stops it at once", who,
      [&jobs](const IdIn& in, const http::Request& request) -> kernel::Result<Simulation> {
        TRY_ASSIGN(const Standing standing, jobs.cancel(in.simulation_id.value(), request.now));
        return out_of(standing);
      }));
  routes.push_back(http::route<CasesIn, CasesOut>(
      "GET", "/api/v1/simulations/{simulation_id}/cases", "simulation",
      "the accounts that would be treated otherwise, from which treatment to which", who,
      [&jobs](const CasesIn& in, const http::Request&) { return list_cases(jobs, in); }));
  return routes;
}

}  // namespace simulation
