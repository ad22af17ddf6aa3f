#pragma once
// The ways of signing in: own passwords, the house's directory (LDAP), its identity provider
// (OpenID Connect); and which groups there are which role here. From <data>/sign_in.toml
// (docs/sign-in.md); without the file own passwords are the only way. Never true: somebody let in
// whose groups no rule names; a password sent in clear beyond this machine.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "people/directory.h"
#include "people/provider.h"
#include "people/types.h"

namespace people {

struct GroupRule {
  std::string name;  // of the group as the directory (its DN) or the provider writes it
  http::Role role = http::Role::collector;
  std::string team;  // empty: none
};

struct SignInSettings {
  bool passwords_for_admins_only = false;
  std::optional<DirectorySettings> directory;
  std::optional<ProviderSettings> provider;
  std::vector<GroupRule> groups;  // the first that names one of somebody's groups decides
};

// invalid_input with file and line; not_found for a password or secret file.
kernel::Result<SignInSettings> read_sign_in(const std::filesystem::path& file);

struct Ways {
  explicit Ways(SignInSettings given);
  bool passwords_for_admins_only = false;
  std::vector<GroupRule> groups;
  std::optional<Directory> directory;
  std::unique_ptr<Provider> provider;
};

// Null: none of the groups is named. DNs are compared without regard to case and blanks.
const GroupRule* rule_of(const std::vector<GroupRule>& rules,
                         const std::vector<std::string>& groups);

// The user here of somebody vouched for elsewhere: found by the account, or by the name where an
// administrator said so, or made where `create`; role, team and shown name follow. An error says
// why not (`where`: no_group, no_user, other_account, put_out) and must not undo the caller's
// transaction. Facts: user_created, user_changed, outside_account_bound.
kernel::Result<User> admit(store::Transaction& tx, const Vouched& vouched,
                           const std::vector<GroupRule>& rules, kernel::Instant now);

// Whether the account is bound to this user.
bool is_account_of(store::Transaction& tx, const Vouched& vouched, UserId user_id);

// Another way for a user: what was bound ends, the password of ours too, and every session. Fact:
// sign_in_way_changed.
void change_way(store::Transaction& tx, const User& user, SignInBy by, std::string_view made_by,
                kernel::Instant now);

}  // namespace people
