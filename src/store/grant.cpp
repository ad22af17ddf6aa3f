#include "store/grant.h"

#include <vector>

namespace store {
namespace {

using kernel::Code;
using kernel::Error;
using kernel::Status;

// Statements made by the database itself, so that it quotes the names: $1 is the role.
void run_all(Transaction& tx, std::string_view sql, std::string_view role) {
  std::vector<std::string> statements;
  tx.query(sql, {role}, [&](const Row& row) { statements.push_back(row.text(0)); });
  for (const std::string& statement : statements) tx.execute(statement);
}

Status check_role(Transaction& tx, std::string_view role) {
  if (!tx.on_postgres())
    return Error{Code::invalid_input, "only a PostgreSQL store has roles; SQLite has its triggers",
                 "store"};
  if (tx.query_i64("SELECT 1 FROM pg_roles WHERE rolname = $1::text", {role}) != 1)
    return Error{Code::not_found, "there is no such role; CREATE ROLE it first, with LOGIN",
                 std::string(role)};
  const auto above = tx.query_i64(
      "SELECT (rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, "
      "'MEMBER'))::int::bigint"
      " FROM pg_roles WHERE rolname = $1::text",
      {role});
  if (above != 0)
    return Error{Code::invalid_input,
                 "this role is a superuser or the owner's own: nothing could be kept from it",
                 std::string(role)};
  return kernel::Ok{};
}

constexpr const char* kSchema =
    "SELECT format(s, current_schema(), $1::text) FROM (VALUES"
    " ('REVOKE CREATE ON SCHEMA %1$I FROM PUBLIC'),"
    " ('REVOKE ALL ON SCHEMA %1$I FROM %2$I'),"
    " ('GRANT USAGE ON SCHEMA %1$I TO %2$I')) AS v (s)";

constexpr const char* kTables =
    "SELECT format(s, current_schema(), c.relname, $1::text) FROM pg_class c"
    " CROSS JOIN (VALUES (true, 1, 'REVOKE ALL ON %1$I.%2$I FROM PUBLIC, %3$I'),"
    " (true, 2, 'GRANT SELECT ON %1$I.%2$I TO %3$I'),"
    " (false, 1, 'REVOKE ALL ON %1$I.%2$I FROM PUBLIC, %3$I'),"
    " (false, 2, 'GRANT SELECT, INSERT, UPDATE, DELETE ON %1$I.%2$I TO %3$I')) AS v (door, nth, s)"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v')"
    " AND v.door = (coalesce(obj_description(c.oid, 'pg_class'), '') = 'door')"
    " ORDER BY c.relname, v.nth";

// The search_path is fixed, temporary tables last: no caller can put a table of their own in front.
constexpr const char* kFunctions =
    "SELECT format(s, p.oid::regprocedure::text, current_schema(), $1::text) FROM pg_proc p"
    " CROSS JOIN (VALUES (1, 'REVOKE ALL ON FUNCTION %1$s FROM PUBLIC, %3$I'),"
    " (2, 'ALTER FUNCTION %1$s SECURITY DEFINER SET search_path = %2$I, pg_temp'),"
    " (3, 'GRANT EXECUTE ON FUNCTION %1$s TO %3$I')) AS v (nth, s)"
    " WHERE p.pronamespace = current_schema()::regnamespace"
    " AND (v.nth = 1 OR coalesce(obj_description(p.oid, 'pg_proc'), '') = 'door')"
    " ORDER BY p.oid, v.nth";

}  // namespace

Status grant_role(Transaction& tx, std::string_view role) {
  TRY(check_role(tx, role));
  run_all(tx, kSchema, role);
  run_all(tx, kTables, role);
  run_all(tx, kFunctions, role);
  tx.execute("INSERT INTO store_role (role) VALUES ($1) ON CONFLICT (role) DO NOTHING", {role});
  return kernel::Ok{};
}

Status grant_again(Transaction& tx) {
  std::vector<std::string> roles;
  if (tx.on_postgres())
    tx.query("SELECT role FROM store_role ORDER BY role", {},
             [&](const Row& row) { roles.push_back(row.text(0)); });
  for (const std::string& role : roles) TRY(grant_role(tx, role));
  return kernel::Ok{};
}

}  // namespace store
