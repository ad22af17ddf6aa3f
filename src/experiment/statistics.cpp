#include "experiment/statistics.h"

#include <algorithm>
#include <cmath>

namespace experiment {

namespace {

// Bets stay below the point where the inequality would cost more than it gives.
constexpr double bet_max = 0.75;

// Rate ratios of the mixture: a quarter more often to five times.
constexpr double ratios[] = {1.25, 1.5, 2.0, 3.0, 5.0};

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

}  // namespace

DifferenceLimits::DifferenceLimits(double share, double alpha, std::int64_t planned,
                                   std::size_t strata)
    : share_(share),
      planned_(static_cast<double>(std::max<std::int64_t>(planned, 100))),
      bound_(1 / std::min(share, 1 - share)),
      log_2_alpha_(std::log(2 / alpha)),
      expected_(std::max<std::size_t>(strata, 1)) {}

void DifferenceLimits::add(double outcome, bool challenger, std::size_t stratum) {
  Expected& expected = expected_[stratum];
  const double guess = (expected.sum + all_.sum / all_.count) / (expected.count + 1);
  const double bet = (outcome - guess) * (challenger ? 1 / share_ : -1 / (1 - share_));
  const double scaled = (bet + bound_) / (2 * bound_);  // in [0, 1]; 0.5 is no difference

  // What is staked on this person rests on those before alone.
  const auto before = static_cast<double>(persons_);
  const double variance = std::max(squares_ / (before + 1), 1e-12);
  const double horizon = std::max(planned_, before + 1);
  const double stake = std::min(bet_max, std::sqrt(2 * log_2_alpha_ / (variance * horizon)));
  const double off = scaled - mean_;
  weight_ += stake;
  weighted_ += stake * scaled;
  spent_ += off * off * (-std::log1p(-stake) - stake);

  ++persons_;
  mean_sum_ += scaled;
  mean_ = mean_sum_ / (before + 2);
  squares_ += (scaled - mean_) * (scaled - mean_);
  expected.sum += outcome;
  expected.count += 1;
  all_.sum += outcome;
  all_.count += 1;
}

Limits DifferenceLimits::limits() const {
  if (persons_ == 0) return {};
  const double centre = weighted_ / weight_;
  const double half = (log_2_alpha_ + spent_) / weight_;
  const auto back = [&](double scaled) { return scaled * 2 * bound_ - bound_; };
  return {.estimate = std::clamp(back(centre), -1.0, 1.0),
          .lower = std::clamp(back(centre - half), -1.0, 1.0),
          .upper = std::clamp(back(centre + half), -1.0, 1.0),
          .persons = persons_};
}

void EventEvidence::add(bool challenger, double challenger_at_risk, double at_risk) {
  if (challenger_at_risk <= 0 || challenger_at_risk >= at_risk) return;  // tells nothing
  const double share = challenger_at_risk / at_risk;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    const double more = ratios[i] * share / (ratios[i] * share + 1 - share);
    log_[i] += std::log(challenger ? more / share : (1 - more) / (1 - share));
  }
}

double EventEvidence::evidence() const {
  double sum = 0;
  for (const double one : log_) sum += std::exp(std::min(one, 700.0));
  return sum / static_cast<double>(log_.size());
}

double sample_ratio_p(std::int64_t challenger, std::int64_t persons, double share) {
  if (persons <= 0) return 1;
  const auto n = static_cast<double>(persons), k = static_cast<double>(challenger);
  if (persons > 2'000) {
    const double z = (k - n * share) / std::sqrt(n * share * (1 - share));
    return std::erfc(std::fabs(z) / std::sqrt(2.0));
  }
  const auto log_p = [&](double of) {
    return log_choose(n, of) + of * std::log(share) + (n - of) * std::log1p(-share);
  };
  const double seen = log_p(k) + 1e-9;
  double p = 0;
  for (double of = 0; of <= n; ++of) {
    if (const double one = log_p(of); one <= seen) p += std::exp(one);
  }
  return std::min(p, 1.0);
}

std::int64_t persons_needed(std::int64_t persons, double half_width, double wanted) {
  if (wanted <= 0 || persons <= 0) return 0;
  const double factor = half_width / wanted;
  const double needed = static_cast<double>(persons) * std::max(1.0, factor * factor);
  return static_cast<std::int64_t>(std::min(std::ceil(needed), 1e12));
}

}  // namespace experiment
