// How many durable permits a second the gate reserves, and how many dry questions a core answers:
// permit_rate URL THREADS SECONDS. Every permit is another person's, so nothing is refused.

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "gate/types.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return fmt::print(stderr, "permit_rate URL THREADS SECONDS\n"), 2;
  const int threads = std::atoi(argv[2]);
  const double wanted_s = std::atof(argv[3]);
  const tests::Folder folder;
  const std::string named = argv[1];
  const std::string url = named == "sqlite"     ? (folder.path() / "casebook.sqlite").string()
                          : named == "postgres" ? tests::fresh_postgres_url(folder.path())
                                                : named;
  const auto store = tests::open_store(url, folder.path(), gate::schema());
  constexpr int people = 200'000;
  const auto town = std::make_shared<tests::Town>();
  for (int i = 0; i < people; ++i) {
    town->add_person(fmt::format("C{}", i), fmt::format("p{}", i));
    town->add_point(fmt::format("C{}", i), "1", fmt::format("138{:08}", i));
  }
  const gate::Gate gate(gate::Packs::load("decisions"), town, tests::good_asker);
  std::atomic<int> next{0}, granted{0}, questions{0};
  const auto request = [](int i) {
    return gate::Request{.customer_no = fmt::format("C{}", i),
                         .contact_point_id = fmt::format("C{}:1", i),
                         .channel = "call",
                         .purpose = "collect",
                         .asker = "li.na"};
  };
  const auto run = [&](const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&] {
        while (seconds_since(begin) < wanted_s) work();
      });
    for (std::thread& thread : all) thread.join();
    return seconds_since(begin);
  };
  const double asking_s = run([&] {
    const int i = next++;
    if (i >= people) return;
    const auto reply = store->transact(
        [&](store::Transaction& tx) { return gate.ask(tx, request(i), tests::Clock::now()); });
    if (reply && reply->permit) ++granted;
  });
  const double dry_s = run([&] {
    const int i = questions++ % people;
    const auto answer = store->read(
        [&](store::Transaction& tx) { return gate.question(tx, request(i), tests::Clock::now()); });
    CHECK(static_cast<bool>(answer));
  });
  fmt::print("{} {} threads: {:.0f} permits/s, {:.0f} dry questions/s\n", named, threads,
             granted / asking_s, questions / dry_s);
}
