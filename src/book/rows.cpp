#include "book/types.h"

namespace book {

void clear_bucket_changes(store::Transaction& transaction, kernel::Date changed_on) {
  transaction.execute("DELETE FROM bucket_change WHERE changed_on = $1", {changed_on});
}

void save_bucket_changes(store::Transaction& transaction, const BookView& book, std::size_t begin,
                         std::size_t end) {
  const std::int64_t date = book.date().days();
  const column::Codes bucket = book.accounts().codes("bucket");
  const column::Codes before = book.accounts().codes("bucket_before");
  const auto dpd = book.accounts().get<std::int32_t>("dpd");
  std::size_t row = begin;
  transaction.insert_many(
      "bucket_change", {"account_no", "changed_on", "bucket_before", "bucket", "dpd"},
      [&](store::Params& params) {
        // An account that comes into the book with nothing due has changed nothing.
        while (row < end &&
               (bucket.at(row) == before.at(row) || (before.values[row] < 0 && dpd[row] == 0))) {
          ++row;
        }
        if (row == end) return false;
        params = {book.account_no(row), date, before.at(row), bucket.at(row),
                  static_cast<std::int64_t>(dpd[row])};
        ++row;
        return true;
      });
}

std::vector<BucketChange> load_bucket_changes(store::Transaction& transaction,
                                              std::string_view account_no) {
  std::vector<BucketChange> changes;
  transaction.query(
      "SELECT changed_on, bucket_before, bucket, dpd FROM bucket_change WHERE account_no = $1 "
      "ORDER BY changed_on",
      {account_no}, [&](const store::Row& row) {
        changes.push_back(
            {row.date(0), row.text(1), row.text(2), static_cast<std::int32_t>(row.i64(3))});
      });
  return changes;
}

}  // namespace book
