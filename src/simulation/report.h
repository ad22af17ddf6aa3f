#pragma once
// Puts the nights of both sides together into a Report.

#include "simulation/side.h"

namespace simulation {

inline constexpr std::int32_t nights_max = 400;

class Reporting {
 public:
  Reporting(const Options& options, const Side& start);
  void add_night(std::int32_t night, const Side& today, const Side& draft,
                 std::int64_t differing_accounts);
  void add_end(const Side& today, const Side& draft);
  Report take();

 private:
  void put_treatments();
  void put_channels();
  void put_teams();
  void put_segments();

  Report report_;
  Count today_, draft_;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> tonight_;  // by treatment
  std::map<std::pair<std::string, std::string>, std::int64_t> start_;  // variable, code: accounts
  std::vector<std::pair<std::string, std::string>> order_;             // of segments
};

}  // namespace simulation
