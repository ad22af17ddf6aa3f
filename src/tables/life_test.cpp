// The life of a table on both stores: what two people do one after the other, at once, and twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "tables/analysis.h"
#include "tables/types.h"
#include "tests/stores.h"

namespace tables {
namespace {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Date;
using testing::HasSubstr;

const Date today = Date::from_ymd(2026, 11, 20);  // tests::Clock

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

// A house with the shipped tables in a folder of its own, and hands that change them.
class House {
 public:
  House(store::Store& opened, const fs::path& folder)
      : store(opened),
        decisions(folder / "decisions"),
        shelf(folder / "data"),
        deps{.store = opened,
             .shelf = shelf,
             .decisions = decisions,
             .models_of = {},
             .check_pack = {}} {
    fs::copy("decisions", decisions, fs::copy_options::recursive);
  }

  Hand hand(const std::string& name) const { return {name, now}; }

  // Pre-due reminders so many days ahead instead of three.
  std::string edited(const std::string& days) const {
    return replaced(read(decisions / "treatment.dmn"), "<inputEntry><text>3</text></inputEntry>",
                    "<inputEntry><text>" + days + "</text></inputEntry>");
  }

  Version drafted(const std::string& xml, const std::string& by = "zhang",
                  const std::string& file = "treatment.dmn") {
    const auto draft =
        make_draft(deps, {.file = file, .note = "three is too late", .xml = {{xml}}}, hand(by));
    EXPECT_TRUE(draft) << draft.error().message;
    return draft->version;
  }

  Version submitted(const std::string& xml, const std::string& by = "zhang") {
    const Version version = drafted(xml, by);
    EXPECT_TRUE(store.transact([&](store::Transaction& tx) {
      record_simulated(tx, version.version, "1", now);
      return true;
    }));
    const auto sent = submit(deps, version.version_id, "", hand(by));
    EXPECT_TRUE(sent) << sent.error().message;
    return *sent;
  }

  Version released(const std::string& xml, Date from) {
    const Version version = submitted(xml);
    const auto done = review(deps, release(version.version_id, from), hand("wang"));
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }

  static Review release(VersionId version_id, Date from) {
    return {.version_id = version_id, .verdict = "release", .note = "", .effective_from = from};
  }

  std::string version_on(Date date, const std::string& file = "treatment.dmn") {
    const auto models = models_in_force(store, decisions, date);
    EXPECT_TRUE(models) << models.error().message;
    return models->find(file)->version;
  }

  std::vector<std::pair<std::string, std::string>> facts() {
    std::vector<std::pair<std::string, std::string>> all;
    EXPECT_TRUE(store.read([&](store::Transaction& tx) {
      all.clear();
      tx.query("SELECT kind, body FROM fact WHERE kind LIKE 'table%' ORDER BY fact_id", {},
               [&](const store::Row& row) { all.emplace_back(row.text(0), row.text(1)); });
      return true;
    }));
    return all;
  }

  store::Store& store;
  fs::path decisions;
  book::Shelf shelf;
  Deps deps;
  kernel::Instant now = tests::Clock::now();
};

void each_house(const std::function<void(House&)>& body) {
  tests::for_each_store(
      [] {
        std::vector<store::Migration> all = store::schema();
        all.insert(all.end(), schema().begin(), schema().end());
        return all;
      }(),
      [&](store::Store& store, const fs::path& folder) {
        House house(store, folder);
        body(house);
      });
}

TEST(Life, a_release_is_in_force_from_its_day_and_not_before) {
  each_house([](House& house) {
    const std::string shipped = house.version_on(today);
    const Version version = house.released(house.edited("5"), today.plus_days(1));
    EXPECT_EQ(version.state, "approved");
    EXPECT_FALSE(version.in_force);
    EXPECT_EQ(house.version_on(today.plus_days(-7)), shipped);
    EXPECT_EQ(house.version_on(today), shipped);
    EXPECT_EQ(house.version_on(today.plus_days(1)), version.version);
    EXPECT_EQ(house.version_on(today.plus_days(300)), version.version);
    EXPECT_TRUE(fs::exists(house.shelf.data_dir() / "tables" / (version.version + ".dmn")));
  });
}

TEST(Life, every_step_is_a_fact_without_a_word_of_the_notes) {
  each_house([](House& house) {
    house.released(house.edited("5"), today.plus_days(1));
    std::vector<std::string> kinds;
    for (const auto& [kind, body] : house.facts()) {
      kinds.push_back(kind);
      EXPECT_THAT(body, testing::Not(HasSubstr("too late")));
    }
    EXPECT_THAT(kinds, testing::ElementsAre("table_drafted", "table_submitted", "table_released"));
  });
}

TEST(Life, whoever_wrote_in_it_does_not_review_it) {
  each_house([](House& house) {
    const Version version = house.drafted(house.edited("5"));
    const auto saved = save_draft(house.deps,
                                  {.version_id = version.version_id,
                                   .xml = house.edited("6"),
                                   .tests_csv = "",
                                   .note = "six",
                                   .revision = 1},
                                  house.hand("li"));
    ASSERT_TRUE(saved) << saved.error().message;
    ASSERT_TRUE(house.store.transact([&](store::Transaction& tx) {
      record_simulated(tx, saved->version.version, "1", house.now);
      return true;
    }));
    ASSERT_TRUE(submit(house.deps, version.version_id, "", house.hand("zhang")));
    for (const char* name : {"zhang", "li"}) {
      const auto done = review(house.deps, House::release(version.version_id, today.plus_days(1)),
                               house.hand(name));
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, Code::forbidden) << done.error().message;
    }
    EXPECT_TRUE(review(house.deps, House::release(version.version_id, today.plus_days(1)),
                       house.hand("wang")));
  });
}

TEST(Life, of_two_reviewers_at_once_one_decides) {
  each_house([](House& house) {
    for (int round = 0; round < 5; ++round) {
      const Version version = house.submitted(house.edited(std::to_string(4 + round)));
      std::optional<kernel::Result<Version>> a, b;
      std::thread first([&] {
        a = review(house.deps, House::release(version.version_id, today.plus_days(1 + round)),
                   house.hand("wang"));
      });
      std::thread second([&] {
        b = review(house.deps,
                   {.version_id = version.version_id, .verdict = "return", .note = "why six?"},
                   house.hand("zhao"));
      });
      first.join();
      second.join();
      ASSERT_NE(static_cast<bool>(*a), static_cast<bool>(*b));
      const auto& refused = *a ? *b : *a;
      EXPECT_EQ(refused.error().code, Code::conflict) << refused.error().message;
    }
  });
}

TEST(Life, the_same_step_twice_is_the_same_answer_and_another_one_a_conflict) {
  each_house([](House& house) {
    const Version first = house.drafted(house.edited("5"));
    EXPECT_EQ(house.drafted(house.edited("5")).version_id, first.version_id);
    const Version version = house.submitted(house.edited("5"));
    EXPECT_TRUE(submit(house.deps, version.version_id, "", house.hand("zhang")));
    const Review once = House::release(version.version_id, today.plus_days(2));
    const auto done = review(house.deps, once, house.hand("wang"));
    ASSERT_TRUE(done) << done.error().message;
    const auto again = review(house.deps, once, house.hand("wang"));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->reviewed_at, done->reviewed_at);
    const auto other = review(house.deps, House::release(version.version_id, today.plus_days(3)),
                              house.hand("wang"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::conflict);
    EXPECT_EQ(house.facts().size(), 3U);
  });
}

TEST(Life, a_saving_over_somebody_elses_is_a_conflict_and_writes_nothing) {
  each_house([](House& house) {
    const Version version = house.drafted(house.edited("5"));
    const auto save = [&](const char* who, const char* days, std::int64_t revision) {
      return save_draft(house.deps,
                        {.version_id = version.version_id,
                         .xml = house.edited(days),
                         .tests_csv = "",
                         .note = "",
                         .revision = revision},
                        house.hand(who));
    };
    const auto saved = save("zhang", "6", 1);
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_EQ(saved->version.revision, 2);
    const auto retried = save("zhang", "6", 1);  // the answer was lost on the way
    ASSERT_TRUE(retried) << retried.error().message;
    EXPECT_EQ(retried->version.revision, 2);
    const auto late = save("li", "4", 1);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::conflict);
    EXPECT_THAT(late.error().message, HasSubstr("zhang"));
    EXPECT_EQ(show_draft(house.deps, version.version_id, house.now)->xml.text, house.edited("6"));
  });
}

TEST(Life, a_table_that_is_wrong_is_kept_but_not_sent) {
  each_house([](House& house) {
    const Version broken = house.drafted("<definitions>half a thought");
    const auto shown = show_draft(house.deps, broken.version_id, house.now);
    ASSERT_TRUE(shown);
    EXPECT_NE(shown->problem, "");
    EXPECT_EQ(shown->version.errors, 1);
    const auto sent = submit(house.deps, broken.version_id, "", house.hand("zhang"));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Code::conflict);

    const auto untested =
        make_draft(house.deps,
                   {.file = "treatment.dmn",
                    .note = "",
                    .xml = {{house.edited("5")}},
                    .tests_csv = {{"case,decision,overdue_fen,balance_fen,expect_balance_band\n"
                                   "wrong on purpose,balance_band,0,0,large\n"}}},
                   house.hand("zhang"));
    ASSERT_TRUE(untested) << untested.error().message;
    ASSERT_EQ(untested->tests.size(), 1U);
    EXPECT_EQ(untested->tests[0].line, 2);
    EXPECT_FALSE(untested->tests[0].passed);
    const auto failing = submit(house.deps, untested->version.version_id, "", house.hand("zhang"));
    ASSERT_FALSE(failing);
    EXPECT_THAT(failing.error().message, HasSubstr("wrong on purpose"));
  });
}

TEST(Life, a_table_of_the_night_is_simulated_before_it_is_sent) {
  each_house([](House& house) {
    const Version version = house.drafted(house.edited("5"));
    const auto sent = submit(house.deps, version.version_id, "", house.hand("zhang"));
    ASSERT_FALSE(sent);
    EXPECT_THAT(sent.error().message, HasSubstr("simulat"));
    // Other bytes' simulation does not count.
    ASSERT_TRUE(house.store.transact([&](store::Transaction& tx) {
      record_simulated(tx, "000000000000", "1", house.now);
      return true;
    }));
    EXPECT_FALSE(submit(house.deps, version.version_id, "", house.hand("zhang")));
    const Version promise = house.drafted(replaced(read("decisions/promise.dmn"), "9500", "9600"),
                                          "zhang", "promise.dmn");
    EXPECT_FALSE(submit(house.deps, promise.version_id, "", house.hand("zhang")))
        << "its test case of 95 per cent fails";
  });
}

TEST(Life, what_is_in_force_already_is_not_sent) {
  each_house([](House& house) {
    const Version same = house.drafted(read(house.decisions / "treatment.dmn"));
    const auto sent = submit(house.deps, same.version_id, "", house.hand("zhang"));
    ASSERT_FALSE(sent);
    EXPECT_THAT(sent.error().message, HasSubstr("nothing changed"));
  });
}

TEST(Life, a_release_is_never_for_today_nor_for_a_night_that_is_made) {
  each_house([](House& house) {
    const Version version = house.submitted(house.edited("5"));
    for (const int days : {-1, 0, 400}) {
      const auto done =
          review(house.deps, House::release(version.version_id, today.plus_days(days)),
                 house.hand("wang"));
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, Code::invalid_input) << done.error().message;
    }
    const fs::path book = house.shelf.data_dir() / "book" / today.plus_days(1).format();
    fs::create_directories(book);
    std::ofstream(book / "current") << "abc\n";
    const auto late = review(house.deps, House::release(version.version_id, today.plus_days(1)),
                             house.hand("wang"));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::conflict) << late.error().message;
    EXPECT_TRUE(review(house.deps, House::release(version.version_id, today.plus_days(2)),
                       house.hand("wang")));
  });
}

TEST(Life, releases_queue_by_day_and_one_is_withdrawn_before_its_own) {
  each_house([](House& house) {
    const std::string shipped = house.version_on(today);
    const Version late = house.released(house.edited("6"), today.plus_days(9));
    const Version early = house.released(house.edited("5"), today.plus_days(2));
    EXPECT_EQ(house.version_on(today.plus_days(1)), shipped);
    EXPECT_EQ(house.version_on(today.plus_days(8)), early.version);
    EXPECT_EQ(house.version_on(today.plus_days(9)), late.version);

    const Version third = house.submitted(house.edited("4"));
    const auto same_day = review(house.deps, House::release(third.version_id, today.plus_days(2)),
                                 house.hand("wang"));
    ASSERT_FALSE(same_day);
    EXPECT_EQ(same_day.error().code, Code::conflict);

    const auto gone = withdraw(house.deps, early.version_id, house.hand("zhang"));
    ASSERT_TRUE(gone) << gone.error().message;
    EXPECT_EQ(house.version_on(today.plus_days(8)), shipped);
    EXPECT_TRUE(review(house.deps, House::release(third.version_id, today.plus_days(2)),
                       house.hand("wang")));
    house.now = house.now.plus_seconds(3 * 86'400);
    const auto too_late = withdraw(house.deps, third.version_id, house.hand("zhang"));
    ASSERT_FALSE(too_late);
    EXPECT_EQ(too_late.error().code, Code::conflict);
  });
}

TEST(Life, versions_tell_what_was_in_force_when) {
  each_house([](House& house) {
    const Version early = house.released(house.edited("5"), today.plus_days(2));
    const Version late = house.released(house.edited("6"), today.plus_days(9));
    const auto on = [&](int days) {
      std::vector<Version> versions;
      EXPECT_TRUE(house.store.read([&](store::Transaction& tx) {
        versions = load_versions(tx, house.decisions, "treatment.dmn", today.plus_days(days));
        return true;
      }));
      return versions;
    };
    const auto then = on(10);
    ASSERT_EQ(then.size(), 3U);
    EXPECT_EQ(then[0].version_id, late.version_id);
    EXPECT_TRUE(then[0].in_force);
    EXPECT_EQ(then[1].state, "retired");
    EXPECT_EQ(then[1].effective_to, today.plus_days(8));
    EXPECT_EQ(then[2].state, "shipped");
    EXPECT_EQ(then[2].effective_to, today.plus_days(1));
    EXPECT_FALSE(then[2].in_force);
    EXPECT_TRUE(on(0)[2].in_force);
    EXPECT_EQ(on(3)[1].version_id, early.version_id);
    EXPECT_TRUE(on(3)[1].in_force);
  });
}

TEST(Life, a_draft_of_what_is_no_longer_in_force_says_so) {
  each_house([](House& house) {
    const Version old = house.drafted(house.edited("7"));
    house.released(house.edited("5"), today.plus_days(1));
    const auto before = show_draft(house.deps, old.version_id, house.now);
    ASSERT_TRUE(before);
    ASSERT_FALSE(before->notices.empty());
    EXPECT_EQ(before->notices[0].kind, "release_waiting");
    const auto after = show_draft(house.deps, old.version_id, house.now.plus_seconds(2 * 86'400));
    EXPECT_EQ(after->notices[0].kind, "base_changed");
    EXPECT_EQ(after->in_force_version, house.version_on(today.plus_days(1)));
    // A reviewer who compared with another one is told.
    const Version sent = house.submitted(house.edited("7"), "li");
    Review stale = House::release(sent.version_id, today.plus_days(5));
    stale.against = "000000000000";
    const auto refused = review(house.deps, stale, house.hand("wang"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where, "against");
  });
}

TEST(Life, a_released_version_outlives_an_upgrade_of_the_shipped_file) {
  each_house([](House& house) {
    const Version version = house.released(house.edited("5"), today.plus_days(1));
    std::ofstream(house.decisions / "treatment.dmn", std::ios::app) << "<!-- upgraded -->\n";
    EXPECT_NE(house.version_on(today), version.version);
    EXPECT_EQ(house.version_on(today.plus_days(1)), version.version);
    const auto files = house.store.read([&](store::Transaction& tx) {
      return files_in_force(tx, house.decisions, today.plus_days(1), "treatment.dmn");
    });
    ASSERT_TRUE(files);
    EXPECT_NE(files->at(0).shipped_version, files->at(0).shipped_before);
    fs::remove(house.decisions / "treatment.dmn");
    EXPECT_EQ(house.version_on(today.plus_days(1)), version.version);
  });
}

TEST(Life, the_law_is_no_setting_and_a_lenders_pack_only_adds) {
  each_house([](House& house) {
    const std::string law = read("decisions/packs/cn-bank-card.dmn");
    const auto edited =
        make_draft(house.deps, {.file = "packs~cn-bank-card.dmn", .note = "", .xml = {{law}}},
                   house.hand("zhang"));
    ASSERT_FALSE(edited);
    EXPECT_EQ(edited.error().code, Code::conflict) << edited.error().message;
    const auto as_own = make_draft(
        house.deps, {.file = "packs~ours.dmn", .note = "", .xml = {{law}}}, house.hand("zhang"));
    ASSERT_TRUE(as_own) << as_own.error().message;
    EXPECT_TRUE(std::any_of(as_own->findings.begin(), as_own->findings.end(),
                            [](const Finding& one) { return one.kind == "pack_rank"; }));
    EXPECT_FALSE(submit(house.deps, as_own->version.version_id, "", house.hand("zhang")));
    // Who is protected by which pack: emptying that table would take the law away.
    const auto routed = make_draft(
        house.deps, {.file = "packs.dmn", .note = "", .xml = {{read("decisions/packs.dmn")}}},
        house.hand("zhang"));
    ASSERT_FALSE(routed);
    EXPECT_EQ(routed.error().code, Code::conflict) << routed.error().message;
  });
}

TEST(Life, texts_that_no_table_can_be_are_refused_with_what_to_do) {
  each_house([](House& house) {
    const auto with = [&](const std::string& xml) {
      const auto draft = make_draft(
          house.deps, {.file = "treatment.dmn", .note = "", .xml = {{xml}}}, house.hand("zhang"));
      EXPECT_FALSE(draft);
      return draft ? std::string() : draft.error().message;
    };
    EXPECT_THAT(with("<a>\n\xCE\xD2</a>"), HasSubstr("line 2 holds a byte that is not UTF-8"));
    EXPECT_THAT(with("<!DOCTYPE x><a/>"), HasSubstr("DOCTYPE"));
    EXPECT_THAT(with(std::string(33 << 20, ' ')), HasSubstr("32 MiB"));
    for (const char* name :
         {"../x.dmn", "Treatment.dmn", "a b.dmn", "packs~a~b.dmn", ".dmn", "x"}) {
      const auto named = make_draft(house.deps, {.file = name, .note = "", .xml = {{"<a/>"}}},
                                    house.hand("zhang"));
      ASSERT_FALSE(named) << name;
      EXPECT_EQ(named.error().code, Code::invalid_input) << name;
    }
  });
}

TEST(Life, a_table_finds_what_it_imports_among_those_in_force_on_the_day) {
  const std::string model = R"(<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
 name="NAME" namespace="https://x/NAME" id="NAME_model">)";
  const std::string base = replaced(replaced(model, "NAME", "base"), "x/NAME", "x/base") +
                           R"(<decision id="limit" name="limit"><variable name="limit"/>
<literalExpression><text>LIMIT</text></literalExpression></decision></definitions>)";
  const std::string user = replaced(replaced(model, "NAME", "user"), "x/NAME", "x/user") +
                           R"(<import name="base" namespace="https://x/base"
 importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
<decision id="double" name="double"><variable name="double"/>
<informationRequirement id="r"><requiredDecision href="https://x/base#limit"/>
</informationRequirement>
<literalExpression><text>base.limit * 2</text></literalExpression></decision></definitions>)";
  each_house([&](House& house) {
    std::ofstream(house.decisions / "base.dmn") << replaced(base, "LIMIT", "10");
    std::ofstream(house.decisions / "user.dmn") << user;
    const Version version = house.drafted(replaced(base, "LIMIT", "21"), "zhang", "base.dmn");
    ASSERT_TRUE(submit(house.deps, version.version_id, "", house.hand("zhang")));
    ASSERT_TRUE(review(house.deps, House::release(version.version_id, today.plus_days(1)),
                       house.hand("wang")));
    const auto twice = [&](Date date) {
      const auto models = models_in_force(house.store, house.decisions, date);
      EXPECT_TRUE(models) << models.error().message;
      return models->find("user.dmn")->model->evaluate("double", {}).value.to_int64();
    };
    EXPECT_EQ(twice(today), 20);
    EXPECT_EQ(twice(today.plus_days(1)), 42);
    const auto models = models_in_force(house.store, house.decisions, today);
    EXPECT_THAT(models->with_imports({"user.dmn"}), testing::ElementsAre("base.dmn", "user.dmn"));
  });
}

}  // namespace
}  // namespace tables
