#include "flow/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "column/file.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

kernel::Error unavailable(const std::string& what, const fs::path& where) {
  return {kernel::Code::unavailable, what, where.string()};
}

}  // namespace

kernel::Status save_text(const fs::path& file, std::string_view text) {
  const fs::path made = file.string() + ".tmp";
  TRY(column::write_file(made, {text.data(), text.size()}));
  return rename_synced(made, file);
}

kernel::Result<std::string> load_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return kernel::Error{kernel::Code::not_found, "no such file", file.string()};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

kernel::Status save_sheet(const column::Sheet& sheet, const fs::path& folder,
                          column::SheetWriter::Options options,
                          const std::vector<std::string>& names) {
  options.rows = sheet.rows();
  column::SheetWriter writer(folder, std::move(options));
  TRY(writer.append(sheet, names));
  return writer.place();
}

kernel::Status make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return unavailable("cannot make the folder: " + failed.message(), folder);
  return kernel::Ok{};
}

kernel::Status rename_synced(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::rename(from, to, failed);
  if (failed) return unavailable("cannot rename: " + failed.message(), from);
  return column::sync_folder(to.parent_path());
}

kernel::Result<NightLock> NightLock::take(const fs::path& data_dir) {
  TRY(make_folder(data_dir));
  const fs::path path = data_dir / ".night.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return unavailable(std::string("cannot open: ") + std::strerror(errno), path);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return kernel::Error{kernel::Code::conflict,
                         "another night is running on this data folder; wait for it to end",
                         path.string()};
  }
  return NightLock(file);
}

NightLock::NightLock(NightLock&& other) noexcept : file_(other.file_) {
  other.file_ = -1;
}

NightLock::~NightLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace flow
