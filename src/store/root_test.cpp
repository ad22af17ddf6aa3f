// Roots in a real token (SoftHSM2, in a folder of the test's own), and the ciphers' published
// cases.

#include "store/root.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "store/aead.h"
#include "store/rotation.h"
#include "store/token_root.h"
#include "store/vault.h"
#include "tests/stores.h"

namespace store {
namespace {

using kernel::Code;

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// RFC 8998, A.1.
TEST(Aead, opens_the_published_case_of_sm4_gcm) {
  const Aead sm4(Suite::sm4_gcm, unhex("0123456789abcdeffedcba9876543210"));
  const std::string beside = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string plain = unhex(
      "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
      "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
  const std::string sealed = unhex(
      "00001234567800000000abcd"
      "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
      "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
      "83de3541e4c2b58177e065a9bf7b62ec");
  EXPECT_EQ(sm4.open(beside, sealed), plain);
  EXPECT_FALSE(sm4.open(beside + "x", sealed));
}

// McGrew and Viega's test case 16 of GCM, as in NIST's validation.
TEST(Aead, opens_the_published_case_of_aes_256_gcm) {
  const Aead aes(Suite::aes_256_gcm,
                 unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string sealed = unhex(
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(aes.open(unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), sealed),
            unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
}

TEST(Aead, each_suite_seals_and_opens_and_no_purpose_s_key_is_another_s) {
  for (const Suite suite : {Suite::aes_256_gcm, Suite::sm4_gcm}) {
    const std::string key = random_bytes(32);
    EXPECT_NE(derive(suite, key, "name"), derive(suite, key, "phone"));
    EXPECT_EQ(derive(suite, key, "name").size(), suite == Suite::sm4_gcm ? 16U : 32U);
    const Aead aead(suite, derive(suite, key, "name"));
    for (const std::size_t size : {0, 1, 15, 16, 17, 1000}) {
      const std::string plain = random_bytes(size);
      std::string sealed = "head";
      aead.seal("beside", plain, sealed);
      EXPECT_EQ(sealed.size(), 4 + nonce_size + size + tag_size);
      EXPECT_EQ(aead.open("beside", sealed.substr(4)), plain);
      EXPECT_FALSE(aead.open("other", sealed.substr(4)));
      sealed.back() = static_cast<char>(sealed.back() ^ 1);
      EXPECT_FALSE(aead.open("beside", sealed.substr(4)));
    }
  }
}

// A token of the test's own; the library finds it by SOFTHSM2_CONF.
class Token : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* path :
         {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"})
      if (std::filesystem::exists(path)) library_ = path;
    ASSERT_FALSE(library_.empty()) << "tools/setup --test installs softhsm2";
    std::filesystem::create_directory(folder_.path() / "tokens");
    std::ofstream(folder_.path() / "conf")
        << "directories.tokendir = " << (folder_.path() / "tokens").string()
        << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder_.path() / "conf").c_str(), 1);
    ASSERT_EQ(std::system("softhsm2-util --init-token --free --label evenhand --pin 2468 --so-pin "
                          "1357 >/dev/null"),
              0);
    std::ofstream(folder_.path() / "pin") << "2468\n";
    std::ofstream(folder_.path() / "wrong") << "1111\n";
  }
  std::string uri(const std::string& token = "evenhand", const std::string& object = "root",
                  const std::string& pin = "pin") const {
    return "pkcs11:token=" + token + ";object=" + object + "?module-path=" + library_ +
           "&pin-source=" + (folder_.path() / pin).string();
  }

  tests::Folder folder_;
  std::string library_;
};

TEST_F(Token, wraps_inside_and_says_what_is_missing) {
  EXPECT_EQ(open_root(uri(), false).error().code, Code::not_found) << "no such key";
  const auto root = open_root(uri(), true);
  ASSERT_TRUE(root) << root.error().message;
  const auto again = open_root(uri(), true);
  ASSERT_TRUE(again);
  EXPECT_EQ((*root)->id(), (*again)->id());
  const std::string key = random_bytes(32);
  const auto wrapped = (*root)->wrap("key 1", key);
  ASSERT_TRUE(wrapped) << wrapped.error().message;
  EXPECT_EQ(wrapped->size(), nonce_size + 32 + tag_size);
  const auto unwrapped = (*again)->unwrap("key 1", *wrapped);
  ASSERT_TRUE(unwrapped) << unwrapped.error().message;
  EXPECT_EQ(*unwrapped, key);
  EXPECT_EQ((*again)->unwrap("key 2", *wrapped).error().code, Code::corrupt);
  EXPECT_EQ((*again)->unwrap("key 1", "short").error().code, Code::corrupt);
  EXPECT_TRUE((*again)->unwrap("key 1", *wrapped)) << "a refusal leaves the session whole";
  EXPECT_TRUE((*root)->first_format("any").empty()) << "nothing of the key comes out";

  const auto message = [](const std::string& at) { return open_root(at, true).error().message; };
  EXPECT_NE(message(uri("another")).find("no token of this name"), std::string::npos);
  EXPECT_NE(message("pkcs11:token=evenhand").find("module-path="), std::string::npos);
  EXPECT_NE(message("pkcs11:what").find("PKCS#11 URI"), std::string::npos);
  EXPECT_NE(message(uri() + "&pin-value=2468").find("seen by all"), std::string::npos);
  EXPECT_EQ(message(uri() + "&pin-value=2468").find("2468"), std::string::npos);
  EXPECT_NE(message(uri("evenhand", "root", "none")).find("PIN cannot be read"), std::string::npos);
  const std::string elsewhere =
      "pkcs11:token=evenhand;object=root?module-path=/no/such.so"
      "&pin-source=" +
      (folder_.path() / "pin").string();
  EXPECT_NE(message(elsewhere).find("cannot be loaded"), std::string::npos);
}

TEST_F(Token, refuses_a_wrong_pin) {
  const auto root = open_root(uri("evenhand", "root", "wrong"), true);
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, Code::forbidden);
  EXPECT_NE(root.error().message.find("refuses the PIN"), std::string::npos);
}

TEST_F(Token, a_store_moves_from_a_file_into_the_token_and_to_sm4) {
  tests::for_each_store({}, [&](Store& store, const std::filesystem::path& folder) {
    const By by{"test", &tests::Clock::now};
    const std::string url = store.on_postgres() ? "" : (folder / "casebook.sqlite").string();
    const auto root = open_root(uri(), true);
    ASSERT_TRUE(root) << root.error().message;
    ASSERT_TRUE(add_vault_root(store, **root, by));
    if (url.empty()) return;
    const std::string file_root = *own_root_id(store);
    auto opened = Store::open({.url = url, .key_file = uri(), .clock = &tests::Clock::now});
    ASSERT_TRUE(opened) << opened.error().message;
    Store& inside = **opened;
    ASSERT_TRUE(inside.migrate({}));
    ASSERT_TRUE(remove_vault_root(inside, file_root, by));
    const auto key = rotate_vault_key(inside, Suite::sm4_gcm, by);
    ASSERT_TRUE(key) << key.error().message;
    ASSERT_TRUE(inside.transact([&](Transaction& tx) {
      const auto sealed = tx.vault().seal("name", kernel::Name::take("欧阳建国"));
      EXPECT_EQ(tx.vault().in_use(), *key);
      EXPECT_TRUE(tx.vault().open_sealed<kernel::NameTag>("name", sealed));
    }));
    // The old root opens nothing any more, and without its token neither does anybody.
    auto by_file = Store::open(
        {.url = url, .key_file = (folder / "test.key").string(), .clock = &tests::Clock::now});
    EXPECT_FALSE((*by_file)->migrate({}));
    ASSERT_TRUE(destroy_root_key(uri()));
    EXPECT_FALSE(Store::open(
        {.url = url, .key_file = uri(), .create_key = false, .clock = &tests::Clock::now}));
  });
}

}  // namespace
}  // namespace store
