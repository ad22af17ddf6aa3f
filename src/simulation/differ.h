#pragma once
// Where the two sides part: each account's first night of another decision, from what to what.

#include <mutex>

#include "simulation/side.h"

namespace simulation {

class Differences {
 public:
  explicit Differences(std::size_t accounts) : seen_(accounts, 0) {}

  // Compares the columns of a night; returns accounts whose treatment is another that night.
  std::int64_t compare(const Side& today, const Side& draft, std::int32_t night, unsigned threads);

  Differing sums(const column::Sheet& accounts) const;
  std::vector<ChangeLine> changes() const;  // the most frequent first
  // The accounts that differ, by account_no. paid_fen: of all nights.
  column::Sheet cases(const Side& today, const Side& draft);

 private:
  // What is compared, by code; each has its own list of words over both sides and all nights.
  enum What : std::size_t {
    treatment,
    channel,
    work,
    script,
    grade,
    approach,
    bucket,
    team,
    skill
  };
  static constexpr std::size_t whats = 9;

  struct First {
    std::int32_t row = 0;
    std::int16_t night = 0;
    std::array<std::int16_t, whats> from{}, to{};
    std::int32_t row_from = 0, row_to = 0, priority_from = 0, priority_to = 0;
    std::int64_t overdue_fen = 0;
  };
  struct Column;
  static const char* name_of(std::size_t what);
  std::int16_t code_of(std::size_t what, const std::string& word);

  std::vector<std::uint8_t> seen_;
  std::array<std::vector<std::string>, whats> words_;
  std::vector<First> firsts_;  // in no order until asked
  std::mutex mutex_;
};

}  // namespace simulation
