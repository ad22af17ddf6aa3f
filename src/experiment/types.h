#pragma once
// Champion and challenger: another version of a table, tried on some persons by a seeded split.
// What enters: a request of one person, the approval of another, books and facts of the days
// between. What leaves: the arm of each person, recorded once; for the night, a column `arm`; and a
// verdict in words. Never true: a person moved to the other arm; a verdict from peeking too often.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "book/types.h"
#include "column/column.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "store/store.h"
#include "strategy/types.h"

namespace experiment {

const std::vector<store::Migration>& schema();

struct ExperimentTag {};
using ExperimentId = kernel::Id<ExperimentTag>;

// What one person asks for and another starts.
struct Request {
  std::string name;   // a-z, 0-9, "-" and "_": it stands in the arm of every account
  std::string title;  // for people
  std::string file, challenger_version;
  std::int64_t share_bps = 5000;     // of the persons, to the challenger
  std::string seed;                  // any text; the same seed gives the same split
  std::vector<std::string> buckets;  // who takes part, by the person's worst account; empty: M1 on
  std::vector<std::string> strata;   // of strata_words()
  kernel::Date start_date, end_date;
  int horizon_days = 14;             // a person's outcome is what happened in so many days
  std::string metric = "recovered";  // of metric_words()
  std::int64_t margin_bps = 100;     // a difference smaller than this does not matter
  std::vector<std::string> guards;   // of guard_words()
  std::string note;
};
BOOST_DESCRIBE_STRUCT(Request, (),
                      (name, title, file, challenger_version, share_bps, seed, buckets, strata,
                       start_date, end_date, horizon_days, metric, margin_bps, guards, note))

const std::vector<std::string>& file_words();    // tables an experiment may be about
const std::vector<std::string>& strata_words();  // bucket, product, balance_band
const std::vector<std::string>& metric_words();  // recovered, cured
const std::vector<std::string>& guard_words();   // complaints, contacts

struct Experiment {
  ExperimentId experiment_id{0};
  Request asked;
  std::string state;  // requested | starting | running | stopped | refused
  std::string requested_by;
  kernel::Instant requested_at;
  std::string reviewed_by, review_note;
  std::optional<kernel::Instant> reviewed_at;
  std::optional<kernel::Date> book_date;
  std::string book_edition, split_json;
  std::string stopped_by, stop_reason;
  std::optional<kernel::Date> stopped_on;
};

// What later rooms know, wired by app.
struct Ports {
  // Whether a reviewer released these bytes as a challenger of the file.
  std::function<kernel::Result<bool>(store::Transaction&, std::string_view file,
                                     std::string_view version)>
      is_trial;
  // Holds in force, by customer number: who has one takes no part.
  std::function<std::map<std::string, std::string>(store::Transaction&, kernel::Instant)> held;
  std::function<std::unordered_map<std::string, int>(store::Transaction&, kernel::Instant from,
                                                     kernel::Instant to)>
      contacts_between;
  // The version of the file in force in the night of that date; empty where there was none.
  std::function<kernel::Result<std::string>(kernel::Date, std::string_view file)> version_of;
};

// Borrowed; they live as long as the server.
struct Deps {
  store::Store& store;
  const book::Shelf& shelf;
  std::filesystem::path decisions;
  Ports ports;
};
std::vector<http::Route> routes(const Deps& deps);
// The same answers for the command line.
kernel::Result<std::string> list_text(const Deps& deps, kernel::Date today);
kernel::Result<std::string> verdict_text(const Deps& deps, std::string_view name,
                                         kernel::Date today);

// ---- life --------------------------------------------------------------------------------------

kernel::Result<Experiment> request(const Deps& deps, const Request& asked, std::string_view by,
                                   kernel::Instant now);
// By somebody else than who requested it: splits the persons of the latest book, records each with
// a fact, and lets the experiment begin on its start date, which must still be to come. Killed in
// between, it is approved again and goes on.
kernel::Result<Experiment> approve(const Deps& deps, ExperimentId experiment_id,
                                   std::string_view note, std::string_view by, kernel::Instant now);
kernel::Result<Experiment> refuse(const Deps& deps, ExperimentId experiment_id,
                                  std::string_view note, std::string_view by, kernel::Instant now);
// From the next night on nobody is treated by the challenger; what was recorded stays.
kernel::Result<Experiment> stop(const Deps& deps, ExperimentId experiment_id,
                                std::string_view reason, std::string_view by, kernel::Instant now);

std::vector<Experiment> load_experiments(store::Transaction& tx);  // newest first
std::optional<Experiment> find_experiment(store::Transaction& tx, ExperimentId experiment_id);

// ---- the night ---------------------------------------------------------------------------------

// An experiment the night of a date is part of.
struct Running {
  ExperimentId experiment_id{0};
  std::string name, file, version, seed;
  std::int64_t share_bps = 0;
  std::vector<std::string> buckets, strata;
  // Everything above in one line, for the key of the night.
  std::string text() const;
};
std::vector<Running> running_on(store::Transaction& tx, kernel::Date date);  // by name

// The arms recorded before the night, to freeze: experiment and arm (codes), customer_no and
// person_no (texts). Rows without an experiment tell which customer numbers are one person's.
column::Sheet load_arms(store::Transaction& tx, const std::vector<Running>& running,
                        kernel::Date date, const book::BookView& opening);

// Adds the column `arm` to aged accounts of a cut. Who comes into the population tonight, without
// a hold, gets the arm the seed gives; who has an arm keeps it. Leaves the newcomers: experiment,
// arm and stratum (codes), customer_no, person_no (texts), overdue_fen (i64).
kernel::Result<column::Sheet> decide_arms(column::Sheet& accounts, const column::Sheet& customers,
                                          const strategy::Models& in_force,
                                          const std::vector<Running>& running,
                                          const column::Sheet& arms, unsigned threads);
// Records the newcomers, each with a fact; those that are there already are left as they are.
void save_newcomers(store::Transaction& tx, const std::vector<Running>& running,
                    const column::Sheet& newcomers, kernel::Date date, kernel::Instant now);

}  // namespace experiment
