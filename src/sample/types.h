#pragma once
// Makes a portfolio to try the product on: canonical files of all eight kinds and their
// mapping.toml, shaped like a real card book and made up to the last digit. The same options give
// the same bytes on every machine: own random numbers, whole-number arithmetic only.

#include <cstdint>
#include <filesystem>

#include "kernel/date.h"
#include "kernel/result.h"

namespace sample {

struct SampleOptions {
  std::int64_t accounts = 20'000;
  std::uint64_t seed = 1;
  kernel::Date as_of;
  std::filesystem::path out_dir;
  bool progress = false;  // a bar on stderr
};

kernel::Status make_sample(const SampleOptions& options);

}  // namespace sample
