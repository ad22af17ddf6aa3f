#include "intake/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace intake {
namespace {

constexpr std::size_t open_words_max = 1000;  // of a field whose words are the file's own

// One line on its way: its records checked, not yet in the tables.
struct Staged {
  const RecordMapping* mapping = nullptr;
  std::vector<Cell> cells;
  std::vector<int> columns;  // of the source, beside cells
  std::string key;
  bool repeated = false;
};

// What to blame: a record of the mapping (null: the line as such) and a field of its kind.
struct Blame {
  const RecordMapping* mapping = nullptr;
  int field = -1;
};

class Reader {
 public:
  Reader(const FileMapping& mapping, const Decoded& decoded, Known& known,
         const ReadOptions& options)
      : declared_(mapping),
        decoded_(decoded),
        known_(known),
        options_(options),
        scanner_(decoded.text, mapping.dialect) {
    context_.scratch = &scratch_;
    context_.as_of = options.as_of.days();
  }

  kernel::Result<ReadFile> run() {
    TRY(header());
    TRY_ASSIGN(bound_, bind_columns(declared_, header_));
    for (const RecordMapping& record : bound_.records) table_of(*record.kind);
    staged_.resize(bound_.records.size());
    while (pending_ || scanner_.next(record_, header_.size())) {
      pending_ = false;
      ++read_.lines;
      line();
      if (options_.progress && read_.lines % 4096 == 0) options_.progress(scanner_.position());
    }
    return std::move(read_);
  }

 private:
  kernel::Error error(std::string what) const {
    return {kernel::Code::invalid_input, std::move(what), options_.file_name};
  }

  // The names of the columns: the first line, or the mapping's; a reject file always has its own.
  kernel::Status header() {
    const bool any = scanner_.next(record_, 0);
    if (!any && declared_.header) return error("the file is empty: not even a header line");
    std::vector<std::string> first;
    if (any) {
      for (const Field& field : record_.fields) first.emplace_back(trim(field.value));
    }
    const auto& added = reject_columns();
    read_.corrected =
        first.size() > added.size() && std::equal(added.rbegin(), added.rend(), first.rbegin());
    if (declared_.header || read_.corrected) {
      if (record_.state != Record::State::good || bad_byte() != nullptr) {
        return error(
            "the header line is not text or its quotes are not closed: is the encoding "
            "the mapping's?");
      }
      header_ = first;
    } else {
      header_ = declared_.columns;
      pending_ = any;  // the first line is data
    }
    read_.columns = header_;
    if (read_.corrected) read_.columns.resize(header_.size() - added.size());
    return kernel::Ok{};
  }

  std::size_t table_of(const KindSpec& kind) {
    for (std::size_t i = 0; i < read_.tables.size(); ++i) {
      if (read_.tables[i].kind().id == kind.id) return i;
    }
    read_.tables.emplace_back(kind);
    read_.repeated.push_back(0);
    read_.rejected.push_back(0);
    return read_.tables.size() - 1;
  }

  const BadByte* bad_byte() {
    const auto& bad = decoded_.bad;
    while (next_bad_ < bad.size() && bad[next_bad_].offset < record_.begin) ++next_bad_;
    if (next_bad_ == bad.size() || bad[next_bad_].offset >= record_.end) return nullptr;
    return &bad[next_bad_];
  }

  void line() {
    context_.fields = &record_.fields;
    context_.problem = {};
    scratch_.clear();
    blame_ = {};
    if (whole_line() && records()) {
      accept();
    } else {
      reject();
    }
  }

  // Faults of the line as such, before any field is looked at.
  bool whole_line() {
    const auto refuse = [&](Reason reason, std::size_t column, std::string detail) {
      context_.problem = {reason, "", std::move(detail), static_cast<int>(column) - 1};
      return false;
    };
    const std::size_t count = record_.fields.size(), expected = header_.size();
    if (const BadByte* bad = bad_byte()) {
      std::size_t column = count;
      while (column > 1 && record_.fields[column - 1].offset > bad->offset) --column;
      const std::string_view before =
          std::string_view(decoded_.text).substr(record_.begin, bad->offset - record_.begin);
      const auto character = std::count_if(before.begin(), before.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      });
      refuse(Reason::not_text, column,
             fmt::format("byte 0x{:02X} at character {} of the line", bad->byte, character + 1));
      context_.problem.value = fmt::format("0x{:02X}", bad->byte);
      return false;
    }
    if (record_.state == Record::State::unclosed_quote) {
      return refuse(Reason::unclosed_quote, std::min(count, expected), "from this column on");
    }
    if (record_.state == Record::State::stray_quote) {
      return refuse(Reason::stray_quote, std::min(count, expected), "in this column");
    }
    if (count < expected) {
      return refuse(Reason::truncated_line, count,
                    fmt::format("{} columns of {}{}", count, expected,
                                record_.ended ? "" : "; the file ends in this line"));
    }
    if (count > expected) {
      return refuse(Reason::too_many_columns, expected,
                    fmt::format("{} columns, not {}", count, expected));
    }
    return true;
  }

  bool records() {
    staged_count_ = 0;
    for (const RecordMapping& mapping : bound_.records) {
      blame_ = {&mapping, -1};
      bool wanted = true;
      if (mapping.when && !mapping.when->run_flag(context_, wanted)) return false;
      if (!wanted) continue;
      Staged& staged = staged_[staged_count_];
      staged.mapping = &mapping;
      staged.repeated = false;
      if (!fields(mapping, staged) || !references(staged) || !unique(staged)) return false;
      ++staged_count_;
    }
    return true;
  }

  bool fields(const RecordMapping& mapping, Staged& staged) {
    const KindSpec& kind = *mapping.kind;
    staged.cells.resize(kind.fields.size());
    staged.columns.assign(kind.fields.size(), -1);
    for (std::size_t i = 0; i < kind.fields.size(); ++i) {
      blame_.field = static_cast<int>(i);
      staged.cells[i] = Cell{.absent = true};
      const auto& expression = mapping.fields[i];
      if (!expression) continue;
      Value value;
      const bool text = Table::is_text(kind.fields[i]);
      if (text ? !expression->run_text(context_, value) : !expression->run(context_, value)) {
        return false;
      }
      staged.columns[i] = value.column;
      if (!check_field(kind.fields[i], value, staged.cells[i], context_)) return false;
      if (kind.fields[i].type == FieldType::word && !few_words(kind.fields[i], value)) return false;
    }
    if (check_record(kind, staged.cells, context_.as_of, context_, blame_.field)) return true;
    context_.problem.column = staged.columns[static_cast<std::size_t>(blame_.field)];
    name_value();
    return false;
  }

  // Codes of a column are two bytes: a column of ever new words is a mistake in the mapping.
  bool few_words(const FieldSpec& field, const Value& value) {
    if (!field.words.empty() || open_words_.has(value.text)) return true;
    if (open_words_.size() >= open_words_max) {
      return fail(context_, Reason::unknown_code, value, "more than 1000 different words");
    }
    open_words_.add(value.text);
    return true;
  }

  bool refers(const Staged& staged, int field, KindId to, const KeySet& known, Reason reason) {
    if (field < 0) return true;
    const auto index = static_cast<std::size_t>(field);
    const std::string_view key = staged.cells[index].text;
    if (known.has(key)) return true;
    for (std::size_t i = 0; i < staged_count_; ++i) {  // made by this very line
      if (staged_[i].mapping->kind->id == to && staged_[i].key == key) return true;
    }
    blame_.field = field;
    return fail(context_, reason, Value{.text = key, .column = staged.columns[index]},
                std::string(key));
  }
  bool references(const Staged& staged) {
    const KindSpec& kind = *staged.mapping->kind;
    return refers(staged, kind.customer_no, KindId::customers, known_.customers,
                  Reason::unknown_customer) &&
           refers(staged, kind.account_no, KindId::accounts, known_.accounts,
                  Reason::unknown_account);
  }

  bool unique(Staged& staged) {
    const KindSpec& kind = *staged.mapping->kind;
    staged.key.clear();
    for (const std::size_t field : kind.key) {
      if (!staged.key.empty()) staged.key += '\x1f';
      if (Table::is_text(kind.fields[field])) {
        staged.key += staged.cells[field].text;
      } else {
        staged.key += std::to_string(staged.cells[field].number);
      }
    }
    const std::uint64_t* seen = known_.seen[static_cast<std::size_t>(kind.id)].find(staged.key);
    bool again = seen != nullptr;
    for (std::size_t i = 0; i < staged_count_ && !again; ++i) {
      again = staged_[i].mapping->kind == &kind && staged_[i].key == staged.key;
    }
    if (!again) return true;
    staged.repeated = staged.mapping->repeats && seen && *seen == content(staged);
    if (staged.repeated) return true;
    blame_.field = static_cast<int>(kind.key.back());
    const auto index = static_cast<std::size_t>(blame_.field);
    std::string shown = staged.key;
    std::replace(shown.begin(), shown.end(), '\x1f', ' ');
    return fail(context_, Reason::duplicate,
                Value{.text = context_.scratch->take() = shown, .column = staged.columns[index]},
                staged.mapping->repeats ? "and the two differ" : "key " + shown);
  }

  static std::uint64_t content(const Staged& staged) {
    std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
    const auto mix = [&](const char* bytes, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) {
        hash = (hash ^ static_cast<unsigned char>(bytes[i])) * 1099511628211ull;
      }
    };
    for (const Cell& cell : staged.cells) {
      const std::int64_t numbers[] = {cell.number, cell.absent,
                                      static_cast<std::int64_t>(cell.text.size())};
      char bytes[sizeof numbers];
      std::memcpy(bytes, numbers, sizeof numbers);
      mix(bytes, sizeof bytes);
      mix(cell.text.data(), cell.text.size());
    }
    return hash;
  }

  void accept() {
    for (std::size_t i = 0; i < staged_count_; ++i) {
      const Staged& staged = staged_[i];
      const KindSpec& kind = *staged.mapping->kind;
      const std::size_t table = table_of(kind);
      if (staged.repeated) {
        ++read_.repeated[table];
        continue;
      }
      read_.tables[table].append(staged.cells);
      const std::uint64_t hash = staged.mapping->repeats ? content(staged) : 0;
      known_.seen[static_cast<std::size_t>(kind.id)].add(staged.key, hash);
      if (kind.id == KindId::customers) known_.customers.add(staged.key);
      if (kind.id == KindId::accounts) known_.accounts.add(staged.key);
    }
  }

  // The value as it stands in the file, where one column is to blame.
  void name_value() {
    const auto column = static_cast<std::size_t>(context_.problem.column);
    if (context_.problem.column >= 0 && column < record_.fields.size()) {
      context_.problem.value = trim(record_.fields[column].value);
    }
  }

  void reject() {
    const Problem& problem = context_.problem;
    const ReasonText& text = text_of(problem.reason);
    RejectedLine bad;
    bad.info = {.file = options_.file_name, .line = record_.line};
    bad.info.column_no = problem.column + 1;
    if (problem.column >= 0) bad.info.column = header_[static_cast<std::size_t>(problem.column)];
    const RecordMapping& mapping = blame_.mapping ? *blame_.mapping : bound_.records.front();
    bool personal = false;
    if (blame_.mapping && blame_.field < 0) bad.info.field = "when";
    if (blame_.mapping && blame_.field >= 0) {
      const FieldSpec& field = mapping.kind->fields[static_cast<std::size_t>(blame_.field)];
      bad.info.field = field.name;
      personal = field.personal;
    }
    bad.info.value = personal ? ContactValueTag::mask(problem.value) : problem.value;
    bad.info.reason_code = text.code;
    bad.info.reason = fmt::format("{} {}", text.zh, text.en);
    if (!problem.detail.empty() && !personal) bad.info.reason += ": " + problem.detail;
    bad.info.hint = text.hint;
    if (record_.state == Record::State::good) {
      for (const Field& field : record_.fields) bad.fields.emplace_back(field.value);
    } else {
      raw_fields(bad.fields);
    }
    if (read_.corrected) bad.fields.resize(std::min(bad.fields.size(), read_.columns.size()));
    ++read_.rejected[table_of(*mapping.kind)];
    read_.bad.push_back(std::move(bad));
  }

  // A line whose quotes cannot be trusted is cut at its delimiters alone.
  void raw_fields(std::vector<std::string>& fields) const {
    std::string_view rest =
        std::string_view(decoded_.text).substr(record_.begin, record_.end - record_.begin);
    const std::string_view delimiter = declared_.dialect.delimiter;
    for (std::size_t to = rest.find(delimiter); to != rest.npos; to = rest.find(delimiter)) {
      fields.emplace_back(rest.substr(0, to));
      rest.remove_prefix(to + delimiter.size());
    }
    fields.emplace_back(rest);
  }

  const FileMapping& declared_;
  const Decoded& decoded_;
  Known& known_;
  const ReadOptions& options_;
  Scanner scanner_;
  FileMapping bound_;
  std::vector<std::string> header_;
  Record record_;
  bool pending_ = false;  // record_ is read and waits
  std::size_t next_bad_ = 0;
  Scratch scratch_;
  Context context_;
  Blame blame_;
  std::vector<Staged> staged_;
  std::size_t staged_count_ = 0;
  KeySet open_words_;
  ReadFile read_;
};

}  // namespace

kernel::Result<ReadFile> read_file(const FileMapping& mapping, const Decoded& decoded, Known& known,
                                   const ReadOptions& options) {
  return Reader(mapping, decoded, known, options).run();
}

}  // namespace intake
