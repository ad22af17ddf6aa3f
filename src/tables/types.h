#pragma once
// The life of a decision table: draft, review by a second person, in force from a day, retired.
// What enters: edited tables with their test cases, and reviews. What leaves: the models in force
// on any date, versions by their bytes, differences in words, and past decisions made again.
// Never true: a table in force that one person alone put there; a past day's table changing.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "store/store.h"
#include "strategy/types.h"

namespace tables {

const std::vector<store::Migration>& schema();

struct VersionTag {};
using VersionId = kernel::Id<VersionTag>;

// ---- in force ----------------------------------------------------------------------------------

// A file of tables as it is in force on a date: the approved version with the latest day up to it,
// else what the decisions folder holds.
struct FileInForce {
  std::string file, version;
  VersionId version_id{0};  // 0: shipped, never released by anybody here
  std::optional<kernel::Date> effective_from;
  std::string shipped_version;  // of the decisions folder now; empty: it has no such file
  std::string shipped_before;   // of the decisions folder when this one was released
  std::shared_ptr<const std::string> bytes;
};

// By file name; `only_under` ("packs/") leaves the others out. Files are read again only when they
// changed on disk.
kernel::Result<std::vector<FileInForce>> files_in_force(store::Transaction& tx,
                                                        const std::filesystem::path& decisions,
                                                        kernel::Date date,
                                                        std::string_view only_under = "");
// The one door to tables for whoever decides something on a day. Cheap to ask again.
kernel::Result<strategy::Models> models_in_force(store::Transaction& tx,
                                                 const std::filesystem::path& decisions,
                                                 kernel::Date date);
kernel::Result<strategy::Models> models_in_force(store::Store& store,
                                                 const std::filesystem::path& decisions,
                                                 kernel::Date date);

// Files whose tables a night runs over the whole book: a release of one wants a simulation first.
const std::vector<std::string>& night_files();

// "packs~x.dmn" in a path of a route is "packs/x.dmn" everywhere else.
std::string file_of_path(std::string name);
std::string path_of_file(std::string file);

// ---- the versions as they stand, for whoever checks them against their facts (evidence) ---------

struct VersionAsIs {  // `version_of_bytes`: of the bytes that lie there, whatever the row says
  VersionId version_id{0};
  std::string file, version, version_of_bytes, based_on, state;
  std::int64_t revision = 0;
  std::optional<kernel::Date> effective_from;
};
void each_version(store::Transaction& tx, const std::function<void(const VersionAsIs&)>& each);

// ---- shipped -----------------------------------------------------------------------------------

// Files of the decisions folder, read again when they changed on disk and not before.
struct ShippedFile {
  std::string file, version;
  std::shared_ptr<const std::string> bytes;
};
kernel::Result<std::vector<ShippedFile>> shipped_files(const std::filesystem::path& decisions,
                                                       std::string_view only_under = "");
// One file, also one that is no model (calendar-cn.csv); not_found where there is none.
kernel::Result<ShippedFile> read_shipped(const std::filesystem::path& decisions,
                                         const std::string& name);
// words.csv.
kernel::Result<std::shared_ptr<const strategy::Words>> shipped_words(
    const std::filesystem::path& decisions);

// ---- versions ----------------------------------------------------------------------------------

struct Version {
  VersionId version_id{0};  // 0: the shipped one
  std::string file, title, version;
  // draft | in_review | returned | approved | trial | withdrawn | retired | shipped
  std::string state;
  bool in_force = false;  // today
  std::string note, based_on, author;
  std::vector<std::string> editors;  // author and all who saved it: they do not review it
  std::int64_t revision = 0;
  std::optional<kernel::Instant> created_at, saved_at;
  std::optional<std::string> submitted_by;
  std::optional<kernel::Instant> submitted_at;
  std::optional<std::string> reviewed_by;
  std::optional<kernel::Instant> reviewed_at;
  std::optional<std::string> review_note;
  std::optional<kernel::Date> effective_from, effective_to;  // the last day it is in force
  std::int64_t errors = 0, warnings = 0, tests_passed = 0, tests_failed = 0;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(Version, (),
                      (version_id, file, title, version, state, in_force, note, based_on, author,
                       editors, revision, created_at, saved_at, submitted_by, submitted_at,
                       reviewed_by, reviewed_at, review_note, effective_from, effective_to, errors,
                       warnings, tests_passed, tests_failed, simulated))

// A version with its text, for rooms that try it out.
struct VersionText {
  Version version;
  std::string xml, tests_csv;
};

// Every version of a file, the latest first, the shipped one last. Where `file` is empty, of all
// files: those not withdrawn and not yet in force.
std::vector<Version> load_versions(store::Transaction& tx, const std::filesystem::path& decisions,
                                   std::string_view file, kernel::Date today);
std::optional<VersionText> find_version(store::Transaction& tx, VersionId version_id,
                                        kernel::Date today);

// A simulation of these very bytes came to its end: they may be sent to review.
void record_simulated(store::Transaction& tx, std::string_view version,
                      std::string_view simulation_id, kernel::Instant now);

// The models in force on a date with these versions in place of theirs.
kernel::Result<strategy::Models> models_with(store::Transaction& tx,
                                             const std::filesystem::path& decisions,
                                             kernel::Date date,
                                             const std::vector<VersionId>& versions);

// ---- what is found in a table ------------------------------------------------------------------

struct ExampleValue {
  std::string name, value;
};
BOOST_DESCRIBE_STRUCT(ExampleValue, (), (name, value))

struct Finding {
  std::string kind, severity;  // severity: error | warning | note
  std::string decision;
  std::int64_t row = 0, other_row = 0;
  std::string column, message_zh, message_en;
  std::vector<ExampleValue> example;  // a concrete case that shows it
};
BOOST_DESCRIBE_STRUCT(Finding, (),
                      (kind, severity, decision, row, other_row, column, message_zh, message_en,
                       example))

// One test case of a table, run.
struct TableTest {
  std::string name;
  std::int64_t line = 0;  // of the CSV
  bool passed = false;
  std::string expected, got;
};
BOOST_DESCRIBE_STRUCT(TableTest, (), (name, line, passed, expected, got))

// What is wrong with a table as it stands, without saving it. `problem` says why it cannot be read
// at all; then there is nothing else.
struct Analysis {
  std::string problem;
  std::vector<Finding> findings;
  std::vector<TableTest> tests;
};
BOOST_DESCRIBE_STRUCT(Analysis, (), (problem, findings, tests))

// Cases of a CSV (docs/tables.md) against a model; an Error where the CSV itself is wrong.
kernel::Result<std::vector<TableTest>> run_cases(const decision::Model& model,
                                                 std::string_view tests_csv,
                                                 std::string_view where);

// ---- drafts ------------------------------------------------------------------------------------

// Something a person should know before going on: nothing is refused for it.
struct Notice {
  std::string kind, message_zh, message_en;
};
BOOST_DESCRIBE_STRUCT(Notice, (), (kind, message_zh, message_en))

struct Draft {
  Version version;
  http::Document xml, tests_csv;
  std::string in_force_version;  // of this file today; empty: none
  bool needs_simulation = false;
  std::string problem;
  std::vector<Finding> findings;
  std::vector<TableTest> tests;
  std::vector<Notice> notices;
};
BOOST_DESCRIBE_STRUCT(Draft, (),
                      (version, xml, tests_csv, in_force_version, needs_simulation, problem,
                       findings, tests, notices))

// Who does it and when; the role was looked at by whoever calls.
struct Hand {
  std::string user_name;
  kernel::Instant now;
};

// Why a text is no policy pack the gate could run (it would refuse everything); empty: it is one.
using PackCheck = std::function<std::string(std::string_view file, std::string_view xml)>;

// What is wrong with the strategy as a whole, night by night, under these models.
using JourneyCheck = std::function<kernel::Result<std::vector<Finding>>(const strategy::Models&)>;

// Borrowed; they live as long as the server.
struct Deps {
  store::Store& store;
  const book::Shelf& shelf;
  std::filesystem::path decisions;
  // The tables a night was decided by, from a later room.
  std::function<kernel::Result<strategy::Models>(kernel::Date night)> models_of;
  PackCheck check_pack;        // from a later room
  JourneyCheck check_journey;  // asked before review of a table of the night; may be empty
};

struct NewDraft {
  std::string file, note;
  std::optional<std::string> based_on;           // a version; nothing: what is in force today
  std::optional<http::Document> xml, tests_csv;  // nothing: those of based_on
};
kernel::Result<Draft> make_draft(const Deps& deps, const NewDraft& draft, const Hand& hand);
kernel::Result<Draft> show_draft(const Deps& deps, VersionId version_id, kernel::Instant now);

struct Saving {
  VersionId version_id{0};
  std::string xml, tests_csv, note;
  std::int64_t revision = 0;  // that was edited: somebody else's since then is a conflict
};
kernel::Result<Draft> save_draft(const Deps& deps, const Saving& saving, const Hand& hand);
kernel::Result<Version> withdraw(const Deps& deps, VersionId version_id, const Hand& hand);
kernel::Result<Version> submit(const Deps& deps, VersionId version_id, std::string_view note,
                               const Hand& hand);

struct Review {
  VersionId version_id{0};
  std::string verdict;  // release | trial | return
  std::string note;
  std::optional<kernel::Date> effective_from;  // of a release
  // What was in force when the reviewer looked; another one since then is a conflict.
  std::optional<std::string> against;
};
kernel::Result<Version> review(const Deps& deps, const Review& review, const Hand& hand);

// ---- texts, routes -----------------------------------------------------------------------------

// The DMN of any version of a file; an empty one is in force today.
kernel::Result<std::string> table_text(const Deps& deps, const std::string& file,
                                       const std::string& version, kernel::Date today);
// Whether a second person approved these bytes as a challenger of the file.
bool is_trial(store::Transaction& tx, std::string_view file, std::string_view version);

std::vector<http::Route> routes(const Deps& deps);

}  // namespace tables
