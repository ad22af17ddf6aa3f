#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <list>
#include <mutex>
#include <set>
#include <sstream>

#include "kernel/hash.h"
#include "strategy/types.h"

namespace strategy {

namespace {

namespace fs = std::filesystem;

kernel::Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return kernel::Error{kernel::Code::not_found, "cannot be read", path.string()};
  return std::move(bytes).str();
}

// Parsed models by version, those asked for last. What has the same bytes is the same model.
class Parsed {
 public:
  std::shared_ptr<const decision::Model> find(const std::string& version) {
    const std::lock_guard held(mutex_);
    for (auto at = models_.begin(); at != models_.end(); ++at) {
      if (at->model->version() != version) continue;
      models_.splice(models_.begin(), models_, at);
      return models_.front().model;
    }
    return nullptr;
  }
  void add(const std::shared_ptr<const decision::Model>& model, std::size_t bytes) {
    const std::lock_guard held(mutex_);
    models_.push_front({model, bytes});
    bytes_ += bytes;
    while (bytes_ > kBytesMax && models_.size() > 1) {
      bytes_ -= models_.back().bytes;
      models_.pop_back();
    }
  }

 private:
  static constexpr std::size_t kBytesMax = 32 << 20;  // of XML; models take some times that
  struct Entry {
    std::shared_ptr<const decision::Model> model;
    std::size_t bytes;
  };
  std::mutex mutex_;
  std::list<Entry> models_;
  std::size_t bytes_ = 0;
};

Parsed& parsed() {
  static Parsed all;
  return all;
}

bool may_import(const std::string& bytes) {
  return bytes.find("importType") != bytes.npos;
}

kernel::Result<ModelFile> read_model(const Models::FileBytes& from,
                                     const std::vector<Models::FileBytes>& all) {
  const bool alone = !may_import(*from.bytes);
  if (alone) {
    const std::string version = kernel::sha256_hex(*from.bytes).substr(0, 12);
    if (auto known = parsed().find(version))
      return ModelFile{from.file, version, known, from.bytes};
  }
  decision::ParseOptions options;
  options.find_import = [&all](std::string_view wanted) -> std::optional<std::string> {
    for (const Models::FileBytes& file : all)
      if (decision::has_namespace(*file.bytes, wanted)) return *file.bytes;
    return std::nullopt;
  };
  TRY_ASSIGN(decision::Model model, decision::Model::parse(*from.bytes, from.file, options));
  ModelFile read{from.file, model.version(),
                 std::make_shared<const decision::Model>(std::move(model)), from.bytes};
  if (alone) parsed().add(read.model, from.bytes->size());
  return read;
}

// Written beside and renamed, so a kept version is whole or absent.
kernel::Status write_file(const fs::path& path, const std::string& bytes) {
  const fs::path part = path.string() + "." + std::to_string(::getpid()) + ".tmp";
  std::ofstream out(part, std::ios::binary);
  out << bytes;
  out.close();
  std::error_code error;
  if (out) fs::rename(part, path, error);
  if (!out || error) {
    return kernel::Error{kernel::Code::unavailable, "cannot be written", path.string()};
  }
  return kernel::Ok{};
}

}  // namespace

kernel::Result<Models> Models::load(const fs::path& decisions) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (auto at = fs::recursive_directory_iterator(decisions, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() == ".dmn") paths.push_back(at->path());
  }
  if (error) {
    return kernel::Error{kernel::Code::not_found, "the folder of decision tables cannot be read",
                         decisions.string()};
  }
  std::vector<FileBytes> files;
  for (const fs::path& path : paths) {
    TRY_ASSIGN(std::string bytes, read_file(path));
    files.push_back({path.lexically_relative(decisions).string(),
                     std::make_shared<const std::string>(std::move(bytes))});
  }
  return parse(files);
}

kernel::Result<Models> Models::parse(const std::vector<FileBytes>& files) {
  Models models;
  for (const FileBytes& file : files) {
    TRY_ASSIGN(ModelFile read, read_model(file, files));
    models.files_.push_back(std::move(read));
  }
  std::sort(models.files_.begin(), models.files_.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.file < b.file; });
  return models;
}

kernel::Status Models::keep(const fs::path& folder) const {
  std::error_code error;
  fs::create_directories(folder, error);
  const auto keep_one = [&](const ModelFile& file) -> kernel::Status {
    const fs::path path = folder / (file.version + ".dmn");
    return fs::exists(path, error) ? kernel::Status(kernel::Ok{}) : write_file(path, *file.bytes);
  };
  for (const ModelFile& file : files_) TRY(keep_one(file));
  for (const Challenger& challenger : challengers_) TRY(keep_one(challenger.table));
  return kernel::Ok{};
}

kernel::Result<Models> Models::load_kept(
    const fs::path& folder,
    const std::vector<std::pair<std::string, std::string>>& files_and_versions) {
  std::vector<FileBytes> files;
  for (const auto& [file, version] : files_and_versions) {
    const fs::path path = folder / (version + ".dmn");
    TRY_ASSIGN(std::string bytes, read_file(path));
    if (kernel::sha256_hex(bytes).substr(0, 12) != version) {
      return kernel::Error{kernel::Code::corrupt, "is not the version its name says",
                           path.string()};
    }
    files.push_back({file, std::make_shared<const std::string>(std::move(bytes))});
  }
  return parse(files);
}

std::vector<std::string> Models::with_imports(const std::vector<std::string>& files) const {
  std::set<std::string> all, open(files.begin(), files.end());
  while (!open.empty()) {
    const ModelFile* file = find(*open.begin());
    open.erase(open.begin());
    if (file == nullptr || !all.insert(file->file).second || !may_import(*file->bytes)) continue;
    for (const ModelFile& other : files_) {
      for (const std::string& wanted : file->model->import_namespaces())
        if (decision::has_namespace(*other.bytes, wanted)) open.insert(other.file);
    }
  }
  return {all.begin(), all.end()};
}

const ModelFile* Models::find(std::string_view file) const {
  for (const ModelFile& model : files_) {
    if (model.file == file) return &model;
  }
  return nullptr;
}

std::string_view arm_in(std::string_view word, std::string_view experiment) {
  while (!word.empty()) {
    const std::string_view one = word.substr(0, word.find(' '));
    word.remove_prefix(std::min(word.size(), one.size() + 1));
    if (one.size() > experiment.size() && one.starts_with(experiment) &&
        one[experiment.size()] == '=') {
      return one.substr(experiment.size() + 1);
    }
  }
  return {};
}

Models Models::of_arm(std::string_view word) const {
  Models own = *this;
  own.challengers_.clear();
  for (const Challenger& challenger : challengers_) {
    if (arm_in(word, challenger.experiment) != arm_challenger) continue;
    for (ModelFile& file : own.files_) {
      if (file.file == challenger.table.file) file = challenger.table;
    }
  }
  return own;
}

kernel::Result<const decision::Model*> Models::need(std::string_view file) const {
  if (const ModelFile* found = find(file)) return found->model.get();
  return kernel::Error{kernel::Code::not_found,
                       "the folder of decision tables has no " + std::string(file),
                       std::string(file)};
}

}  // namespace strategy
