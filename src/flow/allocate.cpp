#include "flow/allocate.h"

#include <algorithm>

#include "column/writer.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

// Some rows of the book as the stages before left them, and where they begin.
template <class Decide>
kernel::Result<bool> over_blocks(const column::Sheet& accounts, std::size_t block_rows,
                                 column::SheetWriter& writer, const Decide& decide,
                                 const std::vector<std::string>& names) {
  for (std::size_t first = 0; first < accounts.rows(); first += block_rows) {
    column::Sheet block = accounts.window(first, std::min(accounts.rows(), first + block_rows));
    TRY(decide(block, first));
    if (!writer.agrees(block, names)) return false;
    TRY(writer.append(block, names));
  }
  return true;
}

// False where the table's words are not the same in every block.
kernel::Result<bool> allocate_in_blocks(Night& night, const fs::path& folder,
                                        std::size_t block_rows) {
  TRY_ASSIGN(const decision::Model* model, night.inputs.models.need("allocation.dmn"));
  const column::Sheet& accounts = night.sheets.accounts;
  const allocation::NightInput input{.allocation = *model,
                                     .collectors = collectors_of(*night.cut),
                                     .standing = standing_of(*night.cut),
                                     .threads = night.options.threads};
  allocation::Night deciding(accounts, night.sheets.customers, input);
  column::SheetWriter writer(folder / "accounts",
                             {.order = {},
                              .rows = accounts.rows(),
                              .like = night.previous ? &night.previous->accounts : nullptr,
                              .threads = night.options.threads});
  const auto ask = [&](column::Sheet& block, std::size_t first) {
    return deciding.ask_table(block, first);
  };
  TRY_ASSIGN(const bool agree,
             over_blocks(accounts, block_rows, writer, ask, {"team", "skill", "allocation_row"}));
  if (!agree) return false;
  TRY(deciding.decide());
  const auto give = [&](column::Sheet& block, std::size_t) -> kernel::Status {
    deciding.give(block);
    return kernel::Ok{};
  };
  TRY(over_blocks(accounts, block_rows, writer, give, {"collector", "allotment"}));
  TRY(writer.place());
  deciding.put_leads(night.sheets.customers);
  return true;
}

}  // namespace

kernel::Status allocate(Night& night, const fs::path& folder) {
  TRY_ASSIGN(const bool agree, allocate_in_blocks(night, folder, night.options.block_rows));
  if (agree) return kernel::Ok{};
  TRY(allocate_in_blocks(night, folder, std::max<std::size_t>(night.sheets.accounts.rows(), 1)));
  return kernel::Ok{};
}

}  // namespace flow
