#pragma once
// Making and changing users inside a transaction. Hashes are made before it: they take long on
// purpose.

#include <string>
#include <string_view>

#include "people/rows.h"
#include "people/types.h"

namespace people {

// Names and words are joined with commas, written into books and file names: plain letters only.
kernel::Status check_user(const User& user);
bool is_user_name(std::string_view name);

// Conflict where the name is taken. Fact: user_created.
kernel::Result<User> save_new(store::Transaction& tx, User user, const std::string& hash,
                              std::string_view made_by, kernel::Instant now);

// A password somebody else sets: every session of the user ends. Fact: password_changed.
void replace_password(store::Transaction& tx, const User& user, const Password& password,
                      std::string_view made_by, kernel::Instant now);

// What an administrator may change. Sessions end where the user is no longer active or has another
// role. Fact: user_changed.
void change_user(store::Transaction& tx, const User& before, const User& after,
                 std::string_view made_by, kernel::Instant now);

}  // namespace people
