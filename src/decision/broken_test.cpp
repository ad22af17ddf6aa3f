// Tables with one fault planted in each, of several sizes: each fault is found, and each example is
// shown by Model::evaluate, on its own, to be one.

#include <gtest/gtest.h>

#include <set>

#include "decision/check.h"
#include "decision/evaluate.h"
#include "decision/model.h"
#include "decision/parser.h"
#include "tests/broken.h"

namespace decision {
namespace {

Model parsed(const std::string& xml, const ParseOptions& options = {}) {
  auto model = Model::parse(xml, "test", options);
  CHECK_MSG(static_cast<bool>(model), model ? "" : model.error().message.c_str());
  return std::move(*model);
}

Context case_of(const Finding& finding) {
  Context inputs;
  for (const auto& [name, text] : finding.example) {
    ParseContext context;
    const NameScope scope;
    const auto node = parse_expression(text, scope, context);
    EXPECT_TRUE(node) << text;
    Evaluator evaluator;
    if (node) inputs.set(name, evaluator.evaluate(**node, Scope{}));
  }
  return inputs;
}

// Whether the model does on the example what the finding says it does.
void expect_shown(const Model& model, const Finding& finding) {
  SCOPED_TRACE(render_finding(finding, "en"));
  ASSERT_FALSE(finding.example.empty());
  const Evaluation answer = model.evaluate("d", case_of(finding));
  const auto fires = [&](int row) {
    return std::any_of(answer.fired.begin(), answer.fired.end(),
                       [&](const FiredRow& fired) { return fired.row == row; });
  };
  const std::string& kind = finding.kind;
  if (kind == "gap" || kind == "no_default" || kind == "overlap") {
    EXPECT_TRUE(answer.value.is_null());
    EXPECT_FALSE(answer.messages.empty());
    EXPECT_TRUE(answer.fired.empty());
  } else if (kind == "duplicate_row") {
    EXPECT_TRUE(fires(finding.row));
    EXPECT_TRUE(fires(finding.other_row));
  } else if (kind == "output_values" || (kind == "type_error" && finding.column == "d")) {
    EXPECT_TRUE(fires(finding.row));
  } else {  // a row that does not decide
    EXPECT_FALSE(fires(finding.row));
  }
}

const std::set<std::string> without_case = {"unreachable_output", "unused_input",
                                            "not_reproducible"};

class Broken : public testing::TestWithParam<std::size_t> {};

TEST_P(Broken, a_clean_table_has_no_findings) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    std::mt19937_64 random(seed);
    const auto findings = check(parsed(broken::clean(GetParam(), random).xml()));
    ASSERT_TRUE(findings);
    for (const Finding& finding : *findings) ADD_FAILURE() << render_finding(finding, "en");
  }
}

TEST_P(Broken, every_planted_fault_is_found_and_shown) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const broken::Fault& fault : broken::table_faults(GetParam(), seed)) {
      SCOPED_TRACE(fault.name);
      const Model model = parsed(fault.xml);
      const auto findings = check(model);
      ASSERT_TRUE(findings);
      const auto found = std::find_if(findings->begin(), findings->end(), [&](const Finding& f) {
        return f.kind == fault.kind && (fault.row == 0 || f.row == fault.row);
      });
      ASSERT_NE(found, findings->end()) << (findings->empty() ? "" : (*findings)[0].message_en);
      if (without_case.contains(fault.kind)) continue;
      for (const Finding& finding : *findings) {
        if (finding.severity != "note" && !without_case.contains(finding.kind)) {
          expect_shown(model, finding);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Broken, testing::Values(12, 60, 300));

// ---- between decisions -------------------------------------------------------------------------

std::string kinds(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += finding.kind + " " + finding.decision + "\n";
  return text;
}

// A decision `band` of dpd, and `d` of band.
std::string two_tables(const std::string& allowed, const std::vector<std::string>& asked,
                       const std::string& requirement) {
  broken::Table band{"UNIQUE", {{"dpd", "number", ""}}, {"band", "string", ""}, {}, ""};
  band.rows = {{"<= 30", "\"early\""}, {"> 30", "\"late\""}};
  broken::Table d{"UNIQUE", {{"band", "string", allowed}}, {"d", "string", ""}, {}, ""};
  for (const std::string& cell : asked) d.rows.push_back({cell, "\"x" + cell.substr(1)});
  return broken::head() + broken::input_data({"dpd", "number", ""}) +
         "<decision id=\"band\" name=\"band\"><variable name=\"band\"/>" +
         broken::needs("requiredInput", "i_dpd") + table_xml(band) +
         "</decision><decision id=\"d\" name=\"d\"><variable name=\"d\"/>" + requirement +
         table_xml(d) + "</decision></definitions>";
}

TEST(BrokenModel, tables_that_ask_other_tables) {
  const std::string needs_band = broken::needs("requiredDecision", "band");
  const auto found = [&](const std::string& allowed, const std::vector<std::string>& asked) {
    return kinds(*check(parsed(two_tables(allowed, asked, needs_band))));
  };
  EXPECT_EQ(found("", {"\"early\"", "\"late\""}), "");
  EXPECT_EQ(found("", {"\"early\""}), "gap d\n");
  EXPECT_EQ(found("", {"\"early\"", "\"late\"", "\"last\""}), "never_given d\n");
  EXPECT_EQ(found("\"early\"", {"\"early\""}), "not_accepted d\n");
}

TEST(BrokenModel, requirements_that_are_missing_or_too_many) {
  const std::string both = broken::needs("requiredDecision", "band");
  EXPECT_EQ(kinds(*check(parsed(two_tables("", {"\"early\"", "\"late\""},
                                           both + broken::needs("requiredInput", "i_dpd"))))),
            "unused_requirement d\n");
  const std::string missing = two_tables("\"early\", \"late\"", {"\"early\"", "\"late\""}, "");
  EXPECT_EQ(kinds(*check(parsed(missing, {.lenient = true}))), "missing_requirement d\n");
}

std::string expression(const std::string& text) {
  return broken::head() + broken::input_data({"dpd", "number", ""}) +
         "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" +
         broken::needs("requiredInput", "i_dpd") + "<literalExpression><text>" +
         broken::escaped(text) + "</text></literalExpression></decision></definitions>";
}

TEST(BrokenModel, names_nobody_has_and_texts_nobody_understands) {
  EXPECT_EQ(kinds(*check(parsed(expression("dpd + grace"), {.lenient = true}))),
            "unknown_name d\n");
  EXPECT_EQ(kinds(*check(parsed(expression("dpd + * 2"), {.lenient = true}))).substr(0, 14),
            "not_understood");
  EXPECT_EQ(kinds(*check(parsed(expression("for x in [1, dpd] return x + sum(partial)")))), "");
}

}  // namespace
}  // namespace decision
