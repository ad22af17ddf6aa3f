// Proofs, checks and erasure over real stores and folders: a proof holds for an outsider and no
// other byte does; each thing done to a table is found and named; an erased person leaves nothing.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "evidence/log_folder.h"
#include "evidence/proof.h"
#include "gate/types.h"
#include "tests/stores.h"

namespace evidence {
namespace {

namespace fs = std::filesystem;
using kernel::Code;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<store::Migration> tables() {
  std::vector<store::Migration> all = gate::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

SealOptions options_at(const fs::path& folder) {
  return {.place = {.folder = folder / "log",
                    .key_file = (folder / "test.log.key").string(),
                    .name = "evenhand/test"},
          .facts_a_seal = 40};
}

void seal(store::Store& store, const fs::path& folder) {
  Sealer sealer(store, options_at(folder));
  const auto done = sealer.seal_all(tests::Clock::now());
  ASSERT_TRUE(done) << done.error().message;
}

// A permit's row and its fact, as the gate writes them.
void grant(store::Transaction& tx, int id, const std::string& customer) {
  const kernel::Instant at = tests::Clock::now();
  const kernel::Instant until = at.plus_seconds(600);
  const std::string person = "P-" + customer, number = "N-" + customer;
  tx.execute(
      "INSERT INTO permit (permit_id, person_key, customer_no, contact_point_id, number_index, "
      "role,"
      " channel, purpose, script, says_debt, asker, reserved_at, expires_at, state, packs, nth)"
      " VALUES ($1, $2, $3, 'CP1', $4, 'self', 'call', 'collect', '', 1, 'li.na', $5, $6,"
      " 'reserved', '', 1)",
      {id, person, customer, number, at, until});
  tx.execute("INSERT INTO person_seen (person_key, seen_at, nth) VALUES ($1, $2, 1)", {person, at});
  tx.append({"permit_granted", "customer:" + customer, "user:li.na", at,
             fmt::format(R"({{"permit_id":"{}","person":"{}","nth":1,"contact_point_id":"CP1",)"
                         R"("number":"{}","role":"self","channel":"call","purpose":"collect",)"
                         R"("script":"","asker":"li.na","says_debt":true,"reserved_at":"{}",)"
                         R"("expires_at":"{}","facts":{{}},"packs":[],"key":false}})",
                         id, person, number, at.format(), until.format())});
}

// Thirty customers: a permit each, an outcome, a refusal, a hold, and casework; sealed, and then a
// little more that waits.
void make_day(store::Store& store, const fs::path& folder) {
  const kernel::Instant at = tests::Clock::now();
  ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
    for (int i = 1; i <= 30; ++i) grant(tx, i, fmt::format("C{:03}", i));
    tx.execute(
        "UPDATE permit SET state = 'done', used_at = $1, outcome = 'promise', outcome_at = $1, "
        "outcome_by = 'li.na'"
        " WHERE permit_id = 5",
        {at});
    tx.append({"permit_outcome", "customer:C005", "user:li.na", at,
               R"({"permit_id":"5","person":"P-C005","outcome":"promise"})"});
    tx.execute(
        "INSERT INTO refusal (refusal_id, customer_no, contact_point_id, channel, purpose, asker,"
        " refused_at, codes, packs) VALUES (900, 'C007', 'CP1', 'call', 'collect', 'li.na', $1,"
        " 'CN_HOURS', '')",
        {at});
    tx.append({"permit_refused", "customer:C007", "user:li.na", at,
               R"({"person":"P-C007","nth":1,"number":"N-C007","contact_point_id":"CP1",)"
               R"("channel":"call","purpose":"collect","asker":"li.na","says_debt":true,)"
               R"("rules":[{"code":"CN_HOURS","pack":"p"}]})"});
    tx.execute(
        "INSERT INTO hold (hold_id, person_key, customer_no, kind, reason, since, set_by)"
        " VALUES (700, 'P-C009', 'C009', 'dispute', $1, $2, 'li.na')",
        {store::Blob{"x"}, at});
    tx.execute("UPDATE permit SET state = 'revoked' WHERE permit_id = 9");
    tx.append({"hold_set", "customer:C009", "user:li.na", at,
               R"({"hold_id":"700","kind":"dispute","person":"P-C009","until":null,"nth":1,)"
               R"("revoked":["9"]})"});
    for (int i = 0; i < 40; ++i)
      tx.append({"note_written", fmt::format("customer:C{:03}", i % 30 + 1), "user:li.na", at,
                 fmt::format(R"({{"note_id":"{}"}})", i)});
  }));
  seal(store, folder);
  ASSERT_TRUE(store.transact([&](store::Transaction& tx) { grant(tx, 31, "C031"); }));
}

Checked checked(store::Store& store, const fs::path& folder) {
  const auto done = check_store(store, folder / "log");
  EXPECT_TRUE(done) << done.error().message;
  return done ? *done : Checked{};
}

std::string found_in(const Checked& report) {
  std::string text;
  for (const CheckFinding& f : report.findings)
    text += f.kind + " " + f.where + ": " + f.message_en + "\n";
  return text;
}

// As whoever has the database in hand could: past doors and triggers.
void tamper(store::Store& store, const std::string& sql) {
  const auto done = store.transact([&](store::Transaction& tx) {
    std::vector<std::string> triggers;
    if (tx.on_postgres())
      tx.execute("SET LOCAL session_replication_role = replica");
    else
      tx.query("SELECT name FROM sqlite_master WHERE type = 'trigger'", {},
               [&](const store::Row& row) { triggers.push_back(row.text(0)); });
    for (const std::string& trigger : triggers) tx.execute("DROP TRIGGER " + trigger);
    tx.execute(sql);
  });
  ASSERT_TRUE(done) << sql << ": " << done.error().message;
}

store::FactId fact_of(store::Store& store, const std::string& kind, const std::string& subject) {
  return store::FactId(*store.read([&](store::Transaction& tx) {
    return *tx.query_i64("SELECT fact_id FROM fact WHERE kind = $1 AND subject = $2",
                         {kind, subject});
  }));
}

std::string proof_of(store::Store& store, const fs::path& folder, store::FactId id) {
  const auto text =
      store.read([&](store::Transaction& tx) { return make_proof(tx, folder / "log", id); });
  EXPECT_TRUE(text) << text.error().message;
  return text ? *text : "";
}

std::string vkey_at(const fs::path& folder) {
  const auto verifier = read_vkey(folder / "log");
  return verifier ? verifier->vkey() : "";
}

TEST(Proof, one_file_proves_a_fact_to_an_outsider) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    const auto id = fact_of(store, "permit_granted", "customer:C012");
    const std::string text = proof_of(store, folder, id);
    const auto proven = check_proof(text, vkey_at(folder));
    ASSERT_TRUE(proven) << proven.error().message;
    EXPECT_EQ(proven->kind, "permit_granted");
    EXPECT_EQ(proven->subject, "customer:C012");
    EXPECT_THAT(proven->fact, HasSubstr("\"permit_id\":\"12\""));
    EXPECT_EQ(check_proof(text, tlog::Signer::generate("evenhand/test").vkey()).error().code,
              Code::unauthenticated);
    // No bit of it can be another.
    for (std::size_t i = 0; i < text.size(); i += 3) {
      std::string broken = text;
      broken[i] = static_cast<char>(broken[i] ^ 1);
      const auto other = check_proof(broken, vkey_at(folder));
      if (other) {
        EXPECT_EQ(other->fact, proven->fact) << i;
        EXPECT_EQ(other->entry, proven->entry) << i;
      }
    }
  });
}

TEST(Proof, events_are_found_by_fact_permit_and_subject) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    const auto events = [&](const std::string& event) {
      return store.read([&](store::Transaction& tx) { return find_events(tx, event); });
    };
    const auto permit = events("5");
    ASSERT_TRUE(permit);
    EXPECT_EQ(permit->size(), 2u);  // granted, outcome
    const auto one = events(std::to_string((*permit)[0].fact_id.value()));
    ASSERT_TRUE(one);
    EXPECT_EQ((*one)[0].state, "sealed");
    EXPECT_EQ((*events("permit_granted:customer:C031"))[0].state, "waiting");
    EXPECT_EQ(events("permit_granted:customer:nobody").error().code, Code::not_found);
    EXPECT_EQ(events("nonsense").error().code, Code::invalid_input);
  });
}

TEST(Check, is_given_up_when_the_server_stops) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    int asked = 0;
    const auto done =
        check_store(store, folder / "log",
                    {.data = {}, .progress = {}, .cancelled = [&] { return ++asked == 2; }});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::unavailable);
    EXPECT_EQ(asked, 2);
  });
}

TEST(Check, an_honest_store_has_no_finding) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    const Checked report = checked(store, folder);
    EXPECT_EQ(report.finding_count, 0) << found_in(report);
    EXPECT_EQ(report.facts, 74);
    EXPECT_EQ(report.waiting, 1);
    EXPECT_EQ(report.sealed, 73);
    EXPECT_EQ(report.permits, 31);
    EXPECT_EQ(report.seals, 2);
  });
}

struct Case {
  std::string sql, kind, where;
};

TEST(Check, each_thing_done_to_a_table_is_found_and_named) {
  const std::vector<Case> cases = {
      {"UPDATE fact SET body = replace(body, '\"note_id\":\"3\"', '\"note_id\":\"4\"') WHERE body "
       "= "
       "'{\"note_id\":\"3\"}'",
       "fact_altered", "fact "},
      {"UPDATE fact SET made_at = made_at + 1 WHERE body = '{\"note_id\":\"3\"}'", "fact_altered",
       ""},
      {"UPDATE fact SET made_by = 'user:x' WHERE body = '{\"note_id\":\"3\"}'", "fact_altered", ""},
      {"UPDATE fact SET kind = 'sign_in' WHERE body = '{\"note_id\":\"3\"}'", "fact_altered", ""},
      {"UPDATE fact SET subject = 'customer:C030' WHERE body = '{\"note_id\":\"3\"}'",
       "subject_altered", ""},
      {"DELETE FROM fact WHERE body = '{\"note_id\":\"3\"}'", "fact_deleted", "fact "},
      {"INSERT INTO fact (fact_id, kind, subject, made_by, made_at, body) VALUES (5, "
       "'note_written',"
       " 'customer:C001', 'user:li.na', 0, '{}')",
       "fact_inserted", "fact 5"},
      {"DELETE FROM fact_unsealed", "fact_inserted", "fact "},
      {"INSERT INTO fact_unsealed (first_id, fact_count) SELECT min(fact_id), 1 FROM fact",
       "fact_twice", ""},
      {"UPDATE fact SET body = CASE body WHEN '{\"note_id\":\"3\"}' THEN '{\"note_id\":\"33\"}' "
       "ELSE "
       "'{\"note_id\":\"3\"}' END WHERE body IN ('{\"note_id\":\"3\"}', '{\"note_id\":\"33\"}')",
       "facts_swapped", " and fact "},
      {"DELETE FROM log_key WHERE subject = 'customer:C002'", "key_deleted", "fact "},
      {"UPDATE log_key SET key = (SELECT key FROM log_key WHERE subject = 'customer:C003') WHERE "
       "subject = 'customer:C002'",
       "fact_altered", ""},
      {"UPDATE log_key SET ref = (SELECT ref FROM log_key WHERE subject = 'customer:C003') WHERE "
       "subject = 'customer:C002'",
       "subject_altered", ""},
      {"UPDATE seal SET root = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' WHERE seal_id = 1",
       "seal_altered", "seal 1"},
      {"UPDATE seal SET leaf_count = leaf_count + 1 WHERE seal_id = 1", "seal_altered", "seal 1"},
      {"UPDATE seal SET checkpoint = (SELECT checkpoint FROM seal WHERE seal_id = 2) WHERE seal_id "
       "= 1",
       "seal_altered", "seal 1"},
      {"DELETE FROM seal WHERE seal_id = 1", "seal_altered", "seal 2"},
      {"DELETE FROM seal WHERE seal_id = 2", "store_rolled_back", "checkpoint"},
      {"UPDATE permit SET number_index = 'N-C001' WHERE permit_id = 3", "row_altered", "permit 3"},
      {"UPDATE permit SET reserved_at = reserved_at + 1000000 WHERE permit_id = 3", "row_altered",
       "permit 3"},
      {"UPDATE permit SET state = 'done', outcome = 'no_answer' WHERE permit_id = 3", "row_altered",
       "permit 3"},
      {"UPDATE permit SET outcome = 'no_answer' WHERE permit_id = 5", "row_altered", "permit 5"},
      {"UPDATE permit SET state = 'reserved' WHERE permit_id = 9", "row_altered", "permit 9"},
      {"DELETE FROM permit WHERE permit_id = 3", "row_deleted", "permit 3"},
      {"UPDATE permit SET permit_id = 99 WHERE permit_id = 3", "row_inserted", "permit 99"},
      {"UPDATE permit SET customer_no = 'C001' WHERE permit_id = 31", "row_altered", "permit 31"},
      {"UPDATE person_seen SET nth = 0 WHERE person_key = 'P-C003'", "counter_altered", ""},
      {"DELETE FROM person_seen WHERE person_key = 'P-C003'", "counter_deleted", ""},
      {"DELETE FROM refusal", "row_deleted", "refusal"},
      {"UPDATE refusal SET codes = 'CN_CAP'", "row_inserted", "refusal 900"},
      {"UPDATE hold SET kind = 'complaint'", "row_altered", "hold 700"},
      {"UPDATE hold SET lifted_at = 1", "row_altered", "hold 700"},
      {"DELETE FROM hold", "row_deleted", "hold 700"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.sql);
    tests::for_each_store(tables(), [&](store::Store& store, const fs::path& folder) {
      make_day(store, folder);
      tamper(store, one.sql);
      const Checked report = checked(store, folder);
      bool named = false;
      for (const CheckFinding& f : report.findings)
        named |= f.kind == one.kind && f.where.find(one.where) != std::string::npos;
      EXPECT_TRUE(named) << "wanted " << one.kind << " at " << one.where << ", found:\n"
                         << found_in(report);
    });
  }
}

void copy_folder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

TEST(Check, a_folder_rolled_back_whole_is_found_from_the_store) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    copy_folder(folder / "log", folder / "copy");
    seal(store, folder);
    EXPECT_THAT(checked(store, folder).findings, IsEmpty());
    copy_folder(folder / "copy", folder / "log");
    const Checked report = checked(store, folder);
    EXPECT_THAT(found_in(report), HasSubstr("folder_rolled_back checkpoint"));
  });
}

TEST(Check, an_entry_changed_in_the_folder_is_found_from_the_store_too) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    const fs::path bundle = folder / "log" / "tile" / "entries" / "000.p" / "73";
    std::string bytes = *tlog::read_whole(bundle);
    const std::size_t at = bytes.find("note_written");
    ASSERT_NE(at, bytes.npos);
    bytes[at] = 'N';
    std::ofstream(bundle, std::ios::binary) << bytes;
    const std::string found = found_in(checked(store, folder));
    EXPECT_THAT(found, HasSubstr("fact_altered fact "));
    EXPECT_THAT(found, HasSubstr("seal_altered seal 2"));
  });
}

// All bytes of the files of a folder, and of every table of the store.
std::string everything(store::Store& store, const fs::path& folder) {
  std::string all;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    all += text.str();
  }
  if (!store.on_postgres()) return all;
  (void)store.read([&](store::Transaction& tx) {
    for (const char* table : {"fact", "fact_erased", "fact_unsealed", "seal", "log_key"})
      tx.query("SELECT t::text FROM " + std::string(table) + " t", {},
               [&](const store::Row& row) { all += row.text(0) + "\n"; });
    return true;
  });
  return all;
}

TEST(Forget, an_erased_person_leaves_nothing_and_all_proofs_hold) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    const auto mine = fact_of(store, "permit_granted", "customer:C012");
    const auto others = fact_of(store, "permit_granted", "customer:C013");
    const std::string proof = proof_of(store, folder, mine);
    const std::string other = proof_of(store, folder, others);
    const auto forgotten = store.transact([&](store::Transaction& tx) {
      return forget(tx, {"customer:C012", "person:P-C012", "number:N-C012"}, "user:records",
                    tests::Clock::now());
    });
    ASSERT_TRUE(forgotten) << forgotten.error().message;
    EXPECT_EQ(forgotten->facts, 2);  // the permit and a note
    EXPECT_EQ(forgotten->keys, 3);
    // Other rooms' tables are theirs to clear (records); here the gate's rows of the person.
    tamper(store, "DELETE FROM permit WHERE customer_no = 'C012'");
    tamper(store, "DELETE FROM person_seen WHERE person_key = 'P-C012'");
    const Checked report = checked(store, folder);
    EXPECT_EQ(report.finding_count, 0) << found_in(report);
    EXPECT_EQ(report.erased, 2);
    EXPECT_TRUE(check_proof(proof, vkey_at(folder)));
    EXPECT_TRUE(check_proof(other, vkey_at(folder)));
    EXPECT_EQ(proof_of(store, folder, others).empty(), false);
    const auto again =
        store.read([&](store::Transaction& tx) { return make_proof(tx, folder / "log", mine); });
    EXPECT_EQ(again.error().code, Code::conflict);
    seal(store, folder);  // the erasure's own fact
    EXPECT_EQ(checked(store, folder).finding_count, 0);
    // A lost folder is still made again, with the erased person's entries.
    const auto before = tlog::read_whole(folder / "log" / "checkpoint");
    fs::remove_all(folder / "log");
    Sealer sealer(store, options_at(folder));
    const auto made = sealer.rebuild();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(*tlog::read_whole(folder / "log" / "checkpoint"), *before);
    ASSERT_TRUE(store.scrub());
    const std::string all = everything(store, folder);
    EXPECT_THAT(all, HasSubstr("C013"));
    for (const char* gone : {"C012", "P-C012", "N-C012"})
      EXPECT_EQ(all.find(gone), all.npos) << gone;
  });
}

TEST(Forget, waits_for_the_seal_and_keeps_what_others_share) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    make_day(store, folder);
    const auto forget_them = [&](const std::vector<std::string>& subjects) {
      return store.transact([&](store::Transaction& tx) {
        return forget(tx, subjects, "user:records", tests::Clock::now());
      });
    };
    EXPECT_EQ(forget_them({"customer:C031"}).error().code, Code::conflict);
    const auto shared = forget_them({"customer:C002", "number:N-C003"});
    ASSERT_TRUE(shared);
    EXPECT_THAT(shared->kept, testing::ElementsAre("number:N-C003"));
    EXPECT_EQ(shared->keys, 3) << "the customer's, and those that only its facts showed";
  });
}

}  // namespace
}  // namespace evidence
