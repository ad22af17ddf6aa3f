// The audit over logs put together by hand and signed with the log's own key: an honest one has no
// finding; each lie, told consistently enough that the log itself is whole, is found and named.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "evidence/audit.h"
#include "gate/packs.h"
#include "kernel/hash.h"
#include "tests/stores.h"
#include "tlog/tlog.h"

namespace evidence {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string shipped_pack() {
  std::ifstream in("decisions/packs/cn-bank-card.dmn", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string json_of(const gate::Facts& facts) {
  std::string out;
  for (const gate::FactField& field : gate::fact_fields()) {
    out += (out.empty() ? "{" : ",") + in_quotes(field.name) + ":";
    std::visit(
        [&](auto member) {
          const auto& value = facts.*member;
          using T = std::remove_cvref_t<decltype(value)>;
          if constexpr (std::is_same_v<T, std::string>)
            out += in_quotes(value);
          else if constexpr (std::is_same_v<T, bool>)
            out += value ? "true" : "false";
          else if constexpr (std::is_same_v<T, int>)
            out += std::to_string(value);
          else if constexpr (std::is_same_v<T, std::optional<int>>)
            out += value ? std::to_string(*value) : "null";
          else {
            out += "[";
            for (std::size_t i = 0; i < value.size(); ++i)
              out += (i ? "," : "") + in_quotes(value[i]);
            out += "]";
          }
        },
        field.member);
  }
  return out + "}";
}

std::string ref(int n) {
  return fmt::format("{:032x}", n);
}

kernel::Instant at(int minute) {
  return kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 20), minute);
}

// A call to the debtor's own mobile in the morning, which the shipped pack allows.
gate::Facts facts_of(int minute, int contacts, int attempts) {
  gate::Facts facts{.channel = "call", .purpose = "collect", .jurisdiction = "CN"};
  facts.products = {"card"};
  facts.role = "self", facts.point_channel = "mobile", facts.point_source = "contract";
  facts.point_valid = facts.point_consent = facts.zone_known = true;
  facts.minute = minute, facts.day_kind = "workday", facts.own_numbers = 1;
  facts.contacts_today = facts.contacts_7d = facts.calls_today = contacts;
  facts.attempts_today = facts.attempts_today_person = facts.calls_7d = attempts;
  if (attempts > 0) facts.days_since_conversation = 0;
  facts.asker_kind = "user";
  facts.certified = facts.licence_valid = facts.recording_ready = true;
  return facts;
}

struct Hand {
  std::string pack = shipped_pack();
  std::string version = kernel::sha256_hex(pack).substr(0, 12);
  std::vector<std::string> entries;
  std::int64_t ids = 7000;

  Hand() {
    say("pack_used", 0,
        fmt::format(R"("pack":"cn-bank-card","version":"{}","sha256":"{}","calendar_sha256":"")",
                    version, kernel::sha256_hex(pack)));
  }
  std::size_t say(const std::string& kind, int minute, const std::string& fields) {
    entries.push_back(
        fmt::format(R"({{"v":1,"id":"{}","kind":"{}","at":"{}","subject":"{}","commit":"AA==",)"
                    R"("public":{{{}}}}})",
                    ++ids, kind, at(minute).format(), ref(1), fields));
    return entries.size() - 1;
  }
  std::string judged(const gate::Facts& facts) const {
    return fmt::format(R"("channel":"{}","purpose":"{}","says_debt":true,"asker":"{}",)"
                       R"("facts":{},"imported":{},)"
                       R"("packs":[{{"pack":"cn-bank-card","version":"{}"}}])",
                       facts.channel, facts.purpose, ref(90), json_of(facts), json_of({}), version);
  }
  std::size_t grant(int person, int nth, int minute, const gate::Facts& facts) {
    return say("permit_granted", minute,
               fmt::format(R"("permit_id":"{}","person":"{}","nth":{},"number":"{}","role":"self",)"
                           R"("reserved_at":"{}","expires_at":"{}",{},"key":false)",
                           person * 100 + nth, ref(person), nth, ref(person + 50),
                           at(minute).format(), at(minute + 10).format(), judged(facts)));
  }
  std::size_t refuse(int person, int nth, int minute, const gate::Facts& facts,
                     const std::string& rules) {
    return say("permit_refused", minute,
               fmt::format(R"("person":"{}","nth":{},"number":"{}",{},"rules":[{}],)"
                           R"("allowed_at":null)",
                           ref(person), nth, ref(person + 50), judged(facts), rules));
  }
  // What the gate says to these facts, as its entry has it.
  std::string rules(const gate::Facts& facts) const {
    std::vector<gate::Pack> packs;
    packs.push_back(gate::Pack::parse(pack, "cn-bank-card"));
    std::string all;
    for (const gate::Refusal& r : gate::PackSet(std::move(packs), {}).refusals(facts))
      all +=
          (all.empty() ? "" : ",") +
          fmt::format(R"({{"code":"{}","pack":"{}","version":"{}","table":"{}","rule_id":"{}"}})",
                      r.code, r.pack, r.version, r.table, r.rule_id);
    EXPECT_FALSE(all.empty());
    return all;
  }
  std::size_t touch(const std::string& kind, int person, int nth, int minute,
                    const std::string& more = "") {
    return say(
        kind, minute,
        fmt::format(R"("permit_id":"{}","person":"{}"{})", person * 100 + nth, ref(person), more));
  }

  // Written, signed, and audited.
  AuditReport report(AuditOptions options = {},
                     const std::function<void(const std::filesystem::path&)>& then = {}) const {
    const tests::Folder folder;
    const auto log = folder.path() / "log";
    const auto signer = tlog::Signer::generate("evenhand.example/test");
    auto writer = tlog::Writer::open(log, {});
    EXPECT_TRUE(writer);
    for (const std::string& entry : entries) EXPECT_TRUE(writer->add(entry));
    const auto tree = writer->flush();
    EXPECT_TRUE(tree);
    EXPECT_TRUE(writer->publish(tlog::sign_checkpoint(*tree, signer)));
    std::filesystem::create_directories(log / "packs");
    std::ofstream(log / "packs" / ("cn-bank-card@" + version + ".dmn"), std::ios::binary) << pack;
    std::ofstream(log / "vkey") << signer.vkey() << "\n";
    if (then) then(log);
    options.log = log;
    options.temporary = folder.path();
    const auto made = audit(options);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made ? *made : AuditReport();
  }
  std::vector<std::string> found(
      const std::function<void(const std::filesystem::path&)>& then = {}) const {
    std::vector<std::string> kinds;
    for (const ViolationCount& kind : report({}, then).by_kind)
      if (kind.count > 0) kinds.push_back(kind.kind);
    return kinds;
  }
  void change(std::size_t index, const std::string& from, const std::string& to) {
    const auto position = entries[index].find(from);
    ASSERT_NE(position, std::string::npos) << from << " in " << entries[index];
    entries[index].replace(position, from.size(), to);
  }
};

// Two persons; the first has three contacts and is refused a fourth.
struct Day : Hand {
  std::size_t first, second, third, refused, used;
  Day() {
    first = grant(1, 1, 600, facts_of(600, 0, 0));
    used = touch("permit_used", 1, 1, 601);
    touch("contact_attempted", 1, 1, 601, R"(,"channel":"call")");
    touch("permit_outcome", 1, 1, 605, R"(,"outcome":"promise","nth":1)");
    gate::Facts facts = facts_of(620, 1, 1);
    facts.minutes_since_contact = 20;
    second = grant(1, 2, 620, facts);
    grant(2, 1, 625, facts_of(625, 0, 0));
    facts = facts_of(640, 2, 2);
    facts.minutes_since_contact = 40;
    third = grant(1, 3, 640, facts);
    facts = facts_of(660, 3, 3);
    facts.minutes_since_contact = 60;
    refused = refuse(1, 3, 660, facts, rules(facts));
  }
};

TEST(audit, an_honest_log_is_good_and_told_of) {
  const Day day;
  const AuditReport report = day.report();
  EXPECT_TRUE(report.good) << text_of(report);
  EXPECT_EQ(report.granted, 4);
  EXPECT_EQ(report.refused, 1);
  EXPECT_EQ(report.replayed, 5);
  EXPECT_EQ(report.used, 1);
  EXPECT_EQ(report.contacts, 1);
  EXPECT_EQ(report.persons, 2);
  ASSERT_EQ(report.by_rule.size(), 1u);
  EXPECT_EQ(report.by_rule[0].code, "CN_CALLS_3");
  ASSERT_EQ(report.by_day.size(), 1u);
  EXPECT_EQ(report.by_day[0].granted, 4);
  ASSERT_EQ(report.packs.size(), 1u);
  EXPECT_EQ(report.packs[0].permits, 4);
  EXPECT_THAT(text_of(report), HasSubstr("0 violations"));
}

TEST(audit, a_verdict_that_its_facts_do_not_give) {
  Day day;
  day.change(day.first, R"("certified":true)", R"("certified":false)");
  EXPECT_THAT(day.found(), ElementsAre("verdict_differs"));
  Day rule;
  rule.change(rule.refused, "CN_CALLS_3", "CN_HOURS");
  EXPECT_THAT(rule.found(), ElementsAre("verdict_differs"));
  Day none;  // refused for no reason at all
  none.refuse(2, 1, 700, facts_of(700, 1, 1), "");
  EXPECT_THAT(none.found(), Contains("verdict_differs"));
}

TEST(audit, a_count_that_says_less) {
  Day day;
  day.change(day.third, R"("contacts_today":2)", R"("contacts_today":1)");
  EXPECT_THAT(day.found(), ElementsAre("count_differs"));
  const AuditReport report = day.report();
  ASSERT_EQ(report.first.size(), 1u);
  EXPECT_EQ(report.first[0].leaf, static_cast<std::int64_t>(day.third));
  EXPECT_THAT(report.first[0].message_en,
              HasSubstr("contacts_today says 1; counted again it is 2"));
  Day number;
  number.change(number.third, R"("attempts_today":2)", R"("attempts_today":1)");
  EXPECT_THAT(number.found(), ElementsAre("count_differs"));
}

TEST(audit, a_cap_that_was_passed_by_a_lie_about_the_count) {
  Day day;
  gate::Facts facts = facts_of(670, 2, 3);
  facts.minutes_since_contact = 70;
  day.grant(1, 4, 670, facts);
  EXPECT_THAT(day.found(), ElementsAre("count_differs", "person_cap_exceeded"));
}

TEST(audit, a_clock_that_says_another_minute) {
  Day day;  // at 23:00, judged as if it were noon
  day.grant(2, 2, 1380, facts_of(720, 1, 1));
  EXPECT_THAT(day.found(), ElementsAre("minute_differs"));
}

// The evening before a row began is no excuse on the day it has begun.
TEST(audit, a_day_that_is_another) {
  Day day;
  gate::Facts facts = facts_of(720, 1, 1);
  facts.day = at(720).china_date().format();
  day.grant(2, 2, 720, facts);
  EXPECT_THAT(day.found(), IsEmpty());
  Day other;
  facts.day = "2026-01-29";
  other.grant(2, 2, 720, facts);
  EXPECT_THAT(other.found(), ElementsAre("minute_differs"));
}

TEST(audit, permits_that_are_not_there) {
  Day day;
  day.entries.erase(day.entries.begin() + static_cast<std::ptrdiff_t>(day.second));
  EXPECT_THAT(day.found(), Contains("permit_lost"));
  Day use;
  use.entries.erase(use.entries.begin() + static_cast<std::ptrdiff_t>(use.used));
  EXPECT_THAT(use.found(), ElementsAre("contact_without_permit"));
  Day twice;
  twice.touch("permit_used", 1, 1, 602);
  EXPECT_THAT(twice.found(), ElementsAre("used_twice"));
  Day told;
  told.touch("permit_outcome", 1, 1, 606, R"(,"outcome":"no_answer","nth":3)");
  EXPECT_THAT(told.found(), Contains("outcome_twice"));
  Day late;
  late.touch("permit_used", 1, 2, 631);
  EXPECT_THAT(late.found(), ElementsAre("used_late"));
}

TEST(audit, holds_are_followed) {
  Day day;
  day.say("hold_set", 680,
          fmt::format(R"("hold_id":"5","kind":"dispute","person":"{}","until":null,"nth":3,)"
                      R"("revoked":["102","103"])",
                      ref(1)));
  EXPECT_THAT(day.found(), IsEmpty());
  day.touch("permit_used", 1, 2, 625);
  EXPECT_THAT(day.found(), ElementsAre("used_after_hold"));
  Day ignored;
  ignored.say("hold_set", 610,
              fmt::format(R"("hold_id":"5","kind":"dispute","person":"{}","until":null,"nth":1,)"
                          R"("revoked":[])",
                          ref(1)));
  EXPECT_THAT(ignored.found(), ElementsAre("hold_ignored"));
  EXPECT_EQ(ignored.report().violations, 3);  // two permits and a refusal
}

TEST(audit, packs_must_be_those_of_then) {
  Day day;
  const std::string file = "cn-bank-card@" + day.version + ".dmn";
  EXPECT_THAT(day.found([&](const auto& log) { std::filesystem::remove(log / "packs" / file); }),
              ElementsAre("pack_missing"));
  EXPECT_THAT(day.found([&](const auto& log) {
    std::ofstream(log / "packs" / file, std::ios::app) << "\n";
  }),
              Contains("pack_altered"));
  day.entries.erase(day.entries.begin());
  EXPECT_THAT(day.found(), ElementsAre("pack_missing"));
}

TEST(audit, a_log_that_was_touched_is_broken) {
  const Day day;
  const auto flip = [](const std::filesystem::path& log) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(log / "tile/entries")) {
      if (!file.is_regular_file()) continue;
      std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekp(300);
      bytes.put('7');
    }
  };
  EXPECT_THAT(day.found(flip), Contains("log_broken"));
  const auto drop = [](const std::filesystem::path& log) {
    std::filesystem::remove_all(log / "tile/entries");
  };
  EXPECT_THAT(day.found(drop), ElementsAre("log_broken"));
}

TEST(audit, days_asked_for) {
  Day day;
  day.change(day.third, R"("contacts_today":2)", R"("contacts_today":1)");
  AuditOptions later;
  later.from = kernel::Date::from_ymd(2026, 11, 21);
  const AuditReport report = day.report(later);
  EXPECT_TRUE(report.good);
  EXPECT_EQ(report.granted, 0);
  AuditOptions same;
  same.from = same.to = kernel::Date::from_ymd(2026, 11, 20);
  EXPECT_EQ(day.report(same).violations, 1);
}

TEST(audit, packs_beside_the_decisions_given) {
  AuditOptions options;
  options.decisions = "decisions";
  const AuditReport report = Day().report(options);
  ASSERT_EQ(report.packs.size(), 1u);
  EXPECT_EQ(report.packs[0].same_as_given, std::optional(true));
}

TEST(audit, no_log_is_an_error) {
  const tests::Folder folder;
  AuditOptions options;
  options.log = folder.path() / "none";
  EXPECT_FALSE(audit(options));
}

}  // namespace
}  // namespace evidence
