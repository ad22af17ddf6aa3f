#pragma once
// The stages of the night, in the order they run. Each reads the sheets as those before left them,
// adds its own columns, and lies in files before the next begins (on disk: flow/settling.h).

#include <filesystem>
#include <future>
#include <set>
#include <span>
#include <string>

#include "book/types.h"
#include "flow/cut.h"
#include "flow/inputs.h"
#include "flow/restate.h"
#include "flow/types.h"

namespace flow {

// Some rows of the book, one after the other: what a stage reads of accounts, and what it makes of
// them; dues and payments that it makes, by row of the block.
struct Block {
  std::size_t first = 0;  // row of the book
  book::KeyRange range;   // account numbers from here to the next block
  book::Sheets sheets;
  book::Anomalies anomalies;
};

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
  std::optional<book::Opening> opening;                   // from merge to accrual
  std::optional<BackDated> back_dated;                    // what the merge found
  std::int64_t night_id = 0;  // of its row; 0: of a night made again, which has none
  // A night made again: what its inputs were is read from its record, and must be there.
  bool made_before = false;
  std::optional<BackDated> recorded_back_dated;
  // For the cut, while it is read; last, so that it is waited for before what it reads goes.
  std::future<kernel::Result<KnownBefore>> known;

  const column::Sheet* previous_accounts() const {
    return previous_view ? &previous_view->accounts() : nullptr;
  }
};

// Any of the three may be null.
struct Stage {
  const char* name;
  const char* title;
  // What rows need that is decided over the whole book.
  kernel::Status (*prepare)(Night& night, const std::filesystem::path& folder);
  // What each row is decided by alone, block by block: neither the blocks nor their order change a
  // byte. Their columns, dues and payments are saved as they come.
  kernel::Status (*decide_rows)(const Night& night, Block& block);
  // What is decided over the whole book and its rows; may save files of its own into the folder.
  kernel::Status (*decide)(Night& night, const std::filesystem::path& folder);
  // Takes from the folder what is not a column of accounts or customers.
  kernel::Status (*load)(Night& night, const std::filesystem::path& folder);
};

std::span<const Stage> stages();
inline constexpr const char* publish_name = "publish";
inline constexpr const char* publish_title = "发布";

// Folder of the stage at that position: "03-cut".
std::string stage_folder_name(std::size_t position);
// The same by the stage's name.
std::string stage_folder_of(std::string_view name);
// Where it is made before it is whole.
std::filesystem::path made_folder(const std::filesystem::path& part, std::size_t position);

// Of what the accrual found in the files; it lies in the merge's folder once the edition is sealed,
// where the first editions have it.
inline constexpr const char* anomalies_name = "anomalies.json";

kernel::Status save_anomalies(const book::Anomalies& found, const std::filesystem::path& folder);
kernel::Result<book::Anomalies> load_anomalies(const std::filesystem::path& folder);

// What the merge of an edition found; nothing where no payment came late.
kernel::Result<std::optional<BackDated>> load_back_dated(const std::filesystem::path& merge_folder);

// Begins to read what the cut needs of the casebook. The book before is open.
void read_ahead_for_cut(Night& night);

// The stages up to ageing, in memory only: the book as of a date that has had no night.
kernel::Status decide_opening_book(Night& night);

// Loads a stage that is on disk.
kernel::Status load_stage(Night& night, std::size_t position, const std::filesystem::path& part);

}  // namespace flow
