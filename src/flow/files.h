#pragma once
// What a stage leaves in its folder. Texts are written whole or not at all, and are on disk then;
// sheets are once the stage has settled (flow/settling.h).

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "column/writer.h"
#include "kernel/result.h"

namespace flow {

kernel::Status save_text(const std::filesystem::path& file, std::string_view text);
kernel::Result<std::string> load_text(const std::filesystem::path& file);
// These columns of the sheet, all where none is named.
kernel::Status save_sheet(const column::Sheet& sheet, const std::filesystem::path& folder,
                          column::SheetWriter::Options options = {},
                          const std::vector<std::string>& names = {});
kernel::Status make_folder(const std::filesystem::path& folder);
kernel::Status rename_synced(const std::filesystem::path& from, const std::filesystem::path& to);

// flock on <data_dir>/.night.lock; held while it lives. The system frees it when a process dies.
class NightLock {
 public:
  static kernel::Result<NightLock> take(const std::filesystem::path& data_dir);
  NightLock(NightLock&& other) noexcept;
  NightLock& operator=(NightLock&&) = delete;
  ~NightLock();

 private:
  explicit NightLock(int file) : file_(file) {}
  int file_;
};

}  // namespace flow
