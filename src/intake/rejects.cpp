#include <algorithm>

#include "intake/read.h"

namespace intake {
namespace {

// One value in the file's dialect. Where nothing can be quoted, what would break the line becomes
// a space.
void write_field(std::string& out, std::string_view value, const Dialect& dialect) {
  const bool breaks =
      value.find_first_of("\r\n") != value.npos || value.find(dialect.delimiter) != value.npos;
  if (dialect.quote == 0) {
    std::string plain(value);
    for (std::size_t at; breaks && (at = plain.find(dialect.delimiter)) != plain.npos;) {
      plain.replace(at, dialect.delimiter.size(), " ");
      if (dialect.delimiter == " ") break;
    }
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    out += plain;
    return;
  }
  if (!breaks && value.find(dialect.quote) == value.npos) {
    out += value;
    return;
  }
  out += dialect.quote;
  for (const char c : value) {
    if (c == dialect.quote) out += c;
    out += c;
  }
  out += dialect.quote;
}

void write_line(std::string& out, const std::vector<std::string>& fields, const Dialect& dialect) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += dialect.delimiter;
    write_field(out, fields[i], dialect);
  }
  out += "\r\n";
}

}  // namespace

const std::vector<std::string>& reject_columns() {
  static const std::vector<std::string> names = {"_line", "_column", "_field", "_reason", "_hint"};
  return names;
}

std::string render_rejects(const FileMapping& mapping, const ReadFile& read) {
  std::string out;
  std::vector<std::string> line = read.columns;
  line.insert(line.end(), reject_columns().begin(), reject_columns().end());
  write_line(out, line, mapping.dialect);
  const std::size_t width = read.columns.size();
  for (const RejectedLine& bad : read.bad) {
    line = bad.fields;
    for (std::size_t i = width; i < line.size(); ++i) {  // too many: the rest joins the last
      line[width - 1] += mapping.dialect.delimiter + line[i];
    }
    line.resize(width);
    line.push_back(std::to_string(bad.info.line));
    line.push_back(bad.info.column);
    line.push_back(bad.info.field);
    line.push_back(bad.info.reason_code + ": " + bad.info.reason);
    line.push_back(bad.info.hint);
    write_line(out, line, mapping.dialect);
  }
  // The mark lets a spreadsheet know that the file is UTF-8.
  const bool utf_8 = mapping.encoding == Encoding::utf_8;
  return (utf_8 ? "\xEF\xBB\xBF" : "") + encode(out, mapping.encoding);
}

}  // namespace intake
