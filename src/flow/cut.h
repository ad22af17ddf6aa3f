#pragma once
// The casebook as of the start of the date, frozen into the night: what the stages after it may
// know of people's work. Two readings of the same facts have the same hash.

#include <optional>
#include <string>
#include <vector>

#include "allocation/types.h"
#include "book/types.h"
#include "experiment/types.h"
#include "flow/types.h"

namespace flow {

struct Cut {
  column::Sheet accounts;    // promise, flag … and region_code; a row an account
  column::Sheet collectors;  // user_name, team, skills, regions (texts), capacity, certified
  column::Sheet standing;    // customer_no, collector, team (texts), by_hand (i8): who has whom
  std::optional<column::Sheet> arms;  // of the experiments (experiment/types.h); none without any
  std::string hash() const;
};

// What was done until the book's day began, before it is known which rows the book has.
struct KnownBefore {
  Ports::Placing place;  // may be null
  std::vector<allocation::Collector> collectors;
  column::Sheet standing;  // as Cut's
};

kernel::Result<KnownBefore> read_known_before(store::Store& store, const NightOptions& options,
                                              const book::BookView* previous);
kernel::Result<Cut> load_cut(store::Store& store, const NightOptions& options,
                             const std::vector<experiment::Running>& experiments,
                             const book::BookView& opening, KnownBefore known);
kernel::Status save_cut(const Cut& cut, const std::filesystem::path& stage_folder,
                        unsigned threads);
kernel::Result<Cut> open_cut(const std::filesystem::path& stage_folder);

std::vector<allocation::Collector> collectors_of(const Cut& cut);
// By customer_no; of the cut's own texts.
std::vector<allocation::Standing> standing_of(const Cut& cut);

}  // namespace flow
