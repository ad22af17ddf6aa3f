#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "book/types.h"
#include "score/types.h"
#include "strategy/types.h"
#include "tests/accounts.h"
#include "tests/stores.h"

namespace strategy {
namespace {

namespace fs = std::filesystem;

Models shipped() {
  auto loaded = Models::load("decisions");
  CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
  return std::move(*loaded);
}

column::Sheet scored(std::size_t rows, const Models& models, unsigned threads = 1) {
  column::Sheet accounts = tests::make_accounts(rows);
  const auto aged = book::decide_by_table(accounts, *models.find("bucket.dmn")->model,
                                          {.decision = "bucket", .threads = threads});
  CHECK(aged);
  const auto done = score::decide_scores(accounts, *models.find("scorecard.dmn")->model,
                                         tests::accounts_date, threads);
  CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
  return accounts;
}

column::Sheet decided(std::size_t rows, const Models& models, unsigned threads = 1) {
  column::Sheet accounts = scored(rows, models, threads);
  const auto done = decide_strategy(accounts, models, tests::accounts_date, threads);
  CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
  return accounts;
}

// A copy of the shipped tables to change.
void copy_tables(const fs::path& to) {
  fs::copy("decisions", to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

void replace_in(const fs::path& file, const std::string& from, const std::string& to) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t at = text.find(from);
  CHECK_MSG(at != std::string::npos, from.c_str());
  text.replace(at, from.size(), to);
  std::ofstream(file, std::ios::binary) << text;
}

TEST(Strategy, the_interpreter_agrees_with_the_columns_on_every_account) {
  const Models models = shipped();
  const column::Sheet accounts = decided(3'000, models);
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    for (const Explained& said : explain(models, accounts, row)) {
      ASSERT_TRUE(said.messages.empty()) << said.decision << ": " << said.messages[0];
      ASSERT_NE(said.agrees, false) << said.decision << ", account " << row;
    }
  }
}

TEST(Strategy, shipped_tables_run_as_integer_work) {
  const Models models = shipped();
  const column::Sheet accounts = decided(10, models);
  // Those the night runs on columns; others are asked about one case at a time.
  for (const char* name :
       {"bucket.dmn", "terms.dmn", "payment_order.dmn", "scorecard.dmn", "risk_grade.dmn",
        "treatment.dmn", "expected_net.dmn", "priority.dmn", "allocation.dmn"}) {
    const ModelFile& file = *models.find(name);
    for (const auto& info : file.model->decisions()) {
      if (info.name == "allocation_worth") continue;  // asked once a team
      std::vector<decision::ColumnType> types;
      for (const auto& input : info.inputs) {
        ASSERT_TRUE(accounts.has(input.name)) << file.file << " asks for " << input.name;
        const bool code = accounts.type(input.name) == column::Type::code;
        types.push_back(
            {input.name, code ? decision::ColumnKind::string : decision::ColumnKind::number, 0});
      }
      const auto program = file.model->compile(info.name, types);
      ASSERT_TRUE(program) << program.error().message;
      EXPECT_TRUE(program->lowered()) << info.name << ": " << program->why_interpreted();
    }
  }
}

// Nights of kept tables from before expected_net.dmn are made again from those alone.
TEST(Strategy, tables_that_expect_nothing_give_a_priority_and_no_amounts) {
  const tests::Folder folder;
  copy_tables(folder.path());
  fs::remove(folder.path() / "expected_net.dmn");
  std::ofstream(folder.path() / "priority.dmn", std::ios::binary)
      << R"(<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
  id="priority_model" name="priority" namespace="https://evenhand.example/decisions/priority">
  <inputData id="i" name="balance_fen"><variable name="balance_fen" typeRef="number"/></inputData>
  <decision id="priority" name="priority"><variable name="priority" typeRef="number"/>
  <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
  <literalExpression id="l" typeRef="number"><text>min(1000, max(0, balance_fen))</text>
  </literalExpression>
  </decision></definitions>)";
  const auto models = Models::load(folder.path());
  ASSERT_TRUE(models) << models.error().message;
  const column::Sheet accounts = decided(300, *models);
  EXPECT_FALSE(accounts.has("expected_recovery_fen"));
  EXPECT_FALSE(accounts.has("expected_cost_fen"));
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  const auto priority = accounts.get<std::int32_t>("priority");
  for (std::size_t row = 0; row < accounts.rows(); ++row)
    ASSERT_EQ(priority[row], std::clamp<std::int64_t>(balance[row], 0, 1'000));
}

TEST(Strategy, threads_change_no_byte) {
  const Models models = shipped();
  const column::Sheet one = decided(70'000, models, 1), four = decided(70'000, models, 4);
  EXPECT_EQ(one.hash(), four.hash());
}

TEST(Strategy, explains_every_table_on_the_way_with_row_rule_reason_and_version) {
  const Models models = shipped();
  const column::Sheet accounts = decided(50, models);
  std::set<std::string> decisions;
  for (const Explained& said : explain(models, accounts, 7)) {
    decisions.insert(said.decision);
    EXPECT_EQ(said.version.size(), 12u);
    EXPECT_NE(said.title, "");
    if (said.row == 0) continue;
    EXPECT_NE(said.rule_id, "") << said.decision;
    EXPECT_NE(said.annotation, "") << said.decision;
    EXPECT_FALSE(said.inputs.empty()) << said.decision;
    EXPECT_FALSE(said.outputs.empty()) << said.decision;
  }
  for (const char* name :
       {"bucket", "willingness_dpd", "grade", "balance_band", "treatment", "recovery_rate_bps",
        "expected_cost_fen", "net_points", "priority", "allocation"}) {
    EXPECT_TRUE(decisions.contains(name)) << name;
  }
}

TEST(Strategy, a_book_that_says_otherwise_is_noticed) {
  const Models models = shipped();
  column::Sheet accounts = decided(50, models);
  accounts.add<std::int32_t>("treatment_row")[7] += 1;
  for (const Explained& said : explain(models, accounts, 7)) {
    if (said.decision != "treatment") continue;
    EXPECT_EQ(said.agrees, false);
  }
}

TEST(Strategy, a_threshold_changed_in_a_file_changes_the_treatment) {
  const tests::Folder folder;
  copy_tables(folder.path());
  column::Sheet before = decided(2'000, shipped());
  // Pre-due reminders five days ahead instead of three.
  replace_in(folder.path() / "treatment.dmn", "<inputEntry><text>3</text></inputEntry>",
             "<inputEntry><text>5</text></inputEntry>");
  const auto changed = Models::load(folder.path());
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_NE(changed->find("treatment.dmn")->version, shipped().find("treatment.dmn")->version);
  EXPECT_EQ(changed->find("bucket.dmn")->version, shipped().find("bucket.dmn")->version);
  const column::Sheet after = decided(2'000, *changed);
  std::size_t moved = 0;
  for (std::size_t row = 0; row < after.rows(); ++row) {
    if (before.codes("treatment").at(row) == after.codes("treatment").at(row)) continue;
    ++moved;
    const int due_in = after.get<std::int32_t>("due_in_days")[row];
    EXPECT_TRUE(due_in == 3 || due_in == 5);
  }
  EXPECT_GT(moved, 0u);
}

TEST(Strategy, an_input_no_table_knows_stops_the_night_by_the_accounts_number) {
  const Models models = shipped();
  column::Sheet accounts = scored(20, models);
  const auto flag = accounts.add_codes("flag", {"none", "something_new"});
  flag[3] = 1;
  const auto done = decide_strategy(accounts, models, tests::accounts_date, 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().where, "treatment.dmn");
  EXPECT_NE(done.error().message.find("A00000003"), std::string::npos) << done.error().message;
}

TEST(Models, kept_versions_can_be_loaded_again_and_are_checked) {
  const tests::Folder folder;
  const Models models = shipped();
  ASSERT_TRUE(models.keep(folder.path()));
  ASSERT_TRUE(models.keep(folder.path()));
  std::vector<std::pair<std::string, std::string>> wanted;
  for (const ModelFile& file : models.files()) wanted.emplace_back(file.file, file.version);
  const auto kept = Models::load_kept(folder.path(), wanted);
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->files().size(), models.files().size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(*kept->files()[i].bytes, *models.files()[i].bytes);
  }
  const std::string version = models.find("bucket.dmn")->version;
  replace_in(folder.path() / (version + ".dmn"), "[1..30]", "[1..29]");
  const auto altered = Models::load_kept(folder.path(), {{"bucket.dmn", version}});
  ASSERT_FALSE(altered);
  EXPECT_EQ(altered.error().code, kernel::Code::corrupt);
}

TEST(Models, a_file_that_is_not_there_is_named) {
  const tests::Folder folder;
  const auto empty = Models::load(folder.path());
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->need("treatment.dmn").error().where, "treatment.dmn");
  EXPECT_FALSE(Models::load(folder.path() / "nowhere"));
}

}  // namespace
}  // namespace strategy
