#pragma once
// A sheet saved as it is made, block after block of rows, none of which stays in memory. Enters:
// blocks in the order of rows. Leaves: the folder that Sheet::save writes of the same values, to
// the byte. Never: a folder that opens before place() or finish() has returned.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "column/column.h"

namespace column {

class SheetWriter {
 public:
  struct Options {
    std::vector<std::string> order;   // of the columns in the manifest; those not named come after
    std::optional<std::size_t> rows;  // of the whole, where that is known: saves copying a file
    const Sheet* like = nullptr;      // as Sheet::Saving
    unsigned threads = 1;
  };
  // The folder is made; what a killed program left of it is removed.
  SheetWriter(std::filesystem::path folder, Options options);
  SheetWriter(SheetWriter&&) noexcept;
  ~SheetWriter();

  // Whether the words of these columns are those of the blocks before. Where they are not, codes
  // would have to change that are written: the sheet has to be made as one block.
  bool agrees(const Sheet& block, const std::vector<std::string>& names) const;
  // Further rows of these columns (all of the block's when empty). The block agrees.
  kernel::Status append(const Sheet& block, const std::vector<std::string>& names = {});
  // A column whose file is there: linked. It lies in a file, with all its rows.
  kernel::Status share(const Sheet& sheet, const std::string& name);
  // All columns have the same number of rows. May come before finish(): then the folder opens, and
  // is durable only later.
  kernel::Status place();
  kernel::Status finish();

 private:
  struct Growing;
  kernel::Status put_whole();
  kernel::Status save_manifest(bool durable) const;
  Growing& place(const Sheet& block, const std::string& name);
  kernel::Status over_columns(std::size_t count,
                              const std::function<kernel::Status(std::size_t)>& work) const;

  std::filesystem::path folder_;
  Options options_;
  kernel::Status made_;
  std::vector<std::unique_ptr<Growing>> columns_;
  bool placed_ = false;
};

}  // namespace column
