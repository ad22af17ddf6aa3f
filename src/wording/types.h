#pragma once
// What may be said. What enters is a text and to whom, where and when it is said; what leaves is
// every rule that it breaks, with the words marked, the citation and a suggestion. The words are
// lists and the judgement is a table (decisions/wording*), in force on a day like every other.
// Never true: a text let through because rules could not be read; a text changed.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace wording {

inline constexpr std::size_t text_bytes_max = 64 << 10;
inline constexpr std::size_t marks_max = 200;  // of a text; what is beyond is not reported

// To whom, where and when. Unknown words of role or position are refused by check().
struct Context {
  std::string role = "self";       // self | guarantor | contact_person | other
  bool identity_confirmed = true;  // the hearer was made sure of (a letter: the reserved address)
  bool hardship = false;           // declared hardship or vulnerable
  std::string channel = "call";    // as of a permit: call | robot_call | sms | email | letter | …
  // talk: in a conversation; opening: its first words; message, letter: all of one that is sent;
  // template: a text with {blanks}; note: for our own files
  std::string position = "talk";
};

// Some words of the text, counted in Unicode code points from 0, `to` behind the last one.
struct Mark {
  std::int64_t from = 0, to = 0;
  std::string text;     // as it stands there
  std::string word_id;  // of the list
  std::string how;      // plain | disguised | homophone
  std::string suggestion_zh, suggestion_en;
};
BOOST_DESCRIBE_STRUCT(Mark, (), (from, to, text, word_id, how, suggestion_zh, suggestion_en))

struct Refusal {
  std::string code, wording_class, severity;  // severity: block | warn
  std::string citation, rank, certainty, reason_zh, reason_en, effective_from;
  std::string file, version, rule_id;  // the row of the table that judged
  std::int64_t row = 0;
  std::vector<Mark> marks;  // empty where something is missing from the text
  std::string suggestion_zh, suggestion_en;
};
BOOST_DESCRIBE_STRUCT(Refusal, (),
                      (code, wording_class, severity, citation, rank, certainty, reason_zh,
                       reason_en, effective_from, file, version, rule_id, row, marks, suggestion_zh,
                       suggestion_en))

struct Verdict {
  bool allowed = true;  // nothing blocks; there may be warnings
  std::vector<Refusal> refusals;
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (allowed, refusals))

// "CN_WORDS_INSULT CN_CRIME_THREAT": for facts, which hold no words of the text.
std::string codes_of(const Verdict& verdict);

// The lists and tables in force, read once; safe to use from many threads.
class Rules {
 public:
  struct File {  // by its name under decisions/
    std::string name, version;
    std::shared_ptr<const std::string> bytes;
  };
  // The shipped lists, the shipped table, and the lender's own tables (wording/*.dmn).
  static kernel::Result<Rules> of(const std::vector<File>& files);
  static kernel::Result<Rules> load(const std::filesystem::path& decisions);
  // As they are in force on a day. Cheap to ask again.
  static kernel::Result<Rules> in_force(store::Transaction& tx,
                                        const std::filesystem::path& decisions, kernel::Date date);

  // Error where the text is too long or the context unknown; otherwise every rule it breaks.
  kernel::Result<Verdict> check(std::string_view text, const Context& context) const;

  struct Impl;  // rules.cpp

 private:
  explicit Rules(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// What of rules in force the gate, outreach or casework asks: in force today, checked, and, where
// it is refused or warned of, a fact `text_refused` or `text_flagged` of the subject that has the
// codes and rows and none of the words.
struct Said {
  std::string_view text;
  Context context;
  std::string subject;  // "customer:C0000123"
  std::string by;       // "user:wang"
};
kernel::Result<Verdict> check_said(store::Transaction& tx, const std::filesystem::path& decisions,
                                   const Said& said, kernel::Instant now);

// Why a lender's own table could not be used; empty: it can. For the life of tables.
std::string table_problem(std::string_view file, std::string_view xml);
bool is_wording_table(std::string_view file);  // wording.dmn, wording/….dmn

// ---- how good it is ----------------------------------------------------------------------------

// A line of labelled.csv: part,role,identity,hardship,position,expect,text.
struct Measure {
  std::string part, wording_class;  // "all" sums the classes; "pass": lines that must pass
  std::int64_t found = 0, wrong = 0, missed = 0;  // true and false positives, false negatives
  double precision() const;                       // 1 where nothing was found
  double recall() const;                          // 1 where there was nothing to find
};
struct Mistake {
  std::string part, text, expected, got;
  std::int64_t line = 0;
};
struct Score {
  std::vector<Measure> measures;  // by part, then class
  std::vector<Mistake> mistakes;
};
kernel::Result<Score> measure(const Rules& rules, std::string_view labelled_csv,
                              std::string_view where);

std::vector<http::Route> routes(store::Store& store, std::filesystem::path decisions);

}  // namespace wording
