#include "gate/pack_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "gate/packs.h"

namespace gate {

namespace {

std::string text_of(const decision::Context& row, std::string_view name) {
  const decision::Value* value = row.find(name);
  return value == nullptr || value->is_null() ? std::string() : value->text();
}

// What a row says; `row` is what the table gives for it.
Refusal refusal_of(const decision::Value& row, const Refusal& where) {
  if (row.kind() != decision::Kind::context)
    return failed_pack(where.pack, where.version, where.table, "a row gives no context of outputs");
  const decision::Context& says = row.context();
  Refusal refusal = where;
  refusal.code = text_of(says, "code");
  refusal.citation = text_of(says, "citation");
  refusal.rank = text_of(says, "rank");
  refusal.certainty = text_of(says, "certainty");
  refusal.reason_zh = text_of(says, "reason_zh");
  refusal.reason_en = text_of(says, "reason_en");
  refusal.again = text_of(says, "again");
  refusal.effective_from = text_of(says, "effective_from");
  refusal.effective_until = text_of(says, "effective_until");
  return refusal;
}

struct TypeOfFact {
  decision::ColumnType operator()(std::string Facts::*) const {
    return {"", decision::ColumnKind::string, 0};
  }
  decision::ColumnType operator()(bool Facts::*) const {
    return {"", decision::ColumnKind::boolean, 0};
  }
  decision::ColumnType operator()(int Facts::*) const {
    return {"", decision::ColumnKind::number, 0};
  }
  decision::ColumnType operator()(std::optional<int> Facts::*) const {
    return {"", decision::ColumnKind::number, 0};
  }
  decision::ColumnType operator()(std::vector<std::string> Facts::*) const {
    return {"", decision::ColumnKind::string, 0, true};
  }
};

std::vector<decision::ColumnType> fact_types() {
  std::vector<decision::ColumnType> types;
  for (const FactField& field : fact_fields()) {
    types.push_back(std::visit(TypeOfFact{}, field.member));
    types.back().name = field.name;
  }
  return types;
}

struct SetFact {
  decision::CaseRun& run;
  std::size_t slot;
  const Facts& facts;

  void operator()(std::string Facts::*member) const { run.set_string(slot, facts.*member); }
  void operator()(bool Facts::*member) const { run.set_boolean(slot, facts.*member); }
  void operator()(int Facts::*member) const { run.set_number(slot, facts.*member); }
  void operator()(std::optional<int> Facts::*member) const {
    if (const auto& value = facts.*member) {
      run.set_number(slot, *value);
    } else {
      run.set_null(slot);
    }
  }
  void operator()(std::vector<std::string> Facts::*member) const {
    run.set_list(slot, facts.*member);
  }
};

std::size_t first_place(std::size_t places) {
  static thread_local const std::size_t place =
      std::hash<std::thread::id>()(std::this_thread::get_id());
  return place % places;
}

}  // namespace

bool in_effect(const Refusal& row, std::string_view day) {
  const auto is_day = [](std::string_view text) {
    return text.size() == 10 && text[4] == '-' && text[7] == '-';
  };
  if (!is_day(day)) return true;
  if (is_day(row.effective_from) && day < row.effective_from) return false;
  return !is_day(row.effective_until) || day <= row.effective_until;
}

Refusal failed_pack(std::string_view pack, std::string_view version, std::string_view table,
                    std::string_view why) {
  Refusal refusal = own_refusal(
      "GATE_PACK_FAILED", fmt::format("规则包无法执行，一律拒绝：{}", why),
      fmt::format("the policy pack cannot be run, so all is refused: {}", why), "when_lifted");
  refusal.pack = pack;
  refusal.version = version;
  refusal.table = table;
  return refusal;
}

PackProgram::PackProgram(decision::Model model, std::string pack, std::vector<std::string> tables)
    : model_(std::move(model)), pack_(std::move(pack)) {
  for (std::string& name : tables) tables_.push_back({.name = std::move(name)});
  compile();
}

PackProgram::~PackProgram() {
  for (auto& run : runs_) delete run.load();
}

// Each table alone first, to know which can be compiled; those together share their inputs.
void PackProgram::compile() {
  const auto types = fact_types();
  std::vector<std::string> compiled;
  for (PackTable& table : tables_) {
    const auto alone = model_.prepare_tables({table.name}, types);
    if (!alone) {
      table.why_interpreted = alone.error().message;
    } else if (!alone->lowered()) {
      table.why_interpreted = alone->why_interpreted();
    } else {
      compiled.push_back(table.name);
    }
  }
  if (compiled.empty()) return;
  auto program = model_.prepare_tables(compiled, types);
  const bool together = program && program->lowered();
  if (together) program_ = std::move(*program);
  const auto infos = model_.decisions();
  for (PackTable& table : tables_) {
    if (!table.why_interpreted.empty()) continue;
    if (!together) {
      table.why_interpreted = program ? program->why_interpreted() : program.error().message;
      continue;
    }
    const auto& names = program_->tables();
    const auto place = std::find(names.begin(), names.end(), table.name);
    table.number = static_cast<std::size_t>(place - names.begin());
    const auto info = std::find_if(infos.begin(), infos.end(),
                                   [&](const auto& known) { return known.name == table.name; });
    const auto values = program_->row_values(*table.number);
    for (std::size_t row = 0; row < values.size(); ++row) {
      Refusal where;
      where.pack = pack_;
      where.version = model_.version();
      where.table = table.name;
      where.rule_id = info->table->rules[row].id;
      where.row = static_cast<int>(row) + 1;
      table.says.push_back(refusal_of(values[row], where));
    }
  }
  if (!program_) return;
  for (const FactField& field : fact_fields())
    if (const auto slot = program_->slot(field.name)) inputs_.push_back({*slot, field.member});
  compile_rows();
}

namespace {

template <class Members>
struct SortMember {
  Members& by_type;
  std::size_t slot;
  void operator()(std::string Facts::*member) const { by_type.words.emplace_back(slot, member); }
  void operator()(bool Facts::*member) const { by_type.flags.emplace_back(slot, member); }
  void operator()(int Facts::*member) const { by_type.numbers.emplace_back(slot, member); }
  void operator()(std::optional<int> Facts::*member) const {
    by_type.missing.emplace_back(slot, member);
  }
  void operator()(std::vector<std::string> Facts::*member) const {
    by_type.lists.emplace_back(slot, member);
  }
};

}  // namespace

// Every slot must be a fact of the slot's own type: what is not set would not be null.
void PackProgram::compile_rows() {
  auto rows = decision::CaseRows::of(*program_);
  if (!rows || inputs_.size() != rows->slots()) return;
  const auto types = fact_types();
  for (const decision::ColumnType& slot : program_->inputs()) {
    const auto type = std::find_if(types.begin(), types.end(),
                                   [&](const auto& one) { return one.name == slot.name; });
    if (type == types.end() || type->kind != slot.kind || type->list != slot.list) return;
  }
  for (const Input& input : inputs_)
    std::visit(SortMember<ByType>{by_type_, input.slot}, input.member);
  rows_ = std::move(rows);
}

void PackProgram::add_row(const PackTable& table, std::size_t row, const Facts& facts,
                          Verdict& verdict) const {
  const Refusal& says = table.says[row];
  if (in_effect(says, facts.day)) verdict.add(&says);
}

bool PackProgram::check_rows(const Facts& facts, Verdict& verdict) const {
  const decision::CaseRows& rows = *rows_;
  decision::CaseRows::Bits bits;
  bits.fill(~std::uint64_t{0});
  rows.start(bits);
  for (const auto& [slot, member] : by_type_.words) rows.by_string(bits, slot, facts.*member);
  for (const auto& [slot, member] : by_type_.flags) rows.by_boolean(bits, slot, facts.*member);
  for (const auto& [slot, member] : by_type_.numbers) rows.by_number(bits, slot, facts.*member);
  for (const auto& [slot, member] : by_type_.missing) {
    if (const auto& value = facts.*member)
      rows.by_number(bits, slot, *value);
    else
      rows.by_null(bits, slot);
  }
  for (const auto& [slot, member] : by_type_.lists) rows.by_list(bits, slot, facts.*member);
  if (!rows.certain(bits)) return false;
  std::optional<decision::Context> context;
  for (const PackTable& table : tables_) {
    if (table.number) {
      rows.each_row(bits, *table.number,
                    [&](std::size_t row) { add_row(table, row, facts, verdict); });
      continue;
    }
    if (!context) context = to_context(facts);
    interpret_table(table, *context, facts, verdict);
  }
  return true;
}

std::unique_ptr<decision::CaseRun> PackProgram::take_run() const {
  const std::size_t from = first_place(kRunsMax);
  for (std::size_t i = 0; i < kRunsMax; ++i) {
    auto& place = runs_[(from + i) % kRunsMax];
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    if (auto* run = place.exchange(nullptr, std::memory_order_acquire))
      return std::unique_ptr<decision::CaseRun>(run);
  }
  return std::make_unique<decision::CaseRun>(*program_);
}

void PackProgram::put_back(std::unique_ptr<decision::CaseRun> run) const {
  const std::size_t from = first_place(kRunsMax);
  for (std::size_t i = 0; i < kRunsMax; ++i) {
    decision::CaseRun* empty = nullptr;
    if (runs_[(from + i) % kRunsMax].compare_exchange_strong(empty, run.get(),
                                                             std::memory_order_release)) {
      (void)run.release();
      return;
    }
  }
}

void PackProgram::check(const Facts& facts, Verdict& verdict) const {
  if (!program_) return interpret(facts, verdict);
  if (rows_) {
    if (!check_rows(facts, verdict)) interpret(facts, verdict);
    return;
  }
  auto run = take_run();
  for (const Input& input : inputs_) std::visit(SetFact{*run, input.slot, facts}, input.member);
  if (!run->decide()) {
    put_back(std::move(run));
    return interpret(facts, verdict);
  }
  std::optional<decision::Context> context;
  for (const PackTable& table : tables_) {
    if (table.number) {
      for (const std::int32_t row : run->fired_rows(*table.number))
        add_row(table, static_cast<std::size_t>(row) - 1, facts, verdict);
      continue;
    }
    if (!context) context = to_context(facts);
    interpret_table(table, *context, facts, verdict);
  }
  put_back(std::move(run));
}

void PackProgram::interpret(const Facts& facts, Verdict& verdict) const {
  const decision::Context context = to_context(facts);
  for (const PackTable& table : tables_) interpret_table(table, context, facts, verdict);
}

void PackProgram::interpret_table(const PackTable& table, const decision::Context& context,
                                  const Facts& facts, Verdict& verdict) const {
  auto failed = [&](std::string_view why) {
    verdict.make(failed_pack(pack_, model_.version(), table.name, why));
  };
  const decision::Evaluation result = model_.evaluate(table.name, context);
  std::vector<const decision::FiredRow*> fired;
  for (const decision::FiredRow& row : result.fired)
    if (row.decision == table.name) fired.push_back(&row);
  if (!result.messages.empty()) return failed(result.messages.front());
  if (fired.empty()) return;
  // One row is given as a list of one; anything else than a context a row is a broken table.
  if (result.value.kind() != decision::Kind::list || result.value.list().size() != fired.size())
    return failed("its rows and its answer differ in number");
  for (std::size_t i = 0; i < fired.size(); ++i) {
    Refusal where;
    where.pack = pack_;
    where.version = model_.version();
    where.table = table.name;
    where.rule_id = fired[i]->rule_id;
    where.row = fired[i]->row;
    Refusal says = refusal_of(result.value.list()[i], where);
    if (in_effect(says, facts.day)) verdict.make(std::move(says));
  }
}

}  // namespace gate
