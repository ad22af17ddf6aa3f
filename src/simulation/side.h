#pragma once
// One side of a simulation: the book carried on night after night under one set of tables. What
// enters: an edition, memory-mapped and never written; the models; what both sides share. What
// leaves: each night's columns and sums.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "book/types.h"
#include "simulation/behaviour.h"
#include "simulation/chance.h"
#include "simulation/types.h"

namespace simulation {

inline constexpr std::size_t ring_days = 7;  // that contacts are remembered

// How promises stand by days since they were due, as promise.dmn says: asked once.
class PromiseDays {
 public:
  static kernel::Result<PromiseDays> of(const strategy::Models& models);
  enum State : std::int8_t { none, open, kept, broken };  // codes of the column promise
  State shown(std::int32_t days, bool paid) const;
  bool breaks_on(std::int32_t days) const { return days == grace_days_ + 1; }

 private:
  static constexpr std::int32_t from = -60, to = 120;
  std::vector<State> unpaid_, paid_;
  std::int32_t grace_days_ = 0;
};

// What of the payment rates of a bucket is multiplied by, so that they fit the book.
struct Factors {
  std::map<std::string, std::int64_t> by_bucket;  // bps; 10,000 where there is none
  std::int64_t of(const std::string& bucket) const;
};

// What both sides share and neither changes.
struct World {
  const Options& options;
  std::filesystem::path edition;
  std::vector<std::uint64_t> keys;                // luck of each account
  std::map<std::string, std::int64_t> available;  // customers a night by team
  const decision::Model* behaviour = nullptr;
  Settings settings;
  Factors factors;
};

// Sums of a night or of all, by word. complaints_milli of segments is in millionths until reported.
struct Count {
  std::map<std::string, std::map<std::string, Sums>> segments;  // variable → code
  std::map<std::string, std::int64_t> treatments;
  std::map<std::string, ChannelSide> channels;
  std::map<std::string, TeamSide> teams;
  DaySide day;
  std::int64_t held_back = 0, complaints = 0, complaints_ppm = 0;
  std::int64_t promises_made = 0, promises_kept = 0, promises_broken = 0, lost = 0, hardships = 0;
  std::int64_t due_paid_fen = 0;
  void add(const Count& night);
};

class Side {
 public:
  static kernel::Result<std::unique_ptr<Side>> open(const World& world,
                                                    const strategy::Models& models);

  // Brings the book to the start of that night: payments of the last one, interest, fees; the cut.
  kernel::Status carry_to(std::int32_t night);
  kernel::Status age();
  kernel::Status score();
  kernel::Status treat();  // grade, treatment, priority, team
  kernel::Status act();    // who is tried, who answers, who pays; fills `night()`

  const column::Sheet& accounts() const { return sheets_.accounts; }
  const column::Sheet& customers() const { return sheets_.customers; }
  const Count& night() const { return count_; }
  std::span<const std::int64_t> paid_total() const { return paid_total_; }
  std::span<const std::int64_t> paid_tonight() const { return paid_; }

 private:
  friend class Acting;
  Side(const World& world, const strategy::Models& models) : world_(world), models_(models) {}
  kernel::Status prepare();
  void read_start();
  void put_cut();
  void add_payments();
  void choose_served();
  kernel::Status ask_behaviour();

  const World& world_;
  const strategy::Models& models_;
  PromiseDays promise_days_;
  kernel::Date date_;
  std::int32_t night_ = 0;
  book::Sheets sheets_;
  column::Sheet before_{0};  // yesterday's buckets
  Dictionaries words_;
  std::unique_ptr<Answers> answers_;
  std::vector<std::int64_t> bucket_factor_;  // by bucket code
  Count count_;

  std::vector<std::string> flag_words_;
  std::int16_t flag_none_ = 0, flag_complaint_ = 0, flag_hardship_ = 0, flag_lost_ = 0;
  // By account.
  std::vector<std::int64_t> paid_, paid_total_, promise_fen_;
  std::vector<std::int32_t> promise_due_, flag_until_, reminder_ppm_;
  std::vector<std::int16_t> flag_, treatment_before_, tried_on_, reminded_on_;
  std::vector<std::int8_t> promise_paid_, broken_promises_;
  std::vector<std::string> treatment_words_;  // of treatment_before_
  // By customer.
  std::vector<std::int32_t> lead_;
  std::vector<std::int8_t> served_;
  std::vector<std::uint8_t> contacts_;  // seven days each, tonight's is night % 7
};

}  // namespace simulation
