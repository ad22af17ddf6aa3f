// Looks are too many to be a fact each. Those without a seal are numbered together, and one fact
// says how many they were and their SHA-256: from then on none can change, come or go unnoticed.

#include <fmt/format.h>

#include "kernel/hash.h"
#include "looks/look.h"

namespace looks {

using kernel::Instant;
using kernel::Result;
using store::Transaction;

namespace {

constexpr std::int64_t looks_a_seal = 10'000;

constexpr const char* kColumns =
    "SELECT seal_no, look_id, looked_at, user_name, role, team, kind, purpose, customer_no, cases,"
    " detail, search_key, address_key, address_masked FROM look WHERE seal_no ";

// Each column with its length before it, so that no two rows read the same.
std::string line_of(const store::Row& row) {
  std::string line;
  const auto add = [&](const std::string& text) {
    line += fmt::format("{}:{},", text.size(), text);
  };
  for (const int number : {1, 2}) add(std::to_string(row.i64(number)));
  for (const int text : {3, 4, 5, 6, 7, 8}) add(row.text(text));
  add(std::to_string(row.i64(9)));
  for (const int text : {10, 11, 12, 13}) add(row.text(text));
  return line + "\n";
}

// Rows in the order of seal and look. Each line's hash enters the next: a seal of any size needs
// no more memory than one row.
struct Digest {
  LookSeal seal;
  std::string chain = std::string(32, '\0');
  void add(const store::Row& row) {
    seal.seal_no = row.i64(0);
    ++seal.looks;
    chain = kernel::sha256(chain + line_of(row));
  }
  LookSeal done() const {
    LookSeal out = seal;
    out.sha256 = kernel::hex(chain);
    return out;
  }
};

std::int64_t take_looks(Transaction& tx, std::int64_t seal_no) {
  if (tx.on_postgres())
    return tx.query_i64("SELECT look_seal($1, $2)", {seal_no, looks_a_seal}).value_or(0);
  return tx.execute(
      "UPDATE look SET seal_no = $1 WHERE look_id IN"
      " (SELECT look_id FROM look WHERE seal_no IS NULL ORDER BY look_id LIMIT $2)",
      {seal_no, looks_a_seal});
}

std::int64_t seal_some(Transaction& tx, Instant now) {
  tx.lock("looks.seal");
  const std::int64_t seal_no = tx.next_id();
  const std::int64_t taken = take_looks(tx, seal_no);
  if (taken == 0) return 0;
  Digest digest;
  tx.query(std::string(kColumns) + "= $1 ORDER BY look_id", {seal_no},
           [&](const store::Row& row) { digest.add(row); });
  const LookSeal seal = digest.done();
  tx.append({.kind = "looks_sealed",
             .subject = fmt::format("looks:{}", seal_no),
             .made_by = "looks",
             .made_at = now,
             .body = fmt::format(R"({{"seal_no":"{}","looks":{},"sha256":"{}"}})", seal_no,
                                 seal.looks, seal.sha256)});
  return taken;
}

}  // namespace

Result<std::int64_t> seal_looks(store::Store& store, Instant now) {
  // Most minutes nobody looked at anything: that is seen without waiting for writers.
  TRY_ASSIGN(const std::int64_t waiting, store.read([](Transaction& tx) {
    return tx.query_i64("SELECT COUNT(*) FROM look WHERE seal_no IS NULL").value_or(0);
  }));
  std::int64_t sealed = 0;
  while (sealed < waiting) {
    TRY_ASSIGN(const std::int64_t some,
               store.transact([&](Transaction& tx) { return seal_some(tx, now); }));
    if (some == 0) break;  // another node was faster
    sealed += some;
  }
  return sealed;
}

void each_look_seal(Transaction& tx, const std::function<void(const LookSeal&)>& each) {
  Digest digest;
  tx.query(std::string(kColumns) + "IS NOT NULL ORDER BY seal_no, look_id", {},
           [&](const store::Row& row) {
             if (digest.seal.looks > 0 && digest.seal.seal_no != row.i64(0)) {
               each(digest.done());
               digest = Digest{};
             }
             digest.add(row);
           });
  if (digest.seal.looks > 0) each(digest.done());
}

}  // namespace looks
