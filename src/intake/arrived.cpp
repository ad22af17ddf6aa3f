// Payments one by one. Closing a day is one short transaction: whoever comes later is told the next
// day, so that the night reads a set that stands still while others go on arriving.

#include <algorithm>

#include "column/file.h"
#include "http/json.h"
#include "intake/batches.h"
#include "intake/table.h"

namespace intake {

// What the fact says; its subject is the account. As of a line of a file, and when it was paid.
struct ArrivedBody {
  std::string batch_id, payment_no;
  kernel::Date paid_on;
  kernel::Money amount_fen;
  std::string channel;
  kernel::Instant paid_at;
};
BOOST_DESCRIBE_STRUCT(ArrivedBody, (),
                      (batch_id, payment_no, paid_on, amount_fen, channel, paid_at))

namespace {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Date;
using kernel::Error;

constexpr std::int64_t ahead_us_max = 5 * 60'000'000LL;  // a sender's clock may run ahead so much
constexpr int back_days_max = 3'660;

// The day is closed before its batch is made, so what a number stands for is known at once.
std::string batch_of(Date book_date) {
  return book_date.format() + "-arrived";
}

bool is_key(std::string_view text) {
  const auto& fields = kind_of(KindId::payments).fields;
  return !text.empty() && static_cast<std::int64_t>(text.size()) <= fields[0].highest &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

kernel::Status check(const ArrivedPayment& payment, kernel::Instant now) {
  const auto wrong = [](const char* message, const char* field) {
    return Error{Code::invalid_input, message, field};
  };
  constexpr const char* key = "1 to 64 bytes, no control character";
  if (!is_key(payment.payment_no)) return wrong(key, "payment_no");
  if (!is_key(payment.account_no)) return wrong(key, "account_no");
  if (!is_key(payment.channel)) return wrong(key, "channel");
  if (payment.amount_fen.fen() < 1 ||
      payment.amount_fen.fen() > kind_of(KindId::payments).fields[3].highest)
    return wrong("more than nothing, a billion yuan at most", "amount_fen");
  if (payment.paid_at.micros() > now.micros() + ahead_us_max)
    return wrong("a payment is told once it is made, not before", "paid_at");
  if (payment.paid_at.china_date() < now.china_date().plus_days(-back_days_max))
    return wrong("ten years back at most", "paid_at");
  return kernel::Ok{};
}

// The day whose book will hold what arrives now: tomorrow's, or the first that is not closed.
Date open_day(store::Transaction& tx, kernel::Instant now) {
  const auto closed_to =
      tx.query_i64(std::string("SELECT closed_to FROM payment_close WHERE close_no = 1") +
                   (tx.on_postgres() ? " FOR SHARE" : ""));  // SQLite's writer is alone
  return std::max(now.china_date(), Date::from_days(static_cast<std::int32_t>(*closed_to)))
      .plus_days(1);
}

// Days that are closed and have no batch yet.
std::vector<Date> days_without_batch(store::Transaction& tx, Date up_to) {
  std::vector<Date> days;
  tx.query(
      "SELECT DISTINCT book_date FROM payment_arrived WHERE book_date <= $1 AND book_date > "
      "(SELECT batched_to FROM payment_close WHERE close_no = 1) ORDER BY book_date",
      {up_to}, [&](const store::Row& row) { days.push_back(row.date(0)); });
  std::erase_if(days, [&](Date day) { return has_batch(tx, batch_of(day)); });
  return days;
}

Table load_day(store::Transaction& tx, Date book_date) {
  Table table(kind_of(KindId::payments));
  tx.query(
      "SELECT payment_no, account_no, paid_at, amount_fen, channel FROM payment_arrived "
      "WHERE book_date = $1 ORDER BY payment_no",
      {book_date}, [&](const store::Row& row) {
        const std::string payment_no = row.text(0), account_no = row.text(1), channel = row.text(4);
        table.append({{.text = payment_no},
                      {.text = account_no},
                      {.number = row.instant(2).china_date().days()},
                      {.number = row.i64(3)},
                      {.text = channel}});
      });
  return table;
}

// The columns on disk. A night that was killed here left the same ones: the set stands still.
kernel::Status save_folder(const column::Sheet& sheet, const fs::path& intake_dir,
                           const std::string& batch_id) {
  const fs::path folder = intake_dir / batch_id;
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return Error{Code::unavailable, "cannot make the batch folder: " + failed.message(),
                 folder.string()};
  TRY(column::sync_folder(intake_dir));
  if (!fs::exists(folder / "payments")) return sheet.save(folder / "payments");
  TRY_ASSIGN(const column::Sheet there, column::Sheet::open(folder / "payments", true));
  if (there.hash() == sheet.hash()) return kernel::Ok{};
  return Error{Code::conflict,
               "the data folder has other payments of this day than the store: is this the right "
               "store for this folder?",
               folder.string()};
}

kernel::Status make_batch(store::Store& store, const fs::path& data_dir, Date day,
                          kernel::Instant now) {
  TRY_ASSIGN(const Table table,
             store.read([&](store::Transaction& tx) { return load_day(tx, day); }));
  const column::Sheet sheet = table.sheet();
  const std::vector<RejectedLine> none;
  const auto rows = static_cast<std::int64_t>(table.rows());
  NewBatch batch{.batch_id = batch_of(day),
                 .file_name = batch_of(day),
                 .file_sha256 = sheet.hash(),
                 .mapping = "api",
                 .mapping_sha256 = "",
                 .as_of = day,
                 .lines = rows,
                 .imported_at = now,
                 .imported_by = "night",
                 .rejected = &none};
  NewBatch::Kind kind{.id = KindId::payments};
  kind.count = {.kind = table.kind().name,
                .accepted = rows,
                .control_totals = {{"amount_fen", table.total(3)}}};
  batch.kinds.push_back(std::move(kind));
  TRY(save_folder(sheet, data_dir / "intake", batch.batch_id));
  return store.transact([&](store::Transaction& tx) -> kernel::Status {
    tx.lock("intake");
    if (!has_batch(tx, batch.batch_id)) save_batch(tx, batch);
    return kernel::Ok{};
  });
}

}  // namespace

kernel::Result<Arrived> take_payment(store::Transaction& tx, const ArrivedPayment& payment,
                                     std::string_view by, kernel::Instant now) {
  TRY(check(payment, now));
  const Date book_date = open_day(tx, now);
  if (!tx.query_i64("SELECT 1 FROM intake_account WHERE account_no = $1", {payment.account_no}))
    return Error{Code::not_found, "no account of this number was ever imported", "account_no"};
  const std::int64_t added = tx.execute(
      "INSERT INTO payment_arrived (payment_no, account_no, paid_at, amount_fen, channel, "
      "book_date, arrived_at, told_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
      "ON CONFLICT (payment_no) DO NOTHING",
      {payment.payment_no, payment.account_no, payment.paid_at, payment.amount_fen, payment.channel,
       book_date, now, by});
  if (added == 0) {
    const auto before = tx.query_one<Arrived>(
        "SELECT book_date FROM payment_arrived WHERE payment_no = $1 AND account_no = $2 AND "
        "paid_at = $3 AND amount_fen = $4 AND channel = $5",
        {payment.payment_no, payment.account_no, payment.paid_at, payment.amount_fen,
         payment.channel},
        [](const store::Row& row) { return Arrived{.repeated = true, .book_date = row.date(0)}; });
    if (before) return *before;
    return Error{Code::conflict,
                 "another payment was told under this number: its account, amount, moment or "
                 "channel is not the same",
                 "payment_no"};
  }
  tx.append({"payment_posted", "account:" + payment.account_no, std::string(by), now,
             http::write_json(ArrivedBody{batch_of(book_date), payment.payment_no,
                                          payment.paid_at.china_date(), payment.amount_fen,
                                          payment.channel, payment.paid_at})});
  return Arrived{.repeated = false, .book_date = book_date};
}

kernel::Status close_payments(store::Store& store, const fs::path& data_dir, Date date,
                              kernel::Instant now) {
  // Waits for those who are being told a day up to `date`, a moment each; nobody waits for more.
  TRY(store.transact([&](store::Transaction& tx) {
    tx.execute("UPDATE payment_close SET closed_to = $1 WHERE close_no = 1 AND closed_to < $1",
               {date});
    return true;
  }));
  TRY_ASSIGN(const std::vector<Date> days,
             store.read([&](store::Transaction& tx) { return days_without_batch(tx, date); }));
  for (const Date day : days) TRY(make_batch(store, data_dir, day, now));
  if (days.empty()) return kernel::Ok{};
  return store.transact([&](store::Transaction& tx) -> kernel::Status {
    tx.execute("UPDATE payment_close SET batched_to = $1 WHERE close_no = 1 AND batched_to < $1",
               {date});
    return kernel::Ok{};
  });
}

}  // namespace intake
