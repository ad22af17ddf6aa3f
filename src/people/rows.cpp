#include "people/rows.h"

#include "kernel/words.h"

namespace people {

using store::Row;
using store::Transaction;

namespace {

constexpr std::string_view user_columns =
    "user_id, user_name, shown_name, role, team, skills, regions, capacity, active, "
    "must_change_password, certified_until, background_checked, confidentiality_signed, "
    "recording_ready, sign_in_by, background_until, employed_until, backup";

User read_user(const Row& row) {
  User user;
  user.user_id = row.id<UserTag>(0);
  user.user_name = row.text(1);
  user.shown_name = row.text(2);
  const auto role = http::parse_role(row.text(3));
  CHECK_MSG(role, "a user's role is not one of ours");
  user.role = *role;
  user.team = row.text(4);
  user.skills = kernel::split_words(row.text(5));
  user.regions = kernel::split_words(row.text(6));
  user.capacity = static_cast<int>(row.i64(7));
  user.active = row.flag(8);
  user.must_change_password = row.flag(9);
  user.certified_until = row.opt_date(10);
  user.background_checked = row.flag(11);
  user.confidentiality_signed = row.flag(12);
  user.recording_ready = row.flag(13);
  const auto by = parse_sign_in_by(row.text(14));
  CHECK_MSG(by, "a user's way of signing in is not one of ours");
  user.sign_in_by = *by;
  user.background_until = row.opt_date(15);
  user.employed_until = row.opt_date(16);
  user.backup = row.text(17);
  return user;
}

std::string select_user(std::string_view where) {
  return "SELECT " + std::string(user_columns) + " FROM users " + std::string(where);
}

}  // namespace

const char* word_of(SignInBy by) {
  switch (by) {
    case SignInBy::password:
      return "password";
    case SignInBy::directory:
      return "directory";
    case SignInBy::provider:
      return "provider";
  }
  CHECK_MSG(false, "no such way of signing in");
  return "";
}

std::optional<SignInBy> parse_sign_in_by(std::string_view word) {
  for (const SignInBy by : {SignInBy::password, SignInBy::directory, SignInBy::provider})
    if (word == word_of(by)) return by;
  return std::nullopt;
}

bool is_employed(const User& user, kernel::Date today) {
  return user.active && (!user.employed_until || *user.employed_until >= today);
}

std::string subject_of(UserId user_id) {
  return "user:" + std::to_string(user_id.value());
}

std::vector<User> load_users(Transaction& tx) {
  std::vector<User> users;
  tx.query(select_user("ORDER BY user_name"), {},
           [&](const Row& row) { users.push_back(read_user(row)); });
  return users;
}

std::optional<User> find_user(Transaction& tx, std::string_view user_name) {
  return tx.query_one<User>(select_user("WHERE user_name = $1"), {user_name}, read_user);
}

std::optional<User> find_user_by_id(Transaction& tx, UserId user_id) {
  return tx.query_one<User>(select_user("WHERE user_id = $1"), {user_id}, read_user);
}

std::map<std::string, std::string> load_shown_names(Transaction& tx) {
  std::map<std::string, std::string> names;
  tx.query("SELECT user_name, shown_name, user_id FROM users", {}, [&](const Row& row) {
    names[row.text(0)] = names[subject_of(row.id<UserTag>(2))] = row.text(1);
  });
  return names;
}

bool has_users(Transaction& tx) {
  return *tx.query_i64("SELECT COUNT(*) FROM users") > 0;
}

void insert_user(Transaction& tx, const User& user, const std::string& password_hash,
                 kernel::Instant now) {
  const std::string skills = kernel::join_words(user.skills),
                    regions = kernel::join_words(user.regions);
  tx.execute(
      "INSERT INTO users (user_id, user_name, shown_name, role, team, skills, regions, capacity, "
      "active, must_change_password, certified_until, background_checked, "
      "confidentiality_signed, recording_ready, password_hash, created_at, sign_in_by) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
      {user.user_id, user.user_name, user.shown_name, http::role_name(user.role), user.team, skills,
       regions, user.capacity, user.active, user.must_change_password, user.certified_until,
       user.background_checked, user.confidentiality_signed, user.recording_ready, password_hash,
       now, word_of(user.sign_in_by)});
}

std::string load_password_hash(Transaction& tx, UserId user_id) {
  return tx
      .query_one<std::string>("SELECT password_hash FROM users WHERE user_id = $1", {user_id},
                              [](const Row& row) { return row.text(0); })
      .value_or("");
}

void save_password(Transaction& tx, UserId user_id, const Password& password) {
  tx.execute("UPDATE users SET password_hash = $2, must_change_password = $3 WHERE user_id = $1",
             {user_id, password.hash, password.must_change});
}

void save_way(Transaction& tx, UserId user_id, SignInBy by) {
  tx.execute(
      "UPDATE users SET sign_in_by = $2, password_hash = '', must_change_password = $3 "
      "WHERE user_id = $1",
      {user_id, word_of(by), false});
}

void save_user(Transaction& tx, const User& user) {
  const std::string skills = kernel::join_words(user.skills),
                    regions = kernel::join_words(user.regions);
  tx.execute(
      "UPDATE users SET shown_name = $2, role = $3, team = $4, skills = $5, regions = $6, "
      "capacity = $7, active = $8, certified_until = $9, background_checked = $10, "
      "confidentiality_signed = $11, recording_ready = $12, background_until = $13, "
      "employed_until = $14, backup = $15 WHERE user_id = $1",
      {user.user_id, user.shown_name, http::role_name(user.role), user.team, skills, regions,
       user.capacity, user.active, user.certified_until, user.background_checked,
       user.confidentiality_signed, user.recording_ready, user.background_until,
       user.employed_until, user.backup});
}

void insert_session(Transaction& tx, const SessionRow& session) {
  tx.execute(
      "INSERT INTO user_session (token_hash, user_id, created_at, seen_at, sealed_device) "
      "VALUES ($1, $2, $3, $4, $5)",
      {session.token_hash, session.user_id, session.created_at, session.seen_at,
       store::Blob{session.sealed_device}});
}

std::optional<SessionRow> find_session(Transaction& tx, const std::string& token_hash) {
  return tx.query_one<SessionRow>(
      "SELECT user_id, created_at, seen_at FROM user_session WHERE token_hash = $1", {token_hash},
      [&](const Row& row) {
        return SessionRow{token_hash, row.id<UserTag>(0), row.instant(1), row.instant(2), {}};
      });
}

void save_seen(Transaction& tx, const std::string& token_hash, kernel::Instant now) {
  tx.execute("UPDATE user_session SET seen_at = $2 WHERE token_hash = $1", {token_hash, now});
}

void delete_session(Transaction& tx, const std::string& token_hash) {
  tx.execute("DELETE FROM user_session WHERE token_hash = $1", {token_hash});
}

std::int64_t delete_sessions_of(Transaction& tx, UserId user_id, const std::string& keep) {
  return tx.execute("DELETE FROM user_session WHERE user_id = $1 AND token_hash <> $2",
                    {user_id, keep});
}

std::vector<SessionRow> load_live_sessions(Transaction& tx, UserId user_id,
                                           kernel::Instant begun_after,
                                           kernel::Instant seen_after) {
  std::vector<SessionRow> sessions;
  tx.query(
      "SELECT token_hash, created_at, seen_at, sealed_device FROM user_session "
      "WHERE user_id = $1 AND created_at >= $2 AND seen_at >= $3 ORDER BY created_at DESC",
      {user_id, begun_after, seen_after}, [&](const Row& row) {
        sessions.push_back({.token_hash = row.text(0),
                            .user_id = user_id,
                            .created_at = row.instant(1),
                            .seen_at = row.instant(2),
                            .sealed_device = row.is_null(3) ? std::string() : row.blob(3)});
      });
  return sessions;
}

void delete_sessions_before(Transaction& tx, kernel::Instant created_before) {
  tx.execute("DELETE FROM user_session WHERE created_at < $1", {created_before});
}

Failures load_failures(Transaction& tx, const std::string& attempt_key) {
  return tx
      .query_one<Failures>("SELECT failures, failed_at FROM sign_in_failure WHERE attempt_key = $1",
                           {attempt_key},
                           [](const Row& row) {
                             return Failures{row.i64(0), row.instant(1)};
                           })
      .value_or(Failures{});
}

void save_failures(Transaction& tx, const std::string& attempt_key, const Failures& failures) {
  tx.execute(
      "INSERT INTO sign_in_failure (attempt_key, failures, failed_at) VALUES ($1, $2, $3) "
      "ON CONFLICT (attempt_key) DO UPDATE SET failures = $2, failed_at = $3",
      {attempt_key, failures.count, failures.last_at});
}

void delete_failures(Transaction& tx, const std::string& attempt_key) {
  tx.execute("DELETE FROM sign_in_failure WHERE attempt_key = $1", {attempt_key});
}

void delete_failures_before(Transaction& tx, kernel::Instant before) {
  tx.execute("DELETE FROM sign_in_failure WHERE failed_at < $1", {before});
}

}  // namespace people
