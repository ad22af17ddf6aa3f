// wording check | test: what may be said, and how good the rules are at finding what may not.

#include <fmt/format.h>

#include <memory>

#include "app/answer.h"
#include "app/cli.h"
#include "http/json.h"
#include "wording/types.h"

namespace app {

using kernel::Result;

namespace {

struct WordingCommand {
  Place place;
  std::string text, labelled, mistakes;
  wording::Context context;
  bool unconfirmed = false, json = false;
};

// With a data folder, the lender's own tables of today too; without, what is shipped.
Result<wording::Rules> rules_of(const WordingCommand& command) {
  TRY_ASSIGN(const auto decisions, find_decisions(command.place));
  if (command.place.data.empty()) return wording::Rules::load(decisions);
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return store->read([&](store::Transaction& tx) {
    return wording::Rules::in_force(tx, decisions, clock().china_date());
  });
}

std::string in_words(const wording::Refusal& refusal) {
  std::string text = fmt::format(
      "{} {} {}\n  {}\n  {}\n  {} [{}, {}]\n  {} {} {} ({})\n", refusal.code, refusal.severity,
      refusal.wording_class, refusal.reason_zh, refusal.reason_en, refusal.citation, refusal.rank,
      refusal.certainty, refusal.file, refusal.row, refusal.rule_id, refusal.version);
  for (const wording::Mark& mark : refusal.marks)
    text += fmt::format("  {}–{} 【{}】 {} {}\n", mark.from, mark.to, mark.text, mark.word_id,
                        mark.how);
  return text + "  → " + refusal.suggestion_zh + "\n  → " + refusal.suggestion_en + "\n";
}

// 0 where it may be said, 1 where a rule refuses or warns.
int check(const WordingCommand& command) {
  const auto verdict = [&]() -> Result<wording::Verdict> {
    TRY_ASSIGN(const wording::Rules rules, rules_of(command));
    std::string text = command.text;
    if (text == "-") {
      TRY_ASSIGN(text, read_file("-"));
    }
    wording::Context context = command.context;
    context.identity_confirmed = !command.unconfirmed;
    return rules.check(text, context);
  }();
  if (!verdict) return fail(verdict.error());
  std::string out;
  if (command.json) {
    out = http::write_json(*verdict) + "\n";
  } else {
    for (const wording::Refusal& refusal : verdict->refusals) out += in_words(refusal);
    if (verdict->refusals.empty()) out = "可以 / fine\n";
  }
  const int said = say(out);
  return said != 0 ? said : verdict->refusals.empty() ? 0 : 1;
}

int measure(const WordingCommand& command) {
  const auto text = [&]() -> Result<std::string> {
    TRY_ASSIGN(const wording::Rules rules, rules_of(command));
    TRY_ASSIGN(const auto decisions, find_decisions(command.place));
    const std::string file = command.labelled.empty()
                                 ? (decisions / "wording" / "labelled.csv").string()
                                 : command.labelled;
    TRY_ASSIGN(const std::string csv, read_file(file));
    TRY_ASSIGN(const auto score, wording::measure(rules, csv, file));
    std::string out = fmt::format("{:<8} {:<16} {:>6} {:>6} {:>6} {:>10} {:>8}\n", "part", "class",
                                  "found", "wrong", "missed", "precision", "recall");
    for (const auto& one : score.measures)
      out += fmt::format("{:<8} {:<16} {:>6} {:>6} {:>6} {:>10.3f} {:>8.3f}\n", one.part,
                         one.wording_class, one.found, one.wrong, one.missed, one.precision(),
                         one.recall());
    for (const auto& one : score.mistakes)
      if (one.part == command.mistakes)
        out += fmt::format("line {}: {}\n  expected [{}], got [{}]\n", one.line, one.text,
                           one.expected, one.got);
    return out;
  }();
  return text ? say(*text) : fail(text.error());
}

void add_place_options(CLI::App& command, Place& place) {
  command.add_option("--decisions", place.decisions, "decision tables (default: the shipped ones)");
  command.add_option("--data", place.data, "data folder: the lender's own tables of today too");
  command.add_option("--store", place.store, "postgres://…, with --data");
  command.add_option("--key", place.key, "key file, with --data");
  command.add_option("--now", place.now, "start the clock at this time, with --data");
}

}  // namespace

void add_wording_commands(CLI::App& program, int& exit_code) {
  const auto c = std::make_shared<WordingCommand>();
  auto* group = program.add_subcommand("wording", "what may be said; see docs/wording.md");
  group->require_subcommand(1);
  auto* ask = group->add_subcommand("check", "a text: 0 fine, 1 a rule refuses or warns");
  add_place_options(*ask, c->place);
  ask->add_option("text", c->text, "the text, - for standard input")->required();
  ask->add_option("--role", c->context.role,
                  "who hears it: self, guarantor, contact_person, other");
  ask->add_option("--position", c->context.position,
                  "talk, opening, message, letter, template or note");
  ask->add_option("--channel", c->context.channel, "call, sms, letter …");
  ask->add_flag("--identity-unconfirmed", c->unconfirmed, "the hearer is not made sure of yet");
  ask->add_flag("--hardship", c->context.hardship, "declared hardship or vulnerable");
  ask->add_flag("--json", c->json, "the verdict as JSON");
  ask->callback([c, &exit_code] { exit_code = check(*c); });

  auto* test = group->add_subcommand("test", "precision and recall on labelled lines");
  add_place_options(*test, c->place);
  test->add_option("--labelled", c->labelled, "CSV (default: wording/labelled.csv)");
  test->add_option("--mistakes", c->mistakes, "show the lines of a part that went wrong: dev");
  test->callback([c, &exit_code] { exit_code = measure(*c); });
}

}  // namespace app
