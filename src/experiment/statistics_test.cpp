// What the limits promise, by simulation: seeded runs without a difference, looked at after every
// person, and runs with one. Each test prints its rate.

#include "experiment/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>

namespace experiment {
namespace {

// Not the library's distributions, whose answers differ between libraries.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1.0p-53; }
  bool coin(double p) { return uniform() < p; }
  // As repayments are: most pay nothing, some all of it, the rest a part.
  double recovery(double all, double some) {
    const double u = uniform();
    if (u < all) return 1;
    return u < all + some ? uniform() : 0;
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

// Exactly the share, in random order: the split of a stratum.
std::vector<char> exact_arms(std::size_t persons, double share, Chance& chance) {
  std::vector<char> arms(persons, 0);
  std::fill_n(arms.begin(), std::lround(static_cast<double>(persons) * share), 1);
  for (std::size_t i = persons; i > 1; --i) std::swap(arms[i - 1], arms[chance.random()() % i]);
  return arms;
}

struct Rates {
  double excluded = 0;  // runs in which zero was outside at some look
  double covered = 0;   // runs in which the truth was inside at every look
};

// `lift` is added to the challenger's chance of paying all.
Rates simulate(int runs, std::size_t persons, double share, double alpha, double lift, bool exact) {
  int excluded = 0, covered = 0;
  for (int run = 0; run < runs; ++run) {
    Chance chance(static_cast<std::uint64_t>(run) * 7'919 + 13);
    const std::vector<char> arms = exact_arms(persons, share, chance);
    DifferenceLimits limits(share, alpha, static_cast<std::int64_t>(persons), 3);
    bool out = false, in = true;
    for (std::size_t i = 0; i < persons; ++i) {
      const bool challenger = exact ? arms[i] != 0 : chance.coin(share);
      // Strata differ a lot in what they pay.
      const std::size_t stratum = chance.random()() % 3;
      const double base = 0.05 + 0.1 * static_cast<double>(stratum);
      limits.add(chance.recovery(base + (challenger ? lift : 0), 0.1), challenger, stratum);
      const Limits now = limits.limits();
      out = out || now.lower > 0 || now.upper < 0;
      // The challenger's chance of paying all, and so the mean, is higher by `lift`.
      in = in && now.lower <= lift && lift <= now.upper;
    }
    excluded += out ? 1 : 0;
    covered += in ? 1 : 0;
  }
  return {static_cast<double>(excluded) / runs, static_cast<double>(covered) / runs};
}

TEST(DifferenceLimits, lookedAtAfterEveryPersonTheyRaiseFewFalseAlarms) {
  for (const bool exact : {false, true}) {
    const Rates rates = simulate(2'000, 1'500, 0.5, 0.05, 0, exact);
    std::cout << "2,000 A/A runs of 1,500 persons, " << (exact ? "exact split" : "coin") << ": "
              << rates.excluded * 100 << " % false alarms\n";
    EXPECT_LE(rates.excluded, 0.05);
  }
}

TEST(DifferenceLimits, aSmallShareRaisesFewFalseAlarmsToo) {
  const Rates rates = simulate(2'000, 1'000, 0.1, 0.05, 0, true);
  std::cout << "2,000 A/A runs, a tenth to the challenger: " << rates.excluded * 100 << " %\n";
  EXPECT_LE(rates.excluded, 0.05);
}

TEST(DifferenceLimits, aWeakPromiseIsNotMetByChanceAlone) {
  // At 50 % the false alarms must show: a bound that never rings proves nothing.
  const Rates rates = simulate(400, 1'500, 0.5, 0.5, 0, true);
  EXPECT_GT(rates.excluded, 0.01);
  EXPECT_LE(rates.excluded, 0.5);
}

TEST(DifferenceLimits, aRealDifferenceIsFoundAndCovered) {
  const Rates rates = simulate(200, 6'000, 0.5, 0.05, 0.06, true);
  std::cout << "200 runs, 6 points better, 6,000 persons: found in " << rates.excluded * 100
            << " %, covered in " << rates.covered * 100 << " %\n";
  EXPECT_GE(rates.excluded, 0.8);
  EXPECT_GE(rates.covered, 0.95);
}

TEST(DifferenceLimits, narrowWithinAKnownFactorOfTheLimitsForOneLook) {
  Chance chance(5);
  DifferenceLimits limits(0.5, 0.05, 20'000, 1);
  for (int i = 0; i < 20'000; ++i) {
    limits.add(chance.coin(0.2) ? 1 : 0, i % 2 == 0, 0);
  }
  const Limits now = limits.limits();
  const double one_look = 1.96 * std::sqrt(4 * 0.16 / 20'000);
  EXPECT_LT((now.upper - now.lower) / 2, 1.6 * one_look);
  EXPECT_GT((now.upper - now.lower) / 2, one_look);
}

TEST(DifferenceLimits, nobodyPaysAnythingInManySmallStrata) {
  Chance chance(9);
  DifferenceLimits limits(0.5, 0.05, 600, 20);
  for (int i = 0; i < 600; ++i) {
    limits.add(0, chance.coin(0.5), static_cast<std::size_t>(chance.random()() % 20));
  }
  EXPECT_NEAR(limits.limits().estimate, 0, 0.004);
}

TEST(DifferenceLimits, sameInputSameBits) {
  const auto run = [] {
    Chance chance(3);
    DifferenceLimits limits(0.3, 0.05, 500, 2);
    for (int i = 0; i < 500; ++i) {
      limits.add(chance.uniform(), chance.coin(0.3), static_cast<std::size_t>(i % 2));
    }
    return limits.limits();
  };
  EXPECT_EQ(run().lower, run().lower);
  EXPECT_EQ(run().upper, run().upper);
  EXPECT_EQ(DifferenceLimits(0.5, 0.05, 100, 1).limits().upper, 1);
}

// Complaints of 400 persons, challengers `ratio` times as likely to make one.
bool alarm(std::uint64_t seed, double share, double ratio, double alpha) {
  Chance chance(seed);
  EventEvidence evidence;
  double challengers = 2'000 * share, all = 2'000;
  for (int event = 0; event < 120; ++event) {
    const double p = ratio * challengers / (ratio * challengers + all - challengers);
    const bool challenger = chance.coin(p);
    evidence.add(challenger, challengers, all);
    all -= 1;
    challengers -= challenger ? 1 : 0;
    if (evidence.evidence() >= 1 / alpha) return true;
  }
  return false;
}

TEST(EventEvidence, ringsForMoreComplaintsAndSeldomWithout) {
  int equal = 0, fewer = 0, twice = 0;
  for (std::uint64_t run = 0; run < 2'000; ++run) {
    equal += alarm(run, 0.5, 1, 0.05) ? 1 : 0;
    fewer += alarm(run, 0.3, 0.8, 0.05) ? 1 : 0;
    twice += alarm(run, 0.5, 2, 0.05) ? 1 : 0;
  }
  std::cout << "evidence of complaints, of 2,000 runs: equal " << equal << ", fewer " << fewer
            << ", twice as many " << twice << "\n";
  EXPECT_LE(equal, 100);
  EXPECT_GT(equal, 0);
  EXPECT_LE(fewer, 100);
  EXPECT_GE(twice, 1'600);
}

TEST(SampleRatio, exactForFewAndNearTheSameForMany) {
  EXPECT_DOUBLE_EQ(sample_ratio_p(0, 0, 0.5), 1);
  EXPECT_NEAR(sample_ratio_p(0, 4, 0.5), 0.125, 1e-9);  // 0 or 4 of 4
  EXPECT_NEAR(sample_ratio_p(5, 10, 0.5), 1, 1e-9);
  EXPECT_NEAR(sample_ratio_p(2, 2, 0.1), 0.01, 1e-9);
  EXPECT_LT(sample_ratio_p(5'300, 10'000, 0.5), 1e-6);
  EXPECT_GT(sample_ratio_p(5'050, 10'000, 0.5), 0.3);
  EXPECT_NEAR(sample_ratio_p(1'040, 2'000, 0.5), sample_ratio_p(1'041, 2'001, 0.5), 0.02);
}

TEST(PersonsNeeded, growsWithTheSquareOfWhatIsMissing) {
  EXPECT_EQ(persons_needed(1'000, 0.04, 0.02), 4'000);
  EXPECT_EQ(persons_needed(1'000, 0.01, 0.02), 1'000);
  EXPECT_EQ(persons_needed(0, 0.01, 0.02), 0);
}

}  // namespace
}  // namespace experiment
