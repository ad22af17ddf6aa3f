#include <algorithm>
#include <map>

#include "book/types.h"

namespace book {

namespace {

using decision::ColumnKind;

kernel::Error failed(const decision::Model& model, const TableRun& run, std::string what) {
  return {kernel::Code::invalid_input, "decision " + run.decision + ": " + std::move(what),
          model.name()};
}

const decision::DecisionInfo* find_decision(const std::vector<decision::DecisionInfo>& all,
                                            std::string_view name) {
  for (const decision::DecisionInfo& info : all) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

kernel::Result<decision::ColumnData> data_of(const column::Sheet& sheet, const std::string& name) {
  switch (sheet.type(name)) {
    case column::Type::i8:
      return decision::ColumnData(sheet.get<std::int8_t>(name));
    case column::Type::i16:
      return decision::ColumnData(sheet.get<std::int16_t>(name));
    case column::Type::i32:
      return decision::ColumnData(sheet.get<std::int32_t>(name));
    case column::Type::i64:
      return decision::ColumnData(sheet.get<std::int64_t>(name));
    case column::Type::code: {
      const column::Codes codes = sheet.codes(name);
      return decision::ColumnData(decision::Codes16{codes.values, *codes.words});
    }
    case column::Type::text:
      break;
  }
  return kernel::Error{kernel::Code::invalid_input,
                       "column " + name + " is free text; a table needs numbers or codes", name};
}

// One output as it comes, range by range, put into a column of the sheet.
struct Target {
  std::string name;
  ColumnKind kind = ColumnKind::number;
  column::Type type = column::Type::i64;
  std::vector<std::string> words;
};

template <class T>
bool put_numbers(std::span<T> out, std::size_t begin, const decision::OutputColumn& column) {
  for (std::size_t i = 0; i < column.numbers.size(); ++i) {
    if (!column.nulls.empty() && column.nulls[i] != 0) return false;
    out[begin + i] = static_cast<T>(column.numbers[i]);
    if (out[begin + i] != column.numbers[i]) return false;
  }
  return true;
}

class Run {
 public:
  Run(column::Sheet& sheet, const decision::Model& model, const TableRun& run)
      : sheet_(sheet), model_(model), run_(run) {}

  kernel::Status decide() {
    TRY(prepare());
    std::map<std::size_t, decision::ColumnResult> parts;
    std::mutex mutex;
    TRY(try_over_rows(sheet_.rows(), run_.threads,
                      [&](std::size_t begin, std::size_t end) -> kernel::Status {
                        TRY_ASSIGN(decision::ColumnResult result,
                                   program_->run(data_, begin, end, {.fired_rows = true}));
                        const std::lock_guard lock(mutex);
                        parts.emplace(begin, std::move(result));
                        return kernel::Ok{};
                      }));
    for (std::size_t i = 0; i < program_->outputs().size(); ++i) TRY(put_output(i, parts));
    put_fired(parts);
    return kernel::Ok{};
  }

 private:
  kernel::Status prepare() {
    const std::vector<decision::DecisionInfo> all = model_.decisions();
    const decision::DecisionInfo* info = find_decision(all, run_.decision);
    if (info == nullptr) return failed(model_, run_, "the model has no such decision");
    std::vector<decision::ColumnType> types;
    for (const decision::InputInfo& input : info->inputs) {
      if (!sheet_.has(input.name)) {
        return failed(model_, run_, "no column for its input " + input.name);
      }
      TRY_ASSIGN(decision::ColumnData data, data_of(sheet_, input.name));
      const bool code = sheet_.type(input.name) == column::Type::code;
      types.push_back({input.name, code ? ColumnKind::string : ColumnKind::number, 0});
      data_.push_back(data);
    }
    TRY_ASSIGN(decision::ColumnProgram program, model_.compile(run_.decision, types));
    program_.emplace(std::move(program));
    return kernel::Ok{};
  }

  bool wanted(const std::string& name) const {
    return run_.outputs.empty() ||
           std::find(run_.outputs.begin(), run_.outputs.end(), name) != run_.outputs.end();
  }

  kernel::Status put_output(std::size_t index,
                            const std::map<std::size_t, decision::ColumnResult>& parts) {
    const decision::OutputType& type = program_->outputs()[index];
    if (!wanted(type.name)) return kernel::Ok{};
    if (type.kind == ColumnKind::string) {
      put_words(index, type, parts);
      return kernel::Ok{};
    }
    if (type.kind == ColumnKind::boolean) {
      const auto out = sheet_.add<std::int8_t>(type.name);
      for (const auto& [begin, part] : parts) {
        const auto& flags = part.outputs[index].flags;
        std::copy(flags.begin(), flags.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
      }
      return kernel::Ok{};
    }
    const bool fits = put_numbers_of(type.name, index, parts);
    if (!fits)
      return failed(model_, run_, type.name + " is null or too large for its column in some row");
    return kernel::Ok{};
  }

  bool put_numbers_of(const std::string& name, std::size_t index,
                      const std::map<std::size_t, decision::ColumnResult>& parts) {
    column::Type type = column::Type::i64;
    for (const auto& [column, wanted_type] : run_.number_types) {
      if (column == name) type = wanted_type;
    }
    const auto put = [&](auto out) {
      for (const auto& [begin, part] : parts) {
        if (!put_numbers(out, begin, part.outputs[index])) return false;
      }
      return true;
    };
    switch (type) {
      case column::Type::i8:
        return put(sheet_.add<std::int8_t>(name));
      case column::Type::i16:
        return put(sheet_.add<std::int16_t>(name));
      case column::Type::i32:
        return put(sheet_.add<std::int32_t>(name));
      default:
        return put(sheet_.add<std::int64_t>(name));
    }
  }

  // Words a range met beyond the program's come last, by name, whatever the ranges were.
  void put_words(std::size_t index, const decision::OutputType& type,
                 const std::map<std::size_t, decision::ColumnResult>& parts) {
    std::vector<std::string> words = type.dictionary;
    std::vector<std::string> others;
    for (const auto& [begin, part] : parts) {
      const auto& met = part.outputs[index].dictionary;
      others.insert(others.end(), met.begin() + static_cast<std::ptrdiff_t>(words.size()),
                    met.end());
    }
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    words.insert(words.end(), others.begin(), others.end());
    const auto out = sheet_.add_codes(type.name, words);
    for (const auto& [begin, part] : parts) {
      const decision::OutputColumn& column = part.outputs[index];
      std::vector<std::int16_t> renamed;
      for (const std::string& word : column.dictionary) {
        renamed.push_back(
            static_cast<std::int16_t>(std::find(words.begin(), words.end(), word) - words.begin()));
      }
      for (std::size_t i = 0; i < column.codes.size(); ++i) {
        out[begin + i] = column.codes[i] < 0 ? std::int16_t{-1}
                                             : renamed[static_cast<std::size_t>(column.codes[i])];
      }
    }
  }

  void put_fired(const std::map<std::size_t, decision::ColumnResult>& parts) {
    const std::vector<std::string>& tables = program_->tables();
    const auto table = std::find(tables.begin(), tables.end(), run_.decision);
    if (table == tables.end()) return;
    const auto index = static_cast<std::size_t>(table - tables.begin());
    const auto out = sheet_.add<std::int32_t>(run_.decision + "_row");
    for (const auto& [begin, part] : parts) {
      const auto& rows = part.fired_rows[index];
      std::copy(rows.begin(), rows.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
    }
  }

  column::Sheet& sheet_;
  const decision::Model& model_;
  const TableRun& run_;
  std::vector<decision::ColumnData> data_;
  std::optional<decision::ColumnProgram> program_;
};

}  // namespace

kernel::Status decide_by_table(column::Sheet& sheet, const decision::Model& model,
                               const TableRun& run) {
  return Run(sheet, model, run).decide();
}

}  // namespace book
