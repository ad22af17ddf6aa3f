#include "decision/case_program.h"

#include <gtest/gtest.h>

#include "decision/decision.h"

namespace decision {
namespace {

const char* const kModel = R"(<definitions name="m" namespace="n">
  <inputData id="d" name="dpd"><variable name="dpd" typeRef="number"/></inputData>
  <inputData id="o" name="overdue_fen"><variable name="overdue_fen" typeRef="number"/></inputData>
  <inputData id="p" name="paid_fen"><variable name="paid_fen" typeRef="number"/></inputData>
  <inputData id="r" name="product"><variable name="product" typeRef="string"/></inputData>
  <decision id="t" name="Treatment">
    <informationRequirement><requiredInput href="#d"/></informationRequirement>
    <informationRequirement><requiredInput href="#o"/></informationRequirement>
    <informationRequirement><requiredInput href="#p"/></informationRequirement>
    <informationRequirement><requiredInput href="#r"/></informationRequirement>
    <decisionTable hitPolicy="FIRST">
      <input><inputExpression><text>dpd</text></inputExpression></input>
      <input><inputExpression><text>paid_fen</text></inputExpression></input>
      <input><inputExpression><text>product</text></inputExpression></input>
      <output name="what" typeRef="string"/><output name="cost" typeRef="number"/>
      <annotation name="why"/>
      <rule id="late"><inputEntry><text>&gt; 90</text></inputEntry>
        <inputEntry><text>&lt; overdue_fen / 4</text></inputEntry>
        <inputEntry><text>not("loan")</text></inputEntry>
        <outputEntry><text>"visit"</text></outputEntry><outputEntry><text>12.5</text></outputEntry>
        <annotationEntry><text>hardly paid</text></annotationEntry></rule>
      <rule id="some"><inputEntry><text>[1..90], 100</text></inputEntry>
        <inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"call"</text></outputEntry>
        <outputEntry><text>dpd * 0.5</text></outputEntry>
        <annotationEntry><text>late</text></annotationEntry></rule>
    </decisionTable></decision></definitions>)";

std::string shown(const Evaluation& said) {
  std::string text = said.value.source();
  for (const FiredRow& row : said.fired) {
    text += " " + row.decision + std::to_string(row.row) + row.rule_id + row.annotation;
    for (const auto& [name, value] : row.inputs) text += " " + name + "=" + value.source();
  }
  for (const std::string& message : said.messages) text += " " + message;
  return text;
}

class CaseTest : public testing::Test {
 protected:
  CaseTest() : model_(Model::parse(kModel, "case")), program_(model_->prepare("Treatment")) {}
  std::size_t slot(const char* name) const { return program_->slot(name).value(); }
  kernel::Result<Model> model_;
  kernel::Result<CaseProgram> program_;
};

TEST_F(CaseTest, AnswersAreReadWithoutAValue) {
  ASSERT_TRUE(program_->lowered()) << program_->why_interpreted();
  CaseRun run(*program_);
  run.set_number(slot("dpd"), 120);
  run.set_number(slot("overdue_fen"), 4'000);
  run.set_number(slot("paid_fen"), 999);
  run.set_string(slot("product"), "card");
  ASSERT_TRUE(run.decide());
  EXPECT_EQ(run.text(0), "visit");
  EXPECT_EQ(run.number(1), 125);
  EXPECT_EQ(program_->outputs()[1].scale, 1);
  EXPECT_EQ(run.fired_row(0), 1);
  EXPECT_EQ(program_->tables()[0], "Treatment");
  run.set_number(slot("paid_fen"), 1'000);  // a quarter is no longer less than a quarter
  ASSERT_TRUE(run.decide());
  EXPECT_TRUE(run.is_null(0));
  EXPECT_EQ(run.fired_row(0), 0);
}

// The same words as the interpreter's, whatever is given.
TEST_F(CaseTest, ExplainsAsTheInterpreterDoes) {
  const Context cases[] = {
      {{"dpd", 120}, {"overdue_fen", 4'000}, {"paid_fen", 1}, {"product", "card"}},
      {{"dpd", 120}, {"overdue_fen", 4'000}, {"paid_fen", 1}, {"product", "loan"}},
      {{"dpd", Decimal::scaled(155, 1)}, {"overdue_fen", 4'000}, {"paid_fen", 1}, {"product", "x"}},
      {{"dpd", 30}, {"overdue_fen", INT64_MAX}, {"paid_fen", INT64_MAX}, {"product", "x"}},
      {{"dpd", 30}, {"product", 7}},
      {{"dpd", "thirty"}, {"paid_fen", true}},
      {}};
  CaseRun run(*program_);
  for (const Context& inputs : cases) {
    run.clear();
    for (const auto& [name, value] : inputs.entries()) run.set(slot(name.c_str()), value);
    run.decide();
    EXPECT_EQ(shown(run.explain()), shown(model_->evaluate("Treatment", inputs)));
    EXPECT_EQ(run.value(), model_->evaluate("Treatment", inputs).value);
  }
}

TEST_F(CaseTest, OddValuesAreForgottenWhenSetAgain) {
  CaseRun run(*program_);
  run.set(slot("dpd"), "thirty");
  EXPECT_FALSE(run.decide());
  run.set_number(slot("dpd"), 30);
  EXPECT_TRUE(run.decide());
  EXPECT_EQ(run.text(0), "call");
  EXPECT_EQ(run.fired_row(0), 2);
}

TEST_F(CaseTest, UnknownDecisionIsAnError) {
  EXPECT_EQ(model_->prepare("Nothing").error().code, kernel::Code::not_found);
  EXPECT_FALSE(program_->slot("nothing"));
}

}  // namespace
}  // namespace decision
