// How good the rules are on labelled lines: what was expected against what was found, by class.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "decision/csv.h"
#include "wording/types.h"

namespace wording {

using decision::CsvReader;
using kernel::Result;

namespace {

using Classes = std::set<std::string>;

Classes split(std::string_view text) {
  Classes all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('|'), text.size());
    all.insert(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

std::string join(const Classes& classes) {
  std::string text;
  for (const std::string& one : classes) text += (text.empty() ? "" : "|") + one;
  return text;
}

Result<Context> context_of(const CsvReader& reader, const CsvReader::Line& cells) {
  Context context;
  if (!cells[1].empty()) context.role = cells[1];
  for (const std::size_t i : {std::size_t{2}, std::size_t{3}})
    if (!cells[i].empty() && cells[i] != "yes" && cells[i] != "no")
      return reader.error("identity and hardship are yes or no");
  context.identity_confirmed = cells[2] != "no";
  context.hardship = cells[3] == "yes";
  if (!cells[4].empty()) context.position = cells[4];
  if (context.position == "message" || context.position == "template") context.channel = "sms";
  if (context.position == "letter") context.channel = "letter";
  return context;
}

class Counter {
 public:
  void count(const std::string& part, const Classes& expected, const Classes& got) {
    for (const std::string& one : got)
      add(part, one, expected.contains(one) ? &Measure::found : &Measure::wrong);
    for (const std::string& one : expected)
      if (!got.contains(one)) add(part, one, &Measure::missed);
    // Lines with nothing to find: what is found there is found wrongly.
    if (expected.empty()) ++(at(part, "pass").*(got.empty() ? &Measure::found : &Measure::missed));
  }
  std::vector<Measure> all() const {
    std::vector<Measure> list;
    for (const auto& [key, one] : measures_) list.push_back(one);
    return list;
  }

 private:
  Measure& at(const std::string& part, const std::string& wording_class) {
    Measure& one = measures_[{part, wording_class}];
    one.part = part;
    one.wording_class = wording_class;
    return one;
  }
  void add(const std::string& part, const std::string& wording_class, std::int64_t Measure::*what) {
    ++(at(part, wording_class).*what);
    ++(at(part, "all").*what);
  }
  std::map<std::pair<std::string, std::string>, Measure> measures_;
};

double share(std::int64_t part, std::int64_t rest) {
  return part + rest == 0 ? 1 : static_cast<double>(part) / static_cast<double>(part + rest);
}

}  // namespace

double Measure::precision() const {
  return share(found, wrong);
}
double Measure::recall() const {
  return share(found, missed);
}

Result<Score> measure(const Rules& rules, std::string_view labelled_csv, std::string_view where) {
  CsvReader reader(labelled_csv, where);
  TRY_ASSIGN(const CsvReader::Line names, reader.take_line());
  static const CsvReader::Line wanted = {"part",     "role",   "identity", "hardship",
                                         "position", "expect", "text"};
  if (names != wanted)
    return reader.error("the first line is part,role,identity,hardship,position,expect,text");
  Counter counter;
  Score score;
  while (!reader.done()) {
    TRY_ASSIGN(const CsvReader::Line cells, reader.take_line());
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (cells.size() != wanted.size()) return reader.error("the line has another number of cells");
    TRY_ASSIGN(const Context context, context_of(reader, cells));
    TRY_ASSIGN(const Verdict verdict, rules.check(cells[6], context));
    const Classes expected = split(cells[5]);
    Classes got;
    for (const Refusal& refusal : verdict.refusals) got.insert(refusal.wording_class);
    counter.count(cells[0], expected, got);
    if (expected != got)
      score.mistakes.push_back({cells[0], cells[6], join(expected), join(got),
                                static_cast<std::int64_t>(reader.line())});
  }
  score.measures = counter.all();
  return score;
}

}  // namespace wording
