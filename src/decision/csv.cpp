#include "decision/csv.h"

#include <algorithm>

namespace decision {

CsvReader::CsvReader(std::string_view text, std::string_view where) : text_(text), where_(where) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

void CsvReader::count_lines(std::size_t from) {
  const auto read = text_.substr(from, at_ - from);
  line_ += static_cast<std::size_t>(std::count(read.begin(), read.end(), '\n'));
}

kernel::Result<CsvReader::Line> CsvReader::take_line() {
  Line cells;
  record_ = line_;
  const std::size_t from = at_;
  while (true) {
    TRY_ASSIGN(std::string cell, take_cell());
    cells.push_back(std::move(cell));
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      continue;
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    count_lines(from);
    return cells;
  }
}

kernel::Error CsvReader::error(std::string message) const {
  return {kernel::Code::invalid_input, std::move(message),
          std::string(where_) + ":" + std::to_string(record_)};
}

kernel::Result<std::string> CsvReader::take_cell() {
  std::string cell;
  if (at_ >= text_.size() || text_[at_] != '"') {
    std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    cell = text_.substr(at_, end - at_);
    at_ = end;
    return cell;
  }
  ++at_;
  while (true) {
    std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) return error("a quoted cell does not end");
    cell += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    cell += '"';
    ++at_;
  }
  bool ends = at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\r' || text_[at_] == '\n';
  if (!ends) return error("there is something after a quoted cell");
  return cell;
}

std::optional<Value> read_csv_value(const std::string& cell, const std::string& type) {
  if (cell.empty()) return Value();
  auto some = [](const auto& parsed) {
    return parsed ? std::optional<Value>(*parsed) : std::nullopt;
  };
  if (type == "number") return some(Decimal::parse(cell));
  if (type == "date") return some(parse_date(cell));
  if (type == "time") return some(parse_time(cell));
  if (type == "date and time") return some(parse_date_time(cell));
  if (type == "days and time duration") return some(parse_days_duration(cell));
  if (type == "years and months duration") return some(parse_months_duration(cell));
  if (type == "boolean") {
    if (cell == "true" || cell == "false") return Value(cell == "true");
    return std::nullopt;
  }
  if (type.empty()) {  // an open type: what the cell looks like
    if (cell == "true" || cell == "false") return Value(cell == "true");
    if (auto number = Decimal::parse(cell)) return Value(*number);
  }
  return Value(cell);
}

}  // namespace decision
