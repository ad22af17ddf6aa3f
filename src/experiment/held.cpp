#include "experiment/held.h"

namespace experiment {

store::HeldPart held() {
  return {.room = "experiment",
          .tell = [](store::Transaction& tx, const store::Whose& whose,
                     const store::Telling&) -> kernel::Result<std::vector<store::HeldSection>> {
            store::HeldSection section{.name = "experiments",
                                       .title = "规则对照试验",
                                       .note =
                                           "参与试验时，您的账户按试行的规则（挑战组）"
                                           "或现行的规则（冠军组）处置。",
                                       .columns = {{"assigned_on", "起始日", "date"},
                                                   {"customer_no", "客户号"},
                                                   {"title", "试验"},
                                                   {"arm", "组别", "arm"}},
                                       .rows = {}};
            for (const std::string& customer_no : whose.customer_nos)
              tx.query(
                  "SELECT p.assigned_on, e.title, p.arm FROM experiment_person p JOIN experiment e"
                  " ON e.experiment_id = p.experiment_id WHERE p.customer_no = $1"
                  " ORDER BY p.assigned_on",
                  {customer_no}, [&](const store::Row& row) {
                    section.rows.push_back(
                        {row.date(0).format(), customer_no, row.text(1), row.text(2)});
                  });
            return std::vector<store::HeldSection>{std::move(section)};
          },
          .erase = [](store::Transaction& tx, const store::Whose& whose,
                      kernel::Instant) -> kernel::Status {
            for (const std::string& customer_no : whose.customer_nos)
              tx.execute("DELETE FROM experiment_person WHERE customer_no = $1", {customer_no});
            return kernel::Ok{};
          },
          .clean = {}};
}

}  // namespace experiment
