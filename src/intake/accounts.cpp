#include "intake/accounts.h"

#include <algorithm>
#include <future>

namespace intake {
namespace {

enum Field : std::size_t { account_no, customer_no, product };  // of kind accounts

// The eight bytes of a text that begin at `from`, so that their order is the order of the texts.
std::uint64_t head_of(std::string_view text, std::size_t from) {
  std::uint64_t head = 0;
  for (std::size_t i = from; i < from + sizeof head; ++i)
    head = head << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  return head;
}

// Rows in the order of a text; those of the same text stay as they stand.
std::vector<std::uint32_t> in_order(const Table& table, Field field,
                                    const std::vector<std::uint32_t>& rows) {
  const auto text = [&](std::uint32_t row) { return table.text(field, row); };
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return text(a) < text(b); };
  if (std::is_sorted(rows.begin(), rows.end(), before)) return rows;
  const std::string_view first = text(rows.front());
  std::size_t alike = first.size();  // bytes that all begin with
  for (const std::uint32_t row : rows) {
    const std::string_view one = text(row).substr(0, alike);
    alike = static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), first.begin()).first -
                                     one.begin());
  }
  struct Key {
    std::uint64_t head;
    std::uint32_t at;  // in rows
  };
  std::vector<Key> keys(rows.size());
  for (std::uint32_t at = 0; at < rows.size(); ++at)
    keys[at] = {head_of(text(rows[at]), alike), at};
  std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
    if (a.head != b.head) return a.head < b.head;
    const int order = text(rows[a.at]).compare(text(rows[b.at]));
    return order != 0 ? order < 0 : a.at < b.at;
  });
  std::vector<std::uint32_t> sorted(rows.size());
  std::transform(keys.begin(), keys.end(), sorted.begin(),
                 [&](const Key& key) { return rows[key.at]; });
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
