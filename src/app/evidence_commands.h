#pragma once
// What other commands need of evidence: where the log of a data folder is, and the store's check.

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "app/workplace.h"
#include "evidence/types.h"

namespace app {

evidence::SealOptions seal_options(const Place& place);

// Seals what waits, again and again while it lives, and shows the log to those who watch it, once a
// minute. Where another process seals this log it waits for its turn; a failure is said once and
// tried again.
class Sealing {
 public:
  struct How {
    std::chrono::milliseconds every{2000};
    bool tell_watchers = true;
  };
  Sealing(store::Store& store, const Place& place, std::function<kernel::Instant()> clock, How how);
  // Ends it, and seals what waits still; the line says what became of all of it.
  std::string finish();

 private:
  void run(const std::stop_token& stop);
  Place place_;
  std::function<kernel::Instant()> clock_;
  How how_;
  evidence::Sealer sealer_;
  std::int64_t facts_ = 0;  // sealed by now; the thread's while it runs
  std::jthread thread_;
};

// The store of this place against its log: 1 where something does not fit.
int run_verify_data(const Place& place, const std::string& language, bool json);

}  // namespace app
