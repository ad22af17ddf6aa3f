#pragma once
// The packs' cases as files that anybody can run (conformance/README.md): facts in, verdict out
// with code, citation, rank and certainty; and histories of many steps. What enters: a pack with
// its .tests.csv, whose codes and rules are written by hand. What leaves: lines of JSON, made only
// when the pack answers exactly as its table of cases says.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/facts.h"
#include "gate/types.h"

namespace gate {

// ---- the table of cases beside a pack ----------------------------------------------------------

struct PackOption {
  std::string name, value;  // the value as FEEL: 1320, "advise"
};
BOOST_DESCRIBE_STRUCT(PackOption, (), (name, value))

// A line of case,options,facts,codes,rules. The first line, `ordinary`, says the facts that hold
// where a later one does not say otherwise.
struct PackCase {
  std::string name;
  std::vector<PackOption> options;
  Facts facts;
  std::vector<std::string> codes, rules;  // sorted
};
kernel::Result<std::vector<PackCase>> read_pack_cases(std::string_view csv, std::string_view where);
// The pack's text with some options set; an Error when it has no such option.
kernel::Result<std::string> with_options(std::string xml, const std::vector<PackOption>& options);

// ---- the files ---------------------------------------------------------------------------------

struct CaseRefusal {
  std::string code, citation, rank, certainty, again, effective_from;
  std::string table, rule;  // of our pack: where the source stands
  std::string source;       // where the citation was read, as the pack's author noted it
};
BOOST_DESCRIBE_STRUCT(CaseRefusal, (),
                      (code, citation, rank, certainty, again, effective_from, table, rule, source))

struct CaseLine {
  std::string id, name, pack;
  std::vector<PackOption> options;
  Facts facts;
  bool allowed = true;
  std::vector<CaseRefusal> refusals;
};
BOOST_DESCRIBE_STRUCT(CaseLine, (), (id, name, pack, options, facts, allowed, refusals))

// What a lender may choose, each with the sources that speak for it.
struct OptionLine {
  std::string pack, name, value, meaning;
};
BOOST_DESCRIBE_STRUCT(OptionLine, (), (pack, name, value, meaning))
kernel::Result<std::vector<OptionLine>> read_options(std::string_view xml, std::string_view pack);
kernel::Result<std::string> make_option_lines(std::string_view xml, std::string_view pack);

// <pack>.jsonl; an Error where the pack does not answer as its cases say.
kernel::Result<std::string> make_case_lines(std::string_view xml, std::string_view pack,
                                            std::string_view tests_csv);

struct SequencePoint {
  std::string id, role, channel;
  std::optional<std::string> customer;  // which of the person's customer numbers; one when absent
  std::optional<std::string> place, source;
  std::optional<bool> valid, consent;  // true when absent
};
BOOST_DESCRIBE_STRUCT(SequencePoint, (),
                      (id, role, channel, customer, place, source, valid, consent))

// `action` is one of: ask, outcome, hold, lift.
struct SequenceStep {
  kernel::Instant at;
  std::string action;
  std::optional<std::string> point, channel, purpose;  // ask
  std::optional<bool> says_debt;
  std::optional<int> visitors;
  std::optional<std::string> asker_kind;  // user when absent, certified and recorded
  std::optional<bool> allowed;            // what must come out
  std::optional<std::vector<std::string>> codes;
  std::optional<kernel::Instant> allowed_at;
  std::optional<int> of;               // outcome: the step, from 1, that asked
  std::optional<std::string> outcome;  // docs/gate.md lists them
  std::optional<std::string> hold;     // hold, lift: its kind
  std::optional<kernel::Date> until;   // its last day
};
BOOST_DESCRIBE_STRUCT(SequenceStep, (),
                      (at, action, point, channel, purpose, says_debt, visitors, asker_kind,
                       allowed, codes, allowed_at, of, outcome, hold, until))

struct SequenceLine {
  std::string id, name;
  std::vector<std::string> packs;
  std::string jurisdiction, zone;
  std::vector<std::string> products;
  std::vector<SequencePoint> points;
  std::vector<SequenceStep> steps;
};
BOOST_DESCRIBE_STRUCT(SequenceLine, (),
                      (id, name, packs, jurisdiction, zone, products, points, steps))

// ---- running them ------------------------------------------------------------------------------

struct ConformanceReport {
  int cases = 0, sequences = 0, steps = 0;
  std::vector<std::string> failures;  // id: what came out, what must
};

// Every line of cases/*.jsonl against the packs of this folder of decisions, alone and as given.
kernel::Status run_case_files(const std::filesystem::path& folder,
                              const std::filesystem::path& decisions, ConformanceReport& report);
// Every line of sequences/*.jsonl: people, permits, outcomes and holds in this store, which should
// be a fresh one with the schemas of intake and gate.
kernel::Status run_sequence_files(const std::filesystem::path& folder,
                                  const std::filesystem::path& decisions, store::Store& store,
                                  ConformanceReport& report);

// The files as they must be for these packs: cases/<pack>.jsonl, options.jsonl; by name.
kernel::Result<std::vector<std::pair<std::string, std::string>>> make_files(
    const std::filesystem::path& decisions);

// A question of another runner, one line: {"pack","options","facts"}; the answer, one line:
// {"allowed","codes"}. Facts that are absent are those of an ordinary case: none may be.
kernel::Result<std::string> answer_case(const std::filesystem::path& decisions,
                                        std::string_view json);

}  // namespace gate
