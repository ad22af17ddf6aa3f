#include "strategy/journey_walk.h"

#include <algorithm>
#include <map>

namespace strategy {

namespace {

using decision::ColumnKind;

// The words of a list of FEEL strings: "a", "b".
std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    words.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return words;
}

const decision::TableInfo* table_of(const std::vector<decision::DecisionInfo>& all,
                                    std::string_view name) {
  for (const decision::DecisionInfo& info : all) {
    if (info.name == name && info.table) return &*info.table;
  }
  return nullptr;
}

std::string text_in(const decision::Value& value, std::string_view name) {
  if (value.kind() != decision::Kind::context) return {};
  const decision::Value* found = value.context().find(name);
  return found == nullptr || found->is_null() ? std::string() : found->text();
}

struct Texts {  // a column of words
  std::vector<std::int32_t> codes;
  std::vector<std::string> dictionary;
  std::map<std::string, std::int32_t> known;

  void add(const std::string& text) {
    const auto [at, added] = known.try_emplace(text, static_cast<std::int32_t>(dictionary.size()));
    if (added) dictionary.push_back(text);
    codes.push_back(at->second);
  }
};

using TextOf = const std::string& (*)(const JourneyState&);
using NumberOf = std::int64_t (*)(const JourneyState&);

struct TextColumn {
  const char* name;
  TextOf of;
};
struct NumberColumn {
  const char* name;
  NumberOf of;
};

const std::array<TextColumn, 7> text_columns = {{
    {"product", [](const JourneyState& s) -> const std::string& { return s.product; }},
    {"grade", [](const JourneyState& s) -> const std::string& { return s.grade; }},
    {"approach", [](const JourneyState& s) -> const std::string& { return s.approach; }},
    {"bucket", [](const JourneyState& s) -> const std::string& { return s.bucket; }},
    {"status", [](const JourneyState& s) -> const std::string& { return s.status; }},
    {"flag", [](const JourneyState& s) -> const std::string& { return s.flag; }},
    {"promise", [](const JourneyState& s) -> const std::string& { return s.promise; }},
}};
const std::array<NumberColumn, 7> number_columns = {{
    {"promise_days", [](const JourneyState& s) { return s.promise_days; }},
    {"broken_promises", [](const JourneyState& s) { return s.broken_promises; }},
    {"dpd", [](const JourneyState& s) { return s.dpd; }},
    {"due_in_days", [](const JourneyState& s) { return s.due_in_days; }},
    {"overdue_fen", [](const JourneyState& s) { return s.overdue_fen; }},
    {"balance_fen", [](const JourneyState& s) { return s.balance_fen; }},
    {"contacts_7d", [](const JourneyState& s) { return s.contacts_7d; }},
}};

std::string word_at(const decision::ColumnResult& result, std::string_view name, std::size_t row) {
  for (const decision::OutputColumn& output : result.outputs) {
    if (output.name != name || row >= output.codes.size() || output.codes[row] < 0) continue;
    return output.dictionary[static_cast<std::size_t>(output.codes[row])];
  }
  return {};
}

}  // namespace

decision::Context JourneyState::inputs() const {
  decision::Context context;
  for (const TextColumn& column : text_columns) context.set(column.name, column.of(*this));
  for (const NumberColumn& column : number_columns) context.set(column.name, column.of(*this));
  return context;
}

kernel::Result<JourneyTables> JourneyTables::prepare(const Models& models, int nights) {
  JourneyTables tables;
  TRY_ASSIGN(const decision::Model* bucket, models.need("bucket.dmn"));
  TRY_ASSIGN(const decision::Model* grade, models.need("risk_grade.dmn"));
  TRY_ASSIGN(tables.treatment_, models.need("treatment.dmn"));
  if (!bucket->has("bucket") || !grade->has("grade") || !tables.treatment_->has("treatment")) {
    return kernel::Error{kernel::Code::not_found,
                         "the decisions bucket, grade and treatment are needed", "treatment.dmn"};
  }
  const auto decisions = tables.treatment_->decisions();
  const decision::TableInfo* table = table_of(decisions, "treatment");
  if (table == nullptr) {
    return kernel::Error{kernel::Code::invalid_input, "treatment is no table", "treatment.dmn"};
  }
  for (const decision::InputClause& input : table->inputs) {
    if (input.expression == "flag") tables.flags_ = listed(input.allowed_values);
    if (input.expression == "product") tables.products_ = listed(input.allowed_values);
  }
  std::vector<decision::ColumnType> types;
  for (const TextColumn& column : text_columns)
    types.push_back({column.name, ColumnKind::string, 0});
  for (const NumberColumn& column : number_columns) {
    types.push_back({column.name, ColumnKind::number, 0});
  }
  TRY_ASSIGN(tables.program_, tables.treatment_->compile("treatment", types));
  const auto& owners = tables.program_->tables();
  tables.table_ = static_cast<std::size_t>(std::find(owners.begin(), owners.end(), "treatment") -
                                           owners.begin());
  TRY(tables.find_buckets(*bucket, nights));
  TRY(tables.find_segments(*grade));
  return tables;
}

kernel::Status JourneyTables::find_buckets(const decision::Model& bucket, int nights) {
  for (int dpd = 0; dpd <= nights; ++dpd) {
    const decision::Value value = bucket.evaluate("bucket", {{"dpd", dpd}}).value;
    buckets_.push_back(value.kind() == decision::Kind::string ? value.string() : "");
  }
  const auto decisions = bucket.decisions();
  if (const decision::TableInfo* table = table_of(decisions, "bucket")) {
    bucket_order_ = listed(table->outputs[0].values);
  }
  return kernel::Ok{};
}

// One pair of amounts for each band, from powers of ten and their triples: no band is so narrow.
void JourneyTables::find_bands(std::vector<JourneySegment>& bands) const {
  std::vector<std::int64_t> amounts;
  for (std::int64_t fen = 100; fen <= 100'000'000'00; fen *= 10) {
    amounts.push_back(fen);
    amounts.push_back(3 * fen);
  }
  for (const std::int64_t overdue : amounts) {
    for (const std::int64_t balance : amounts) {
      if (balance < overdue) continue;
      const decision::Context inputs{{"overdue_fen", overdue}, {"balance_fen", balance}};
      const std::string band = treatment_->evaluate("balance_band", inputs).value.text();
      const bool known = std::any_of(bands.begin(), bands.end(),
                                     [&](const JourneySegment& s) { return s.band == band; });
      if (!known) bands.push_back({"", "", "", band, overdue, balance});
    }
  }
}

kernel::Status JourneyTables::find_segments(const decision::Model& grade) {
  std::vector<JourneySegment> bands;
  if (treatment_->has("balance_band")) find_bands(bands);
  if (bands.empty()) bands.push_back({"", "", "", "", 2'000'00, 20'000'00});
  std::set<std::pair<std::string, std::string>> graded;
  const auto decisions = grade.decisions();
  if (const decision::TableInfo* table = table_of(decisions, "grade")) {
    for (const decision::RuleText& rule : table->rules) {
      const auto grades = listed(rule.outputs[0]);
      const auto approaches = rule.outputs.size() > 1 ? listed(rule.outputs[1]) : grades;
      if (!grades.empty() && !approaches.empty()) graded.emplace(grades[0], approaches[0]);
    }
  }
  if (graded.empty() || products_.empty()) {
    return kernel::Error{kernel::Code::invalid_input,
                         "the tables name no products, or no grades and approaches",
                         "risk_grade.dmn"};
  }
  for (const std::string& product : products_) {
    for (const auto& [of_grade, approach] : graded) {
      for (const JourneySegment& band : bands) {
        segments_.push_back(
            {product, of_grade, approach, band.band, band.overdue_fen, band.balance_fen});
      }
    }
  }
  return kernel::Ok{};
}

kernel::Result<std::vector<std::optional<JourneyAnswer>>> JourneyTables::decide(
    const std::vector<JourneyState>& states) const {
  std::array<Texts, text_columns.size()> texts;
  std::array<std::vector<std::int64_t>, number_columns.size()> numbers;
  for (const JourneyState& state : states) {
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i].add(text_columns[i].of(state));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      numbers[i].push_back(number_columns[i].of(state));
    }
  }
  std::vector<decision::ColumnData> columns;
  for (const Texts& text : texts) {
    columns.emplace_back(decision::Codes32{text.codes, text.dictionary});
  }
  for (const auto& of : numbers) columns.emplace_back(std::span<const std::int64_t>(of));
  TRY_ASSIGN(const decision::ColumnResult result,
             program_->run(columns, 0, states.size(), {.fired_rows = true}));
  std::vector<std::optional<JourneyAnswer>> answers(states.size());
  for (std::size_t row = 0; row < states.size(); ++row) {
    JourneyAnswer answer{word_at(result, "treatment", row), word_at(result, "channel", row),
                         word_at(result, "work", row), word_at(result, "script", row)};
    if (answer.treatment.empty()) continue;
    if (table_ < result.fired_rows.size()) answer.row = result.fired_rows[table_][row];
    answers[row] = std::move(answer);
  }
  return answers;
}

std::optional<JourneyAnswer> JourneyTables::decide_one(const JourneyState& state) const {
  const decision::Evaluation said = treatment_->evaluate("treatment", state.inputs());
  JourneyAnswer answer{text_in(said.value, "treatment"), text_in(said.value, "channel"),
                       text_in(said.value, "work"), text_in(said.value, "script")};
  if (answer.treatment.empty()) return std::nullopt;
  if (!said.fired.empty()) answer.row = said.fired.back().row;
  return answer;
}

}  // namespace strategy
