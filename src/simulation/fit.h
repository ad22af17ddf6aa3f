#pragma once
// The payment rates of simulation.dmn made to fit the book: what accounts of each bucket did from
// one edition to the next, beside what the tables' first values would have expected of them.

#include "simulation/side.h"

namespace simulation {

struct Fit {
  Factors factors;
  std::int64_t pairs = 0;
  std::vector<FitLine> lines;
};

// Pairs of books of days that follow each other, up to the date of the options, latest first.
kernel::Result<Fit> decide_fit(const Options& options, const decision::Model& behaviour,
                               const Settings& settings);

// Pure: the factor of what was observed. A few payers are added to both sides, so that a small
// count moves the first value only a little and no bucket is taken to pay never.
std::int64_t decide_factor_bps(std::int64_t observed, std::int64_t expected);

}  // namespace simulation
