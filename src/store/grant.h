#pragma once
// What a PostgreSQL role that runs the application may do: read everything, write the rooms' own
// tables, and write what is evidence (facts, permits, holds, seals…) only through the functions
// that guard it. Enters: a store opened by the owner of its tables, and a role that exists. Rooms
// say what is guarded by COMMENT … IS 'door' in their migrations.

#include <string_view>

#include "store/store.h"

namespace store {

// Again after every migration: new tables have no grants. Fails when the role could go round it
// (a superuser, or a member of the owner's role).
kernel::Status grant_role(Transaction& tx, std::string_view role);
// The roles that were granted before, once more.
kernel::Status grant_again(Transaction& tx);

}  // namespace store
