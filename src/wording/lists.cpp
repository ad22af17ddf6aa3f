#include "wording/lists.h"

#include <fmt/format.h>

#include <set>

#include "decision/csv.h"

namespace wording {

using decision::CsvReader;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

// The lines of a list by the names of its first one.
class Table {
 public:
  Table(const Texts& texts, const std::string& name) : name_(name) {
    const auto found = texts.find(name);
    there_ = found != texts.end();
    reader_.emplace(there_ ? found->second : std::string_view(), name_);
  }

  Status begin(const std::vector<std::string>& names) {
    if (!there_) return Error{Code::not_found, "a list is missing", name_};
    TRY_ASSIGN(const CsvReader::Line line, reader_->take_line());
    if (line != names) {
      std::string wanted;
      for (const std::string& one : names) wanted += (wanted.empty() ? "" : ",") + one;
      return reader_->error("the first line is " + wanted);
    }
    width_ = names.size();
    return kernel::Ok{};
  }

  // False at the end.
  Result<bool> next(CsvReader::Line& cells) {
    while (!reader_->done()) {
      TRY_ASSIGN(cells, reader_->take_line());
      if (cells.size() == 1 && cells[0].empty()) continue;
      if (cells.size() != width_)
        return reader_->error(fmt::format("{} cells, not {}", cells.size(), width_));
      return true;
    }
    return false;
  }
  std::string where() const { return reader_->error("").where; }
  Error error(std::string message) const { return reader_->error(std::move(message)); }

 private:
  std::string name_;
  bool there_ = false;
  std::optional<CsvReader> reader_;
  std::size_t width_ = 0;
};

// Calls `read` with the cells of each line.
template <class Read>
Status each(const Texts& texts, const std::string& name, const std::vector<std::string>& names,
            Read read) {
  Table table(texts, name);
  TRY(table.begin(names));
  CsvReader::Line cells;
  for (;;) {
    TRY_ASSIGN(const bool more, table.next(cells));
    if (!more) return kernel::Ok{};
    TRY(read(cells, table));
  }
}

bool known_position(const std::string& position) {
  static const std::set<std::string> known = {"",       "talk",     "opening", "message",
                                              "letter", "template", "note"};
  return known.contains(position);
}

Status read_classes(const Texts& texts, Lists& lists) {
  return each(
      texts, "classes.csv", {"wording_class", "zh", "en", "suggestion_zh", "suggestion_en"},
      [&](const CsvReader::Line& cells, const Table& table) -> Status {
        if (!lists.classes.emplace(cells[0], ClassText{cells[1], cells[2], cells[3], cells[4]})
                 .second)
          return table.error("the class is there twice");
        return kernel::Ok{};
      });
}

Status read_words(const Folder& folder, const Texts& texts, Lists& lists) {
  std::set<std::string> ids;
  return each(texts, "words.csv",
              {"word_id", "wording_class", "pattern", "homophone", "unless", "suggestion_zh",
               "suggestion_en", "source"},
              [&](const CsvReader::Line& cells, const Table& table) -> Status {
                TRY_ASSIGN(Word word, read_word(folder,
                                                {cells[0], cells[1], cells[2], cells[3], cells[4],
                                                 cells[5], cells[6]},
                                                lists.classes, table.where()));
                if (!ids.insert(word.word_id).second)
                  return table.error("the word_id is there twice");
                if (cells[7].empty()) return table.error("a word has a source");
                lists.words.push_back(std::move(word));
                return kernel::Ok{};
              });
}

Status read_exceptions(const Folder& folder, const Texts& texts, Lists& lists) {
  return each(texts, "exceptions.csv", {"wording_class", "position", "pattern", "reason"},
              [&](const CsvReader::Line& cells, const Table& table) -> Status {
                if (cells[0] != "*" && !lists.classes.contains(cells[0]))
                  return table.error("there is no such class");
                if (!known_position(cells[1])) return table.error("there is no such position");
                TRY_ASSIGN(Pattern pattern, parse_pattern(folder, cells[2], table.where(), true));
                lists.exceptions.push_back({cells[0], cells[1], std::move(pattern)});
                return kernel::Ok{};
              });
}

Status read_speakers(const Folder& folder, const Texts& texts, Lists& lists) {
  return each(texts, "speakers.csv", {"speaker", "pattern"},
              [&](const CsvReader::Line& cells, const Table& table) -> Status {
                if (cells[0] != "customer" && cells[0] != "us")
                  return table.error("a speaker is customer or us");
                TRY_ASSIGN(Pattern pattern, parse_pattern(folder, cells[1], table.where(), true));
                lists.speakers.push_back({cells[0] == "customer", std::move(pattern)});
                return kernel::Ok{};
              });
}

Status read_required(const Folder& folder, const Texts& texts, Lists& lists) {
  return each(texts, "required.csv",
              {"part", "wording_class", "position", "pattern", "suggestion_zh", "suggestion_en"},
              [&](const CsvReader::Line& cells, const Table& table) -> Status {
                if (!lists.classes.contains(cells[1])) return table.error("there is no such class");
                if (!known_position(cells[2])) return table.error("there is no such position");
                TRY_ASSIGN(Pattern pattern, parse_pattern(folder, cells[3], table.where(), true));
                lists.required.push_back(
                    {cells[0], cells[1], cells[2], cells[4], cells[5], std::move(pattern)});
                return kernel::Ok{};
              });
}

}  // namespace

const std::vector<std::string>& list_files() {
  static const std::vector<std::string> files = {"classes.csv",  "words.csv",      "exceptions.csv",
                                                 "speakers.csv", "lookalikes.csv", "required.csv"};
  return files;
}

Result<Folder::Pairs> read_lookalikes(const Texts& texts) {
  Folder::Pairs pairs;
  TRY(each(texts, "lookalikes.csv", {"seen", "meant"},
           [&](const CsvReader::Line& cells, const Table& table) -> Status {
             if (cells[0].empty() || cells[1].empty())
               return table.error("a line has both: what is seen, and what is meant");
             pairs.emplace_back(to_utf32(cells[0]), to_utf32(cells[1]));
             return kernel::Ok{};
           }));
  return pairs;
}

Result<Word> read_word(const Folder& folder, const WordText& text,
                       const std::map<std::string, ClassText>& classes, std::string_view where) {
  const auto error = [&](std::string message) {
    return Error{Code::invalid_input, std::move(message), std::string(where)};
  };
  if (text.word_id.empty()) return error("a word has a word_id");
  if (text.wording_class.empty()) return error("a word has a class");
  if (text.homophone != "yes" && text.homophone != "no")
    return error("homophone is yes or no, not '" + text.homophone + "'");
  Word word{.word_id = text.word_id,
            .wording_class = text.wording_class,
            .suggestion_zh = text.suggestion_zh,
            .suggestion_en = text.suggestion_en,
            .homophone = text.homophone == "yes"};
  if (const auto known = classes.find(text.wording_class);
      known != classes.end() && word.suggestion_zh.empty()) {
    word.suggestion_zh = known->second.suggestion_zh;
    word.suggestion_en = known->second.suggestion_en;
  }
  TRY_ASSIGN(word.pattern, parse_pattern(folder, text.pattern, where, false));
  std::string_view rest = text.unless;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    TRY_ASSIGN(Pattern one, parse_pattern(folder, rest.substr(0, end), where, true));
    word.unless.push_back(std::move(one));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return word;
}

Result<Lists> read_lists(const Folder& folder, const Texts& texts) {
  Lists lists;
  TRY(read_classes(texts, lists));
  TRY(read_words(folder, texts, lists));
  TRY(read_exceptions(folder, texts, lists));
  TRY(read_speakers(folder, texts, lists));
  TRY(read_required(folder, texts, lists));
  for (const Word& word : lists.words)
    if (!lists.classes.contains(word.wording_class))
      return Error{Code::invalid_input,
                   "there is no class '" + word.wording_class + "' in classes.csv",
                   "words.csv " + word.word_id};
  return lists;
}

}  // namespace wording
