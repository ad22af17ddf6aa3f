// Making users and new passwords.

#include "people/users.h"

#include "people/password.h"
#include "people/rows.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

bool only_of(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == text.npos;
}

constexpr std::string_view word_letters = "abcdefghijklmnopqrstuvwxyz0123456789_.-";

std::string created_body(const User& user) {
  return std::string("{\"role\":\"") + http::role_name(user.role) + "\",\"team\":\"" + user.team +
         "\"}";
}

}  // namespace

bool is_user_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 32 && only_of(name, word_letters) && name[0] >= 'a' &&
         name[0] <= 'z';
}

Status check_user(const User& user) {
  const auto refuse = [](const char* why, const char* where) {
    return Error{Code::invalid_input, why, where};
  };
  if (!is_user_name(user.user_name))
    return refuse("2 to 32 of a-z, 0-9, _ . -, beginning with a letter", "user_name");
  if (user.shown_name.empty() || user.shown_name.size() > 100)
    return refuse("1 to 100 bytes", "shown_name");
  if (user.role == http::Role::agency || user.role == http::Role::machine)
    return refuse("agencies and machines ask with a key of their own, not as users", "role");
  if (user.team.size() > 40 || !only_of(user.team, word_letters))
    return refuse("a word of the allocation table", "team");
  for (const auto& skill : user.skills)
    if (skill.empty() || skill.size() > 40 || !only_of(skill, word_letters))
      return refuse("words of the allocation table", "skills");
  for (const auto& region : user.regions)
    if (region.empty() || region.size() > 6 || !only_of(region, "0123456789"))
      return refuse("leading digits of region codes (GB/T 2260)", "regions");
  if (user.skills.size() > 20 || user.regions.size() > 500)
    return refuse("too many", user.skills.size() > 20 ? "skills" : "regions");
  if (user.capacity < 0 || user.capacity > 10'000) return refuse("0 to 10000", "capacity");
  return kernel::Ok{};
}

Result<User> save_new(Transaction& tx, User user, const std::string& hash, std::string_view made_by,
                      Instant now) {
  if (find_user(tx, user.user_name))
    return Error{Code::conflict, "there is a user of this name", "user_name"};
  user.user_id = UserId(tx.next_id());
  insert_user(tx, user, hash, now);
  tx.append({.kind = "user_created",
             .subject = subject_of(user.user_id),
             .made_by = std::string(made_by),
             .made_at = now,
             .body = created_body(user)});
  return user;
}

void replace_password(Transaction& tx, const User& user, const Password& password,
                      std::string_view made_by, Instant now) {
  save_password(tx, user.user_id, password);
  delete_sessions_of(tx, user.user_id, "");
  tx.append({.kind = "password_changed",
             .subject = subject_of(user.user_id),
             .made_by = std::string(made_by),
             .made_at = now,
             .body = "{\"how\":\"reset\"}"});
}

void change_user(Transaction& tx, const User& before, const User& after, std::string_view made_by,
                 Instant now) {
  save_user(tx, after);
  if (!after.active || after.role != before.role) delete_sessions_of(tx, after.user_id, "");
  tx.append({.kind = "user_changed",
             .subject = subject_of(after.user_id),
             .made_by = std::string(made_by),
             .made_at = now,
             .body = std::string("{\"role\":\"") + http::role_name(after.role) +
                     "\",\"active\":" + (after.active ? "true" : "false") + "}"});
}

Result<WithPassword> add_user(store::Store& store, User user, std::string_view made_by, Instant now,
                              HashCost cost) {
  TRY(check_user(user));
  WithPassword made{.user = std::move(user), .first_password = {}};
  std::string hash;
  if (made.user.sign_in_by == SignInBy::password) {
    made.first_password = generate_password();
    made.user.must_change_password = true;
    hash = hash_password(made.first_password, cost);
  }
  TRY_ASSIGN(made.user, store.transact([&](Transaction& tx) {
    return save_new(tx, made.user, hash, made_by, now);
  }));
  return made;
}

Result<WithPassword> reset_password(store::Store& store, std::string_view user_name,
                                    std::string_view made_by, Instant now, HashCost cost) {
  const std::string password = generate_password();
  const std::string hash = hash_password(password, cost);
  return store.transact([&](Transaction& tx) -> Result<WithPassword> {
    auto user = find_user(tx, user_name);
    if (!user) return Error{Code::not_found, "no such user", std::string(user_name)};
    if (user->sign_in_by != SignInBy::password)
      return Error{Code::conflict, "this user signs in elsewhere; change that first", "sign_in_by"};
    user->must_change_password = true;
    replace_password(tx, *user, {.hash = hash, .must_change = true}, made_by, now);
    return WithPassword{*user, password};
  });
}

Result<std::optional<WithPassword>> create_first_admin(store::Store& store, Instant now,
                                                       HashCost cost) {
  const std::string password = generate_password();
  const std::string hash = hash_password(password, cost);
  using Maybe = std::optional<WithPassword>;
  return store.transact([&](Transaction& tx) -> Result<Maybe> {
    tx.lock("people.first_admin");
    if (has_users(tx)) return Maybe{};
    User admin{.user_name = "admin", .shown_name = "管理员", .role = http::Role::admin};
    admin.must_change_password = true;
    TRY_ASSIGN(const User made, save_new(tx, admin, hash, "install", now));
    return Maybe{WithPassword{made, password}};
  });
}

}  // namespace people
