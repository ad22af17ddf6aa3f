#include "intake/mapping.h"
#include "intake/source.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "kernel/hash.h"

namespace intake {
namespace {

using kernel::Code;
using kernel::Error;

// Reads one TOML document; every complaint carries the mapping's name and line.
class MappingReader {
 public:
  MappingReader(std::string_view name) { mapping_.name = name; }

  kernel::Result<Mapping> run(const toml::table& root) {
    mapping_.tables = std::make_unique<CodeTables>();
    TRY(only(root, {"source", "codes", "file"}, "the mapping"));
    FileMapping defaults;
    if (const toml::node* source = root.get("source")) {
      if (!source->is_table()) return error(*source, "[source] is a table");
      TRY(only(*source->as_table(),
               {"as_of", "encoding", "delimiter", "quote", "header", "columns"}, "[source]"));
      TRY_ASSIGN(mapping_.as_of, text(*source->as_table(), "as_of", ""));
      TRY(dialect(*source->as_table(), defaults));
    }
    TRY(codes(root));
    const toml::node* files = root.get("file");
    if (!files || !files->is_array_of_tables()) {
      return Error{Code::invalid_input, "a mapping needs at least one [[file]]", mapping_.name};
    }
    for (const toml::node& node : *files->as_array()) {
      TRY(file(*node.as_table(), defaults));
    }
    return std::move(mapping_);
  }

 private:
  Error error(const toml::node& node, std::string what) const {
    return error_at(static_cast<int>(node.source().begin.line), std::move(what));
  }
  Error error_at(int line, std::string what) const {
    return {Code::invalid_input, std::move(what), fmt::format("{}:{}", mapping_.name, line)};
  }

  kernel::Status only(const toml::table& table, std::initializer_list<std::string_view> allowed,
                      std::string_view of) const {
    for (const auto& [key, node] : table) {
      if (std::find(allowed.begin(), allowed.end(), key.str()) != allowed.end()) continue;
      std::string known;
      for (const auto word : allowed) known += (known.empty() ? "" : ", ") + std::string(word);
      return error(node, fmt::format("{} has no `{}`; it may have {}", of, key.str(), known));
    }
    return kernel::Ok{};
  }
  kernel::Result<std::string> text(const toml::table& table, std::string_view key,
                                   std::string fallback) const {
    const toml::node* node = table.get(key);
    if (!node) return fallback;
    if (const auto* found = node->as_string()) return found->get();
    if (const auto* found = node->as_date()) {
      const auto d = found->get();
      return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
    }
    return error(*node, fmt::format("`{}` is a text in quotes", key));
  }
  kernel::Result<bool> flag(const toml::table& table, std::string_view key, bool fallback) const {
    const toml::node* node = table.get(key);
    if (!node) return fallback;
    if (const auto* found = node->as_boolean()) return found->get();
    return error(*node, fmt::format("`{}` is true or false", key));
  }

  kernel::Result<std::int64_t> percent(const toml::table& table, std::string_view key,
                                       std::int64_t fallback) const {
    const toml::node* node = table.get(key);
    if (!node) return fallback;
    const auto* found = node->as_integer();
    if (found && found->get() >= 0 && found->get() <= 100'000) return found->get();
    return error(*node, fmt::format("`{}` is a whole number from 0 to 100000", key));
  }

  kernel::Status dialect(const toml::table& table, FileMapping& into) const {
    TRY_ASSIGN(const std::string encoding, text(table, "encoding", ""));
    if (encoding == "utf-8") {
      into.encoding = Encoding::utf_8;
    } else if (encoding == "gb18030" || encoding == "gbk" || encoding == "gb2312") {
      into.encoding = Encoding::gb18030;  // each a part of the next
    } else if (!encoding.empty()) {
      return error(*table.get("encoding"), "`encoding` is utf-8, gb18030, gbk or gb2312");
    }
    TRY_ASSIGN(into.dialect.delimiter, text(table, "delimiter", into.dialect.delimiter));
    if (into.dialect.delimiter.empty() || into.dialect.delimiter.size() > 8) {
      return error(*table.get("delimiter"), "`delimiter` is one to eight characters");
    }
    if (table.get("quote")) {
      TRY_ASSIGN(const std::string quote, text(table, "quote", ""));
      if (quote.size() > 1) return error(*table.get("quote"), "`quote` is one character or \"\"");
      into.dialect.quote = quote.empty() ? '\0' : quote[0];
    }
    TRY_ASSIGN(into.header, flag(table, "header", into.header));
    if (const toml::node* node = table.get("columns")) {
      const toml::array* names = node->as_array();
      into.columns.clear();
      if (!names) return error(*node, "`columns` is a list of names");
      for (const toml::node& name : *names) {
        if (!name.is_string()) return error(name, "a column's name is a text in quotes");
        into.columns.push_back(name.as_string()->get());
      }
    }
    return kernel::Ok{};
  }

  kernel::Status codes(const toml::table& root) {
    const toml::node* all = root.get("codes");
    if (!all) return kernel::Ok{};
    if (!all->is_table()) return error(*all, "[codes.name] is a table");
    for (const auto& [name, node] : *all->as_table()) {
      if (!node.is_table()) return error(node, "[codes.name] is a table of code = \"word\"");
      CodeTable& table = (*mapping_.tables)[std::string(name.str())];
      table.name = name.str();
      for (const auto& [code, word] : *node.as_table()) {
        if (!word.is_string()) return error(word, "a code stands for a text in quotes");
        table.words[std::string(code.str())] = word.as_string()->get();
      }
    }
    return kernel::Ok{};
  }

  kernel::Status file(const toml::table& table, const FileMapping& defaults) {
    TRY(only(table, {"match", "record", "encoding", "delimiter", "quote", "header", "columns"},
             "[[file]]"));
    FileMapping file = defaults;
    TRY(dialect(table, file));
    TRY_ASSIGN(file.match, text(table, "match", ""));
    if (file.match.empty()) return error(table, "[[file]] needs match = \"name*.csv\"");
    if (!file.header && file.columns.empty()) {
      return error(table, "header = false needs columns = [\"name\", …], one a column, in order");
    }
    const toml::node* records = table.get("record");
    if (!records || !records->is_array_of_tables()) {
      return error(table, "[[file]] needs at least one [[file.record]]");
    }
    for (const toml::node& node : *records->as_array()) {
      TRY(record(*node.as_table(), file));
    }
    std::stable_sort(file.records.begin(), file.records.end(), [](const auto& a, const auto& b) {
      return a.kind->id < b.kind->id;  // customers before what refers to them
    });
    mapping_.files.push_back(std::move(file));
    return kernel::Ok{};
  }

  kernel::Status record(const toml::table& table, FileMapping& file) {
    TRY(only(table,
             {"kind", "when", "content", "repeats", "least_percent", "most_percent", "fields"},
             "[[file.record]]"));
    RecordMapping record;
    record.line = static_cast<int>(table.source().begin.line);
    TRY_ASSIGN(const std::string kind, text(table, "kind", ""));
    record.kind = find_kind(kind);
    if (!record.kind) {
      std::string known;
      for (const KindSpec& spec : kinds())
        known += (known.empty() ? "" : ", ") + std::string(spec.name);
      return error(table, fmt::format("kind = \"{}\": it is one of {}", kind, known));
    }
    TRY_ASSIGN(const std::string content, text(table, "content", "delta"));
    if (content != "full" && content != "delta") {
      return error(*table.get("content"), "`content` is full or delta");
    }
    record.full = content == "full";
    TRY_ASSIGN(record.repeats, flag(table, "repeats", false));
    TRY_ASSIGN(record.least_percent, percent(table, "least_percent", record.least_percent));
    TRY_ASSIGN(record.most_percent, percent(table, "most_percent", record.most_percent));
    if (const toml::node* when = table.get("when")) {
      TRY_ASSIGN(record.when, expression(*when, "when"));
    }
    record.fields.resize(record.kind->fields.size());
    const toml::node* fields = table.get("fields");
    record.by_name = !fields;
    if (fields && !fields->is_table()) return error(*fields, "[file.record.fields] is a table");
    if (fields) TRY(expressions(*fields->as_table(), record));
    file.records.push_back(std::move(record));
    return kernel::Ok{};
  }

  kernel::Status expressions(const toml::table& table, RecordMapping& record) {
    for (const auto& [name, node] : table) {
      const int index = record.kind->field(name.str());
      if (index < 0) {
        std::string known;
        for (const auto& f : record.kind->fields)
          known += (known.empty() ? "" : ", ") + std::string(f.name);
        return error(node, fmt::format("{} have no field `{}`; they have {}", record.kind->name,
                                       name.str(), known));
      }
      TRY_ASSIGN(record.fields[static_cast<std::size_t>(index)], expression(node, name.str()));
    }
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      const FieldSpec& field = record.kind->fields[i];
      if (record.fields[i] || !field.required) continue;
      return error(table,
                   fmt::format("{} need an expression for `{}`", record.kind->name, field.name));
    }
    return kernel::Ok{};
  }

  kernel::Result<Expression> expression(const toml::node& node, std::string_view field) const {
    std::string source;
    if (const auto* found = node.as_string()) {
      source = found->get();
    } else if (const auto* number = node.as_integer()) {
      source = std::to_string(number->get());
    } else {
      return error(node, fmt::format("`{}` is an expression in quotes, or a whole number", field));
    }
    auto parsed = Expression::parse(source, *mapping_.tables);
    if (parsed) return parsed;
    return error(node,
                 fmt::format("{}: {} at {}", field, parsed.error().message, parsed.error().where));
  }

  Mapping mapping_;
};

}  // namespace

kernel::Result<Mapping> parse_mapping(std::string_view toml_text, std::string_view name) {
  toml::table root;
  try {
    root = toml::parse(toml_text, name);
  } catch (const toml::parse_error& failed) {
    return Error{
        Code::invalid_input, std::string(failed.description()),
        fmt::format("{}:{}:{}", name, failed.source().begin.line, failed.source().begin.column)};
  }
  TRY_ASSIGN(Mapping made, MappingReader(name).run(root));
  made.sha256 = kernel::sha256_hex(toml_text);
  return made;
}

kernel::Result<Mapping> load_mapping(const std::filesystem::path& path) {
  TRY_ASSIGN(const std::string text, read_bytes(path));
  return parse_mapping(text, path.filename().string());
}

const FileMapping* Mapping::find(std::string_view file_name) const {
  for (const FileMapping& file : files) {
    if (glob_matches(file.match, file_name)) return &file;
  }
  return nullptr;
}

bool glob_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = pattern.npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p, ++n;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (star != pattern.npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

kernel::Result<kernel::Date> as_of_of(const Mapping& mapping, std::string_view file_name,
                                      std::optional<kernel::Date> given) {
  if (given) return *given;
  static constexpr std::string_view in_name = "file_name:";
  if (std::string_view(mapping.as_of).starts_with(in_name)) {
    const std::string_view format = std::string_view(mapping.as_of).substr(in_name.size());
    for (std::size_t at = 0; at + format.size() <= file_name.size(); ++at) {
      std::int64_t days = 0;
      Problem ignored;
      if (parse_date(file_name.substr(at, format.size()), format, days, ignored)) {
        return kernel::Date::from_days(static_cast<std::int32_t>(days));
      }
    }
    return Error{Code::invalid_input,
                 fmt::format("the file's name holds no date of the form {}", format),
                 std::string(file_name)};
  }
  if (mapping.as_of.empty()) {
    return Error{Code::invalid_input,
                 "of which day is the file? say --as-of, or as_of in the mapping's [source]",
                 mapping.name};
  }
  auto parsed = kernel::Date::parse(mapping.as_of);
  if (parsed) return parsed;
  return Error{Code::invalid_input, "[source] as_of: " + parsed.error().message, mapping.name};
}

kernel::Result<FileMapping> bind_columns(const FileMapping& mapping,
                                         const std::vector<std::string>& header) {
  FileMapping bound = mapping;
  for (RecordMapping& record : bound.records) {
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      const FieldSpec& field = record.kind->fields[i];
      auto& expression = record.fields[i];
      const auto there = [&] { return std::find(header.begin(), header.end(), field.name); };
      if (record.by_name && (field.required || there() != header.end())) {
        expression = Expression::column(field.name);
      }
      if (!expression) continue;
      const auto found = expression->bind(header);
      if (found) continue;
      return Error{Code::invalid_input,
                   fmt::format("{}.{}: {}; the file's columns are: {}", record.kind->name,
                               field.name, found.error().message, fmt::join(header, ", ")),
                   fmt::format("mapping line {}: `{}`", record.line, expression->text())};
    }
    if (record.when) TRY(record.when->bind(header));
  }
  return bound;
}

}  // namespace intake
