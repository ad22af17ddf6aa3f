#include "intake/batches.h"

#include <algorithm>
#include <functional>
#include <map>

#include "http/json.h"

namespace intake {

// What the fact says: counts and hashes, no line of the file.
struct BatchFact {
  std::string file_name, file_sha256, mapping_sha256;
  kernel::Date as_of;
  std::vector<KindCount> kinds;
  std::int64_t rejects = 0;
};
BOOST_DESCRIBE_STRUCT(BatchFact, (),
                      (file_name, file_sha256, mapping_sha256, as_of, kinds, rejects))

// What a payment's fact says; its subject is the account.
struct PaymentBody {
  std::string batch_id, payment_no;
  kernel::Date paid_on;
  kernel::Money amount_fen;
  std::string channel;
};
BOOST_DESCRIBE_STRUCT(PaymentBody, (), (batch_id, payment_no, paid_on, amount_fen, channel))

namespace {

void save_kinds(store::Transaction& tx, const NewBatch& batch) {
  for (const NewBatch::Kind& kind : batch.kinds) {
    const KindCount& count = kind.count;
    tx.execute(
        "INSERT INTO intake_batch_kind (batch_id, kind, kind_no, is_full, has_folder, accepted, "
        "rejected, unchanged) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {batch.batch_id, count.kind, static_cast<std::int64_t>(kind.id), kind.full,
         !kind_of(kind.id).people, count.accepted, count.rejected, count.unchanged});
    std::int64_t total_no = 0;
    for (const ControlTotal& total : count.control_totals) {
      tx.execute(
          "INSERT INTO intake_control_total (batch_id, kind, name, total_no, value) "
          "VALUES ($1, $2, $3, $4, $5)",
          {batch.batch_id, count.kind, total.name, ++total_no, total.value});
    }
  }
}

void save_rejected(store::Transaction& tx, const NewBatch& batch) {
  std::size_t at = 0;
  tx.insert_many("intake_reject",
                 {"batch_id", "reject_no", "line", "column_no", "column_name", "field", "value",
                  "reason_code", "reason", "hint"},
                 [&](store::Params& row) {
                   if (at == batch.rejected->size()) return false;
                   const Rejected& r = (*batch.rejected)[at++].info;
                   row = {batch.batch_id, static_cast<std::int64_t>(at),
                          r.line,         r.column_no,
                          r.column,       r.field,
                          r.value,        r.reason_code,
                          r.reason,       r.hint};
                   return true;
                 });
}

}  // namespace

void save_batch(store::Transaction& tx, const NewBatch& batch) {
  const auto seq = tx.query_i64("SELECT COALESCE(MAX(batch_seq), 0) + 1 FROM intake_batch");
  tx.execute(
      "INSERT INTO intake_batch (batch_id, batch_seq, file_name, file_sha256, mapping, "
      "mapping_sha256, as_of, lines, rejects, imported_at, imported_by) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {batch.batch_id, *seq, batch.file_name, batch.file_sha256, batch.mapping,
       batch.mapping_sha256, batch.as_of, batch.lines,
       static_cast<std::int64_t>(batch.rejected->size()), batch.imported_at, batch.imported_by});
  save_kinds(tx, batch);
  save_rejected(tx, batch);
  BatchFact fact{batch.file_name,
                 batch.file_sha256,
                 batch.mapping_sha256,
                 batch.as_of,
                 {},
                 static_cast<std::int64_t>(batch.rejected->size())};
  for (const auto& kind : batch.kinds) fact.kinds.push_back(kind.count);
  tx.append({"batch_imported", "batch:" + batch.batch_id, batch.imported_by, batch.imported_at,
             http::write_json(fact)});
}

void save_payments(store::Transaction& tx, const NewBatch& batch, const column::Sheet& payments) {
  constexpr std::size_t at_a_time = 32'768;  // facts in memory
  const column::Texts payment_no = payments.texts("payment_no"),
                      account_no = payments.texts("account_no");
  const auto paid_on = payments.get<std::int32_t>("paid_on");
  const auto amount = payments.get<std::int64_t>("amount_fen");
  const column::Codes channel = payments.codes("channel");
  std::vector<store::Fact> facts;
  for (std::size_t row = 0; row < payments.rows(); ++row) {
    const PaymentBody body{.batch_id = batch.batch_id,
                           .payment_no = std::string(payment_no.at(row)),
                           .paid_on = kernel::Date::from_days(paid_on[row]),
                           .amount_fen = kernel::Money::from_fen(amount[row]),
                           .channel = std::string(channel.at(row))};
    facts.push_back({"payment_posted", "account:" + std::string(account_no.at(row)),
                     batch.imported_by, batch.imported_at, http::write_json(body)});
    if (facts.size() < at_a_time && row + 1 < payments.rows()) continue;
    tx.append_many(facts);
    facts.clear();
  }
}

std::vector<std::string> load_batch_ids(store::Transaction& tx) {
  std::vector<std::string> ids;
  tx.query("SELECT batch_id FROM intake_batch", {},
           [&](const store::Row& row) { ids.push_back(row.text(0)); });
  return ids;
}

bool has_batch(store::Transaction& tx, std::string_view batch_id) {
  return tx.query_i64("SELECT 1 FROM intake_batch WHERE batch_id = $1", {batch_id}).has_value();
}

std::map<std::string, FullBatch> load_full_batches(store::Transaction& tx) {
  std::map<std::string, FullBatch> newest;
  tx.query(
      "SELECT k.kind, b.file_name, b.as_of, k.accepted + k.unchanged FROM intake_batch b "
      "JOIN intake_batch_kind k ON k.batch_id = b.batch_id WHERE k.is_full = 1 "
      "ORDER BY b.as_of, b.batch_seq",
      {}, [&](const store::Row& row) {
        newest[row.text(0)] = {row.text(1), row.date(2), row.i64(3)};
      });
  return newest;
}

void expect_known(store::Transaction& tx, std::string_view table, KeySet& keys) {
  keys.reserve(static_cast<std::size_t>(
      tx.query_i64("SELECT COUNT(*) FROM " + std::string(table)).value_or(0)));
}

void load_known_customers(store::Transaction& tx, Known& known) {
  if (tx.on_postgres()) {
    expect_known(tx, "customer", known.of(KindId::customers));
  } else {  // counting would go through all of them; a customer keeps its row, so few are missing
    known.of(KindId::customers)
        .reserve(static_cast<std::size_t>(
            tx.query_i64("SELECT COALESCE(MAX(rowid), 0) FROM customer").value_or(0)));
  }
  TextKeyFeed feed(known.of(KindId::customers));
  tx.query("SELECT customer_no FROM customer", {},
           [&](const store::Row& row) { feed.put(row.text(0), 0); });
  feed.flush();
}

std::vector<Batch> load_batches(store::Transaction& tx) {
  std::vector<Batch> all;
  std::map<std::string, std::size_t> at;
  tx.query(
      "SELECT batch_id, file_name, mapping, as_of, imported_at, imported_by, rejects "
      "FROM intake_batch ORDER BY batch_seq DESC",
      {}, [&](const store::Row& row) {
        at[row.text(0)] = all.size();
        all.push_back({row.text(0),
                       row.text(1),
                       row.text(2),
                       row.date(3),
                       row.instant(4),
                       row.text(5),
                       {},
                       row.i64(6)});
      });
  tx.query(
      "SELECT batch_id, kind, accepted, rejected, unchanged FROM intake_batch_kind "
      "ORDER BY kind_no",
      {}, [&](const store::Row& row) {
        const auto found = at.find(row.text(0));  // a store that was tampered with has others
        if (found != at.end())
          all[found->second].kinds.push_back({row.text(1), row.i64(2), row.i64(3), row.i64(4), {}});
      });
  tx.query("SELECT batch_id, kind, name, value FROM intake_control_total ORDER BY total_no", {},
           [&](const store::Row& row) {
             const auto found = at.find(row.text(0));
             if (found == at.end()) return;
             for (KindCount& count : all[found->second].kinds) {
               if (count.kind != row.text(1)) continue;
               count.control_totals.push_back({row.text(2), row.i64(3)});
             }
           });
  return all;
}

std::vector<Rejected> load_rejected(store::Transaction& tx, std::string_view batch_id) {
  std::vector<Rejected> all;
  tx.query(
      "SELECT b.file_name, r.line, r.column_no, r.column_name, r.field, r.value, r.reason_code, "
      "r.reason, r.hint FROM intake_reject r JOIN intake_batch b ON b.batch_id = r.batch_id "
      "WHERE r.batch_id = $1 ORDER BY r.reject_no",
      {batch_id}, [&](const store::Row& row) {
        all.push_back({row.text(0), row.i64(1), row.i64(2), row.text(3), row.text(4), row.text(5),
                       row.text(6), row.text(7), row.text(8)});
      });
  return all;
}

std::vector<BatchRef> load_batch_refs(store::Transaction& tx, const std::filesystem::path& data_dir,
                                      kernel::Date up_to) {
  std::vector<BatchRef> all;
  tx.query(
      "SELECT b.batch_id, k.kind, b.as_of, k.is_full, k.rejected FROM intake_batch b "
      "JOIN intake_batch_kind k ON k.batch_id = b.batch_id "
      "WHERE k.has_folder = 1 AND b.as_of <= $1 ORDER BY b.as_of, b.batch_seq, k.kind_no",
      {up_to}, [&](const store::Row& row) {
        BatchRef ref{row.text(0), row.text(1), row.date(2), {}, row.flag(3), row.i64(4)};
        ref.folder = data_dir / "intake" / ref.batch_id / ref.kind;
        all.push_back(std::move(ref));
      });
  return all;
}

}  // namespace intake
