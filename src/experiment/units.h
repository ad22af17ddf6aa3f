#pragma once
// Persons of a book: customer numbers that are one person, its worst account, what it owes. What
// enters: accounts and customers as columns, and who is whose. What leaves: one Unit a person.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "column/column.h"
#include "experiment/types.h"

namespace experiment {

// customer_no → the person's first customer number; only those of persons with several.
using PersonOf = std::map<std::string, std::string, std::less<>>;

struct Unit {
  std::string_view person_no;
  std::vector<std::size_t> customers;     // rows
  std::vector<std::int64_t> overdue_fen;  // of each of them
  std::size_t worst = 0;                  // the account row of the most days past due
  std::string_view flag;                  // of any account; empty: no hold
};

std::vector<Unit> units_of(const column::Sheet& accounts, const column::Sheet& customers,
                           const PersonOf& person_of);

// Whether the person is one the experiment is about, by the worst account's bucket.
class Population {
 public:
  Population(const column::Sheet& accounts, const std::vector<std::string>& buckets);
  bool has(const Unit& unit) const;

 private:
  column::Codes bucket_;
  column::Values<std::int32_t> dpd_;
  std::vector<char> wanted_;  // by code; empty: everyone past due
};

// "M2/card/small": the person's stratum by the columns named.
std::string stratum_of(const column::Sheet& accounts, const std::vector<std::string>& strata,
                       const Unit& unit);

// The numbers the seed gives a person: one to be split by, one to be looked at in order.
std::uint64_t split_number(std::string_view seed, std::string_view experiment,
                           std::string_view person_no);
std::uint64_t order_number(std::string_view seed, std::string_view experiment,
                           std::string_view person_no);
// For who comes later: challenger where the number lies in the first share_bps of 10,000.
bool is_challenger(std::uint64_t number, std::int64_t share_bps);

}  // namespace experiment
