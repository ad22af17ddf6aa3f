#pragma once
// What people do when asked and what asking costs, read from simulation.dmn: the tables answer once
// for every combination of words there is, and each account then looks its answer up.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "decision/decision.h"
#include "kernel/result.h"

namespace simulation {

struct Habit {
  std::int64_t clears_ppm = 0, part_ppm = 0;
};
struct DueDay {
  std::int64_t full_ppm = 0, min_ppm = 0;
};
struct Response {
  std::int64_t pays_ppm = 0, promises_ppm = 0;
};
struct Amount {
  std::int64_t full_bps = 0, due_bps = 0, part_from_bps = 0, part_to_bps = 0;
};
struct Manner {
  std::int64_t pause_days = 0;     // between two attempts under the same treatment
  bool counts_unanswered = false;  // an attempt that reached nobody is a contact all the same
};
struct Circumstance {
  std::int64_t lost_ppm = 0, hardship_ppm = 0;
};

// The words the answers are asked for, in the order of a sheet's codes.
struct Dictionaries {
  std::vector<std::string> bucket, grade, work, channel;
  bool operator==(const Dictionaries&) const = default;
};

// Answers by code. Everything is a plain array.
class Answers {
 public:
  static kernel::Result<Answers> ask(const decision::Model& model, const Dictionaries& words);

  static constexpr std::size_t contacts_max = 15;  // more are asked about as this many

  const Habit& habit(std::size_t bucket, std::size_t grade) const {
    return habits_[bucket * grades_ + grade];
  }
  const DueDay& due_day(std::size_t grade) const { return due_days_[grade]; }
  std::int64_t factor_bps(std::size_t grade) const { return factors_[grade]; }
  std::int64_t kept_ppm(std::size_t bucket, std::size_t grade) const {
    return kept_[bucket * grades_ + grade];
  }
  std::int64_t reach_ppm(std::size_t work, std::size_t channel, std::size_t bucket) const {
    return reach_[(work * channels_ + channel) * buckets_ + bucket];
  }
  const Response& response(std::size_t work, std::size_t channel, std::size_t bucket) const {
    return responses_[(work * channels_ + channel) * buckets_ + bucket];
  }
  const Amount& amount(std::size_t bucket) const { return amounts_[bucket]; }
  std::int64_t complaint_ppm(std::size_t channel, std::size_t contacts_7d) const {
    return complaints_[channel * (contacts_max + 1) + contacts_7d];
  }
  const Manner& manner(std::size_t channel) const { return manners_[channel]; }
  const Circumstance& circumstance(std::size_t bucket) const { return circumstances_[bucket]; }
  std::int64_t spent_fen(std::size_t work, std::size_t channel) const {
    return costs_[work * channels_ + channel];
  }

 private:
  kernel::Status ask_buckets(const decision::Model& model, const Dictionaries& words);
  kernel::Status ask_grades(const decision::Model& model, const Dictionaries& words);
  kernel::Status ask_work(const decision::Model& model, const Dictionaries& words);
  kernel::Status ask_channels(const decision::Model& model, const Dictionaries& words);

  std::size_t buckets_ = 0, grades_ = 0, channels_ = 0;
  std::vector<Habit> habits_;
  std::vector<DueDay> due_days_;
  std::vector<std::int64_t> factors_, kept_, reach_, complaints_, costs_;
  std::vector<Response> responses_;
  std::vector<Amount> amounts_;
  std::vector<Manner> manners_;
  std::vector<Circumstance> circumstances_;
};

// The few numbers of simulation.dmn that stand alone.
struct Settings {
  std::int64_t promise_days_max = 0, complaint_days = 0, fit_accounts_min = 0, fit_editions_max = 0;
};
kernel::Result<Settings> read_settings(const decision::Model& model);

}  // namespace simulation
