#include "intake/accounts.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>

#include "column/sorted.h"
#include "intake/ahead.h"
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

// Texts of some rows end to end, in the order of their insertion.
struct Gathered {
  std::string bytes;
  std::vector<std::size_t> ends;  // of each text in `bytes`
};

// Rows in their order with their texts beside one another, some of them ahead of who inserts them:
// a table's rows lie anywhere in the columns, and each would be waited for.
class GatheredRows {
 public:
  using Fields = std::function<std::array<std::string_view, 3>(std::size_t row)>;
  // `fields`: of a row, beside the columns. `order` is called by another thread, as is `fields`.
  GatheredRows(std::vector<std::string_view> columns,
               std::function<const std::vector<std::uint32_t>&()> order, Fields fields)
      : columns_(std::move(columns)),
        order_(std::move(order)),
        fields_(std::move(fields)),
        ahead_([this](Gathered& some) { return gather(some); }) {}

  void insert(store::Transaction& tx, std::string_view into) {
    const Gathered* some = nullptr;
    std::size_t at = 0, begin = 0;
    tx.insert_many(into, columns_, [&](store::Params& params) {
      if (some == nullptr || at == some->ends.size()) {
        some = *ahead_.next();  // gathering never fails
        at = begin = 0;
        if (some == nullptr) return false;
      }
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::size_t end = some->ends[at++];
        params.emplace_back(std::string_view(some->bytes).substr(begin, end - begin));
        begin = end;
      }
      return true;
    });
  }

 private:
  static constexpr std::size_t rows_at_once = 512, rows_asked_for = 32;

  bool gather(Gathered& some) {
    if (rows_ == nullptr) rows_ = &order_();
    some.bytes.clear();
    some.ends.clear();
    const std::size_t last = std::min(at_ + rows_at_once, rows_->size());
    std::array<std::string_view, 3> ahead[rows_asked_for];
    while (at_ < last) {
      const std::size_t count = std::min(rows_asked_for, last - at_);
      for (std::size_t i = 0; i < count; ++i) {
        ahead[i] = fields_((*rows_)[at_ + i]);
        for (std::size_t f = 0; f < columns_.size(); ++f) __builtin_prefetch(ahead[i][f].data());
      }
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t f = 0; f < columns_.size(); ++f) {
          some.bytes += ahead[i][f];
          some.ends.push_back(some.bytes.size());
        }
      }
      at_ += count;
    }
    return !some.ends.empty();
  }

  std::vector<std::string_view> columns_;
  std::function<const std::vector<std::uint32_t>&()> order_;
  Fields fields_;
  const std::vector<std::uint32_t>* rows_ = nullptr;
  std::size_t at_ = 0;
  Ahead<Gathered, 16> ahead_;  // last: its thread goes first
};

}  // namespace

std::uint64_t account_content(std::string_view customer_no, std::string_view product) {
  const std::hash<std::string_view> hash;
  return (hash(customer_no) * 31 + hash(product)) & ~of_this_import;
}

void load_known_accounts(store::Transaction& tx, Known& known) {
  expect_known(tx, "intake_account", known.of(KindId::accounts));
  TextKeyFeed feed(known.of(KindId::accounts));
  tx.query("SELECT account_no FROM intake_account", {},
           [&](const store::Row& row) { feed.put(row.text(0), 0); });
  feed.flush();
}

void load_account_contents(store::Transaction& tx, Known& known) {
  expect_known(tx, "customer_account", known.of(KindId::accounts));
  TextKeyFeed feed(known.of(KindId::accounts));
  tx.query("SELECT account_no, customer_no, product FROM customer_account", {},
           [&](const store::Row& row) {
             feed.put(row.text(0), account_content(row.text(1), row.text(2)));
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
  std::vector<std::uint32_t> by_customer;
  using Rows = const std::vector<std::uint32_t>&;
  GatheredRows registered(
      {"account_no", "customer_no"}, [&]() -> Rows { return by_account; },
      [&](std::size_t row) {
        return std::array{all.account_no.at(row), all.customer_no.at(row), std::string_view()};
      });
  GatheredRows of_customers(
      {"customer_no", "account_no", "product"},
      [&]() -> Rows { return by_customer = in_order(all.customer_no, by_account); },
      [&](std::size_t row) {
        return std::array{all.customer_no.at(row), all.account_no.at(row), all.product.at(row)};
      });
  registered.insert(tx, "intake_account");
  of_customers.insert(tx, "customer_account");
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
