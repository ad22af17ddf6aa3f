#pragma once
// Delimited text in, records of fields out: RFC 4180 with any delimiter, quote or none, LF or CRLF.
// A quote that is never closed spoils one line, not the rest of the file: reading goes on with the
// next line. Fields are views into the text, or into the record where quotes were doubled.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

struct Dialect {
  std::string delimiter = ",";
  char quote = '"';  // 0: quotes mean nothing
};

struct Field {
  std::string_view value;
  std::size_t offset;  // of its first byte in the text
};

struct Record {
  enum class State { good, unclosed_quote, stray_quote };
  State state = State::good;
  std::int64_t line = 0;           // physical line of its first byte, from 1
  std::size_t begin = 0, end = 0;  // in the text, without the line end
  std::vector<Field> fields;       // of a bad record: those before the fault, then the faulty one
  bool ended = false;              // by a line end, not by the end of the file
  std::deque<std::string> unescaped;  // what fields view where quotes were doubled; it may move
};

class Scanner {
 public:
  // All of the text, or the first of it: `whole` is false where it goes on.
  explicit Scanner(std::string_view text, Dialect dialect, bool whole = true)
      : text_(text), dialect_(std::move(dialect)), whole_(whole) {}

  // A record over several lines that has not `expected` fields (0: any) is taken for an unclosed
  // quote. Blank lines are passed over. False at the end.
  bool next(Record& record, std::size_t expected);
  // After a false: it needs to see more of the text before it can tell; give it and ask again.
  bool wants_more() const { return !whole_; }
  // The text from position() on, and what comes behind it. Places begin at 0 again.
  void give(std::string_view text, bool whole);
  std::size_t position() const { return at_; }

 private:
  bool next_of_these(Record& record, std::size_t expected);
  std::size_t line_end(std::size_t from);
  void look_at(std::size_t place) { looked_beyond_ |= place >= text_.size(); }
  void split_plain(Record& record, std::size_t end);
  void split_quoted(Record& record, std::size_t expected);
  bool quoted_field(Record& record);
  void give_up(Record& record, Record::State why);

  std::string_view text_;
  Dialect dialect_;
  bool whole_, looked_beyond_ = false;  // the answer may be another once there is more
  std::size_t at_ = 0;
  std::int64_t line_ = 1, lines_in_record_ = 0;
};

}  // namespace intake
