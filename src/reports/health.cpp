// /health: for whoever watches the program from outside. Open to all, so it says next to nothing.

#include "reports/cases.h"

namespace reports {

using kernel::Result;

struct Health {
  std::string status;  // "ok"; a store that does not answer is the error `unavailable`
  std::string version;
  std::optional<kernel::Date> night_date;  // of the latest book
};
BOOST_DESCRIBE_STRUCT(Health, (), (status, version, night_date))

std::vector<http::Route> health_routes(const Deps& deps) {
  return {http::route<http::Nothing, Health>(
      "GET", "/api/v1/health", "reports", "Is it running, and on which book", http::anyone(),
      [deps](const http::Nothing&, const http::Request&) -> Result<Health> {
        TRY(deps.store.read([](store::Transaction& tx) { return tx.query_i64("SELECT 1"); }));
        return Health{.status = "ok", .version = deps.version, .night_date = deps.shelf.latest()};
      })};
}

}  // namespace reports
