#include "people/held.h"

namespace people {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling&) {
  store::HeldSection section{
      .name = "conflicts",
      .title = "利益冲突回避",
      .note = "本机构人员申报与您有关系，因此不得经办您的案件；姓名与关系属于该人员，不在此列。",
      .columns = {{"customer_no", "客户号"},
                  {"declared_at", "申报时间", "at"},
                  {"ended_at", "解除时间", "at"}},
      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    tx.query(
        "SELECT declared_at, ended_at FROM staff_conflict WHERE customer_no = $1 "
        "ORDER BY declared_at, conflict_id",
        {customer_no}, [&](const store::Row& row) {
          const auto ended = row.opt_instant(1);
          section.rows.push_back(
              {customer_no, row.instant(0).format(), ended ? ended->format() : ""});
        });
  return std::vector<store::HeldSection>{std::move(section)};
}

kernel::Status erase(store::Transaction& tx, const store::Whose& whose, kernel::Instant) {
  for (const std::string& customer_no : whose.customer_nos)
    tx.execute("DELETE FROM staff_conflict WHERE customer_no = $1", {customer_no});
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held() {
  return {.room = "people", .tell = tell, .erase = erase, .clean = {}};
}

}  // namespace people
