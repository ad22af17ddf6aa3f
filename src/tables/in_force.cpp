// Which version of which file holds on a date, and the shipped files as they lie on disk.

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "kernel/hash.h"
#include "tables/rows.h"

namespace tables {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

std::string version_of(std::string_view bytes) {
  return kernel::sha256_hex(bytes).substr(0, 12);
}

// Files of disk by path, read again when their inode, size or times changed.
class DiskFiles {
 public:
  Result<ShippedFile> read(const fs::path& path, const std::string& name) {
    struct stat now {};
    if (::stat(path.c_str(), &now) != 0)
      return Error{Code::not_found, "cannot be read", path.string()};
    const std::lock_guard held(mutex_);
    auto& known = files_[path.string()];
    if (known.file.bytes && same(known.stat, now)) return renamed(known.file, name);
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) return Error{Code::not_found, "cannot be read", path.string()};
    auto text = std::make_shared<const std::string>(std::move(bytes).str());
    known = {now, {name, version_of(*text), text}};
    return known.file;
  }

 private:
  static bool same(const struct stat& a, const struct stat& b) {
    const auto time = [](const timespec& t) { return std::pair(t.tv_sec, t.tv_nsec); };
    return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
           time(a.st_mtim) == time(b.st_mtim) && time(a.st_ctim) == time(b.st_ctim);
  }
  static ShippedFile renamed(ShippedFile file, const std::string& name) {
    file.file = name;
    return file;
  }
  struct Known {
    struct stat stat {};
    ShippedFile file;
  };
  std::mutex mutex_;
  std::map<std::string, Known> files_;
};

// Bytes of released versions by their hash; what they are never changes.
class Released {
 public:
  std::shared_ptr<const std::string> find(const std::string& version) {
    const std::lock_guard held(mutex_);
    const auto found = bytes_.find(version);
    return found == bytes_.end() ? nullptr : found->second;
  }
  void add(const std::string& version, std::shared_ptr<const std::string> bytes) {
    const std::lock_guard held(mutex_);
    if (bytes_.size() >= kVersionsMax) bytes_.clear();
    bytes_[version] = std::move(bytes);
  }

 private:
  static constexpr std::size_t kVersionsMax = 64;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const std::string>> bytes_;
};

Result<std::shared_ptr<const std::string>> bytes_of(store::Transaction& tx,
                                                    const FileInForce& file) {
  static Released known;
  if (auto bytes = known.find(file.version)) return bytes;
  auto bytes = std::make_shared<const std::string>(load_bytes(tx, file.version_id).xml);
  if (version_of(*bytes) != file.version)
    return Error{Code::corrupt, "a released table is not what its version says", file.file};
  known.add(file.version, bytes);
  return std::shared_ptr<const std::string>(bytes);
}

}  // namespace

Result<ShippedFile> read_shipped(const fs::path& decisions, const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find("..") != name.npos)
    return Error{Code::not_found, "there is no such table", "file"};
  static DiskFiles disk;
  return disk.read(decisions / name, name);
}

Result<std::vector<ShippedFile>> shipped_files(const fs::path& decisions,
                                               std::string_view only_under) {
  std::error_code error;
  std::vector<ShippedFile> files;
  // Only the folder that is asked for: this is on the way of every question to the gate.
  const bool folder = only_under.ends_with('/');
  const fs::path begin = folder ? decisions / only_under : decisions;
  if (folder && !fs::is_directory(begin, error) && fs::is_directory(decisions, error)) return files;
  for (auto at = fs::recursive_directory_iterator(begin, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() != ".dmn") continue;
    const std::string name = at->path().lexically_relative(decisions).generic_string();
    if (!name.starts_with(only_under)) continue;
    TRY_ASSIGN(ShippedFile file, read_shipped(decisions, name));
    files.push_back(std::move(file));
  }
  if (error)
    return Error{Code::not_found, "the folder of decision tables cannot be read",
                 decisions.string()};
  return files;
}

Result<std::vector<FileInForce>> files_in_force(store::Transaction& tx, const fs::path& decisions,
                                                kernel::Date date, std::string_view only_under) {
  TRY_ASSIGN(const std::vector<ShippedFile> shipped, shipped_files(decisions, only_under));
  std::map<std::string, FileInForce> by_file;
  for (const ShippedFile& file : shipped)
    by_file[file.file] = {.file = file.file,
                          .version = file.version,
                          .effective_from = std::nullopt,
                          .shipped_version = file.version,
                          .shipped_before = file.version,
                          .bytes = file.bytes};
  // By day, so that the latest up to the date is the one that stays.
  tx.query(
      "SELECT file, version, version_id, effective_from, shipped_version FROM table_version"
      " WHERE state = 'approved' AND effective_from <= $1 ORDER BY effective_from",
      {date}, [&](const store::Row& row) {
        const std::string name = row.text(0);
        if (!name.starts_with(only_under)) return;
        FileInForce& file = by_file[name];
        file.file = name;
        file.version = row.text(1);
        file.version_id = row.id<VersionTag>(2);
        file.effective_from = row.opt_date(3);
        file.shipped_before = row.text(4);
        file.bytes = nullptr;
      });
  std::vector<FileInForce> files;
  for (auto& [name, file] : by_file) {
    if (!file.bytes) {
      TRY_ASSIGN(file.bytes, bytes_of(tx, file));
    }
    files.push_back(std::move(file));
  }
  return files;
}

Result<std::shared_ptr<const strategy::Words>> shipped_words(const fs::path& decisions) {
  static std::mutex mutex;
  static std::string version;  // of the one that is kept
  static std::shared_ptr<const strategy::Words> words;
  TRY_ASSIGN(const ShippedFile file, read_shipped(decisions, "words.csv"));
  const std::lock_guard held(mutex);
  if (!words || version != file.version) {
    TRY_ASSIGN(auto parsed,
               strategy::Words::parse(*file.bytes, (decisions / "words.csv").string()));
    words = std::make_shared<const strategy::Words>(std::move(parsed));
    version = file.version;
  }
  return words;
}

namespace {

Result<strategy::Models> parse_all(const std::vector<FileInForce>& files) {
  std::vector<strategy::Models::FileBytes> bytes;
  for (const FileInForce& file : files) bytes.push_back({file.file, file.bytes});
  return strategy::Models::parse(bytes);
}

}  // namespace

Result<strategy::Models> models_in_force(store::Transaction& tx, const fs::path& decisions,
                                         kernel::Date date) {
  TRY_ASSIGN(const auto files, files_in_force(tx, decisions, date));
  return parse_all(files);
}

Result<strategy::Models> models_in_force(store::Store& store, const fs::path& decisions,
                                         kernel::Date date) {
  return store.read([&](store::Transaction& tx) { return models_in_force(tx, decisions, date); });
}

Result<strategy::Models> models_with(store::Transaction& tx, const fs::path& decisions,
                                     kernel::Date date, const std::vector<VersionId>& versions) {
  TRY_ASSIGN(auto files, files_in_force(tx, decisions, date));
  for (const VersionId version_id : versions) {
    const auto row = find_row(tx, version_id);
    if (!row) return Error{Code::not_found, "there is no such version", "version_id"};
    auto at = std::find_if(files.begin(), files.end(),
                           [&](const FileInForce& file) { return file.file == row->file; });
    if (at == files.end()) at = files.insert(files.end(), FileInForce{.file = row->file});
    at->version = row->version;
    at->version_id = row->version_id;
    at->bytes = std::make_shared<const std::string>(load_bytes(tx, row->version_id).xml);
  }
  return parse_all(files);
}

const std::vector<std::string>& night_files() {
  static const std::vector<std::string> files = {
      "allocation.dmn", "anomaly.dmn",    "bucket.dmn",    "expected_net.dmn", "payment_order.dmn",
      "priority.dmn",   "risk_grade.dmn", "scorecard.dmn", "terms.dmn",        "treatment.dmn"};
  return files;
}

std::string file_of_path(std::string name) {
  std::replace(name.begin(), name.end(), '~', '/');
  return name;
}

std::string path_of_file(std::string file) {
  std::replace(file.begin(), file.end(), '/', '~');
  return file;
}

}  // namespace tables
