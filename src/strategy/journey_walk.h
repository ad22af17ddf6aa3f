#pragma once
// Walk: many accounts through the nights at once. Each night the tables decide all of them on
// columns; what matters of the past is kept for each: contacts of the week, treatments had.

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "strategy/journey.h"

namespace strategy {

// An account on one night, in the words of treatment.dmn.
struct JourneyState {
  std::string product, grade, approach, bucket;
  std::string status = "open", flag = "none", promise = "none";
  std::int64_t promise_days = 0, broken_promises = 0, dpd = 0, due_in_days = -1;
  std::int64_t overdue_fen = 0, balance_fen = 0, contacts_7d = 0;

  decision::Context inputs() const;
};

struct JourneyAnswer {
  std::string treatment, channel, work, script;
  int row = 0;
};

// The parts that never change on a path.
struct JourneySegment {
  std::string product, grade, approach, band;
  std::int64_t overdue_fen = 0, balance_fen = 0;
};

class JourneyTables {
 public:
  static kernel::Result<JourneyTables> prepare(const Models& models, int nights);

  // Decides them all; nullopt where the table has no answer.
  kernel::Result<std::vector<std::optional<JourneyAnswer>>> decide(
      const std::vector<JourneyState>& states) const;
  // The same of one, exactly.
  std::optional<JourneyAnswer> decide_one(const JourneyState& state) const;

  const std::vector<JourneySegment>& segments() const { return segments_; }
  const std::vector<std::string>& buckets() const { return buckets_; }  // by days past due
  const std::vector<std::string>& bucket_order() const { return bucket_order_; }
  const std::vector<std::string>& flags() const { return flags_; }

 private:
  kernel::Status find_buckets(const decision::Model& bucket, int nights);
  kernel::Status find_segments(const decision::Model& grade);
  void find_bands(std::vector<JourneySegment>& bands) const;

  const decision::Model* treatment_ = nullptr;
  std::optional<decision::ColumnProgram> program_;
  std::size_t table_ = 0;  // of "treatment" among the program's
  std::vector<JourneySegment> segments_;
  std::vector<std::string> buckets_, bucket_order_, flags_, products_;
};

}  // namespace strategy
