#include "flow/run_stage.h"

#include "flow/blocks.h"
#include "flow/files.h"
#include "flow/nodes.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

// Values that are yesterday's lie in yesterday's files.
kernel::Status save_columns(const Night& night, const column::Sheet& sheet,
                            std::set<std::string>& saved, const column::Sheet* yesterday,
                            const fs::path& folder) {
  const std::vector<std::string> names = unsaved(sheet, saved);
  if (names.empty()) return kernel::Ok{};
  saved.insert(names.begin(), names.end());
  return save_sheet(sheet, folder,
                    {.order = {}, .rows = {}, .like = yesterday, .threads = night.options.threads},
                    names);
}

}  // namespace

kernel::Status run_stage(Night& night, std::size_t position, const fs::path& part) {
  const fs::path folder = part / stage_folder_name(position);
  const fs::path made = made_folder(part, position);
  std::error_code failed;
  if (is_shared(night)) TRY(withdraw_blocks(night));
  fs::remove_all(made, failed);    // a killed night's half
  fs::remove_all(folder, failed);  // and what it had not yet on disk
  TRY(make_folder(made));
  const Stage& stage = stages()[position];
  if (stage.prepare != nullptr) TRY(stage.prepare(night, made));
  if (stage.decide_rows != nullptr) {
    TRY(is_shared(night) ? save_shared_blocks(night, position, made)
                         : save_blocks(night, position, made));
  }
  if (stage.decide != nullptr) TRY(stage.decide(night, made));
  const book::Sheets* before = night.previous ? &*night.previous : nullptr;
  TRY(save_columns(night, night.sheets.accounts, night.saved_accounts,
                   before ? &before->accounts : nullptr, made / "accounts"));
  TRY(save_columns(night, night.sheets.customers, night.saved_customers,
                   before ? &before->customers : nullptr, made / "customers"));
  fs::rename(made, folder, failed);
  if (failed) {
    return kernel::Error{kernel::Code::unavailable, "cannot rename: " + failed.message(),
                         made.string()};
  }
  // What follows reads what lies on disk, as a resumed night will.
  return load_stage(night, position, part);
}

}  // namespace flow
