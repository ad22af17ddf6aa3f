#include "people/ways.h"

#include "kernel/hash.h"
#include "people/rows.h"
#include "people/users.h"
#include "store/vault.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::Transaction;

Ways::Ways(SignInSettings given)
    : passwords_for_admins_only(given.passwords_for_admins_only), groups(std::move(given.groups)) {
  if (given.directory) directory.emplace(std::move(*given.directory));
  if (given.provider) provider = std::make_unique<Provider>(std::move(*given.provider));
}

std::optional<std::string> plain_user_name(std::string_view typed) {
  std::string name(typed);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (!is_user_name(name)) return std::nullopt;
  return name;
}

const GroupRule* rule_of(const std::vector<GroupRule>& rules,
                         const std::vector<std::string>& groups) {
  for (const GroupRule& rule : rules) {
    const std::string wanted = plain_dn(rule.name);
    for (const std::string& group : groups)
      if (plain_dn(group) == wanted) return &rule;
  }
  return nullptr;
}

namespace {

std::string subject_index(Transaction& tx, const Vouched& vouched) {
  return kernel::hex(
      tx.vault().index_bytes("people.outside_account", vouched.source + '\n' + vouched.subject));
}

std::optional<UserId> find_bound(Transaction& tx, const Vouched& vouched) {
  return tx.query_one<UserId>(
      "SELECT user_id FROM outside_account WHERE source = $1 AND subject_index = $2",
      {vouched.source, subject_index(tx, vouched)},
      [](const store::Row& row) { return row.id<UserTag>(0); });
}

bool is_bound(Transaction& tx, UserId user_id) {
  return *tx.query_i64("SELECT COUNT(*) FROM outside_account WHERE user_id = $1", {user_id}) > 0;
}

void bind_account(Transaction& tx, const Vouched& vouched, UserId user_id, Instant now) {
  tx.execute("INSERT INTO outside_account (user_id, source, subject_index) VALUES ($1, $2, $3)",
             {user_id, vouched.source, subject_index(tx, vouched)});
  tx.append({.kind = "outside_account_bound",
             .subject = subject_of(user_id),
             .made_by = word_of(vouched.by),
             .made_at = now,
             .body = std::string("{\"sign_in_by\":\"") + word_of(vouched.by) + "\"}"});
}

Error refuse(const char* what, const char* where) {
  return {Code::forbidden, what, where};
}

User follow(User user, const Vouched& vouched, const GroupRule& rule) {
  user.role = rule.role;
  user.team = rule.team;
  if (!vouched.shown_name.empty() && vouched.shown_name.size() <= 100)
    user.shown_name = vouched.shown_name;
  return user;
}

Result<User> bring_up(Transaction& tx, const User& before, const Vouched& vouched,
                      const GroupRule& rule, Instant now) {
  if (!is_employed(before, now.china_date()))
    return refuse("this user was put out here", "put_out");
  const User after = follow(before, vouched, rule);
  TRY(check_user(after));
  if (after.role != before.role || after.team != before.team ||
      after.shown_name != before.shown_name)
    change_user(tx, before, after, word_of(vouched.by), now);
  return after;
}

Result<User> make(Transaction& tx, const Vouched& vouched, const GroupRule& rule, Instant now) {
  User user{.user_name = vouched.user_name, .shown_name = vouched.user_name};
  user.sign_in_by = vouched.by;
  user = follow(std::move(user), vouched, rule);
  TRY(check_user(user));
  TRY_ASSIGN(const User made, save_new(tx, std::move(user), "", word_of(vouched.by), now));
  bind_account(tx, vouched, made.user_id, now);
  return made;
}

}  // namespace

Result<User> admit(Transaction& tx, const Vouched& vouched, const std::vector<GroupRule>& rules,
                   Instant now) {
  const GroupRule* rule = rule_of(rules, vouched.groups);
  if (!rule) return refuse("in no group that may work here", "no_group");
  tx.lock("people.outside_account");
  if (const auto bound = find_bound(tx, vouched)) {
    const auto user = find_user_by_id(tx, *bound);
    CHECK_MSG(user, "an account is bound to a user who is not there");
    return bring_up(tx, *user, vouched, *rule, now);
  }
  const auto name = plain_user_name(vouched.user_name);
  if (!name) return refuse("the name there cannot be a user name here", "no_user");
  Vouched plain = vouched;
  plain.user_name = *name;
  const auto user = find_user(tx, *name);
  if (!user && !vouched.create) return refuse("nobody made a user of this name", "no_user");
  if (!user) return make(tx, plain, *rule, now);
  // The same name is not the same person: an administrator says so, once, for one account.
  if (user->sign_in_by != vouched.by || is_bound(tx, user->user_id))
    return refuse("the user of this name signs in another way", "other_account");
  TRY_ASSIGN(User admitted, bring_up(tx, *user, plain, *rule, now));
  bind_account(tx, plain, admitted.user_id, now);
  return admitted;
}

bool is_account_of(Transaction& tx, const Vouched& vouched, UserId user_id) {
  return find_bound(tx, vouched) == user_id;
}

void change_way(Transaction& tx, const User& user, SignInBy by, std::string_view made_by,
                Instant now) {
  tx.execute("DELETE FROM outside_account WHERE user_id = $1", {user.user_id});
  save_way(tx, user.user_id, by);
  delete_sessions_of(tx, user.user_id, "");
  tx.append({.kind = "sign_in_way_changed",
             .subject = subject_of(user.user_id),
             .made_by = std::string(made_by),
             .made_at = now,
             .body = std::string("{\"sign_in_by\":\"") + word_of(by) + "\"}"});
}

}  // namespace people
