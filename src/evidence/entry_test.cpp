#include "evidence/entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "evidence/kinds.h"
#include "tlog/tlog.h"

namespace evidence {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

LogKey key_of_byte(int byte) {
  LogKey key;
  key.ref.fill(static_cast<std::uint8_t>(byte));
  key.key.fill(static_cast<std::uint8_t>(byte + 100));
  return key;
}

StoredFact granted() {
  return {
      store::FactId(77),
      {"permit_granted", "customer:C9", "user:li.na",
       kernel::Instant::from_micros(1'763'775'000'000'001),
       R"({"permit_id":"5","person":"p\"k","nth":2,"contact_point_id":"CP-1","number":"n1",)"
       R"("channel":"call","asker":"li.na","facts":{"minute":600,"holds":["a,b}"]},"packs":[]})"}};
}

const LogKey* key_for(std::string_view subject) {
  static const LogKey customer = key_of_byte(1), person = key_of_byte(2), number = key_of_byte(3),
                      asker = key_of_byte(4);
  if (subject == "customer:C9") return &customer;
  if (subject == "person:p\"k") return &person;
  if (subject == "number:n1") return &number;
  return subject == "asker:li.na" ? &asker : nullptr;
}

std::string entry_of(const StoredFact& fact) {
  EntryMaker maker;
  return std::string(maker.make(fact, *key_for(fact.fact.subject), key_for));
}

std::string times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Entry, shows_what_its_kind_may_show_and_nobody) {
  const std::string entry = entry_of(granted());
  EXPECT_THAT(entry, HasSubstr(R"({"v":1,"id":"77","kind":"permit_granted",)"
                               R"("at":"2025-11-22T01:30:00.000001Z","subject":")" +
                               times("01", 16)));
  EXPECT_THAT(entry, HasSubstr(R"("public":{"permit_id":"5","person":")" + times("02", 16) +
                               R"(","nth":2,"number":")" + times("03", 16) +
                               R"(","channel":"call","asker":")" + times("04", 16) +
                               R"(","facts":{"minute":600,"holds":["a,b}"]},"packs":[]}})"));
  for (const char* hidden : {"C9", "p\\\"k", "CP-1", "n1\"", "li.na"})
    EXPECT_THAT(entry, Not(HasSubstr(hidden)));
  std::vector<std::string> subjects;
  add_subjects(granted(), subjects);
  EXPECT_THAT(subjects, ElementsAre("customer:C9", "person:p\"k", "number:n1", "asker:li.na"));
}

TEST(Entry, reads_back_and_commits_to_every_byte_of_the_fact) {
  const StoredFact fact = granted();
  const auto entry = parse_entry(entry_of(fact));
  ASSERT_TRUE(entry) << entry.error().message;
  EXPECT_EQ(entry->fact_id.value(), 77);
  EXPECT_EQ(entry->kind, "permit_granted");
  const Salt salt = salt_of(*key_for("customer:C9"), fact.fact_id);
  EXPECT_EQ(entry->commit, commitment(salt, canonical_fact(fact)));
  // By hand, from the words of entry.h.
  std::string message(commit_prefix);
  message.append(reinterpret_cast<const char*>(salt.data()), salt.size());
  message += canonical_fact(fact);
  EXPECT_EQ(entry->commit, tlog::sha256(message));
  StoredFact other = fact;
  other.fact.made_by = "user:li.nb";
  EXPECT_NE(entry->commit, commitment(salt, canonical_fact(other)));
  EXPECT_NE(entry->commit,
            commitment(salt_of(*key_for("customer:C9"), store::FactId(78)), canonical_fact(fact)));
}

TEST(Entry, one_that_would_not_fit_shows_nothing_but_stays_true) {
  StoredFact fact = granted();
  fact.fact.body = R"({"permit_id":")" + std::string(70'000, '1') + R"("})";
  const std::string entry = entry_of(fact);
  EXPECT_THAT(entry, HasSubstr(R"("public":{"cut":true}})"));
  EXPECT_LE(entry.size(), tlog::longest_entry);
}

TEST(Entry, refuses_what_is_not_an_entry) {
  const std::string good = entry_of(granted());
  EXPECT_TRUE(parse_entry(good));
  for (std::size_t cut = 0; cut < good.size(); cut += 7)
    EXPECT_FALSE(parse_entry(good.substr(0, cut)));
  for (const char* bad : {"", "{}", "[]", R"({"v":2})", R"({"id":"1","v":1})"})
    EXPECT_FALSE(parse_entry(bad));
}

TEST(Entry, a_body_that_is_no_object_shows_nothing) {
  StoredFact fact = granted();
  for (const char* body :
       {"", "[]", "{\"permit_id\"", "{\"permit_id\":}", "{\"a\":1,}", "{\"a\":\"", "x"}) {
    fact.fact.body = body;
    EXPECT_THAT(entry_of(fact), HasSubstr("\"public\":{}}")) << body;
  }
}

// Every word that could be a fact's kind, in every file that has to do with facts.
std::set<std::string> words_in_source() {
  static const std::regex touches("append\\(|append_many\\(|store::Fact|tell\\(|fact_of\\(");
  static const std::regex word("\"([a-z]+(_[a-z]+)+)\"");
  static const std::regex past(
      "[a-z_]*(ed|set|made|written|drawn|read|taken|outcome|sign_in|sign_out)");
  std::set<std::string> found;
  for (const auto& file : std::filesystem::recursive_directory_iterator("src")) {
    const std::string path = file.path().string();
    if (!path.ends_with(".cpp") || path.ends_with("_test.cpp") || path.starts_with("src/evidence/"))
      continue;
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    const std::string source = text.str();
    if (!std::regex_search(source, touches)) continue;
    for (auto at = std::sregex_iterator(source.begin(), source.end(), word);
         at != std::sregex_iterator(); ++at)
      if (std::regex_match((*at)[1].str(), past)) found.insert((*at)[1]);
  }
  return found;
}

TEST(Kinds, every_kind_the_product_leaves_is_in_the_list) {
  // Words of the same files that are no kinds of facts: states, outcomes, options.
  static const std::set<std::string> others = {
      "base_changed",  "consent_withdrawn", "not_delivered", "not_made",
      "not_simulated", "request_outcome",   "when_lifted"};
  std::set<std::string> known;
  for (const FactKind& kind : fact_kinds()) known.insert(std::string(kind.kind));
  const std::set<std::string> found = words_in_source();
  for (const char* sure : {"permit_granted", "treatment_decided", "case_released", "table_released",
                           "secret_disclosed", "experiment_started", "sign_in"})
    EXPECT_TRUE(found.contains(sure)) << sure;
  for (const std::string& word : found) {
    EXPECT_TRUE(known.contains(word) || others.contains(word))
        << word << " looks like a kind of fact: say in src/evidence/kinds.cpp what the log shows "
        << "of it (or here that it is none)";
  }
}

TEST(Kinds, each_has_its_word_on_the_page) {
  std::ifstream in("web/src/words/fact_kinds.ts");
  std::stringstream text;
  text << in.rdbuf();
  for (const FactKind& kind : fact_kinds())
    EXPECT_THAT(text.str(), HasSubstr("\n  " + std::string(kind.kind) + ": \""));
}

TEST(Kinds, are_sorted_and_show_no_name) {
  const auto all = fact_kinds();
  static const std::set<std::string_view> never = {
      "customer_no", "contact_point_id", "name",       "user_name", "note",
      "reason",      "account_no",       "shown_name", "text",      "phone"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(all[i - 1].kind, all[i].kind);
    }
    for (const PublicField& field : all[i].fields) {
      EXPECT_FALSE(never.contains(field.name)) << all[i].kind << "." << field.name;
      if (field.name == "person" || field.name == "number" || field.name == "asker") {
        EXPECT_EQ(field.ref_of, field.name);
      }
    }
  }
}

}  // namespace
}  // namespace evidence
