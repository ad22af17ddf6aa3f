#include <algorithm>
#include <set>
#include <variant>

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

// Rows decided at a time: their inputs and answers stay in the processor's cache.
constexpr std::size_t rows_at_once = column::Packed::segment_rows;

// One input: where it is read, and some rows of it as plain numbers.
class Input {
 public:
  static kernel::Result<Input> of(const column::Sheet& sheet, const std::string& name) {
    switch (sheet.type(name)) {
      case column::Type::i8:
        return Input(sheet.get<std::int8_t>(name));
      case column::Type::i16:
        return Input(sheet.get<std::int16_t>(name));
      case column::Type::i32:
        return Input(sheet.get<std::int32_t>(name));
      case column::Type::i64:
        return Input(sheet.get<std::int64_t>(name));
      case column::Type::code: {
        const column::Codes codes = sheet.codes(name);
        Input input(codes.values);
        input.words_ = codes.words;
        return input;
      }
      case column::Type::text:
        break;
    }
    return kernel::Error{kernel::Code::invalid_input,
                         "column " + name + " is free text; a table needs numbers or codes", name};
  }

  bool is_code() const { return words_ != nullptr; }

  // Good until the next reading into the same buffer.
  decision::ColumnData read(std::size_t begin, std::size_t end, column::Bytes& buffer) const {
    buffer.resize(rows_at_once * sizeof(std::int64_t));
    return std::visit(
        [&](const auto& values) -> decision::ColumnData {
          using T = std::remove_cvref_t<decltype(values[0])>;
          T* out = reinterpret_cast<T*>(buffer.data());
          values.read(begin, end, out);
          const std::span<const T> rows(out, end - begin);
          if constexpr (std::is_same_v<T, std::int16_t>) {
            if (words_ != nullptr) return decision::Codes16{rows, *words_};
          }
          return rows;
        },
        values_);
  }

 private:
  using Any = std::variant<column::Values<std::int8_t>, column::Values<std::int16_t>,
                           column::Values<std::int32_t>, column::Values<std::int64_t>>;
  explicit Input(Any values) : values_(std::move(values)) {}
  Any values_;
  const std::vector<std::string>* words_ = nullptr;
};

// One output of the decision and the column it becomes.
class Output {
 public:
  virtual ~Output() = default;
  // Takes the answers to rows from `begin`; false where one does not fit.
  virtual bool put(std::size_t begin, const decision::OutputColumn& answers) = 0;
  virtual void finish() {}
};

template <class T>
class NumberOutput : public Output {
 public:
  explicit NumberOutput(std::span<T> column) : column_(column) {}
  bool put(std::size_t begin, const decision::OutputColumn& answers) override {
    for (std::size_t i = 0; i < answers.numbers.size(); ++i) {
      if (!answers.nulls.empty() && answers.nulls[i] != 0) return false;
      column_[begin + i] = static_cast<T>(answers.numbers[i]);
      if (column_[begin + i] != answers.numbers[i]) return false;
    }
    return true;
  }

 private:
  std::span<T> column_;
};

class FlagOutput : public Output {
 public:
  explicit FlagOutput(std::span<std::int8_t> column) : column_(column) {}
  bool put(std::size_t begin, const decision::OutputColumn& answers) override {
    std::copy(answers.flags.begin(), answers.flags.end(),
              column_.begin() + static_cast<std::ptrdiff_t>(begin));
    return true;
  }

 private:
  std::span<std::int8_t> column_;
};

// Words met beyond the program's come last, by name, whatever the ranges were.
class WordOutput : public Output {
 public:
  WordOutput(column::Sheet& sheet, const decision::OutputType& type)
      : sheet_(sheet), name_(type.name), words_(type.dictionary), codes_(sheet.rows()) {
    sheet.add_codes(name_, {});  // its place among the columns
  }

  bool put(std::size_t begin, const decision::OutputColumn& answers) override {
    for (std::size_t i = 0; i < answers.codes.size(); ++i) {
      codes_[begin + i] = static_cast<std::int16_t>(answers.codes[i]);
    }
    if (answers.dictionary.size() == words_.size()) return true;
    const std::lock_guard lock(mutex_);
    more_.push_back({begin, begin + answers.codes.size(), answers.dictionary});
    return true;
  }

  void finish() override {
    std::set<std::string> met;
    const std::size_t known = words_.size();
    for (const More& more : more_) {
      met.insert(more.words.begin() + static_cast<std::ptrdiff_t>(known), more.words.end());
    }
    words_.insert(words_.end(), met.begin(), met.end());
    for (const More& more : more_) {
      for (std::size_t row = more.begin; row < more.end; ++row) {
        if (codes_[row] < static_cast<int>(known)) continue;
        const auto found = met.find(more.words[static_cast<std::size_t>(codes_[row])]);
        codes_[row] = static_cast<std::int16_t>(
            known + static_cast<std::size_t>(std::distance(met.begin(), found)));
      }
    }
    const auto column = sheet_.add_codes(name_, std::move(words_));
    std::copy(codes_.begin(), codes_.end(), column.begin());
  }

 private:
  struct More {
    std::size_t begin, end;
    std::vector<std::string> words;
  };
  column::Sheet& sheet_;
  std::string name_;
  std::vector<std::string> words_;
  std::vector<std::int16_t> codes_;
  std::mutex mutex_;
  std::vector<More> more_;
};

class Run {
 public:
  Run(column::Sheet& sheet, const decision::Model& model, const TableRun& run)
      : sheet_(sheet), model_(model), run_(run), answers_(sheet.rows()) {}

  kernel::Status decide() {
    TRY(prepare());
    TRY(try_over_rows(sheet_.rows(), run_.threads,
                      [&](std::size_t begin, std::size_t end) { return decide_rows(begin, end); }));
    for (const auto& output : outputs_) {
      if (output) output->finish();
    }
    sheet_.take(std::move(answers_));
    return kernel::Ok{};
  }

 private:
  kernel::Status prepare() {
    const std::vector<decision::DecisionInfo>& all = model_.decisions();
    const decision::DecisionInfo* info = find_decision(all, run_.decision);
    if (info == nullptr) return failed(model_, run_, "the model has no such decision");
    std::vector<decision::ColumnType> types;
    for (const decision::InputInfo& input : info->inputs) {
      if (!sheet_.has(input.name)) {
        return failed(model_, run_, "no column for its input " + input.name);
      }
      TRY_ASSIGN(Input read, Input::of(sheet_, input.name));
      types.push_back({input.name, read.is_code() ? ColumnKind::string : ColumnKind::number, 0});
      inputs_.push_back(std::move(read));
    }
    TRY_ASSIGN(decision::ColumnProgram program, model_.compile(run_.decision, types));
    program_.emplace(std::move(program));
    for (const decision::OutputType& type : program_->outputs()) {
      outputs_.push_back(wanted(type.name) ? output_of(type) : nullptr);
    }
    const std::vector<std::string>& tables = program_->tables();
    const auto table = std::find(tables.begin(), tables.end(), run_.decision);
    if (table == tables.end()) return kernel::Ok{};
    fired_table_ = static_cast<std::size_t>(table - tables.begin());
    fired_ = answers_.add<std::int32_t>(run_.decision + "_row");
    return kernel::Ok{};
  }

  bool wanted(const std::string& name) const {
    return run_.outputs.empty() ||
           std::find(run_.outputs.begin(), run_.outputs.end(), name) != run_.outputs.end();
  }

  std::unique_ptr<Output> output_of(const decision::OutputType& type) {
    if (type.kind == ColumnKind::string) return std::make_unique<WordOutput>(answers_, type);
    if (type.kind == ColumnKind::boolean) {
      return std::make_unique<FlagOutput>(answers_.add<std::int8_t>(type.name));
    }
    column::Type width = column::Type::i64;
    for (const auto& [name, wanted_type] : run_.number_types) {
      if (name == type.name) width = wanted_type;
    }
    switch (width) {
      case column::Type::i8:
        return std::make_unique<NumberOutput<std::int8_t>>(answers_.add<std::int8_t>(type.name));
      case column::Type::i16:
        return std::make_unique<NumberOutput<std::int16_t>>(answers_.add<std::int16_t>(type.name));
      case column::Type::i32:
        return std::make_unique<NumberOutput<std::int32_t>>(answers_.add<std::int32_t>(type.name));
      default:
        return std::make_unique<NumberOutput<std::int64_t>>(answers_.add<std::int64_t>(type.name));
    }
  }

  kernel::Status decide_rows(std::size_t begin, std::size_t end) {
    std::vector<column::Bytes> buffers(inputs_.size());
    std::vector<decision::ColumnData> data(inputs_.size());
    decision::ColumnResult result;
    for (; begin < end; begin += rows_at_once) {
      const std::size_t stop = std::min(end, begin + rows_at_once);
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        data[i] = inputs_[i].read(begin, stop, buffers[i]);
      }
      TRY(program_->run_into(result, data, 0, stop - begin, {.fired_rows = true}));
      for (std::size_t i = 0; i < outputs_.size(); ++i) {
        if (!outputs_[i] || outputs_[i]->put(begin, result.outputs[i])) continue;
        return failed(model_, run_,
                      result.outputs[i].name + " is null or too large for its column in some row");
      }
      if (fired_.empty()) continue;
      const std::vector<std::int32_t>& rows = result.fired_rows[fired_table_];
      std::copy(rows.begin(), rows.end(), fired_.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    return kernel::Ok{};
  }

  column::Sheet& sheet_;
  const decision::Model& model_;
  const TableRun& run_;
  column::Sheet answers_;  // apart, since an output may bear the name of an input
  std::vector<Input> inputs_;
  std::optional<decision::ColumnProgram> program_;
  std::vector<std::unique_ptr<Output>> outputs_;  // none where the column is not wanted
  std::size_t fired_table_ = 0;
  std::span<std::int32_t> fired_;
};

}  // namespace

kernel::Status decide_by_table(column::Sheet& sheet, const decision::Model& model,
                               const TableRun& run) {
  return Run(sheet, model, run).decide();
}

}  // namespace book
