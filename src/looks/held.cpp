#include "looks/held.h"

namespace looks {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling&) {
  store::HeldSection section{.name = "looks",
                             .title = "谁查看过您的资料",
                             .note = "列岗位与事由；工作人员姓名属于其个人信息，不列。",
                             .columns = {{"looked_at", "时间", "at"},
                                         {"customer_no", "客户号"},
                                         {"role", "岗位", "role"},
                                         {"kind", "看什么", "look_kind"},
                                         {"purpose", "事由", "look_purpose"}},
                             .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    tx.query(
        "SELECT looked_at, role, kind, purpose FROM look WHERE customer_no = $1"
        " ORDER BY looked_at, look_id",
        {customer_no}, [&](const store::Row& row) {
          section.rows.push_back(
              {row.instant(0).format(), customer_no, row.text(1), row.text(2), row.text(3)});
        });
  return std::vector<store::HeldSection>{std::move(section)};
}

kernel::Status erase(store::Transaction& tx, const store::Whose& whose, kernel::Instant) {
  for (const std::string& customer_no : whose.customer_nos)
    tx.execute(
        "DELETE FROM unmask_text WHERE look_id IN"
        " (SELECT look_id FROM look WHERE customer_no = $1)",
        {customer_no});
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held() {
  return {.room = "looks", .tell = tell, .erase = erase, .clean = {}};
}

}  // namespace looks
