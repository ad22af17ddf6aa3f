#include "tables/versions.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kernel/hash.h"
#include "tables/cases.h"

namespace tables {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

// Before anybody released another: the day the first release begins ends it.
Version render_shipped(const ShippedFile& file, const std::string& title,
                       const std::vector<VersionRow>& approved, kernel::Date today) {
  Version version{.file = path_of_file(file.file),
                  .title = title,
                  .version = file.version,
                  .state = "shipped",
                  .in_force = true};
  if (approved.empty()) return version;
  version.effective_to = approved.front().effective_from->plus_days(-1);
  version.in_force = *version.effective_to >= today;
  return version;
}

}  // namespace

Version render_version(const VersionRow& row, const std::vector<VersionRow>& approved,
                       kernel::Date today) {
  Version version{.version_id = row.version_id,
                  .file = path_of_file(row.file),
                  .title = row.title,
                  .version = row.version,
                  .state = row.state,
                  .note = row.note,
                  .based_on = row.based_on,
                  .author = row.author,
                  .editors = row.editors,
                  .revision = row.revision,
                  .created_at = row.created_at,
                  .saved_at = row.saved_at,
                  .submitted_by = row.submitted_by,
                  .submitted_at = row.submitted_at,
                  .reviewed_by = row.reviewed_by,
                  .reviewed_at = row.reviewed_at,
                  .review_note = row.review_note,
                  .effective_from = row.effective_from,
                  .errors = row.errors,
                  .warnings = row.warnings,
                  .tests_passed = row.tests_passed,
                  .tests_failed = row.tests_failed,
                  .simulated = row.simulated};
  if (row.state != "approved") return version;
  for (const VersionRow& other : approved) {
    if (*other.effective_from <= *row.effective_from) continue;
    version.effective_to = other.effective_from->plus_days(-1);
    break;
  }
  const bool over = version.effective_to && *version.effective_to < today;
  version.in_force = !over && *row.effective_from <= today;
  if (over) version.state = "retired";
  return version;
}

Version load_version(store::Transaction& tx, const VersionRow& row, kernel::Date today) {
  return render_version(row, load_approved(tx, row.file), today);
}

std::string title_of(const strategy::Words& words, const std::string& file,
                     const decision::Model* model) {
  if (words.has("file", file)) return words.zh("file", file);
  return model != nullptr && !model->name().empty() ? model->name() : file;
}

std::vector<Version> load_versions(store::Transaction& tx, const std::filesystem::path& decisions,
                                   std::string_view file, kernel::Date today) {
  std::vector<Version> versions;
  if (file.empty()) {
    for (const VersionRow& row : load_open_rows(tx, today))
      versions.push_back(load_version(tx, row, today));
    return versions;
  }
  const auto approved = load_approved(tx, file);
  for (const VersionRow& row : load_rows(tx, file))
    versions.push_back(render_version(row, approved, today));
  const auto shipped = read_shipped(decisions, std::string(file));
  if (!shipped) return versions;
  std::string title(file);
  if (const auto words = shipped_words(decisions)) {
    const auto models = strategy::Models::parse({{shipped->file, shipped->bytes}});
    title = title_of(**words, shipped->file, models ? models->files()[0].model.get() : nullptr);
  }
  versions.push_back(render_shipped(*shipped, title, approved, today));
  return versions;
}

std::optional<VersionText> find_version(store::Transaction& tx, VersionId version_id,
                                        kernel::Date today) {
  const auto row = find_row(tx, version_id);
  if (!row) return std::nullopt;
  VersionBytes bytes = load_bytes(tx, version_id);
  return VersionText{load_version(tx, *row, today), std::move(bytes.xml),
                     std::move(bytes.tests_csv)};
}

Result<FoundBytes> find_text(store::Transaction& tx, const std::filesystem::path& decisions,
                             const std::filesystem::path& data_dir, const std::string& file,
                             const std::string& version, kernel::Date today) {
  std::string wanted = version;
  if (wanted.empty()) {
    TRY_ASSIGN(const auto files, files_in_force(tx, decisions, today, file));
    for (const FileInForce& one : files)
      if (one.file == file) wanted = one.version;
    if (wanted.empty()) return Error{Code::not_found, "there is no such table", "file"};
  }
  if (wanted.size() != 12 || wanted.find_first_not_of("0123456789abcdef") != wanted.npos)
    return Error{Code::invalid_input, "a version is 12 hexadecimal digits", "version"};
  if (const auto row = find_bytes(tx, file, wanted)) {
    VersionBytes bytes = load_bytes(tx, row->version_id);
    return FoundBytes{wanted, std::move(bytes.tests_csv),
                      std::make_shared<const std::string>(std::move(bytes.xml))};
  }
  const auto shipped = read_shipped(decisions, file);
  if (shipped && shipped->version == wanted)
    return FoundBytes{wanted, shipped_cases(decisions, file), shipped->bytes};
  std::ifstream in(data_dir / "tables" / (wanted + ".dmn"), std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return Error{Code::not_found, "there is no such version of this table", "version"};
  if (kernel::sha256_hex(bytes.str()).substr(0, 12) != wanted)
    return Error{Code::corrupt, "a kept table is not what its name says", wanted};
  return FoundBytes{wanted, "", std::make_shared<const std::string>(std::move(bytes).str())};
}

Result<std::string> table_text(const Deps& deps, const std::string& file,
                               const std::string& version, kernel::Date today) {
  return deps.store.read([&](store::Transaction& tx) -> Result<std::string> {
    TRY_ASSIGN(const FoundBytes found,
               find_text(tx, deps.decisions, deps.shelf.data_dir(), file, version, today));
    return *found.bytes;
  });
}

}  // namespace tables
