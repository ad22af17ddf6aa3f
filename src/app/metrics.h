#pragma once
// What a watcher of the program is told, in Prometheus' text format: the last night, requests,
// permits, facts, log, store, process. Enters: answers given, and at each scrape the store and the
// log's folder. Never: a word of a person, an account or a user.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "kernel/date.h"
#include "kernel/result.h"
#include "server/server.h"
#include "store/store.h"

namespace app {

class Metrics {
 public:
  // Borrows the store. Permits are counted from now on; those of other processes too.
  Metrics(store::Store& store, std::filesystem::path data, std::filesystem::path log,
          std::function<kernel::Instant()> clock);
  ~Metrics();

  // Of any thread. `label`: the route's pattern, never a path.
  void served(const std::string& label, int status, std::int64_t us);
  // Where the store does not answer, evenhand_up is 0 and the rest is what needs no store.
  std::string text();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

// GET /metrics and nothing else, on an address of this machine alone: whoever may connect may read.
kernel::Result<std::unique_ptr<server::Server>> serve_metrics(
    Metrics& metrics, const std::string& listen, std::function<kernel::Instant()> clock);

}  // namespace app
