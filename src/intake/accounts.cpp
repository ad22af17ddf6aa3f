#include "intake/accounts.h"

#include <algorithm>
#include <array>
#include <functional>
#include <future>

#include "column/sorted.h"
#include "intake/batches.h"

namespace intake {
namespace {

// The columns of a batch's accounts that stand in the register.
struct Registered {
  column::Texts account_no, customer_no;
  column::Codes product;
};

std::vector<std::uint32_t> rows_of(const std::vector<bool>& wanted) {
  std::vector<std::uint32_t> rows(
      static_cast<std::size_t>(std::count(wanted.begin(), wanted.end(), true)));
  for (std::size_t row = 0, at = 0; row < wanted.size(); ++row) {
    if (wanted[row]) rows[at++] = static_cast<std::uint32_t>(row);
  }
  return rows;
}

// Rows in the order of a text; those of the same text stay as they stand.
std::vector<std::uint32_t> in_order(const column::Texts& texts,
                                    const std::vector<std::uint32_t>& rows) {
  const column::Order order(rows.size(), 1, [&](std::size_t i) { return texts.at(rows[i]); });
  std::vector<std::uint32_t> sorted(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) sorted[i] = rows[order.at(i)];
  return sorted;
}

// `fields`: of a row, beside the columns.
template <std::size_t count>
void insert(store::Transaction& tx, std::string_view into,
            const std::vector<std::string_view>& columns, const std::vector<std::uint32_t>& rows,
            const std::function<std::array<std::string_view, count>(std::size_t row)>& fields) {
  // Rows lie anywhere in the table: the texts of some are asked for before the first is needed.
  constexpr std::size_t rows_ahead = 64;
  std::vector<std::string_view> ahead;
  std::size_t row = 0, at = 0;
  const auto fetch = [&] {
    ahead.clear();
    for (const std::size_t end = std::min(row + rows_ahead, rows.size()); row < end; ++row) {
      for (const std::string_view field : fields(rows[row])) {
        ahead.push_back(field);
        __builtin_prefetch(field.data());
      }
    }
    at = 0;
  };
  tx.insert_many(into, columns, [&](store::Params& params) {
    if (at == ahead.size()) fetch();
    if (ahead.empty()) return false;
    for (std::size_t i = 0; i < count; ++i) params.emplace_back(ahead[at++]);
    return true;
  });
}

}  // namespace

std::uint64_t account_content(std::string_view customer_no, std::string_view product) {
  const std::hash<std::string_view> hash;
  return (hash(customer_no) * 31 + hash(product)) & ~of_this_import;
}

void load_known_accounts(store::Transaction& tx, Known& known) {
  expect_known(tx, "intake_account", known.of(KindId::accounts));
  KeyFeed feed(known.of(KindId::accounts));
  tx.query("SELECT account_no FROM intake_account", {},
           [&](const store::Row& row) { feed.put(hash_key(row.text(0)), 0); });
  feed.flush();
}

void load_account_contents(store::Transaction& tx, Known& known) {
  expect_known(tx, "customer_account", known.of(KindId::accounts));
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
void save_accounts(store::Transaction& tx, const column::Sheet& accounts, const AccountRows& rows) {
  const Registered all{accounts.texts("account_no"), accounts.texts("customer_no"),
                       accounts.codes("product")};
  const std::vector<std::uint32_t> by_account = in_order(all.account_no, rows_of(rows.added));
  auto by_customer =
      std::async(std::launch::async, [&] { return in_order(all.customer_no, by_account); });
  insert<2>(tx, "intake_account", {"account_no", "customer_no"}, by_account, [&](std::size_t row) {
    return std::array{all.account_no.at(row), all.customer_no.at(row)};
  });
  insert<3>(
      tx, "customer_account", {"customer_no", "account_no", "product"}, by_customer.get(),
      [&](std::size_t row) {
        return std::array{all.customer_no.at(row), all.account_no.at(row), all.product.at(row)};
      });
  for (const std::uint32_t row : rows.changed)
    save_account(tx, all.account_no.at(row), all.customer_no.at(row), all.product.at(row));
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
