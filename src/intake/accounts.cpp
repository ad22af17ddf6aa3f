#include "intake/accounts.h"

#include <algorithm>
#include <future>

#include "column/sorted.h"

namespace intake {
namespace {

enum Field : std::size_t { account_no, customer_no, product };  // of kind accounts

// Rows in the order of a text; those of the same text stay as they stand.
std::vector<std::uint32_t> in_order(const Table& table, Field field,
                                    const std::vector<std::uint32_t>& rows) {
  const column::Order order(rows.size(), 1,
                            [&](std::size_t i) { return table.text(field, rows[i]); });
  std::vector<std::uint32_t> sorted(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) sorted[i] = rows[order.at(i)];
  return sorted;
}

void insert(store::Transaction& tx, std::string_view into, const Table& accounts,
            const std::vector<std::uint32_t>& rows, const std::vector<Field>& fields) {
  std::vector<std::string_view> columns;
  for (const Field field : fields) columns.emplace_back(accounts.kind().fields[field].name);
  // Rows lie anywhere in the table: the texts of some are asked for before the first is needed.
  constexpr std::size_t rows_ahead = 64;
  std::vector<std::string_view> ahead;
  std::size_t row = 0, at = 0;
  const auto fetch = [&] {
    ahead.clear();
    for (const std::size_t end = std::min(row + rows_ahead, rows.size()); row < end; ++row) {
      for (const Field field : fields) {
        ahead.push_back(accounts.text(field, rows[row]));
        __builtin_prefetch(ahead.back().data());
      }
    }
    at = 0;
  };
  tx.insert_many(into, columns, [&](store::Params& params) {
    if (at == ahead.size()) fetch();
    if (ahead.empty()) return false;
    for (std::size_t i = 0; i < fields.size(); ++i) params.emplace_back(ahead[at++]);
    return true;
  });
}

}  // namespace

void load_known_accounts(store::Transaction& tx, Known& known) {
  KeyFeed feed(known.of(KindId::accounts));
  tx.query("SELECT account_no, customer_no, product FROM customer_account", {},
           [&](const store::Row& row) {
             feed.put(hash_key(row.text(0)), account_content(row.text(1), row.text(2)));
           });
  feed.flush();
}

std::int64_t last_accounts_batch(store::Transaction& tx) {
  return tx
      .query_i64(
          "SELECT MAX(b.batch_seq) FROM intake_batch b JOIN intake_batch_kind k"
          " ON k.batch_id = b.batch_id WHERE k.kind = $1",
          {kind_of(KindId::accounts).name})
      .value_or(0);
}

// Each tree in its own order: the next row's place is beside the last one's.
void save_accounts(store::Transaction& tx, const Table& accounts, const AccountRows& rows) {
  const std::vector<std::uint32_t> by_account = in_order(accounts, account_no, rows.added);
  auto by_customer =
      std::async(std::launch::async, [&] { return in_order(accounts, customer_no, by_account); });
  insert(tx, "intake_account", accounts, by_account, {account_no, customer_no});
  insert(tx, "customer_account", accounts, by_customer.get(), {customer_no, account_no, product});
  for (const std::uint32_t row : rows.changed)
    save_account(tx, accounts.text(account_no, row), accounts.text(customer_no, row),
                 accounts.text(product, row));
}

void save_account(store::Transaction& tx, std::string_view account_no, std::string_view customer_no,
                  std::string_view product) {
  tx.execute(
      "DELETE FROM customer_account WHERE account_no = $1 AND customer_no ="
      " (SELECT customer_no FROM intake_account WHERE account_no = $1)",
      {account_no});
  tx.execute(
      "INSERT INTO intake_account (account_no, customer_no) VALUES ($1, $2)"
      " ON CONFLICT (account_no) DO UPDATE SET customer_no = excluded.customer_no",
      {account_no, customer_no});
  tx.execute("INSERT INTO customer_account (customer_no, account_no, product) VALUES ($1, $2, $3)",
             {customer_no, account_no, product});
}

}  // namespace intake
