// Nobody goes round the gate by SQL: on PostgreSQL a real role that runs the program tries every
// other way in, on SQLite triggers refuse what must never be.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/types.h"
#include "store/grant.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace gate {
namespace {

using kernel::Date;
using kernel::Instant;

const Instant kTen = Instant::china(Date::from_ymd(2026, 11, 20), 600);  // a Friday

const std::vector<std::string> kGuarded = {
    "fact",        "fact_unsealed", "fact_erased",      "permit",    "refusal",
    "person_seen", "number_seen",   "number_mark",      "hold",      "gate_pack",
    "gate_limit",  "gate_calendar", "schema_migration", "store_role"};

std::shared_ptr<tests::Town> town() {
  auto made = std::make_shared<tests::Town>();
  for (const char* i : {"1", "2", "3"}) {
    made->add_person(std::string("C") + i, std::string("p") + i);
    made->add_point(std::string("C") + i, "1", std::string("1380000000") + i);
  }
  return made;
}

Gate make_gate() {
  static const Packs packs = Packs::load("decisions");
  return Gate(packs, town(), tests::good_asker);
}

Request call_to(const std::string& customer_no) {
  return {.customer_no = customer_no,
          .contact_point_id = customer_no + ":1",
          .channel = "call",
          .purpose = "collect",
          .asker = "li.na"};
}

// What a statement gives, or the failure's message.
std::string attempt(store::Store& store, const std::string& sql) {
  const auto done = store.transact([&](store::Transaction& tx) {
    std::string rows;
    tx.query(sql, {}, [&](const store::Row& row) {
      rows += "|" + (row.is_null(0) ? std::string("null") : row.text(0));
    });
    return "ok" + rows;
  });
  return done ? *done : "failed: " + done.error().message;
}

// The owner's store with a few permits in it, and the same as the application's role has it.
struct TwoRoles {
  tests::Folder folder;
  std::string role = "evenhand_app_" + std::to_string(::getpid());
  std::unique_ptr<store::Store> owner, app;
  std::int64_t used = 0, reserved = 0;  // permits of p1

  bool open() {
    const std::string url = tests::fresh_postgres_url(folder.path());
    if (url.empty()) return false;
    owner = tests::open_store(url, folder.path(), schema());
    attempt(*owner, "DROP OWNED BY " + role);
    attempt(*owner, "DROP ROLE IF EXISTS " + role);
    EXPECT_EQ(attempt(*owner, "CREATE ROLE " + role + " LOGIN"), "ok");
    EXPECT_TRUE(owner->transact([&](store::Transaction& tx) -> kernel::Status {
      TRY(store::grant_role(tx, role));
      set_limits(tx, {.clock_tolerance_s = {}, .contacts_day = 3, .attempts_day = 6});
      return kernel::Ok{};
    }));
    const std::size_t name = url.find("//") + 2;
    app = tests::open_store(url.substr(0, name) + role + url.substr(url.find('@', name)),
                            folder.path(), schema());
    return true;
  }
  ~TwoRoles() {
    app.reset();
    if (!owner) return;
    attempt(*owner, "DROP OWNED BY " + role);
    attempt(*owner, "DROP ROLE " + role);
  }

  // Works as the program does, with the application's role.
  void work() {
    const Gate gate = make_gate();
    std::vector<PermitId> ids;
    const auto done = app->transact([&](store::Transaction& tx) -> kernel::Status {
      for (int i = 0; i < 2; ++i) {
        TRY_ASSIGN(Reply reply, gate.ask(tx, call_to("C1"), kTen));
        ids.push_back(reply.permit->bound().permit_id);
        if (i == 0) TRY(gate.spend(tx, std::move(*reply.permit), kTen));
      }
      TRY_ASSIGN(Reply other, gate.ask(tx, call_to("C2"), kTen));
      TRY(gate.record_outcome(tx, other.permit->bound().permit_id, "wrong_number", "li.na", kTen));
      TRY_ASSIGN(const Hold hold,
                 set_hold(tx, gate.directory(),
                          {.customer_no = "C2", .kind = "dispute", .set_by = "w"}, kTen));
      TRY(lift_hold(tx, gate.directory(), "C2", hold.hold_id, kernel::Note::take("so"), "w", kTen));
      TRY(gate.ask(tx, call_to("C2"), Instant::china(kTen.china_date(), 1400)));
      return kernel::Ok{};
    });
    ASSERT_TRUE(done) << done.error().message;
    used = ids[0].value();
    reserved = ids[1].value();
  }
};

TEST(door, the_role_that_runs_the_program_can_do_its_work) {
  TwoRoles roles;
  if (!roles.open()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  roles.work();
  EXPECT_EQ(attempt(*roles.app, "SELECT COUNT(*)::text FROM permit"), "ok|3");
  EXPECT_EQ(attempt(*roles.app, "SELECT string_agg(DISTINCT kind, ' ') FROM fact"),
            "ok|hold_lifted hold_set number_wrong_number pack_used permit_granted permit_outcome"
            " permit_refused permit_used");
}

TEST(door, no_statement_of_that_role_writes_a_guarded_table) {
  TwoRoles roles;
  if (!roles.open()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  roles.work();
  const std::string denied = "failed: PostgreSQL: ERROR:  permission denied";
  const std::string not_owner = "failed: PostgreSQL: ERROR:  must be owner";
  for (const std::string& table : kGuarded) {
    const auto column = roles.owner->read([&](store::Transaction& tx) {
      return *tx.query_one<std::string>(
          "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum = "
          "1",
          {table}, [](const store::Row& row) { return row.text(0); });
    });
    const std::string set = *column + " = " + *column;
    for (const std::string& sql :
         {"INSERT INTO " + table + " DEFAULT VALUES",
          "INSERT INTO " + table + " SELECT * FROM " + table, "UPDATE " + table + " SET " + set,
          "DELETE FROM " + table, "TRUNCATE " + table, "TRUNCATE " + table + " CASCADE",
          "COPY " + table + " FROM STDIN", "LOCK TABLE " + table + " IN EXCLUSIVE MODE",
          "SELECT 1 FROM " + table + " FOR UPDATE",
          "MERGE INTO " + table + " t USING " + table +
              " s ON false WHEN NOT MATCHED THEN INSERT"
              " DEFAULT VALUES"})
      EXPECT_THAT(attempt(*roles.app, sql), testing::StartsWith(denied)) << sql;
    for (const std::string& sql :
         {"ALTER TABLE " + table + " DISABLE TRIGGER ALL", "DROP TABLE " + table,
          "ALTER TABLE " + table + " ADD COLUMN x BIGINT",
          "ALTER TABLE " + table + " OWNER TO " + roles.role,
          "ALTER TABLE " + table + " RENAME TO mine", "COMMENT ON TABLE " + table + " IS 'open'",
          "ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY"})
      EXPECT_THAT(attempt(*roles.app, sql), testing::StartsWith(not_owner)) << sql;
    for (const std::string& sql :
         {"CREATE TRIGGER t BEFORE INSERT ON " + table +
              " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
          "CREATE RULE r AS ON INSERT TO " + table + " DO INSTEAD NOTHING",
          "CREATE TABLE x (y TEXT REFERENCES " + table + ")"})
      EXPECT_THAT(attempt(*roles.app, sql), testing::StartsWith("failed: ")) << sql;
    // Granting what one does not have is no error in SQL; it must give nothing.
    attempt(*roles.app, "GRANT ALL ON " + table + " TO " + roles.role);
    attempt(*roles.app, "GRANT ALL ON " + table + " TO PUBLIC");
    EXPECT_THAT(attempt(*roles.app, "DELETE FROM " + table), testing::StartsWith(denied));
  }
}

TEST(door, no_other_way_in_is_open_to_that_role) {
  TwoRoles roles;
  if (!roles.open()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  roles.work();
  for (const std::string& sql :
       {std::string("SET ROLE evenhand"),
        std::string("SET SESSION AUTHORIZATION evenhand"),
        std::string("SET session_replication_role = replica"),
        "ALTER ROLE " + roles.role + " SUPERUSER",
        "GRANT evenhand TO " + roles.role,
        std::string("CREATE TABLE permit2 (x BIGINT)"),
        std::string("CREATE FUNCTION gate_no(why TEXT, x INT) RETURNS void LANGUAGE sql AS ''"),
        std::string("CREATE OR REPLACE FUNCTION gate_no(why TEXT) RETURNS void LANGUAGE sql AS ''"),
        std::string("DROP FUNCTION gate_no(TEXT)"),
        std::string("ALTER FUNCTION gate_lock(TEXT[], TEXT[]) SECURITY INVOKER"),
        std::string("ALTER FUNCTION gate_lock(TEXT[], TEXT[]) RESET search_path"),
        std::string("SELECT gate_no('x')"),
        std::string("DROP TRIGGER permit_steps ON permit"),
        std::string("CREATE EXTENSION dblink"),
        std::string("DO LANGUAGE plpgsql $x$ BEGIN UPDATE permit SET state = 'done'; END $x$"),
        std::string("COPY permit FROM PROGRAM 'echo'"),
        std::string("COPY permit FROM '/etc/passwd'"),
        std::string("SELECT pg_read_file('/etc/passwd')"),
        std::string("SELECT lo_import('/etc/passwd')::text"),
        std::string("UPDATE pg_class SET relowner = 1")})
    EXPECT_THAT(attempt(*roles.app, sql), testing::StartsWith("failed: ")) << sql;

  // A table of one's own put in front: the door still finds the real one.
  const auto tricked = roles.app->transact([&](store::Transaction& tx) {
    tx.execute(
        "CREATE TEMP TABLE person_seen (person_key TEXT PRIMARY KEY, seen_at BIGINT,"
        " nth BIGINT)");
    tx.execute("CREATE TEMP TABLE permit (permit_id BIGINT)");
    tx.execute("CREATE TEMP TABLE gate_limit (only_row BIGINT)");
    tx.execute("SET LOCAL search_path = pg_temp, public");
    return tx.query_i64("SELECT COUNT(*) FROM pg_temp.person_seen").value_or(-1);
  });
  EXPECT_TRUE(tricked) << tricked.error().message;
  const std::string schema_name = attempt(*roles.owner, "SELECT current_schema()::text").substr(3);
  const auto locked = roles.app->transact([&](store::Transaction& tx) {
    tx.execute("SET LOCAL search_path = pg_temp");
    tx.query("SELECT " + schema_name + ".gate_lock('{p9}', '{}')", {}, [](const store::Row&) {});
    return tx.query_i64("SELECT COUNT(*) FROM pg_temp.person_seen").value_or(-1);
  });
  ASSERT_TRUE(locked) << locked.error().message;
  EXPECT_EQ(*locked, 0) << "the temporary table was taken for the real one";
  EXPECT_EQ(attempt(*roles.owner, "SELECT COUNT(*)::text FROM person_seen WHERE person_key = 'p9'"),
            "ok|1");
}

// One permit through the door, with a value forged.
struct Forged {
  std::string person = "p3", number = "n3", state;
  Instant at = kTen;
  std::int64_t lives_s = 600, nth = 1, contacts_max = 1, attempts_max = 1;
  Instant day = Instant::china(kTen.china_date(), 0);
};

std::string reserve(store::Store& store, std::vector<Forged> all, std::int64_t first_id = 77) {
  const auto done = store.transact([&](store::Transaction& tx) {
    const store::Array texts = store::Array::of_texts(), integers = store::Array::of_numbers();
    store::Array ids = integers, persons = texts, words = texts, numbers = texts, flags = integers,
                 at = integers, ends = integers, keys = texts, nths = integers, days = integers,
                 contacts = integers, attempts = integers;
    for (const Forged& f : all) {
      ids.add(first_id++);
      persons.add(f.person);
      words.add("x");
      numbers.add(f.number);
      flags.add(std::int64_t{1});
      at.add(f.at.micros());
      ends.add(f.at.plus_seconds(f.lives_s).micros());
      keys.add_null();
      nths.add(f.nth);
      days.add(f.day.micros());
      contacts.add(f.contacts_max);
      attempts.add(f.attempts_max);
    }
    tx.query("SELECT gate_lock($1, $2)", {persons, numbers}, [](const store::Row&) {});
    tx.query(
        "SELECT gate_reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
        " $17, $18, $19)",
        {ids, persons, words, words, numbers, words, words, words, words, flags, words, at, ends,
         keys, words, nths, days, contacts, attempts},
        [](const store::Row&) {});
    return std::string("ok");
  });
  return done ? *done : done.error().message;
}

TEST(door, forged_values_are_refused) {
  TwoRoles roles;
  if (!roles.open()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  roles.work();
  store::Store& app = *roles.app;
  using testing::HasSubstr;
  EXPECT_THAT(reserve(app, {{.nth = 2}}), HasSubstr("do not follow")) << "a permit left out";
  EXPECT_THAT(reserve(app, {{.person = "p1", .nth = 2, .contacts_max = 9}}),
              HasSubstr("do not follow"))
      << "a number twice";
  EXPECT_THAT(reserve(app, {{.nth = 1}, {.nth = 1}}), HasSubstr("do not follow"));
  EXPECT_THAT(
      reserve(app, {{.person = "p1", .at = kTen.plus_seconds(-60), .nth = 3, .contacts_max = 9}}),
      HasSubstr("do not follow"))
      << "before what the person has seen";
  EXPECT_THAT(reserve(app, {{.lives_s = 90'000}}), HasSubstr("times are not possible"));
  EXPECT_THAT(reserve(app, {{.lives_s = -1}}), HasSubstr("times are not possible"));
  EXPECT_THAT(reserve(app, {{.day = kTen.plus_seconds(-1)}}), HasSubstr("times are not possible"))
      << "no midnight";
  EXPECT_THAT(reserve(app, {{.day = kTen.plus_seconds(900)}}), HasSubstr("times are not possible"));
  EXPECT_THAT(reserve(app, {{.person = "p1", .nth = 3, .contacts_max = 2}}),
              HasSubstr("more contacts of the person"))
      << "two are there already";
  EXPECT_THAT(reserve(app, {{.person = "p1", .nth = 3, .contacts_max = 9},
                            {.person = "p1", .nth = 4, .contacts_max = 9, .attempts_max = 2}}),
              HasSubstr("more contacts of the person"))
      << "the owner's limit of three, whatever the caller allows";
  std::vector<Forged> seven;
  for (int i = 0; i < 7; ++i)
    seven.push_back({.person = "q" + std::to_string(i), .attempts_max = 99});
  EXPECT_THAT(reserve(app, seven), HasSubstr("more attempts on the number"));
  EXPECT_THAT(reserve(app, {{.number = "n4", .attempts_max = 0}}),
              HasSubstr("more attempts on the number"));
  EXPECT_EQ(attempt(app, "SELECT COUNT(*)::text FROM permit"), "ok|3")
      << "nothing of all this is in";
  EXPECT_EQ(reserve(app, {{}}), "ok") << "and what is right is taken";

  ASSERT_TRUE(roles.owner->transact([](store::Transaction& tx) {
    set_limits(tx, {.clock_tolerance_s = 300, .contacts_day = {}, .attempts_day = {}});
    return 0;
  }));
  EXPECT_THAT(reserve(app, {{.person = "p5", .number = "n5"}}, 99),
              HasSubstr("times are not possible"))
      << "a time of the caller's own choice";

  const std::string used = std::to_string(roles.used), reserved = std::to_string(roles.reserved);
  const std::string at = std::to_string(kTen.micros());
  const auto call = [&](const std::string& sql) { return attempt(app, "SELECT " + sql); };
  EXPECT_EQ(call("gate_use('{" + used + "}', '{" + at + "}')::text"), "ok") << "a second use";
  EXPECT_EQ(call("gate_use('{" + reserved + "}', '{" + at + "}')::text"), "ok")
      << "in time by the caller's word, long past by the database's clock";
  EXPECT_EQ(call("gate_tell('{" + used + "}', '{NULL}', '{x}', '{" + at + "}')::text"), "ok");
  EXPECT_EQ(call("gate_tell('{" + used + "}', '{promise}', '{x}', '{" + at + "}')::text"),
            "ok|" + used);
  EXPECT_EQ(call("gate_tell('{" + used + "}', '{no_answer}', '{x}', '{" + at + "}')::text"), "ok")
      << "an outcome twice";
  EXPECT_EQ(call("gate_expire('{" + reserved + "}', " + at + ")::text"), "ok") << "before its time";
  EXPECT_THAT(call("gate_revoke('p1')::text"), HasSubstr("by a hold only"));
  EXPECT_THAT(call("gate_keep_pack('p', 'v', 'x', 'y', 'z')::text"),
              HasSubstr("not what its version"));
}

// ---- what triggers refuse, on both stores, to the owner too
// --------------------------------------

TEST(door, triggers_refuse_steps_back_and_changes_of_what_is_bound) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    const Gate gate = make_gate();
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) -> kernel::Status {
      TRY_ASSIGN(Reply one, gate.ask(tx, call_to("C1"), kTen));
      const PermitId done = one.permit->bound().permit_id;
      TRY(gate.spend(tx, std::move(*one.permit), kTen));
      TRY(gate.record_outcome(tx, done, "wrong_number", "x", kTen));
      TRY(gate.ask(tx, call_to("C2"), kTen));
      TRY(set_hold(tx, gate.directory(), {.customer_no = "C3", .kind = "cease", .set_by = "w"},
                   kTen));
      return kernel::Ok{};
    }));
    for (const char* sql :
         {"UPDATE permit SET state = 'reserved' WHERE state = 'done'",
          "UPDATE permit SET state = 'used' WHERE state = 'done'",
          "UPDATE permit SET state = 'revoked' WHERE state = 'done'",
          "UPDATE permit SET outcome = 'no_answer' WHERE state = 'done'",
          "UPDATE permit SET outcome = 'no_answer' WHERE state = 'reserved'",
          "UPDATE permit SET state = 'done' WHERE state = 'reserved'",
          "UPDATE permit SET state = 'used', person_key = 'p9' WHERE state = 'reserved'",
          "UPDATE permit SET state = 'used', channel = 'sms' WHERE state = 'reserved'",
          "UPDATE permit SET state = 'used', reserved_at = 1 WHERE state = 'reserved'",
          "UPDATE permit SET state = 'used', expires_at = 9999999999999999 WHERE state = "
          "'reserved'",
          "UPDATE permit SET state = 'used', nth = 7 WHERE state = 'reserved'",
          "DELETE FROM permit",
          "DELETE FROM person_seen",
          "DELETE FROM number_mark",
          "DELETE FROM gate_pack",
          "DELETE FROM hold",
          "UPDATE gate_pack SET sha256 = ''",
          "UPDATE person_seen SET seen_at = seen_at - 1",
          "UPDATE person_seen SET nth = 0",
          "UPDATE hold SET kind = 'lost'",
          "UPDATE hold SET until = 1",
          "INSERT INTO permit SELECT * FROM permit WHERE state = 'done'"}) {
      const std::string said = attempt(store, sql);
      EXPECT_THAT(said, testing::StartsWith("failed: ")) << sql;
    }
    EXPECT_EQ(*store.read([](store::Transaction& tx) {
      return tx.query_i64("SELECT COUNT(*) FROM permit WHERE state IN ('done', 'reserved')")
          .value();
    }),
              2);
  });
}

TEST(door, a_role_that_may_not_migrate_says_what_to_do) {
  TwoRoles roles;
  if (!roles.open()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  std::vector<store::Migration> more = schema();
  more.push_back({"gate", "999_new", "CREATE TABLE new_table (x BIGINT);"});
  const auto status = roles.app->migrate(more);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("evenhand store migrate"));
  ASSERT_TRUE(roles.owner->migrate(more));
  ASSERT_TRUE(roles.owner->transact([](store::Transaction& tx) { return store::grant_again(tx); }));
  EXPECT_TRUE(roles.app->migrate(more));
  EXPECT_EQ(attempt(*roles.app, "INSERT INTO new_table VALUES (1)"), "ok");
  const auto owner_role = roles.owner->transact(
      [](store::Transaction& tx) { return store::grant_role(tx, "evenhand"); });
  ASSERT_FALSE(owner_role) << "a superuser cannot be kept from anything";
}

}  // namespace
}  // namespace gate
