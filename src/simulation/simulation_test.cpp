// A night's book of a small made-up portfolio, and what drafts would have done with it.

#include <map>
#include <set>

#include "http/json.h"
#include "simulation/behaviour.h"
#include "simulation/fit.h"
#include "simulation/side.h"
#include "tests/small_book.h"

namespace simulation {
namespace {

using namespace small;  // a test of one thing

Options options_of(const fs::path& data, strategy::Models draft, std::int32_t nights) {
  return {.data_dir = data,
          .date = night_of,
          .in_force = shipped(),
          .draft = std::move(draft),
          .nights = nights,
          .seed = 7,
          .threads = 2};
}

Result run(const Options& options) {
  auto result = simulate(options);
  EXPECT_TRUE(result) << result.error().message << " " << result.error().where;
  return result ? std::move(*result) : Result{};
}

std::string bytes_of(const Result& result) {
  return http::write_json(result.report) + result.cases.hash() + render_cases_csv(result.cases);
}

TEST(Simulation, SameSeedSameBytes) {
  const tests::Folder folder;
  const fs::path data = shared_book() / "data";
  Options options = options_of(data, one_row_changed(folder.path() / "draft"), 4);
  const std::string two = bytes_of(run(options));
  EXPECT_EQ(bytes_of(run(options)), two);
  options.seed = 8;
  EXPECT_NE(bytes_of(run(options)), two);
}

// Enough rows that two threads have work each.
TEST(Simulation, ThreadsChangeNoByte) {
  const tests::Folder folder;
  const auto store =
      tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(), all_schema());
  make_book(*store, folder.path(), 40'000);
  Options options = options_of(folder.path() / "data", one_row_changed(folder.path() / "draft"), 3);
  const std::string two = bytes_of(run(options));
  options.threads = 1;
  EXPECT_EQ(bytes_of(run(options)), two);
}

TEST(Simulation, ADraftLikeTheTablesInForceChangesNothing) {
  const Result result = run(options_of(shared_book() / "data", shipped(), 5));
  const Report& report = result.report;
  EXPECT_EQ(report.accounts, accounts);
  EXPECT_TRUE(report.overrides.empty());
  EXPECT_EQ(report.differing.accounts, 0);
  EXPECT_EQ(result.cases.rows(), 0u);
  EXPECT_EQ(http::write_json(report.today), http::write_json(report.draft));
  EXPECT_GT(report.today.attempts, 0);
  EXPECT_GT(report.today.paid_fen, 0);
  for (const DayLine& day : report.days)
    EXPECT_EQ(http::write_json(day.today), http::write_json(day.draft));
}

TEST(Simulation, TonightsSideInForceIsTheBookItself) {
  const Options options = options_of(shared_book() / "data", shipped(), 1);
  const Result result = run(options);
  const auto book = book::BookView::open(options.data_dir, options.date);
  ASSERT_TRUE(book);
  std::map<std::string, std::int64_t> treatments;
  const auto codes = book->accounts().codes("treatment");
  for (std::size_t row = 0; row < book->accounts().rows(); ++row)
    ++treatments[std::string(codes.at(row))];
  std::map<std::string, std::int64_t> said;
  for (const TreatmentLine& line : result.report.treatments)
    said[line.treatment] = line.tonight_today;
  EXPECT_EQ(said, treatments);
}

// Who differs is exactly who hits the changed row, by the exact interpreter, one at a time.
TEST(Simulation, OneRowChangedChangesThoseItDecides) {
  const tests::Folder folder;
  const strategy::Models draft = one_row_changed(folder.path() / "draft");
  const Options options = options_of(shared_book() / "data", draft, 1);
  const Result result = run(options);
  const auto book = book::BookView::open(options.data_dir, options.date);
  ASSERT_TRUE(book);
  std::set<std::string> expected;
  for (std::size_t row = 0; row < book->accounts().rows(); ++row) {
    for (const auto& explained : strategy::explain(options.in_force, book->accounts(), row)) {
      if (explained.decision == "treatment" && explained.rule_id == "m1_first_sms")
        expected.insert(std::string(book->account_no(row)));
    }
  }
  std::set<std::string> said;
  const column::Texts account_no = result.cases.texts("account_no");
  for (std::size_t row = 0; row < result.cases.rows(); ++row)
    said.insert(std::string(account_no.at(row)));
  EXPECT_GT(expected.size(), 3u);
  EXPECT_EQ(said, expected);
  ASSERT_EQ(result.report.changes.size(), 1u);
  EXPECT_EQ(result.report.changes[0].treatment_from, "m1_sms");
  EXPECT_EQ(result.report.changes[0].treatment_to, "voice_reminder");
  EXPECT_EQ(result.report.changes[0].accounts, static_cast<std::int64_t>(expected.size()));
  ASSERT_EQ(result.report.overrides.size(), 1u);
  EXPECT_EQ(result.report.overrides[0].version_draft, draft.find("treatment.dmn")->version);
}

// Ten days of patience with a promise, on the draft's side only.
TEST(Simulation, ADraftOfThePromiseRulesIsTheDraftsOwn) {
  const tests::Folder folder;
  const Result result =
      run(options_of(shared_book() / "data",
                     edited(folder.path() / "draft", "promise.dmn", "&gt; 0", "&gt; 10"), 12));
  ASSERT_EQ(result.report.overrides.size(), 1u);
  EXPECT_EQ(result.report.overrides[0].file, "promise.dmn");
  EXPECT_GT(result.report.differing.accounts, 0);
}

TEST(Simulation, TheSameAccountHasTheSameLuckOnBothSides) {
  // Over many nights only accounts the change reaches, or their customers' others, ever part.
  const tests::Folder folder;
  const Result result =
      run(options_of(shared_book() / "data", one_row_changed(folder.path() / "draft"), 10));
  EXPECT_GT(result.report.differing.accounts, result.report.differing.tonight);
  EXPECT_LT(result.report.differing.accounts, accounts / 10);
  std::int64_t paid_from = 0, paid_to = 0;
  for (std::size_t row = 0; row < result.cases.rows(); ++row) {
    paid_from += result.cases.get<std::int64_t>("paid_from_fen")[row];
    paid_to += result.cases.get<std::int64_t>("paid_to_fen")[row];
  }
  const Totals &today = result.report.today, &draft = result.report.draft;
  EXPECT_EQ(draft.paid_fen + draft.due_paid_fen - today.paid_fen - today.due_paid_fen,
            paid_to - paid_from);
  EXPECT_GT(today.charged_fen, 0);
}

// Both sides' nights of one side by hand, as simulate() runs them.
class OneSide {
 public:
  OneSide(const Options& options) : world_{.options = options} {
    world_.edition = book::book_folder(options.data_dir, options.date) /
                     *book::current_edition(options.data_dir, options.date);
    world_.behaviour = *options.in_force.need("simulation.dmn");
    world_.settings = *read_settings(*world_.behaviour);
    world_.available = {{"early", 20}, {"middle", 20}, {"late", 20}};
    side_ = *Side::open(world_, options.in_force);
    for (std::size_t row = 0; row < side_->accounts().rows(); ++row)
      world_.keys.push_back(key_of(options.seed, side_->accounts().texts("account_no").at(row)));
  }
  Side& side() { return *side_; }
  void night(std::int32_t night) {
    CHECK(side_->carry_to(night));
    CHECK(side_->age());
    CHECK(side_->score());
    CHECK(side_->treat());
    CHECK(side_->act());
  }

 private:
  World world_;
  std::unique_ptr<Side> side_;
};

std::vector<std::int64_t> copy_of(const Side& side, const char* column) {
  const auto values = side.accounts().get<std::int64_t>(column);
  return {values.begin(), values.end()};
}

// A balance falls by what was paid and grows by what the ledger charged (cost_year_fen counts it
// on its own), account by account, to the fen.
TEST(Simulation, WhatIsPaidIsWhatBalancesFallBy) {
  const Options options = options_of(shared_book() / "data", shipped(), 12);
  OneSide one(options);
  const auto before = copy_of(one.side(), "balance_fen"),
             charged_before = copy_of(one.side(), "cost_year_fen");
  const auto year_from = one.side().accounts().get<std::int32_t>("cost_year_from");
  const std::vector<std::int32_t> year_before(year_from.begin(), year_from.end());
  for (std::int32_t night = 0; night < options.nights; ++night) one.night(night);
  ASSERT_TRUE(one.side().carry_to(options.nights));
  const auto after = copy_of(one.side(), "balance_fen"),
             charged_after = copy_of(one.side(), "cost_year_fen");
  const auto year_after = one.side().accounts().get<std::int32_t>("cost_year_from");
  const auto scheduled = one.side().accounts().get<std::int8_t>("scheduled");
  std::int64_t paid = 0, payers = 0, charged = 0;
  for (std::size_t row = 0; row < before.size(); ++row) {
    const bool same_year = year_before[row] == 0 || year_before[row] == year_after[row];
    if (scheduled[row] != 0 || !same_year) continue;  // a schedule bills fees of its own
    const std::int64_t more = charged_after[row] - charged_before[row];
    ASSERT_EQ(after[row], before[row] - one.side().paid_total()[row] + more) << row;
    ASSERT_GE(more, 0);
    paid += one.side().paid_total()[row];
    payers += one.side().paid_total()[row] > 0 ? 1 : 0;
    charged += more;
  }
  EXPECT_GT(payers, 100);
  EXPECT_GT(paid, 0);
  EXPECT_GT(charged, 0);
}

// Nobody is tried more often a day than the policy packs let a person be.
TEST(Simulation, CapsHoldContactsBack) {
  Options options = options_of(shared_book() / "data", shipped(), 1);
  const Result free = run(options);
  options.caps.person_day = 0;
  const Result none = run(options);
  EXPECT_GT(free.report.today.contacts, 0);
  EXPECT_EQ(none.report.today.contacts, 0);
  EXPECT_EQ(none.report.today.attempts, 0);
  EXPECT_GE(none.report.today.held_back, free.report.today.attempts);
}

TEST(Simulation, TeamsServeNoMoreThanTheyHavePlacesFor) {
  const Result result = run(options_of(shared_book() / "data", shipped(), 6));
  bool short_of_places = false;
  for (const TeamLine& team : result.report.teams) {
    EXPECT_LE(team.today.served, team.available * 6) << team.team;
    EXPECT_LE(team.today.served, team.today.needed) << team.team;
    short_of_places |= team.today.served < team.today.needed;
  }
  EXPECT_TRUE(short_of_places) << "the test's rooms are small";
}

TEST(Simulation, FitsFactorsToWhatWasSeen) {
  EXPECT_EQ(decide_factor_bps(0, 0), 10'000);
  EXPECT_EQ(decide_factor_bps(1'990, 990), 20'000);
  EXPECT_LT(decide_factor_bps(0, 1'000), 200);
  EXPECT_GT(decide_factor_bps(0, 1'000), 0);
  const Result result = run(options_of(shared_book() / "data", shipped(), 1));
  ASSERT_FALSE(result.report.fit.empty());
  for (const FitLine& line : result.report.fit) {
    EXPECT_EQ(line.source, "assumed");
    EXPECT_EQ(line.reason, "one_edition");
    EXPECT_EQ(line.factor_bps, 10'000);
  }
}

TEST(Simulation, StopsWhenAskedTo) {
  Options options = options_of(shared_book() / "data", shipped(), 50);
  int steps = 0;
  options.on_progress = [&](const Progress&) { ++steps; };
  options.cancelled = [&] { return steps >= 9; };
  const auto result = simulate(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, cancelled_message);
  EXPECT_EQ(steps, 9);
}

TEST(Behaviour, RefusesChancesOfMoreThanAll) {
  const tests::Folder folder;
  const strategy::Models models =
      edited(folder.path() / "d", "simulation.dmn", "<text>620000</text>", "<text>720000</text>");
  const auto answers = Answers::ask(**models.need("simulation.dmn"),
                                    {{"M0", "M1"}, {"low", "high"}, {"machine"}, {"sms"}});
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().message, "due_day gives chances of more than all");
}

}  // namespace
}  // namespace simulation
