#pragma once
// The numbers behind a verdict, each with what it promises. What enters: outcomes of persons in a
// fixed order, counts, events in time. What leaves: limits that hold at every look at once, and
// p-values. The only floating point of the room; the same input gives the same bits. Pure.

#include <cstdint>
#include <string>
#include <vector>

namespace experiment {

// Limits of the difference challenger − champion of a mean of outcomes in [0, 1].
struct Limits {
  double estimate = 0, lower = -1, upper = 1;
  std::int64_t persons = 0;
};

// An empirical-Bernstein confidence sequence (Waudby-Smith and Ramdas 2024, "Estimating means of
// bounded random variables by betting", theorem 2). Each person gives one bet: the outcome minus
// what was expected of the person's stratum, weighted by the inverse chance of the arm; its mean is
// the difference, whatever was expected. With probability 1 − alpha the difference lies within the
// limits after every person at once, so looking every night, or stopping when one likes, costs
// nothing more. Holds for every sample size, whatever the outcomes, if arms are drawn by the share
// independently of the outcomes; the exact split within strata draws without replacement, which
// only narrows the error (tested by simulation).
class DifferenceLimits {
 public:
  // planned: about how many persons there will be; the limits are narrowest then.
  DifferenceLimits(double share, double alpha, std::int64_t planned, std::size_t strata);
  void add(double outcome, bool challenger, std::size_t stratum);
  Limits limits() const;

 private:
  struct Expected {
    double sum = 0, count = 0;
  };
  double share_, planned_, bound_, log_2_alpha_;
  std::vector<Expected> expected_;
  Expected all_{0.5, 1};  // what is expected of a stratum nobody has been seen of
  std::int64_t persons_ = 0;
  double mean_ = 0.5, mean_sum_ = 0.5, squares_ = 0.25;
  double weight_ = 0, weighted_ = 0, spent_ = 0;
};

// Whether rare events (first complaints) fall to the challenger more often than its share of those
// who could still have one. A mixture of likelihood ratios, each a martingale under "not more
// often": evidence of 1/alpha is passed with probability at most alpha over all time.
class EventEvidence {
 public:
  // One event; challengers at risk just before it, of all at risk.
  void add(bool challenger, double challenger_at_risk, double at_risk);
  double evidence() const;  // ≥ 1/alpha: more often

 private:
  std::vector<double> log_ = std::vector<double>(5, 0.0);
};

// Two-sided p-value of `challenger` of `persons` by a coin of that share: exact up to 2,000
// persons, chi-square with one degree of freedom beyond.
double sample_ratio_p(std::int64_t challenger, std::int64_t persons, double share);

// Persons needed in all, when `persons` gave limits that wide and half of it should be `wanted`.
std::int64_t persons_needed(std::int64_t persons, double half_width, double wanted);

}  // namespace experiment
