#pragma once
// A day of the whole house, small: files come in, a night runs, staff call, holds are set and
// lifted, a table is released. Enters: an empty store and folder. Leaves: facts of most kinds, not
// sealed.

#include <filesystem>

#include "kernel/check.h"
#include "kernel/result.h"
#include "store/store.h"

namespace tests {

template <class T>
void check(const kernel::Result<T>& result) {
  CHECK_MSG(static_cast<bool>(result), result ? "" : result.error().message.c_str());
}

// folder/sample, folder/data; 300 accounts.
void make_day(store::Store& store, const std::filesystem::path& folder);
// Calls to contact points number `from` to `to`, answered or refused, some told of; and a hold.
void work_the_day(store::Store& store, std::size_t from = 0, std::size_t to = 120);
// More of it: the first hold is lifted, a second file of payments comes in, a table is released.
void end_the_day(store::Store& store, const std::filesystem::path& folder);

}  // namespace tests
