#include "intake/types.h"
#include "kernel/hash.h"
#include "store/list.h"

namespace intake {

namespace {

// On PostgreSQL schema/006_customer_account.sql says the same.
// kind, customer_no, five texts, the number's index, two numbers. Points come first: they give the
// columns their types.
std::string reachable_sql(const store::TextList& list) {
  return "WITH asked AS (SELECT DISTINCT person_key FROM customer WHERE customer_no" + list.in(1) +
         "), c AS MATERIALIZED (SELECT customer.customer_no, customer.person_key,"
         " customer.jurisdiction, customer.zone FROM asked"
         " JOIN customer ON customer.person_key = asked.person_key)"
         " SELECT 3, p.customer_no, p.contact_no, p.role, p.channel, p.source, p.place,"
         " p.value_index, p.valid, p.consent"
         " FROM c JOIN contact_point p ON p.customer_no = c.customer_no"
         " UNION ALL SELECT 1, customer_no, person_key, jurisdiction, zone, '', '', NULL, 0, 0 "
         "FROM c"
         " UNION ALL SELECT 2, a.customer_no, a.product, '', '', '', '', NULL, 0, 0"
         " FROM c JOIN customer_account a ON a.customer_no = c.customer_no"
         " UNION ALL SELECT 4, t.customer_no, t.contact_no, t.channel, t.outcome, t.by, '', NULL,"
         " t.contacted_at, 0"
         " FROM c JOIN past_contact t ON t.customer_no = c.customer_no AND t.contacted_at >= $2";
}

}  // namespace

Reachable load_reachable(store::Transaction& tx, const std::vector<std::string_view>& customer_nos,
                         kernel::Instant since) {
  Reachable all;
  const store::TextList list(tx, customer_nos);
  const std::string sql =
      tx.on_postgres() ? "SELECT * FROM intake_reachable($1, $2)" : reachable_sql(list);
  tx.query(sql, {list.param(), since}, [&](const store::Row& row) {
    switch (row.i64(0)) {
      case 1:
        all.customers.push_back({row.text(1), row.text(2), row.text(3), row.text(4)});
        break;
      case 2:
        all.products.push_back({row.text(1), row.text(2)});
        break;
      case 3:
        all.points.push_back({.customer_no = row.text(1),
                              .contact_no = row.text(2),
                              .role = row.text(3),
                              .channel = row.text(4),
                              .source = row.text(5),
                              .place = row.text(6),
                              .value_key = kernel::hex(row.blob(7)),
                              .valid = row.flag(8),
                              .consent = row.flag(9)});
        break;
      default:
        all.past.push_back(
            {row.text(1), row.text(2), row.instant(8), row.text(3), row.text(4), row.text(5)});
    }
  });
  return all;
}

}  // namespace intake
