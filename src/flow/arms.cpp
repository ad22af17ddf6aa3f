#include "flow/arms.h"

#include "flow/files.h"
#include "http/json.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

constexpr const char* tried_name = "experiments.json";
constexpr const char* newcomers_name = "newcomers";

struct TriedFile {
  std::vector<Tried> experiments;
};
BOOST_DESCRIBE_STRUCT(TriedFile, (), (experiments))

// Where the treat stage lies in an edition.
fs::path treat_folder(const fs::path& edition_folder) {
  return edition_folder / stage_folder_of("treat");
}

}  // namespace

kernel::Result<std::vector<Tried>> load_tried(const fs::path& edition_folder) {
  const fs::path file = treat_folder(edition_folder) / tried_name;
  if (!fs::exists(file)) return std::vector<Tried>();
  TRY_ASSIGN(const std::string text, load_text(file));
  TRY_ASSIGN(TriedFile tried, http::parse_json<TriedFile>(text));
  return std::move(tried.experiments);
}

kernel::Status decide_arms(Night& night, const fs::path& stage_folder) {
  const std::vector<experiment::Running>& running = night.inputs.experiments;
  TRY_ASSIGN(
      const column::Sheet newcomers,
      experiment::decide_arms(night.sheets.accounts, night.sheets.customers, night.inputs.models,
                              running, *night.cut->arms, night.options.threads));
  TRY(save_sheet(newcomers, stage_folder / newcomers_name));
  TriedFile tried;
  for (const experiment::Running& one : running) {
    tried.experiments.push_back({one.name, one.file, one.version});
  }
  return save_text(stage_folder / tried_name, http::write_json(tried) + "\n");
}

kernel::Status publish_newcomers(store::Store& store, const NightOptions& options,
                                 kernel::Date date, const fs::path& edition_folder) {
  const fs::path folder = treat_folder(edition_folder) / newcomers_name;
  if (!fs::exists(folder)) return kernel::Ok{};
  TRY_ASSIGN(const column::Sheet newcomers, column::Sheet::open(folder));
  TRY(store.transact([&](store::Transaction& tx) {
    experiment::save_newcomers(tx, experiment::running_on(tx, date), newcomers, date, options.now);
    return true;
  }));
  return kernel::Ok{};
}

}  // namespace flow
