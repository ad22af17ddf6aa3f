// Two threads: one scans lines and checks each by itself, some blocks ahead; the other holds them
// against what is known, in the file's order, so that the answer is that of one thread.

#include "intake/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "intake/ahead.h"
#include "intake/full_block.h"

namespace intake {
namespace {

constexpr std::size_t open_words_max = 1000;  // of a field whose words are the file's own
constexpr std::size_t block_lines = 256, blocks_ahead = 8;
constexpr std::size_t prefetch_lines = 8;  // so far ahead a key's place is asked for

// A record of a line, its fields checked. What it refers to and its own key, by hash.
struct Staged {
  const RecordMapping* mapping = nullptr;
  std::vector<Cell> cells;
  std::vector<int> columns;  // of the source, beside cells
  std::string key;
  KeyHash hash, customer, account;
  std::optional<std::uint64_t> known;  // with its own key, before this line
  bool repeated = false;
};

// What to blame: a record of the mapping (null: the line as such) and a field of its kind.
struct Blame {
  const RecordMapping* mapping = nullptr;
  int field = -1;
};

// One line on its way. Of a faulty one, `staged` are the records before the fault.
struct Line {
  Record record;
  std::vector<Staged> staged;
  std::size_t staged_count = 0;
  bool faulty = false;
  Problem problem;
  Blame blame;
};

struct Block {
  std::vector<Line> lines;
  std::size_t count = 0, position = 0;
  std::shared_ptr<const Window> window;  // what its lines view,
  Scratch scratch;                       // and their cells besides
};

class Reader {
 public:
  Reader(const FileMapping& mapping, const MoreText& more, Known& known, const ReadOptions& options)
      : declared_(mapping), known_(known), options_(options), lines_(more, mapping.dialect) {
    context_.as_of = options.as_of.days();
  }

  kernel::Result<ReadFile> run() {
    TRY(header());
    TRY_ASSIGN(bound_, bind_columns(declared_, header_));
    for (const RecordMapping& record : bound_.records) {
      table_of(*record.kind);
      // Lines refer to these, and of those that repeat each is held against the one before.
      const KindId kind = record.kind->id;
      if (record.repeats || kind == KindId::customers || kind == KindId::accounts)
        TRY(settle(kind));
    }
    Ahead<Block, blocks_ahead> checked([this](Block& block) -> kernel::Result<bool> {
      TRY(check_block(block));
      return block.count > 0;
    });
    for (bool first = true;; first = false) {
      TRY_ASSIGN(Block * block, checked.next());
      if (!block) break;
      if (first) expect_keys(*block);
      TRY(join_block(*block));
      if (options_.progress) options_.progress(block->position);
    }
    TRY(full_.taken());
    return std::move(read_);
  }

 private:
  kernel::Error error(std::string what) const {
    return {kernel::Code::invalid_input, std::move(what), options_.file_name};
  }

  // The names of the columns: the first line, or the mapping's; a reject file always has its own.
  kernel::Status header() {
    TRY_ASSIGN(const bool any, lines_.next(first_, 0));
    if (!any && declared_.header) return error("the file is empty: not even a header line");
    std::vector<std::string> first;
    if (any) {
      for (const Field& field : first_.fields) first.emplace_back(trim(field.value));
    }
    const auto& added = reject_columns();
    read_.corrected =
        first.size() > added.size() && std::equal(added.rbegin(), added.rend(), first.rbegin());
    if (declared_.header || read_.corrected) {
      if (first_.state != Record::State::good || lines_.bad_byte(first_) != nullptr) {
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

  // ---- a line by itself

  // Lines of one window, so that it is there while they are looked at.
  kernel::Status check_block(Block& block) {
    block.lines.resize(block_lines);
    block.scratch.clear();
    context_.scratch = &block.scratch;
    for (block.count = 0; block.count < block_lines; ++block.count) {
      Line& line = block.lines[block.count];
      if (pending_) {
        std::swap(line.record, first_);
      } else if (block.count == 0) {
        TRY_ASSIGN(const bool any, lines_.next(line.record, header_.size()));
        if (!any) break;
      } else if (!lines_.next_here(line.record, header_.size())) {
        break;
      }
      pending_ = false;
      check(line);
    }
    block.window = lines_.window();
    block.position = lines_.position();
    return kernel::Ok{};
  }

  void check(Line& line) {
    context_.fields = &line.record.fields;
    context_.problem = {};
    blame_ = {};
    line.staged.resize(bound_.records.size());
    line.staged_count = 0;
    line.faulty = !whole_line(line.record) || !records(line);
    if (!line.faulty) return;
    line.problem = std::move(context_.problem);
    line.blame = blame_;
  }

  // Faults of the line as such, before any field is looked at.
  bool whole_line(const Record& record) {
    const auto refuse = [&](Reason reason, std::size_t column, std::string detail) {
      context_.problem = {reason, "", std::move(detail), static_cast<int>(column) - 1};
      return false;
    };
    const std::size_t count = record.fields.size(), expected = header_.size();
    if (const BadByte* bad = lines_.bad_byte(record)) {
      std::size_t column = count;
      while (column > 1 && record.fields[column - 1].offset > bad->offset) --column;
      const std::string_view before = std::string_view(lines_.window()->decoded.text)
                                          .substr(record.begin, bad->offset - record.begin);
      const auto character = std::count_if(before.begin(), before.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      });
      refuse(Reason::not_text, column,
             fmt::format("byte 0x{:02X} at character {} of the line", bad->byte, character + 1));
      context_.problem.value = fmt::format("0x{:02X}", bad->byte);
      return false;
    }
    if (record.state == Record::State::unclosed_quote) {
      return refuse(Reason::unclosed_quote, std::min(count, expected), "from this column on");
    }
    if (record.state == Record::State::stray_quote) {
      return refuse(Reason::stray_quote, std::min(count, expected), "in this column");
    }
    if (count < expected) {
      return refuse(Reason::truncated_line, count,
                    fmt::format("{} columns of {}{}", count, expected,
                                record.ended ? "" : "; the file ends in this line"));
    }
    if (count > expected) {
      return refuse(Reason::too_many_columns, expected,
                    fmt::format("{} columns, not {}", count, expected));
    }
    return true;
  }

  bool records(Line& line) {
    for (const RecordMapping& mapping : bound_.records) {
      blame_ = {&mapping, -1};
      bool wanted = true;
      if (mapping.when && !mapping.when->run_flag(context_, wanted)) return false;
      if (!wanted) continue;
      Staged& staged = line.staged[line.staged_count];
      staged.mapping = &mapping;
      if (!fields(mapping, staged, line.record)) return false;
      hash_keys(staged);
      ++line.staged_count;
    }
    return true;
  }

  bool fields(const RecordMapping& mapping, Staged& staged, const Record& record) {
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
    // The value as it stands in the file, where one column is to blame.
    const int column = staged.columns[static_cast<std::size_t>(blame_.field)];
    context_.problem.column = column;
    if (column >= 0 && static_cast<std::size_t>(column) < record.fields.size())
      context_.problem.value = trim(record.fields[static_cast<std::size_t>(column)].value);
    return false;
  }

  // Codes of a column are two bytes: a column of ever new words is a mistake in the mapping.
  bool few_words(const FieldSpec& field, const Value& value) {
    if (!field.words.empty()) return true;
    if (open_words_.count(value.text) > 0) return true;
    if (open_words_.size() >= open_words_max) {
      return fail(context_, Reason::unknown_code, value, "more than 1000 different words");
    }
    open_words_.emplace(value.text);
    return true;
  }

  static void hash_keys(Staged& staged) {
    const KindSpec& kind = *staged.mapping->kind;
    staged.repeated = false;
    staged.key.clear();
    for (const std::size_t field : kind.key) {
      if (!staged.key.empty()) staged.key += '\x1f';
      if (Table::is_text(kind.fields[field])) {
        staged.key += staged.cells[field].text;
      } else {
        staged.key += std::to_string(staged.cells[field].number);
      }
    }
    staged.hash = hash_key(staged.key);
    if (kind.customer_no >= 0) staged.customer = hash_key(text_of(staged, kind.customer_no));
    if (kind.account_no >= 0) staged.account = hash_key(text_of(staged, kind.account_no));
  }
  static std::string_view text_of(const Staged& staged, int field) {
    return staged.cells[static_cast<std::size_t>(field)].text;
  }

  // ---- a line among the others

  kernel::Status join_block(Block& block) {
    for (std::size_t i = 0; i < block.count; ++i) {
      if (i + prefetch_lines < block.count) prefetch(block.lines[i + prefetch_lines]);
      Line& line = block.lines[i];
      ++read_.lines;
      const bool good = joins(line) && !line.faulty;
      TRY(settled_);
      if (good) {
        TRY(accept(line));
      } else {
        reject(line, block.window->decoded.text);
      }
    }
    return kernel::Ok{};
  }

  void prefetch(const Line& line) const {
    for (std::size_t i = 0; i < line.staged_count; ++i) {
      const Staged& staged = line.staged[i];
      const KindSpec& kind = *staged.mapping->kind;
      known_.of(kind.id).prefetch(staged.hash);
      if (kind.customer_no >= 0) known_.of(KindId::customers).prefetch(staged.customer);
      if (kind.account_no >= 0) known_.of(KindId::accounts).prefetch(staged.account);
    }
  }

  // The first fault counts: of what stands before the one found in the line by itself.
  bool joins(Line& line) {
    for (std::size_t i = 0; i < line.staged_count; ++i) {
      const KindSpec& kind = *line.staged[i].mapping->kind;
      if (!refers(line, i, kind.customer_no, KindId::customers, Reason::unknown_customer) ||
          !refers(line, i, kind.account_no, KindId::accounts, Reason::unknown_account) ||
          !unique(line, i)) {
        return false;
      }
    }
    return true;
  }

  static bool blame(Line& line, const Staged& staged, int field, Reason reason, std::string value,
                    std::string detail) {
    line.blame = {staged.mapping, field};
    line.problem = {reason, std::move(value), std::move(detail),
                    staged.columns[static_cast<std::size_t>(field)]};
    return false;
  }

  bool refers(Line& line, std::size_t at, int field, KindId to, Reason reason) {
    if (field < 0) return true;
    const Staged& staged = line.staged[at];
    if (known_.of(to).has(to == KindId::customers ? staged.customer : staged.account)) return true;
    const std::string_view key = text_of(staged, field);
    for (std::size_t i = 0; i < at; ++i) {  // made by this very line
      if (line.staged[i].mapping->kind->id == to && line.staged[i].key == key) return true;
    }
    return blame(line, staged, field, reason, std::string(key), std::string(key));
  }

  bool unique(Line& line, std::size_t at) {
    Staged& staged = line.staged[at];
    const KindSpec& kind = *staged.mapping->kind;
    if (rises(kind.id) && !known_.rising(kind.id).is_new(staged.key)) settled_ = settle(kind.id);
    staged.known = known_.of(kind.id).find(staged.hash);
    const bool seen = staged.known && (*staged.known & of_this_import) != 0;
    bool again = seen;
    for (std::size_t i = 0; i < at && !again; ++i) {
      again = line.staged[i].mapping->kind == &kind && line.staged[i].key == staged.key;
    }
    if (!again) return true;
    staged.repeated = staged.mapping->repeats && seen && *staged.known == content(staged);
    if (staged.repeated) return true;
    std::string shown = staged.key;
    std::replace(shown.begin(), shown.end(), '\x1f', ' ');
    return blame(line, staged, static_cast<int>(kind.key.back()), Reason::duplicate, shown,
                 staged.mapping->repeats ? "and the two differ" : "key " + shown);
  }

  static std::uint64_t content(const Staged& staged) {
    if (!staged.mapping->repeats) return of_this_import;
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
    return hash | of_this_import;
  }

  // Lines are about as long as the first ones. An import that has all keys already expects no more.
  void expect_keys(const Block& first) {
    if (options_.bytes == 0 || first.position == 0) return;
    const auto lines = static_cast<std::size_t>(static_cast<double>(options_.bytes) * 1.02 *
                                                static_cast<double>(first.count) /
                                                static_cast<double>(first.position));
    for (const RecordMapping& record : bound_.records) {
      if (!rises(record.kind->id)) known_.of(record.kind->id).reserve(lines);
    }
  }

  kernel::Status accept(const Line& line) {
    for (std::size_t i = 0; i < line.staged_count; ++i) {
      const Staged& staged = line.staged[i];
      const KindSpec& kind = *staged.mapping->kind;
      const std::size_t table = table_of(kind);
      if (staged.repeated) {
        ++read_.repeated[table];
        continue;
      }
      Table& block = read_.tables[table];
      if (kind.id == KindId::accounts) note_account(staged);
      block.append(staged.cells);
      TRY(note_key(staged));
      if (options_.full && block.rows() >= block_rows) TRY(full_.hand_on(block));
    }
    return kernel::Ok{};
  }

  bool rises(KindId kind) { return known_.rising(kind).rise(); }
  kernel::Status settle(KindId kind) {
    return rises(kind) ? known_.rising(kind).end(known_.of(kind)) : kernel::Ok{};
  }

  kernel::Status note_key(const Staged& staged) {
    const KindId kind = staged.mapping->kind->id;
    if (rises(kind) && known_.rising(kind).is_new(staged.key))
      return known_.rising(kind).put(staged.key, staged.hash);
    TRY(settle(kind));  // records of one line may fall
    known_.of(kind).put(staged.hash, content(staged));
    return kernel::Ok{};
  }

  void note_account(const Staged& staged) {
    AccountRows& rows = read_.accounts;
    // Fields 1 and 2 of an account, as they stand in kinds.cpp.
    if (staged.known &&
        *staged.known != account_content(staged.cells[1].text, staged.cells[2].text))
      rows.changed.push_back(static_cast<std::uint32_t>(rows.added.size()));
    rows.added.push_back(!staged.known);
  }

  void reject(const Line& line, std::string_view text_of_window) {
    const Problem& problem = line.problem;
    const Record& record = line.record;
    const Blame& blame = line.blame;
    const ReasonText& text = intake::text_of(problem.reason);
    RejectedLine bad;
    bad.info = {.file = options_.file_name, .line = record.line};
    bad.info.column_no = problem.column + 1;
    if (problem.column >= 0) bad.info.column = header_[static_cast<std::size_t>(problem.column)];
    const RecordMapping& mapping = blame.mapping ? *blame.mapping : bound_.records.front();
    bool personal = false;
    if (blame.mapping && blame.field < 0) bad.info.field = "when";
    if (blame.mapping && blame.field >= 0) {
      const FieldSpec& field = mapping.kind->fields[static_cast<std::size_t>(blame.field)];
      bad.info.field = field.name;
      personal = field.personal;
    }
    bad.info.value = personal ? ContactValueTag::mask(problem.value) : problem.value;
    bad.info.reason_code = text.code;
    bad.info.reason = fmt::format("{} {}", text.zh, text.en);
    if (!problem.detail.empty() && !personal) bad.info.reason += ": " + problem.detail;
    bad.info.hint = text.hint;
    if (record.state == Record::State::good) {
      for (const Field& field : record.fields) bad.fields.emplace_back(field.value);
    } else {
      raw_fields(text_of_window.substr(record.begin, record.end - record.begin), bad.fields);
    }
    if (read_.corrected) bad.fields.resize(std::min(bad.fields.size(), read_.columns.size()));
    ++read_.rejected[table_of(*mapping.kind)];
    read_.bad.push_back(std::move(bad));
  }

  // A line whose quotes cannot be trusted is cut at its delimiters alone.
  void raw_fields(std::string_view rest, std::vector<std::string>& fields) const {
    const std::string_view delimiter = declared_.dialect.delimiter;
    for (std::size_t to = rest.find(delimiter); to != rest.npos; to = rest.find(delimiter)) {
      fields.emplace_back(rest.substr(0, to));
      rest.remove_prefix(to + delimiter.size());
    }
    fields.emplace_back(rest);
  }

  const FileMapping& declared_;
  Known& known_;
  const ReadOptions& options_;
  TextLines lines_;
  FileMapping bound_;
  std::vector<std::string> header_;
  Record first_;
  bool pending_ = false;  // first_ is data and waits
  // Of the line being checked by itself.
  Context context_;
  Blame blame_;
  std::set<std::string, std::less<>> open_words_;
  // Of the lines held against each other.
  kernel::Status settled_ = kernel::Ok{};
  ReadFile read_;
  FullBlock full_{options_.full};
};

}  // namespace

kernel::Result<ReadFile> read_file(const FileMapping& mapping, const MoreText& more, Known& known,
                                   const ReadOptions& options) {
  return Reader(mapping, more, known, options).run();
}

}  // namespace intake
