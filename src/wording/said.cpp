// What rooms ask that keep or send what somebody wrote; and what the life of tables asks.

#include "http/json.h"
#include "wording/judge.h"
#include "wording/matcher.h"
#include "wording/types.h"

namespace wording {

using kernel::Result;

namespace {

struct BrokenRule {
  std::string code, severity, rule_id, version;
  std::int64_t marks = 0;
};
BOOST_DESCRIBE_STRUCT(BrokenRule, (), (code, severity, rule_id, version, marks))

// Codes, rows and how many; the words themselves stay out of the log.
struct SaidBody {
  std::string position, channel, role;
  std::vector<BrokenRule> rules;
};
BOOST_DESCRIBE_STRUCT(SaidBody, (), (position, channel, role, rules))

}  // namespace

std::string codes_of(const Verdict& verdict) {
  std::string codes;
  for (const Refusal& one : verdict.refusals) codes += (codes.empty() ? "" : " ") + one.code;
  return codes;
}

Result<Verdict> check_said(store::Transaction& tx, const std::filesystem::path& decisions,
                           const Said& said, kernel::Instant now) {
  TRY_ASSIGN(const Rules rules, Rules::in_force(tx, decisions, now.china_date()));
  TRY_ASSIGN(Verdict verdict, rules.check(said.text, said.context));
  if (verdict.refusals.empty()) return verdict;
  SaidBody body{said.context.position, said.context.channel, said.context.role, {}};
  for (const Refusal& one : verdict.refusals)
    body.rules.push_back({one.code, one.severity, one.rule_id, one.version,
                          static_cast<std::int64_t>(one.marks.size())});
  tx.append({verdict.allowed ? "text_flagged" : "text_refused", said.subject, said.by, now,
             http::write_json(body)});
  return verdict;
}

std::string table_problem(std::string_view file, std::string_view xml) {
  Judge judge;
  const auto words = judge.add(file, xml);
  if (!words) return words.error().message;
  const auto folder = Folder::make({});
  if (!folder) return folder.error().message;
  for (const WordText& text : *words) {
    const auto word = read_word(*folder, text, {}, file);
    if (!word) return text.word_id + ": " + word.error().message;
    Alphabet alphabet;
    add_to(alphabet, word->pattern, false);
    const auto regex = compile(to_regex(alphabet, word->pattern, false));
    if (!regex) return text.word_id + ": " + regex.error().message;
  }
  return "";
}

}  // namespace wording
