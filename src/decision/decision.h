#pragma once
// DMN 1.2–1.5 models: read, check, decide on one case or on columns. What enters is the XML of a
// model; what leaves is a value, the rows that fired and why. A Model never changes and is safe to
// use from many threads. Nothing in this room knows what the tables are about.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/case_program.h"
#include "decision/columns.h"
#include "decision/value.h"
#include "kernel/result.h"

namespace decision {

struct Definitions;  // model.h: what the XML said

enum class HitPolicy { unique, any, priority, first, rule_order, output_order, collect };
enum class Aggregation { none, sum, count, min, max };

const char* hit_policy_letter(HitPolicy policy, Aggregation aggregation);  // "U", "C+"…

struct InputClause {
  std::string label;
  std::string expression;
  std::string type_ref;
  std::string allowed_values;  // FEEL text, may be empty
};

struct OutputClause {
  std::string name;  // empty where the table has one output
  std::string label;
  std::string type_ref;
  std::string values;         // FEEL text of the output values, may be empty
  std::string default_entry;  // FEEL text, may be empty
};

struct RuleText {
  std::string id;
  std::vector<std::string> inputs;  // FEEL text of each cell; "-" means anything
  std::vector<std::string> outputs;
  std::vector<std::string> annotations;  // one each of TableInfo::annotations
};

struct TableInfo {
  std::string id;
  HitPolicy hit_policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::vector<InputClause> inputs;
  std::vector<OutputClause> outputs;
  std::vector<std::string> annotations;  // names of the annotation columns
  std::vector<RuleText> rules;
};

struct InputInfo {
  std::string name;
  std::string type_ref;        // "number", "string", "boolean", "date"… or an item definition
  std::string base_type;       // the FEEL type behind it, "" where it is open
  std::string allowed_values;  // FEEL text of the item definition, may be empty
};

struct DecisionInfo {
  std::string id;
  std::string name;
  std::string label;
  std::string type_ref;
  std::string expression;              // FEEL text where it is a literal expression
  std::vector<InputInfo> inputs;       // every input datum it needs, also through others
  std::vector<std::string> decisions;  // the decisions it needs directly
  std::optional<TableInfo> table;      // where it is a decision table
};

struct FiredRow {
  std::string decision;  // or the name of the business knowledge model that holds the table
  int row = 0;           // 1-based
  std::string rule_id;
  std::string annotation;                             // the row's annotations, joined by "; "
  std::vector<std::pair<std::string, Value>> inputs;  // expression of each column, and its value
};

struct Evaluation {
  Value value;                        // null where something went wrong; then messages say what
  std::vector<std::string> messages;  // "decision Grade: no rule matches"
  std::vector<FiredRow> fired;        // of every table on the way, in the order they were asked
};

struct EvaluateOptions {
  std::optional<DateTime> now;  // what now() and today() give; null where there is none
};

struct ParseOptions {
  // A lenient model keeps expressions it cannot understand as errors that give null when asked
  // (the conformance kit wants that); otherwise they are refused here.
  bool lenient = false;
  std::filesystem::path folder;  // where imported models are looked for; empty: no imports
  // In place of the folder: the bytes of the model of a namespace, nothing where there is none.
  std::function<std::optional<std::string>(std::string_view namespace_uri)> find_import;
  int import_depth = 0;  // the reader counts; leave it
};

// Whether this is the XML of a model of that namespace; of text that is no model, no.
bool has_namespace(std::string_view xml, std::string_view namespace_uri);

class Model {
 public:
  static kernel::Result<Model> parse(std::string_view xml, std::string_view where,
                                     const ParseOptions& options = {});
  static kernel::Result<Model> load(const std::filesystem::path& file,
                                    const ParseOptions& options = {});

  const std::string& name() const;
  std::vector<std::string> import_namespaces() const;
  const std::string& version() const;  // first 12 hex digits of the SHA-256 of the bytes
  const std::vector<DecisionInfo>& decisions() const;
  std::vector<InputInfo> inputs() const;
  const std::vector<std::string>& problems() const;  // of a lenient model: what was not understood

  // Inputs the decision does not need are ignored; those missing are null. An unknown decision is
  // our mistake only if `has` was not asked: it gives null and a message.
  bool has(std::string_view decision) const;
  Evaluation evaluate(std::string_view decision, const Context& inputs,
                      const EvaluateOptions& options = {}) const;
  Evaluation evaluate_service(std::string_view service, const Context& inputs) const;
  Evaluation call(std::string_view knowledge_model, const Context& arguments) const;

  // A program for many rows at once, made once for the same inputs. Inputs not named by a column
  // are null in every row.
  kernel::Result<ColumnProgram> compile(std::string_view decision,
                                        const std::vector<ColumnType>& inputs) const;
  // A program for one case at a time. Kinds and scales not given come from the model's types.
  kernel::Result<CaseProgram> prepare(std::string_view decision,
                                      const std::vector<ColumnType>& inputs = {}) const;
  // The same for several tables that collect at once: which rows of each fire.
  kernel::Result<CaseProgram> prepare_tables(const std::vector<std::string>& tables,
                                             const std::vector<ColumnType>& inputs = {}) const;

  const Definitions& definitions() const { return *definitions_; }  // for check.h

 private:
  explicit Model(std::shared_ptr<const Definitions> definitions);
  std::shared_ptr<const Definitions> definitions_;
  struct Kept;  // what was made of them: of copies too
  std::shared_ptr<Kept> kept_;
};

}  // namespace decision
