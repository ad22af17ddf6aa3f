#pragma once
// What each account deserves, and why. What enters: scored accounts and the shipped tables. What
// leaves: grade, treatment, what is expected of it and priority as columns; the models and words
// everybody else reads; and the explanation of any account's decisions, table by table.
// Never true: a threshold in C++; a treatment without the row that gave it.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "column/column.h"
#include "decision/decision.h"
#include "kernel/date.h"
#include "kernel/result.h"

namespace strategy {

// ---- models ------------------------------------------------------------------------------------

// The tables in force: every .dmn file of a folder, read once, by its name under the folder
// ("treatment.dmn", "packs/cn-bank-card.dmn").
struct ModelFile {
  std::string file;
  std::string version;  // decision::Model::version, of the bytes
  std::shared_ptr<const decision::Model> model;
  std::shared_ptr<const std::string> bytes;
};

// Another version of a table, tried on the persons of an experiment's challenger arm.
struct Challenger {
  std::string experiment;
  ModelFile table;
};

// The column `arm` of a night with experiments: "name=challenger", "name=champion", several parted
// by a space; none: in no experiment.
inline constexpr std::string_view arm_column = "arm";
inline constexpr std::string_view arm_challenger = "challenger";
inline constexpr std::string_view arm_champion = "champion";
// "challenger" or "champion" where the word has that experiment, else empty.
std::string_view arm_in(std::string_view word, std::string_view experiment);

class Models {
 public:
  static kernel::Result<Models> load(const std::filesystem::path& decisions);
  // The same of bytes in memory; models that import others find them among these alone. A model
  // without imports that was parsed before is not parsed again: it never changes.
  struct FileBytes {
    std::string file;
    std::shared_ptr<const std::string> bytes;
  };
  static kernel::Result<Models> parse(const std::vector<FileBytes>& files);
  // Writes each file's bytes to <folder>/<version>.dmn where it is not there yet, so that what was
  // decided under a version can be replayed under it.
  kernel::Status keep(const std::filesystem::path& folder) const;
  // The kept models of these files and versions, as a night's report lists them.
  static kernel::Result<Models> load_kept(
      const std::filesystem::path& folder,
      const std::vector<std::pair<std::string, std::string>>& files_and_versions);

  const std::vector<ModelFile>& files() const { return files_; }  // by file name
  const ModelFile* find(std::string_view file) const;
  // Those files and the files they import, by name; a file that is not there is left out.
  std::vector<std::string> with_imports(const std::vector<std::string>& files) const;
  // The model the night cannot do without; not_found names the file.
  kernel::Result<const decision::Model*> need(std::string_view file) const;

  void add_challenger(Challenger challenger) { challengers_.push_back(std::move(challenger)); }
  const std::vector<Challenger>& challengers() const { return challengers_; }
  // The tables that decide an account of that arm.
  Models of_arm(std::string_view word) const;

 private:
  std::vector<ModelFile> files_;
  std::vector<Challenger> challengers_;
};

// ---- words -------------------------------------------------------------------------------------

// decisions/words.csv: what each code of each variable is called; an empty code is the variable
// itself. A code without a line is called by its code.
class Words {
 public:
  static kernel::Result<Words> load(const std::filesystem::path& decisions);
  static kernel::Result<Words> parse(std::string_view csv, std::string_view where);
  bool has(std::string_view variable, std::string_view code) const;
  std::string zh(std::string_view variable, std::string_view code = "") const;
  std::string en(std::string_view variable, std::string_view code = "") const;

 private:
  struct Texts {
    std::string zh, en;
  };
  const Texts* find(std::string_view variable, std::string_view code) const;
  std::map<std::pair<std::string, std::string>, Texts, std::less<>> texts_;
};

// ---- deciding ----------------------------------------------------------------------------------

// Words of `work` that code may ask for; every other code is the tables' own.
inline constexpr std::string_view work_none = "none";
inline constexpr std::string_view work_human = "human";

// Adds the columns grade, approach, grade_row (risk_grade.dmn), due_in_days (i32; −1: none),
// balance_band, treatment, channel, work, script, treatment_row (treatment.dmn), where there is an
// expected_net.dmn its expected_recovery_fen and expected_cost_fen (i64), priority (i32). Fails
// where a table has no answer for an account. A challenger decides the rows of its `arm`.
kernel::Status decide_strategy(column::Sheet& accounts, const Models& models, kernel::Date date,
                               unsigned threads);

// ---- explaining --------------------------------------------------------------------------------

// One row that decided, or a decision that is a formula (row 0).
struct Explained {
  std::string file, decision, title, version;
  int row = 0;
  std::string rule_id, annotation;
  std::vector<std::pair<std::string, std::string>> inputs, outputs;
  std::vector<std::string> messages;                          // where a table had no answer
  std::vector<std::pair<std::string, std::string>> recorded;  // what the book keeps of it
  // Whether the book says the same; nothing where it keeps neither row nor output of this table.
  std::optional<bool> agrees;
};

// Decides the account of that row afresh with the exact interpreter and the tables of its arm, from
// the columns of the book, and compares with what the book keeps: bucket, scores, grade, treatment,
// expected recovery and cost, priority, allocation.
std::vector<Explained> explain(const Models& models, const column::Sheet& accounts,
                               std::size_t row);

// The same under any models, as the night would do it now: what one table gives is what the next is
// asked about, in place of what the book keeps. `besides` is a file that stands outside that chain.
std::vector<Explained> decide_again(const Models& models, const column::Sheet& accounts,
                                    std::size_t row, std::string_view besides);

}  // namespace strategy
