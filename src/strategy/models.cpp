#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

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

kernel::Result<ModelFile> read_model(const fs::path& path, std::string file) {
  TRY_ASSIGN(std::string bytes, read_file(path));
  TRY_ASSIGN(decision::Model model,
             decision::Model::parse(bytes, path.string(), {.folder = path.parent_path()}));
  std::string version = model.version();
  return ModelFile{std::move(file), std::move(version),
                   std::make_shared<const decision::Model>(std::move(model)),
                   std::make_shared<const std::string>(std::move(bytes))};
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
  Models models;
  for (const fs::path& path : paths) {
    TRY_ASSIGN(ModelFile read, read_model(path, path.lexically_relative(decisions).string()));
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
  Models models;
  for (const auto& [file, version] : files_and_versions) {
    TRY_ASSIGN(ModelFile read, read_model(folder / (version + ".dmn"), file));
    if (read.version != version) {
      return kernel::Error{kernel::Code::corrupt, "is not the version its name says",
                           (folder / (version + ".dmn")).string()};
    }
    models.files_.push_back(std::move(read));
  }
  std::sort(models.files_.begin(), models.files_.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.file < b.file; });
  return models;
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
