#include "store/vault.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

#include "kernel/hash.h"
#include "store/keyring.h"
#include "store/rotation.h"
#include "tests/stores.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Phone;
using kernel::PhoneTag;
using kernel::Result;

const std::vector<Migration> tables = {
    {"t", "001",
     "CREATE TABLE person (person_id BIGINT NOT NULL PRIMARY KEY, phone {blob} NOT NULL,"
     " note {blob}) {strict};"
     "CREATE TABLE line (part TEXT NOT NULL, line_no TEXT NOT NULL, text {blob},"
     " PRIMARY KEY (part, line_no)) {strict};"}};
const SealedTables sealed_tables = {
    {"person", {"person_id"}, true, {{"phone", "phone"}, {"note", "note"}}},
    {"line", {"part", "line_no"}, false, {{"text", "note"}}}};
const By by{"test", &tests::Clock::now};

// One store as two processes see it.
struct Two {
  std::unique_ptr<Store> one, other;
  std::string url;
  std::filesystem::path folder;
};

void for_two(const std::function<void(Two&)>& body) {
  const auto run = [&](const std::string& url, const std::filesystem::path& folder) {
    Two two{tests::open_store(url, folder, tables), tests::open_store(url, folder, tables), url,
            folder};
    body(two);
  };
  {
    SCOPED_TRACE("on SQLite");
    const tests::Folder folder;
    run((folder.path() / "s.sqlite").string(), folder.path());
  }
  const tests::Folder folder;
  const std::string url = tests::fresh_postgres_url(folder.path());
  if (url.empty()) return;
  SCOPED_TRACE("on PostgreSQL");
  run(url, folder.path());
}

std::string phone_of(std::int64_t id) {
  return std::to_string(13'800'000'000 + id);
}

kernel::Status save_phone(Store& store, std::int64_t id) {
  return store.transact([&](Transaction& tx) {
    const std::string phone = tx.vault().seal("phone", Phone::take(phone_of(id)));
    const std::string note = tx.vault().seal("note", kernel::Note::take("note"));
    tx.execute("INSERT INTO person (person_id, phone, note) VALUES ($1, $2, $3)",
               {id, Blob{phone}, id % 3 == 0 ? Param(nullptr) : Param(Blob{note})});
    return kernel::Status(kernel::Ok{});
  });
}

Result<std::string> sealed_phone(Store& store, std::int64_t id) {
  return store.read([&](Transaction& tx) {
    return *tx.query_one<std::string>("SELECT phone FROM person WHERE person_id = $1", {id},
                                      [](const Row& row) { return row.blob(0); });
  });
}

Result<std::string> load_phone(Store& store, std::int64_t id) {
  return store.read([&](Transaction& tx) -> Result<std::string> {
    const auto sealed =
        *tx.query_one<std::string>("SELECT phone FROM person WHERE person_id = $1", {id},
                                   [](const Row& row) { return row.blob(0); });
    TRY_ASSIGN(const Phone phone, tx.vault().open_sealed<PhoneTag>("phone", sealed));
    return phone.masked();
  });
}

std::int64_t key_of(Store& store, std::int64_t id) {
  return key_id_of(*sealed_phone(store, id));
}

std::int64_t count(Store& store, const std::string& what) {
  return *store.read(
      [&](Transaction& tx) { return *tx.query_i64("SELECT count(*) FROM " + what); });
}

std::string why(const kernel::Status& status) {
  return status ? "" : status.error().message + " at " + status.error().where;
}

TEST(Vault, seals_and_opens_only_what_it_sealed) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    ASSERT_TRUE(store.transact([](Transaction& tx) {
      const Vault& vault = tx.vault();
      const auto phone = Phone::take("13812341234");
      const std::string sealed = vault.seal("phone", phone);
      EXPECT_EQ(sealed.find("1381234"), std::string::npos);
      EXPECT_NE(sealed, vault.seal("phone", phone));
      EXPECT_EQ(vault.index("phone", phone), vault.index("phone", Phone::take("13812341234")));
      EXPECT_NE(vault.index("phone", phone), vault.index("name", phone));
      EXPECT_EQ(vault.open_sealed<PhoneTag>("phone", sealed)->masked(), "138****1234");
      EXPECT_FALSE(vault.open_sealed<PhoneTag>("name", sealed));
      for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string broken = sealed;
        broken[i] = static_cast<char>(broken[i] ^ 1);
        EXPECT_FALSE(vault.open_sealed<PhoneTag>("phone", broken)) << i;
        EXPECT_FALSE(vault.open_sealed<PhoneTag>("phone", sealed.substr(0, i))) << i;
      }
      const std::string empty = vault.seal("phone", Phone::take(""));
      EXPECT_TRUE(vault.open_sealed<PhoneTag>("phone", empty)->empty());
    }));
  });
}

TEST(Vault, a_secret_is_read_only_with_a_fact) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const auto phone = Phone::take("13812341234");
    const auto disclosed = store.transact([&](Transaction& tx) {
      const auto disclosure =
          tx.disclose("customer:C1", "dial_permitted", "user:7", tests::Clock::now());
      return std::string(phone.reveal(disclosure));
    });
    EXPECT_EQ(*disclosed, "13812341234");
    EXPECT_EQ(count(store, "fact WHERE kind = 'secret_disclosed'"), 1);
  });
}

TEST(Vault, a_store_opens_only_with_its_own_root) {
  const tests::Folder folder;
  const std::string path = (folder.path() / "s.sqlite").string();
  tests::open_store(path, folder.path(), tables);
  const auto open_with = [&](const std::string& key) {
    return Store::open({.url = path, .key_file = key, .clock = &tests::Clock::now});
  };
  auto other = open_with((folder.path() / "other.key").string());
  ASSERT_TRUE(other);
  const auto migrated = (*other)->migrate(tables);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, Code::corrupt);
  EXPECT_NE(migrated.error().message.find("give the right one with --key"), std::string::npos);
  std::ofstream(folder.path() / "bad.key") << "not hex\n";
  EXPECT_FALSE(open_with((folder.path() / "bad.key").string()));
  EXPECT_EQ(open_with("env:EVENHAND_NO_SUCH").error().code, Code::not_found);
  EXPECT_EQ(open_with("credential:root").error().code, Code::not_found);

  std::ifstream file(folder.path() / "test.key");
  std::string hex;
  file >> hex;
  ::setenv("EVENHAND_TEST_ROOT", hex.c_str(), 1);
  auto by_environment = open_with("env:EVENHAND_TEST_ROOT");
  ASSERT_TRUE(by_environment);
  EXPECT_TRUE((*by_environment)->migrate(tables));
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  auto by_credential = open_with("credential:test.key");
  ASSERT_TRUE(by_credential);
  EXPECT_TRUE((*by_credential)->migrate(tables));
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

// What the first format's program left, to the byte: its key file, its check, a phone, an index.
constexpr const char* old_root = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* old_check =
    "01ab7ff85e6180f8ca8795ba28491fff5cfb1904c42a5e22b3accc109d689976e1a4cdc67b";
constexpr const char* old_phone =
    "01abdadf8f3a63b3ad2ca802d02aa53f1528d64441744ce86233f17a55a775a627ea52a42013d8d9";

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

void make_first_format(Two& two) {
  ASSERT_TRUE(two.one->transact([](Transaction& tx) {
    tx.execute("DELETE FROM vault_wrap");
    tx.execute("DELETE FROM vault_key");
    tx.execute("UPDATE vault_check SET sealed = $1", {Blob{unhex(old_check)}});
    tx.execute("INSERT INTO person (person_id, phone) VALUES (1, $1)", {Blob{unhex(old_phone)}});
  }));
}

std::unique_ptr<Store> reopen(const std::string& url, const std::filesystem::path& key) {
  auto store = Store::open({.url = url, .key_file = key.string(), .clock = &tests::Clock::now});
  EXPECT_TRUE(store);
  return std::move(*store);
}

TEST(Vault, a_store_of_the_first_format_comes_into_the_ring) {
  for (const bool postgres : {false, true}) {
    const tests::Folder folder;
    const std::string url =
        postgres ? tests::fresh_postgres_url(folder.path()) : (folder.path() / "s.sqlite").string();
    if (url.empty()) continue;
    Two two{tests::open_store(url, folder.path(), tables), nullptr, url, folder.path()};
    make_first_format(two);
    std::ofstream(folder.path() / "old.key") << old_root << "\n";

    const auto wrong = reopen(url, folder.path() / "test.key")->migrate(tables);
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message.find("not the one this store was made with"),
              std::string::npos);

    const auto store = reopen(url, folder.path() / "old.key");
    ASSERT_TRUE(store->migrate(tables));
    EXPECT_EQ(*load_phone(*store, 1), "138****1234");
    EXPECT_EQ(kernel::hex(store->vault().index("phone", Phone::take("13812341234"))),
              "c6977999979b6f8e1679fffc355e5532");
    EXPECT_EQ(destroy_vault_key(*store, sealed_tables, first_format_key, by).error().code,
              Code::conflict);
    ASSERT_EQ(*reseal(*store, sealed_tables, by, {}), 1);
    EXPECT_EQ(key_of(*store, 1), 1);
    EXPECT_EQ(*load_phone(*store, 1), "138****1234");
    const auto gone = destroy_vault_key(*store, sealed_tables, first_format_key, by);
    EXPECT_TRUE(gone) << why(gone);
  }
}

TEST(Rotation, a_new_key_is_in_use_at_once_in_every_process) {
  for_two([](Two& two) {
    ASSERT_TRUE(save_phone(*two.one, 1));
    ASSERT_TRUE(save_phone(*two.other, 2));
    const auto key = rotate_vault_key(*two.other, Suite::aes_256_gcm, by);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(*key, 3);  // 2 is the index key
    ASSERT_TRUE(save_phone(*two.one, 3));
    EXPECT_EQ(key_of(*two.one, 1), 1);
    EXPECT_EQ(key_of(*two.one, 3), 3) << "a process that was not told";
    EXPECT_EQ(*load_phone(*two.other, 1), "138****0001");
    EXPECT_EQ(*load_phone(*two.other, 3), "138****0003");
    EXPECT_EQ(count(*two.one, "fact WHERE kind = 'vault_rotated'"), 1);
    EXPECT_EQ(two.one->vault().index_bytes("p", "x"), two.other->vault().index_bytes("p", "x"));
  });
}

TEST(Rotation, what_was_sealed_before_the_change_cannot_come_in_after_it) {
  for_two([](Two& two) {
    if (!two.one->on_postgres()) return;  // SQLite has one writer: the change waits for it
    int runs = 0;
    const auto saved = two.one->transact([&](Transaction& tx) {
      const std::string phone = tx.vault().seal("phone", Phone::take(phone_of(1)));
      tx.execute("INSERT INTO person (person_id, phone) VALUES (1, $1)", {Blob{phone}});
      if (++runs == 1) {
        EXPECT_TRUE(rotate_vault_key(*two.other, Suite::aes_256_gcm, by));
        EXPECT_TRUE(destroy_vault_key(*two.other, sealed_tables, 1, by));
      }
      return kernel::Status(kernel::Ok{});
    });
    ASSERT_TRUE(saved) << why(saved);
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(key_of(*two.one, 1), 3);
    EXPECT_EQ(*load_phone(*two.other, 1), "138****0001");
  });
}

TEST(Rotation, what_is_old_is_sealed_again_and_then_the_key_can_go) {
  for_two([](Two& two) {
    for (int id = 1; id <= 25; ++id) ASSERT_TRUE(save_phone(*two.one, id));
    ASSERT_TRUE(two.one->transact([](Transaction& tx) {
      const std::string text = tx.vault().seal("note", kernel::Note::take("一行"));
      for (const char* no : {"1", "2", "3", "4"})
        tx.execute("INSERT INTO line (part, line_no, text) VALUES ('a', $1, $2)", {no, Blob{text}});
      tx.execute("INSERT INTO line (part, line_no, text) VALUES ('b', '1', $1)", {Blob{""}});
    }));
    const std::string before = *sealed_phone(*two.one, 7);
    ASSERT_TRUE(rotate_vault_key(*two.other, Suite::aes_256_gcm, by));
    const auto early = destroy_vault_key(*two.other, sealed_tables, 1, by);
    ASSERT_FALSE(early);
    EXPECT_NE(early.error().message.find("25 values still need this key"), std::string::npos);
    EXPECT_FALSE(destroy_vault_key(*two.other, sealed_tables, 2, by)) << "the index key";
    EXPECT_FALSE(destroy_vault_key(*two.other, sealed_tables, 3, by)) << "in use";
    EXPECT_FALSE(destroy_vault_key(*two.other, sealed_tables, 9, by)) << "no such key";

    EXPECT_EQ(*reseal(*two.other, sealed_tables, by, {.chunk = 4}), 25 + 17 + 4);
    EXPECT_EQ(*reseal(*two.other, sealed_tables, by, {.chunk = 4}), 0);
    const auto gone = destroy_vault_key(*two.other, sealed_tables, 1, by);
    ASSERT_TRUE(gone) << why(gone);
    for (int id = 1; id <= 25; ++id) EXPECT_TRUE(load_phone(*two.one, id));

    // Another process that never saw the old key is told what became of it.
    const auto fresh = tests::open_store(two.url, two.folder, tables);
    const auto old = fresh->read([&](Transaction& tx) -> kernel::Status {
      TRY(tx.vault().open_sealed<PhoneTag>("phone", before));
      return kernel::Ok{};
    });
    ASSERT_FALSE(old);
    EXPECT_NE(old.error().message.find("key 1, which was destroyed at"), std::string::npos);
  });
}

TEST(Rotation, another_root_opens_the_store_and_the_old_one_no_more) {
  for_two([](Two& two) {
    ASSERT_TRUE(save_phone(*two.one, 1));
    const std::string new_file = (two.folder / "new.key").string();
    auto root = open_root(new_file, true);
    ASSERT_TRUE(root);
    const std::string old_id = *own_root_id(*two.one);
    ASSERT_TRUE(add_vault_root(*two.one, **root, by));
    ASSERT_TRUE(add_vault_root(*two.one, **root, by)) << "again does nothing new";
    const auto rotated = rotate_vault_key(*two.one, Suite::aes_256_gcm, by);
    ASSERT_FALSE(rotated) << "a new key could be wrapped by one of the two only";
    EXPECT_EQ(rotated.error().code, Code::conflict);
    EXPECT_FALSE(remove_vault_root(*two.one, old_id, by)) << "its own";

    const auto with_new = reopen(two.url, new_file);
    ASSERT_TRUE(with_new->migrate(tables));
    EXPECT_EQ(*load_phone(*with_new, 1), "138****0001");
    EXPECT_FALSE(remove_vault_root(*with_new, "0000000000000000", by)) << "no such root";
    EXPECT_FALSE(add_vault_root(*with_new, **root, by)) << "the one it uses";
    const auto removed = remove_vault_root(*with_new, old_id, by);
    ASSERT_TRUE(removed) << why(removed);
    EXPECT_TRUE(remove_vault_root(*with_new, old_id, by)) << "again, for a key not gone yet";
    ASSERT_TRUE(destroy_root_key((two.folder / "test.key").string()));
    EXPECT_FALSE(std::filesystem::exists(two.folder / "test.key"));
    EXPECT_TRUE(save_phone(*two.one, 2)) << "who has the keys goes on";
    EXPECT_EQ(*load_phone(*with_new, 2), "138****0002");
    ASSERT_TRUE(rotate_vault_key(*with_new, Suite::aes_256_gcm, by));
    EXPECT_FALSE(save_phone(*two.one, 3)) << "but not to a key its root does not wrap";
  });
}

TEST(Rotation, nobody_notices_it) {
  for_two([](Two& two) {
    std::atomic<int> saved{0}, failed{0};
    std::vector<std::jthread> people;
    for (int who = 0; who < 4; ++who)
      people.emplace_back([&, who](const std::stop_token& stop) {
        Store& store = who % 2 ? *two.one : *two.other;
        for (int i = 1; !stop.stop_requested(); ++i) {
          const std::int64_t id = who * 100'000 + i;
          const auto done = save_phone(store, id);
          const auto seen = done ? load_phone(who < 2 ? *two.one : *two.other, id)
                                 : Result<std::string>(done.error());
          if (seen)
            ++saved;
          else if (++failed == 1)
            ADD_FAILURE() << seen.error().message << " at " << seen.error().where;
        }
      });
    for (int round = 0; round < 5; ++round) {
      const int before = saved;
      while (saved < before + 40 && failed == 0) std::this_thread::yield();
      const auto key = rotate_vault_key(*two.one, Suite::aes_256_gcm, by);
      ASSERT_TRUE(key) << key.error().message;
      ASSERT_TRUE(reseal(*two.one, sealed_tables, by, {.chunk = 50}));
      const auto gone = destroy_vault_key(*two.one, sealed_tables, round == 0 ? 1 : *key - 1, by);
      ASSERT_TRUE(gone) << why(gone);
    }
    people.clear();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(count(*two.one, "person"), saved);
    const auto keys = *two.one->read([](Transaction& tx) { return load_vault_keys(tx); });
    EXPECT_EQ(keys.size(), 7U);
    EXPECT_EQ(std::count_if(keys.begin(), keys.end(),
                            [](const VaultKey& key) { return !key.destroyed_at.has_value(); }),
              2);
  });
}

}  // namespace
}  // namespace store
