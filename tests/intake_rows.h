#pragma once
// Rows of intake that a test wants without an import: an account, a contact made elsewhere.
// Only tests include this.

#include <string>

#include "store/store.h"

namespace tests {

inline void add_account(store::Transaction& tx, const std::string& account_no,
                        const std::string& customer_no, const std::string& product) {
  tx.execute("INSERT INTO intake_account (account_no, customer_no) VALUES ($1, $2)",
             {account_no, customer_no});
  tx.execute("INSERT INTO customer_account (customer_no, account_no, product) VALUES ($1, $2, $3)",
             {customer_no, account_no, product});
}

inline void add_past_contact(store::Transaction& tx, const std::string& customer_no,
                             const std::string& contact_no, kernel::Instant contacted_at) {
  tx.execute(
      "INSERT INTO past_contact (customer_no, contact_no, contacted_at, channel, outcome,"
      " by, row_key) VALUES ($1, $2, $3, 'call', 'busy', 'a', $4)",
      {customer_no, contact_no, contacted_at, store::Blob{"k"}});
}

}  // namespace tests
