// Whom the directory and the provider may bring in, and what the settings must say.

#include "people/ways.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "people/provider_sign_in.h"
#include "tests/browser.h"

namespace {

using namespace people_tests;
using people::SignInBy;
using people::Vouched;

const std::vector<people::GroupRule> rules = {
    {"cn=leads,ou=groups,dc=bank,dc=example", http::Role::lead, "early"},
    {"cn=collectors,ou=groups,dc=bank,dc=example", http::Role::collector, "early"},
    {"analysts", http::Role::analyst, ""}};

Vouched li(std::vector<std::string> groups, bool create = true) {
  return {.by = SignInBy::directory,
          .source = "directory",
          .subject = "7f3a",
          .user_name = "li.ming",
          .shown_name = "李明",
          .groups = std::move(groups),
          .create = create};
}

// The user's role and team, or what it was refused for.
std::string admitted(store::Store& store, const Vouched& vouched) {
  return store
      .transact([&](store::Transaction& tx) -> Result<std::string> {
        const auto user = people::admit(tx, vouched, rules, morning);
        if (!user) return user.error().where;
        return std::string(http::role_name(user->role)) + ' ' + user->team;
      })
      .value();
}

const char* const collectors = "CN=Collectors, OU=groups, DC=bank,DC=example";
const char* const leads = "cn=leads,ou=groups,dc=bank,dc=example";

TEST(Ways, nobody_comes_in_whom_no_rule_names) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    EXPECT_EQ(admitted(store, li({})), "no_group");
    EXPECT_EQ(admitted(store, li({"cn=others,dc=bank,dc=example"})), "no_group");
    EXPECT_EQ(admitted(store, li({collectors}, false)), "no_user");
    Vouched odd = li({collectors});
    odd.user_name = "Li Ming; DROP TABLE";
    EXPECT_EQ(admitted(store, odd), "no_user");
    EXPECT_EQ(facts(store, "user_created"), 0);
  });
}

TEST(Ways, the_first_sign_in_makes_the_user_and_each_follows_the_groups) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    EXPECT_EQ(admitted(store, li({collectors})), "collector early");
    EXPECT_EQ(facts(store, "user_created"), 1);
    EXPECT_EQ(facts(store, "outside_account_bound"), 1);
    EXPECT_EQ(admitted(store, li({collectors})), "collector early");
    EXPECT_EQ(facts(store, "user_changed"), 0);
    EXPECT_EQ(admitted(store, li({collectors, leads})), "lead early");  // the first rule decides
    EXPECT_EQ(admitted(store, li({"analysts"})), "analyst ");
    EXPECT_EQ(facts(store, "user_changed"), 2);
    EXPECT_EQ(admitted(store, li({})), "no_group");
    // A new name there is still the same person here.
    Vouched renamed = li({collectors});
    renamed.user_name = "li.xiaoming";
    EXPECT_EQ(admitted(store, renamed), "collector early");
    EXPECT_EQ(facts(store, "user_created"), 1);
  });
}

TEST(Ways, the_same_name_is_not_the_same_person) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    people::User local{.user_name = "li.ming", .shown_name = "另一位", .role = http::Role::admin};
    ASSERT_TRUE(people::add_user(store, local, "user:1", morning, cost_for_tests));
    EXPECT_EQ(admitted(store, li({collectors})), "other_account");
    // Made for the directory: the first account of this name is bound, and no other after it.
    people::User expected{.user_name = "wang.fang", .shown_name = "王芳"};
    expected.sign_in_by = SignInBy::directory;
    const auto made = people::add_user(store, expected, "user:1", morning, cost_for_tests);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->first_password, "");
    Vouched wang = li({collectors}, false);
    wang.user_name = "wang.fang";
    Vouched of_provider = wang;
    of_provider.by = SignInBy::provider;
    of_provider.source = "https://id.bank.example";
    EXPECT_EQ(admitted(store, of_provider), "other_account");
    EXPECT_EQ(admitted(store, wang), "collector early");
    Vouched impostor = wang;
    impostor.subject = "other";
    EXPECT_EQ(admitted(store, impostor), "other_account");
    // Put out here is put out, whatever the directory says.
    store
        .transact([&](store::Transaction& tx) -> kernel::Status {
          tx.execute("UPDATE users SET active = $1 WHERE user_name = $2", {false, "wang.fang"});
          return kernel::Ok{};
        })
        .value();
    EXPECT_EQ(admitted(store, wang), "put_out");
  });
}

TEST(Ways, the_accounts_id_is_not_on_disk) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    Vouched wang = li({collectors});
    wang.subject = "employee-00017-wang";
    admitted(store, wang);
    const auto kept = store.read([](store::Transaction& tx) {
      std::string all;
      tx.query("SELECT source, subject_index FROM outside_account", {},
               [&](const store::Row& row) { all += row.text(0) + ' ' + row.text(1) + '\n'; });
      return all;
    });
    EXPECT_EQ(kept->find("00017"), std::string::npos);
    EXPECT_TRUE(kept->starts_with("directory "));
  });
}

TEST(Ways, a_user_of_elsewhere_has_no_password_here) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser admin(store, "10.0.0.1"), early(store, "10.0.0.2");
    ASSERT_TRUE(admin.sign_in("admin", password));
    ASSERT_TRUE(early.sign_in("early1", password));
    const auto user = store.read(
        [](store::Transaction& tx) { return people::find_user(tx, "early1")->user_id.value(); });
    const std::string path = "/api/v1/users/" + std::to_string(*user);
    ASSERT_TRUE(admin.ask("POST", path + "/sign-in-by", R"({"sign_in_by":"directory"})"));
    EXPECT_EQ(code_of(early.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_EQ(code_of(early.sign_in("early1", password)), Code::unauthenticated);
    EXPECT_EQ(code_of(early.sign_in("early1", "")), Code::unauthenticated);
    EXPECT_EQ(code_of(admin.ask("POST", path + "/password", "{}")), Code::conflict);
    EXPECT_EQ(facts(store, "sign_in_way_changed"), 1);
    ASSERT_TRUE(admin.ask("POST", path + "/sign-in-by", R"({"sign_in_by":"password"})"));
    EXPECT_EQ(code_of(early.sign_in("early1", password)), Code::unauthenticated);
    EXPECT_TRUE(admin.ask("POST", path + "/password", "{}"));
    const auto own = store.read(
        [](store::Transaction& tx) { return people::find_user(tx, "admin")->user_id.value(); });
    EXPECT_EQ(code_of(admin.ask("POST", "/api/v1/users/" + std::to_string(*own) + "/sign-in-by",
                                R"({"sign_in_by":"directory"})")),
              Code::conflict);
  });
}

// ---- settings ----------------------------------------------------------------------------------

const char* const group = "[[group]]\nname = \"c\"\nrole = \"collector\"\n";

std::string wrong_with(const std::string& text) {
  const std::filesystem::path folder = ::testing::TempDir() + "evenhand_ways_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "sign_in.toml") << text;
  std::ofstream(folder / "secret") << "s3cret\n";
  const auto read = people::read_sign_in(folder / "sign_in.toml");
  return read ? "" : read.error().message;
}

TEST(Ways, settings_that_would_be_unsafe_are_refused) {
  const std::string ldap = "[ldap]\nbind_dn = \"cn=e\"\nbind_password_file = \"secret\"\n";
  const std::string base = "base = \"dc=bank\"\n";
  EXPECT_EQ(wrong_with(ldap + base + "url = \"ldaps://dir.bank.example\"\n" + group), "");
  EXPECT_EQ(wrong_with(ldap + base + "url = \"ldap://dir\"\nstart_tls = true\n" + group), "");
  EXPECT_EQ(wrong_with(ldap + base + "url = \"ldap://127.0.0.1:389\"\n" + group), "");
  const auto says = [](const std::string& text, const std::string& part) {
    const std::string wrong = wrong_with(text);
    EXPECT_NE(wrong.find(part), wrong.npos) << text << "\n→ " << wrong;
  };
  for (const char* url : {"ldap://dir.bank.example", "ldap://127.0.0.1.evil.example",
                          "ldap://127.0.0.1@evil.example", "ldap://localhost.evil.example"})
    says(ldap + base + "url = \"" + url + "\"\n" + group, "in clear");
  says(ldap + base + "url = \"http://dir\"\n" + group, "ldaps://");
  says(ldap + base + "url = \"ldaps://dir\"\n", "nobody could come in");
  says(ldap + base + "url = \"ldaps://dir\"\nfilter = \"(uid=x)\"\n" + group, "{name}");
  says(ldap + "url = \"ldaps://dir\"\n" + group, "either base");
  says(ldap + base + "url = \"ldaps://dir\"\nstart_tsl = true\n" + group, "no such setting");
  says(ldap + base + "url = \"ldaps://dir\"\ncreate = \"yes\"\n" + group, "not such a value");
  says("[ldap]\nurl = \"ldaps://dir\"\n" + base + group, "bind_dn");
  const std::string oidc = "[oidc]\nname = \"ID\"\nclient_id = \"e\"\n";
  const std::string back = "redirect_uri = \"https://e.example/sign-in/provider\"\n";
  EXPECT_EQ(wrong_with(oidc + back + "issuer = \"https://id.example\"\n" + group), "");
  says(oidc + back + "issuer = \"http://id.example\"\n" + group, "https://");
  says(oidc + "redirect_uri = \"https://e.example/\"\nissuer = \"https://id.example\"\n" + group,
       "/sign-in/provider");
  says(oidc + back + "issuer = \"https://id.example\"\nscope = \"profile\"\n" + group, "openid");
  says(oidc + back +
           "issuer = \"https://id.example\"\n[[group]]\nname = \"m\"\nrole = \"machine\"\n",
       "a role is");
  says("passwords = \"nobody\"\n" + oidc + back + "issuer = \"https://id.example\"\n" + group,
       "everyone or admins");
}

TEST(Ways, what_a_name_holds_is_escaped) {
  EXPECT_EQ(people::escape_filter("a*b(c)d\\e"), "a\\2ab\\28c\\29d\\5ce");
  EXPECT_EQ(people::escape_filter(std::string_view("a\0b", 3)), "a\\00b");
  EXPECT_EQ(people::escape_dn("a,b+c=\"d\"#"), "a\\2cb\\2bc\\3d\\22d\\22\\23");
  EXPECT_EQ(people::escape_dn(" a b "), "\\20a b\\20");
  EXPECT_EQ(people::plain_dn("CN=A, DC=B"), people::plain_dn("cn=a,dc=b"));
  EXPECT_EQ(people::plain_user_name("Li.Ming"), "li.ming");
  for (const char* bad : {"li ming", "*", "li*", " li", "李明", "ｌｉ", "a", "1li", "li)(uid=*"})
    EXPECT_FALSE(people::plain_user_name(bad)) << bad;
}

// ---- the way back from the provider ------------------------------------------------------------

people::Ways ways_without_answer() {
  people::SignInSettings settings;
  settings.provider = people::ProviderSettings{.name = "ID",
                                               .issuer = "http://127.0.0.1:1",
                                               .client_id = "e",
                                               .redirect_uri = "http://127.0.0.1/sign-in/provider",
                                               .timeout_ms = 500};
  settings.groups = rules;
  return people::Ways(std::move(settings));
}

TEST(Ways, who_did_not_begin_here_does_not_come_back_here) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const people::Ways ways = ways_without_answer();
    const people::SignIn given{.now = morning};
    const auto back = people::return_from_provider(
        store, ways, {.token = std::string(64, 'a'), .state = "x", .code = "c", .issuer = ""},
        given);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().where, "begin_again");
    EXPECT_EQ(people::begin_at_provider(store, ways, morning).error().code, Code::unavailable);
  });
}

}  // namespace
