#pragma once
// What is found in a table's text: can it be read, is it sound, do its test cases hold. Pure but
// for the files in force, among which its imports are looked for.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tables/types.h"

namespace tables {

// Texts no draft may hold: too large, not UTF-8, or with a DOCTYPE. Says which line and what to do.
kernel::Status check_text(std::string_view xml, std::string_view tests_csv);

struct Read {
  std::optional<decision::Model> model;  // none: `problem` says why
  std::string problem;
};
Read read_model(std::string_view xml, const std::string& file,
                const std::vector<FileInForce>& around);

// `check_pack` as in Deps; may be empty.
Analysis analyse(std::string_view xml, std::string_view tests_csv, const std::string& file,
                 const std::vector<FileInForce>& around, const PackCheck& check_pack);
std::int64_t count(const std::vector<Finding>& findings, std::string_view severity);
std::int64_t count_failed(const std::vector<TableTest>& tests);

// ---- policy packs ------------------------------------------------------------------------------

bool is_pack(std::string_view file);
// packs.dmn says which packs protect whom: whoever edits it could take the law away from a person.
bool says_who_is_protected(std::string_view file);
// Whether a pack has a row that is more than the lender's own rule.
bool is_law(const decision::Model& model);
// Why a pack may not be released, beyond what holds for every table: its rows are the lender's own.
std::vector<Finding> pack_findings(const decision::Model& model);

}  // namespace tables
