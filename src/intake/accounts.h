#pragma once
// The register of accounts: every account number ever accepted, and whose it is. An import is held
// against it as it is read, so that only what it has not, or otherwise, is written.

#include "intake/read.h"
#include "store/store.h"

namespace intake {

void load_known_accounts(store::Transaction& tx, Known& known);
// With account_content of each, for an import that has accounts itself.
void load_account_contents(store::Transaction& tx, Known& known);
// Rises with each import of accounts, whichever data folder it was made in.
std::int64_t last_accounts_batch(store::Transaction& tx);
void save_accounts(store::Transaction& tx, const column::Sheet& accounts, const AccountRows& rows);

}  // namespace intake
