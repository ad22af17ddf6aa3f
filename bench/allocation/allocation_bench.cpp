// What it measures: bench/allocation/run.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "bench/libraries/measure.h"
#include "tests/allocation/exact.h"
#include "tests/nights.h"

namespace {

struct House {
  const char* name;
  int places_percent, had_percent, skill_percent, bound_percent;
};
constexpr House houses[] = {
    {"loose, kept 80 %", 140, 80, 35, 60},     {"loose, first night", 140, 0, 35, 60},
    {"tight, kept 80 %", 100, 80, 35, 60},     {"tight, kept 20 %", 100, 20, 35, 60},
    {"over-full, kept 80 %", 70, 80, 35, 60},  {"over-full, first night", 70, 0, 35, 60},
    {"scarce skills, bound", 100, 80, 10, 95}, {"nobody bound", 100, 80, 35, 0},
};

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  if (times.empty()) return 0;
  const std::size_t half = times.size() / 2;
  return times.size() % 2 == 1 ? times[half] : (times[half - 1] + times[half]) / 2;
}

// By priority alone: yesterday's collector where free, else the fitting one with the most room.
// What the night did before 0034, but for places held back for yesterday's cases.
tests::SeenWorth by_priority_alone(tests::SeenNight night) {
  std::map<std::tuple<std::string, std::string, std::int32_t>, std::vector<std::string>> fitting;
  std::map<std::string, int> load = night.used;
  std::stable_sort(night.cases.begin(), night.cases.end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  const auto share = [&](const std::string& name) {
    const int capacity = night.collectors.at(name).capacity;
    return capacity == 0 ? 1.0 : static_cast<double>(load[name]) / capacity;
  };
  for (tests::Asked& one : night.cases) {
    const auto [at, is_new] =
        fitting.try_emplace({one.team, one.skill, one.region_code}, std::vector<std::string>());
    if (is_new)
      for (const auto& [name, who] : night.collectors)
        if (tests::misfit(who, one).empty()) at->second.push_back(name);
    const std::vector<std::string>& fit = at->second;
    std::string best;
    if (std::find(fit.begin(), fit.end(), one.before) != fit.end() && share(one.before) < 1)
      best = one.before;
    else
      for (const std::string& name : fit)
        if (share(name) < (best.empty() ? 1.0 : share(best))) best = name;
    one.given = best;
    if (!best.empty()) ++load[best];
  }
  return tests::worth(night);
}

std::string gap(const tests::SeenWorth& worth, const tests::SeenWorth& best) {
  return fmt::format(
      "given {:+}, points {:+.4f} %", worth.given - best.given,
      100.0 * static_cast<double>(worth.points - best.points) / static_cast<double>(best.points));
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, int otherwise) {
    return argc > at ? std::atoi(argv[at]) : otherwise;
  };
  const int cases = number(1, 200'000), collectors = number(2, 2'000), rounds = number(3, 5),
            rounds_exact = number(4, 1);
  const auto model = decision::Model::load("decisions/allocation.dmn");
  if (!model) return fmt::print(stderr, "{}\n", model.error().message), 2;
  fmt::print("{} cases, {} collectors; medians of {} nights, {} exact\n", cases, collectors, rounds,
             rounds_exact);
  int wrong = 0;
  for (const House& house : houses) {
    tests::MadeNight made = tests::NightMaker({.customers = static_cast<std::size_t>(cases),
                                               .collectors = static_cast<std::size_t>(collectors),
                                               .places_percent = house.places_percent,
                                               .had_percent = house.had_percent,
                                               .skill_percent = house.skill_percent,
                                               .bound_percent = house.bound_percent},
                                              1)
                                .make();
    const allocation::NightInput input{.allocation = *model,
                                       .collectors = std::move(made.collectors),
                                       .standing = tests::standing_of(made.standing)};
    std::vector<double> night_s, exact_s;
    tests::SeenNight seen;
    std::int64_t kept = 0;
    for (int round = 0; round < rounds; ++round) {
      tests::Book book = tests::book_of(made.cases);
      const auto spent = bench::measure([&] {
        const auto decided = tests::decide_night(book, input);
        CHECK_MSG(static_cast<bool>(decided), "the night was refused");
      });
      night_s.push_back(spent.cpu_s);
      if (round > 0) continue;
      seen = tests::see(book.accounts, book.customers, input);
      kept = tests::answer_of(book, input.collectors, made.standing, tests::accounts_date, {})
                 .outcomes["kept"];
    }
    const std::vector<std::string> faults = tests::faults(seen);
    for (const std::string& fault : faults) fmt::print("NOT ALLOWED: {}\n", fault);
    const tests::SeenWorth worth = tests::worth(seen);
    tests::SeenWorth best;
    for (int round = 0; round < rounds_exact; ++round)
      exact_s.push_back(
          bench::measure([&] { best = tests::best(seen, tests::Arcs::needs); }).cpu_s);
    if (!faults.empty() || worth != best) ++wrong;
    if (rounds_exact == 0) best = worth;
    fmt::print(
        "{:24} given {:6} of {:6}, kept {:6}, {:9} points; {} to the best; night {:6.3f} s, "
        "exact {:7.2f} s; by priority alone: {}\n",
        house.name, worth.given, seen.cases.size(), kept, worth.points / 1'000, gap(worth, best),
        median(night_s), median(exact_s), gap(by_priority_alone(seen), best));
    std::fflush(stdout);
  }
  fmt::print("{} of {} houses worse than the best or not allowed\n", wrong, std::size(houses));
  return wrong == 0 ? 0 : 1;
}
