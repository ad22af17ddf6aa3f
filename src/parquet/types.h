#pragma once
// A table of columns as one Apache Parquet file, for whoever reads without us. What enters: a table
// and words about it. What leaves: a file, whole or not at all, the same bytes for the same table
// and zstd. Never: more memory than a page's worth of cells, however many rows.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "column/table.h"
#include "kernel/result.h"

namespace parquet {

struct Options {
  std::size_t group_rows = 1'000'000;                      // at most, of a row group
  std::size_t page_rows = 65'536;                          // at most, of a page
  std::vector<std::pair<std::string, std::string>> notes;  // key and value, in the footer
};

// Numbers stand as INT(8, 16, 32, 64), dates as DATE, codes and texts as STRING. Fields that nobody
// has made yet are left out. Fails with unavailable where the disk does.
kernel::Status save(const column::Table& table, const Options& options,
                    const std::filesystem::path& file);

}  // namespace parquet
