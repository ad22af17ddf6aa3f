#pragma once
// What the steps of a version's life share: reading it as it stands, and what stands against a
// step.

#include <string>
#include <vector>

#include "tables/analysis.h"
#include "tables/rows.h"
#include "tables/types.h"

namespace tables {

// A version and what is around it, read in one snapshot.
struct Standing {
  VersionRow row;
  VersionBytes bytes;
  std::vector<FileInForce> files;    // in force today
  std::vector<VersionRow> approved;  // of the same file, by effective_from
};
kernel::Result<Standing> load_standing(store::Transaction& tx, const Deps& deps,
                                       VersionId version_id, kernel::Date today);
const FileInForce* in_force_of(const Standing& standing);

kernel::Error conflict(std::string message, std::string where);
kernel::Result<std::string> checked_note(std::string_view note, bool needed);

// Counts and title of a row from what was found in its text.
void take_analysis(VersionRow& row, const Analysis& found);
// Why this text may not go on to review or release: errors, failed cases; empty: nothing does.
std::string refusal_of(const Analysis& found);
bool needs_simulation(const std::string& file);

Draft render_draft(const Standing& standing, Analysis found, kernel::Date today);

}  // namespace tables
