#pragma once
// Experiments in a night: which challengers it tried, who came into an arm, and what is published
// of it. A night without experiments has nothing of this: no file, no column.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "flow/stages.h"
#include "flow/types.h"

namespace flow {

// experiments.json of the treat stage: the tables beside those in force.
struct Tried {
  std::string experiment, file, version;
};
BOOST_DESCRIBE_STRUCT(Tried, (), (experiment, file, version))

// Empty where the edition was made without experiments.
kernel::Result<std::vector<Tried>> load_tried(const std::filesystem::path& edition_folder);

// Adds the column `arm`, and leaves newcomers and what was tried in the stage's folder.
kernel::Status decide_arms(Night& night, const std::filesystem::path& stage_folder);

// Rows and facts of the newcomers of an edition, once.
kernel::Status publish_newcomers(store::Store& store, const NightOptions& options,
                                 kernel::Date date, const std::filesystem::path& edition_folder);

}  // namespace flow
