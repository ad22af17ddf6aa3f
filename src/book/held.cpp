#include "book/held.h"

#include "book/types.h"

namespace book {

store::HeldPart held() {
  return {.room = "book",
          .tell = [](store::Transaction& tx, const store::Whose& whose,
                     const store::Telling&) -> kernel::Result<std::vector<store::HeldSection>> {
            store::HeldSection section{.name = "bucket_changes",
                                       .title = "逾期阶段的变化",
                                       .note = {},
                                       .columns = {{"changed_on", "日期", "date"},
                                                   {"account_no", "账号"},
                                                   {"bucket_before", "此前", "bucket"},
                                                   {"bucket", "此后", "bucket"},
                                                   {"dpd", "逾期天数"}},
                                       .rows = {}};
            for (const std::string& account_no : whose.account_nos)
              for (const BucketChange& one : load_bucket_changes(tx, account_no))
                section.rows.push_back({one.changed_on.format(), account_no, one.bucket_before,
                                        one.bucket, std::to_string(one.dpd)});
            return std::vector<store::HeldSection>{std::move(section)};
          },
          .erase = [](store::Transaction& tx, const store::Whose& whose,
                      kernel::Instant) -> kernel::Status {
            for (const std::string& account_no : whose.account_nos)
              tx.execute("DELETE FROM bucket_change WHERE account_no = $1", {account_no});
            return kernel::Ok{};
          },
          .clean = {}};
}

}  // namespace book
