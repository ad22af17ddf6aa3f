#pragma once
// The stages of the night, in the order they run. Each reads the sheets as those before left them,
// adds its own columns, and is on disk before the next begins.

#include <filesystem>
#include <set>
#include <span>
#include <string>

#include "book/types.h"
#include "flow/cut.h"
#include "flow/inputs.h"
#include "flow/restate.h"
#include "flow/types.h"

namespace flow {

struct Night {
  const NightOptions& options;
  store::Store& store;
  const Inputs& inputs;
  std::optional<book::Sheets> previous;  // the book before
  std::optional<book::BookView> previous_view;
  book::Sheets sheets;
  book::Anomalies anomalies;
  std::optional<Cut> cut;
  std::string cut_hash;
  std::set<std::string> saved_accounts, saved_customers;  // columns whose values are on disk
  std::optional<BackDated> back_dated;                    // what the merge found
  // A night made again: what its inputs were is read from its record, and must be there.
  bool made_before = false;
  std::optional<BackDated> recorded_back_dated;

  const column::Sheet* previous_accounts() const {
    return previous_view ? &previous_view->accounts() : nullptr;
  }
};

struct Stage {
  const char* name;
  const char* title;
  // Decides; may save files of its own into the stage's folder.
  kernel::Status (*decide)(Night& night, const std::filesystem::path& folder);
  // Takes from the folder, on a resumed night, what is not a column of accounts or customers.
  kernel::Status (*load)(Night& night, const std::filesystem::path& folder);
};

std::span<const Stage> stages();
inline constexpr const char* publish_name = "publish";
inline constexpr const char* publish_title = "发布";

// Folder of the stage at that position: "03-cut".
std::string stage_folder_name(std::size_t position);
// The same by the stage's name.
std::string stage_folder_of(std::string_view name);

// What the merge of an edition found; nothing where no payment came late.
kernel::Result<std::optional<BackDated>> load_back_dated(const std::filesystem::path& merge_folder);

// The stages up to ageing, in memory only: the book as of a date that has had no night.
kernel::Status decide_opening_book(Night& night);

// Decides one stage and saves it, whole or not at all.
kernel::Status run_stage(Night& night, std::size_t position, const std::filesystem::path& part);
// Loads a stage that is on disk.
kernel::Status load_stage(Night& night, std::size_t position, const std::filesystem::path& part);

}  // namespace flow
