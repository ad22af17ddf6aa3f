#include "intake/scan.h"

#include <algorithm>

namespace intake {
namespace {

// Bounds the search for a closing quote, so that a file full of open quotes is still read in
// linear time.
constexpr std::size_t quoted_max = 64 * 1024;

}  // namespace

std::size_t Scanner::line_end(std::size_t from) {
  const std::size_t end = std::min(text_.find('\n', from), text_.size());
  look_at(end);
  return end;
}

void Scanner::split_plain(Record& record, std::size_t end) {
  const std::string_view delimiter = dialect_.delimiter, upto = text_.substr(0, end);
  std::size_t from = record.begin;
  while (true) {
    std::size_t to =
        delimiter.size() == 1 ? upto.find(delimiter[0], from) : upto.find(delimiter, from);
    if (to == upto.npos) to = end;
    record.fields.push_back({text_.substr(from, to - from), from});
    if (to == end) break;
    from = to + delimiter.size();
  }
  record.end = end;
}

// At an opening quote. Leaves at_ behind the closing one; false when there is none near enough.
bool Scanner::quoted_field(Record& record) {
  const std::size_t begin = at_ + 1;
  std::size_t from = begin;
  std::string* copy = nullptr;
  while (true) {
    const std::size_t close = text_.substr(0, begin + quoted_max).find(dialect_.quote, from);
    look_at(close == text_.npos ? begin + quoted_max : close + 1);
    if (close == text_.npos) {
      record.fields.push_back({text_.substr(begin, line_end(begin) - begin), begin});
      return false;
    }
    const bool doubled = close + 1 < text_.size() && text_[close + 1] == dialect_.quote;
    if (doubled && !copy) {
      copy = &record.unescaped.emplace_back();
    }
    if (copy) copy->append(text_.substr(from, close - from + (doubled ? 1 : 0)));
    if (!doubled) {
      const std::string_view plain = text_.substr(begin, close - begin);
      record.fields.push_back({copy ? std::string_view(*copy) : plain, begin});
      for (const char c : plain) lines_in_record_ += c == '\n';
      at_ = close + 1;
      return true;
    }
    from = close + 2;
  }
}

void Scanner::give_up(Record& record, Record::State why) {
  record.state = why;
  record.end = line_end(record.begin);
  lines_in_record_ = 0;
  if (record.end > record.begin && text_[record.end - 1] == '\r') --record.end;
}

void Scanner::split_quoted(Record& record, std::size_t expected) {
  at_ = record.begin;
  while (true) {
    if (at_ < text_.size() && text_[at_] == dialect_.quote) {
      if (!quoted_field(record)) return give_up(record, Record::State::unclosed_quote);
    } else {
      const std::size_t end = line_end(at_);
      const std::size_t to = std::min(text_.substr(0, end).find(dialect_.delimiter, at_), end);
      const bool cr = to == end && to > at_ && text_[to - 1] == '\r';
      record.fields.push_back({text_.substr(at_, to - at_ - (cr ? 1 : 0)), at_});
      at_ = to - (cr ? 1 : 0);
    }
    look_at(at_ + std::max<std::size_t>(dialect_.delimiter.size(), 2) - 1);
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with(dialect_.delimiter)) {
      at_ += dialect_.delimiter.size();
      continue;
    }
    if (rest.empty() || rest[0] == '\n' || rest.starts_with("\r\n") || rest == "\r") break;
    return give_up(record, Record::State::stray_quote);
  }
  record.end = at_;
  if (lines_in_record_ > 0 && expected > 0 && record.fields.size() != expected) {
    give_up(record, Record::State::unclosed_quote);
  }
}

void Scanner::give(std::string_view text, bool whole) {
  text_ = text;
  whole_ = whole;
  at_ = 0;
}

bool Scanner::next(Record& record, std::size_t expected) {
  const std::size_t at = at_;
  const std::int64_t line = line_;
  looked_beyond_ = false;
  const bool found = next_of_these(record, expected);
  if (whole_ || (found && !looked_beyond_)) return found;
  at_ = at;
  line_ = line;
  return false;
}

bool Scanner::next_of_these(Record& record, std::size_t expected) {
  std::size_t end = 0;
  while (true) {  // past blank lines
    if (at_ >= text_.size()) return false;
    end = line_end(at_);
    const std::string_view line = text_.substr(at_, end - at_);
    if (!line.empty() && line != "\r") break;
    at_ = end + 1;
    ++line_;
  }
  record.state = Record::State::good;
  record.line = line_;
  record.begin = at_;
  record.fields.clear();
  record.unescaped.clear();
  lines_in_record_ = 0;
  const std::string_view line = text_.substr(at_, end - at_);
  if (dialect_.quote == 0 || line.find(dialect_.quote) == line.npos) {
    split_plain(record, line.ends_with('\r') ? end - 1 : end);
  } else {
    split_quoted(record, expected);
    end = line_end(record.end);
  }
  record.ended = end < text_.size();
  at_ = end + 1;
  line_ += lines_in_record_ + 1;
  return true;
}

}  // namespace intake
