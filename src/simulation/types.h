#pragma once
// What would happen under other tables: the whole book decided by the tables in force and by a
// draft, side by side, for tonight or for many nights of a seeded model of what people do. What
// enters: an edition of the book, the models of both sides, a seed. What leaves: a report of whole
// numbers and the accounts that differ. Never true: the book, a row or a fact of the casebook
// changed by it; the same inputs and seed giving other bytes, whatever the threads.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "book/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "store/store.h"
#include "strategy/types.h"

namespace simulation {

const std::vector<store::Migration>& schema();

// ---- what is asked -----------------------------------------------------------------------------

// What the policy packs allow, by person and day (gate::Packs tells).
struct Caps {
  int person_day = 3;  // contacts
  int number_day = 6;  // attempts
};

struct Progress {
  std::string stage;  // fit, accrue, age, score, treat, act, compare, save
  std::int32_t night = 0, nights = 0;
  std::int64_t done_rows = 0, total_rows = 0;  // accounts × nights × sides
};

struct Options {
  std::filesystem::path data_dir;
  kernel::Date date;  // of the book that is the start
  strategy::Models in_force, draft;
  std::int32_t nights = 1;  // 1: tonight
  std::uint64_t seed = 1;
  unsigned threads = 1;
  Caps caps;
  std::function<void(const Progress&)> on_progress;  // may be empty
  std::function<bool()> cancelled;                   // may be empty
};

// ---- what is answered --------------------------------------------------------------------------

// Sums over the nights of some of the accounts. Expected figures are Σ probability × amount before
// the dice fall; the others are what fell.
struct Sums {
  std::int64_t account_nights = 0;
  std::int64_t attempts = 0, contacts = 0;  // contacts: as the gate counts them
  std::int64_t paid_fen = 0, expected_fen = 0, spent_fen = 0;
  std::int64_t complaints_milli = 0;  // expected, thousandths of one
};
BOOST_DESCRIBE_STRUCT(Sums, (),
                      (account_nights, attempts, contacts, paid_fen, expected_fen, spent_fen,
                       complaints_milli))

// One code of a variable (bucket, grade, balance_band, product) on both sides.
struct SegmentLine {
  std::string variable, code;
  std::int64_t accounts = 0;  // at the start, by the tables in force
  Sums today, draft;
};
BOOST_DESCRIBE_STRUCT(SegmentLine, (), (variable, code, accounts, today, draft))

struct TreatmentLine {
  std::string treatment;
  std::int64_t tonight_today = 0, tonight_draft = 0;  // accounts on the first night
  std::int64_t nights_today = 0, nights_draft = 0;    // account-nights
};
BOOST_DESCRIBE_STRUCT(TreatmentLine, (),
                      (treatment, tonight_today, tonight_draft, nights_today, nights_draft))

struct ChannelSide {
  std::int64_t attempts = 0, contacts = 0, held_back = 0, spent_fen = 0;
};
BOOST_DESCRIBE_STRUCT(ChannelSide, (), (attempts, contacts, held_back, spent_fen))
// held_back: attempts the caps of the policy packs, or the room's capacity, left undone.
struct ChannelLine {
  std::string channel;
  ChannelSide today, draft;
};
BOOST_DESCRIBE_STRUCT(ChannelLine, (), (channel, today, draft))

struct TeamSide {
  std::int64_t needed = 0, needed_max = 0, served = 0;  // customers: sums, and the worst night
};
BOOST_DESCRIBE_STRUCT(TeamSide, (), (needed, needed_max, served))
struct TeamLine {
  std::string team;
  std::int64_t available = 0;  // customers a night
  TeamSide today, draft;
};
BOOST_DESCRIBE_STRUCT(TeamLine, (), (team, available, today, draft))

struct DayChannel {
  std::string channel;
  std::int64_t today = 0, draft = 0;  // attempts
};
BOOST_DESCRIBE_STRUCT(DayChannel, (), (channel, today, draft))

struct DaySide {
  std::int64_t overdue_accounts = 0, overdue_fen = 0, balance_fen = 0;
  std::int64_t attempts = 0, contacts = 0, needed = 0, served = 0;
  std::int64_t paid_fen = 0, expected_fen = 0, spent_fen = 0, complaints_milli = 0;
};
BOOST_DESCRIBE_STRUCT(DaySide, (),
                      (overdue_accounts, overdue_fen, balance_fen, attempts, contacts, needed,
                       served, paid_fen, expected_fen, spent_fen, complaints_milli))
struct DayLine {
  kernel::Date date;
  DaySide today, draft;
  std::vector<DayChannel> channels;
  std::int64_t differing_accounts = 0;  // whose treatment that night is another
};
BOOST_DESCRIBE_STRUCT(DayLine, (), (date, today, draft, channels, differing_accounts))

struct Totals {
  std::int64_t attempts = 0, contacts = 0, held_back = 0;
  std::int64_t paid_fen = 0, expected_fen = 0, spent_fen = 0;
  std::int64_t complaints_milli = 0, complaints = 0;
  std::int64_t promises_made = 0, promises_kept = 0, promises_broken = 0;
  std::int64_t lost = 0, hardships = 0;
  std::int64_t due_paid_fen = 0;  // by their due day, of accounts not past due: not recovery
  std::int64_t charged_fen = 0;   // interest and fees of these nights
  std::int64_t balance_start_fen = 0, balance_end_fen = 0;
  std::int64_t overdue_start_fen = 0, overdue_end_fen = 0;
  std::int64_t overdue_accounts_start = 0, overdue_accounts_end = 0;
};
BOOST_DESCRIBE_STRUCT(Totals, (),
                      (attempts, contacts, held_back, paid_fen, expected_fen, spent_fen,
                       complaints_milli, complaints, promises_made, promises_kept, promises_broken,
                       lost, hardships, due_paid_fen, charged_fen, balance_start_fen,
                       balance_end_fen, overdue_start_fen, overdue_end_fen, overdue_accounts_start,
                       overdue_accounts_end))

// Where accounts of a bucket stand after the last night.
struct EndLine {
  std::string bucket;
  std::int64_t accounts_start = 0, accounts_today = 0, accounts_draft = 0;
  std::int64_t overdue_start_fen = 0, overdue_today_fen = 0, overdue_draft_fen = 0;
};
BOOST_DESCRIBE_STRUCT(EndLine, (),
                      (bucket, accounts_start, accounts_today, accounts_draft, overdue_start_fen,
                       overdue_today_fen, overdue_draft_fen))

// From which treatment to which, on the first night they differ.
struct ChangeLine {
  std::string treatment_from, treatment_to;
  std::int64_t accounts = 0, overdue_fen = 0;
};
BOOST_DESCRIBE_STRUCT(ChangeLine, (), (treatment_from, treatment_to, accounts, overdue_fen))

// How the model's payment rates of a bucket were made to fit the book.
struct FitLine {
  std::string bucket;
  std::int64_t accounts = 0;  // account-nights observed
  std::int64_t observed = 0;  // of them, that paid (M0: missed the due day)
  std::int64_t expected = 0;  // the same by the tables' first values
  std::int64_t factor_bps = 10000;
  std::string source;  // fitted | assumed
  std::string reason;  // of assumed: one_edition, few_accounts, no_payments
};
BOOST_DESCRIBE_STRUCT(FitLine, (),
                      (bucket, accounts, observed, expected, factor_bps, source, reason))

struct Override {
  std::string file, version_today, version_draft;
};
BOOST_DESCRIBE_STRUCT(Override, (), (file, version_today, version_draft))

struct Differing {
  std::int64_t accounts = 0, customers = 0;  // on any night, in anything
  std::int64_t tonight = 0;                  // accounts, on the first night
  std::int64_t treatment = 0, grade = 0, priority = 0, bucket = 0, team = 0;  // first difference
  std::int64_t overdue_fen = 0;  // of the accounts, at their first difference
};
BOOST_DESCRIBE_STRUCT(Differing, (),
                      (accounts, customers, tonight, treatment, grade, priority, bucket, team,
                       overdue_fen))

struct Report {
  kernel::Date date;
  std::string edition;
  std::int64_t nights = 0, seed = 0, accounts = 0, customers = 0;
  std::vector<Override> overrides;
  std::string behaviour_version;  // of simulation.dmn
  std::int64_t fit_pairs = 0;     // of editions that were compared
  std::vector<FitLine> fit;
  Totals today, draft;
  Differing differing;
  std::vector<ChangeLine> changes;
  std::vector<TreatmentLine> treatments;
  std::vector<ChannelLine> channels;
  std::vector<TeamLine> teams;
  std::vector<SegmentLine> segments;
  std::vector<EndLine> ends;
  std::vector<DayLine> days;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (date, edition, nights, seed, accounts, customers, overrides,
                       behaviour_version, fit_pairs, fit, today, draft, differing, changes,
                       treatments, channels, teams, segments, ends, days))

struct Result {
  Report report;
  column::Sheet cases{0};  // an account that differs a row; see README.md
};

// `conflict` with "cancelled" where the caller said so. Reads the book, writes nothing.
kernel::Result<Result> simulate(const Options& options);
inline constexpr const char* cancelled_message = "cancelled";

std::string render_text(const Report& report);
// A line an account that differs.
std::string render_cases_csv(const column::Sheet& cases);

// ---- jobs --------------------------------------------------------------------------------------

// A version of a table as the life of tables knows it.
struct TableVersion {
  std::int64_t version_id = 0;
  std::string file, version;
};

// What other rooms supply.
struct Ports {
  std::function<kernel::Result<strategy::Models>(store::Transaction&, kernel::Date)>
      models_in_force;
  // The same with these versions in place of theirs.
  std::function<kernel::Result<strategy::Models>(store::Transaction&, kernel::Date,
                                                 const std::vector<std::int64_t>& version_ids)>
      models_with;
  std::function<kernel::Result<TableVersion>(store::Transaction&, std::int64_t version_id)>
      find_version;
  // A run of these very bytes came to its end.
  std::function<void(store::Transaction&, std::string_view version, std::string_view simulation_id,
                     kernel::Instant now)>
      record_simulated;
  std::function<Caps(store::Transaction&, kernel::Date)> caps;  // of the packs in force
};

struct Setup {
  std::filesystem::path data_dir;
  std::string runner;  // this machine: jobs of another one are not ours to call failed
  unsigned threads = 1;
  Ports ports;
};

// Runs simulations one after another on a thread of its own, in the background. Jobs that were
// running when the process ended are marked failed when the next one starts.
class Jobs {
 public:
  Jobs(store::Store& store, Setup setup);
  ~Jobs();  // cancels what runs; what is queued stays queued
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  class Inside;
  Inside& inside() const { return *inside_; }
  // Routes may be listed without; nothing runs before.
  void start(std::function<kernel::Instant()> clock);

 private:
  std::unique_ptr<Inside> inside_;
};

std::vector<http::Route> routes(Jobs& jobs);

}  // namespace simulation
