#include "experiment/units.h"

#include <algorithm>
#include <unordered_map>

#include "kernel/hash.h"

namespace experiment {

namespace {

constexpr std::string_view no_flag = "none";

class Builder {
 public:
  Builder(const column::Sheet& accounts, const column::Sheet& customers)
      : customer_no_(customers.texts("customer_no")),
        order_(accounts.get<std::int32_t>("account_order")),
        first_(customers.get<std::int32_t>("first_account")),
        count_(customers.get<std::int32_t>("account_count")),
        dpd_(accounts.get<std::int32_t>("dpd")),
        overdue_(accounts.get<std::int64_t>("overdue_fen")) {
    if (accounts.has("flag")) flag_ = accounts.codes("flag");
  }

  void add(Unit& unit, std::size_t customer) const {
    const bool fresh = unit.customers.empty();
    unit.customers.push_back(customer);
    unit.overdue_fen.push_back(0);
    const auto begin = static_cast<std::size_t>(first_[customer]);
    const auto end = begin + static_cast<std::size_t>(count_[customer]);
    for (std::size_t i = begin; i < end; ++i) {
      const auto account = static_cast<std::size_t>(order_[i]);
      unit.overdue_fen.back() += overdue_[account];
      if ((fresh && i == begin) || dpd_[account] > dpd_[unit.worst]) unit.worst = account;
      if (flag_.words != nullptr && flag_.values[account] >= 0 && flag_.at(account) != no_flag) {
        unit.flag = flag_.at(account);
      }
    }
  }

  std::string_view customer_no(std::size_t row) const { return customer_no_.at(row); }
  std::size_t size() const { return customer_no_.size(); }
  bool has_accounts(std::size_t row) const { return count_[row] > 0; }

 private:
  column::Texts customer_no_;
  column::Values<std::int32_t> order_, first_, count_, dpd_;
  column::Values<std::int64_t> overdue_;
  column::Codes flag_;
};

std::uint64_t number_of(std::string_view purpose, std::string_view seed,
                        std::string_view experiment, std::string_view person_no) {
  std::string text;
  for (const std::string_view part : {purpose, seed, experiment, person_no}) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  const std::string hash = kernel::sha256(text);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(hash[i]);
  return number;
}

}  // namespace

std::vector<Unit> units_of(const column::Sheet& accounts, const column::Sheet& customers,
                           const PersonOf& person_of) {
  const Builder builder(accounts, customers);
  std::vector<Unit> units;
  units.reserve(builder.size());
  std::unordered_map<std::string_view, std::size_t> several;  // person_no → unit
  for (std::size_t row = 0; row < builder.size(); ++row) {
    if (!builder.has_accounts(row)) continue;
    const std::string_view customer_no = builder.customer_no(row);
    const auto person = person_of.find(customer_no);
    if (person != person_of.end()) {
      const auto [at, fresh] = several.emplace(person->second, units.size());
      if (fresh) units.push_back({.person_no = person->second});
      builder.add(units[at->second], row);
    } else {
      units.push_back({.person_no = customer_no});
      builder.add(units.back(), row);
    }
  }
  return units;
}

Population::Population(const column::Sheet& accounts, const std::vector<std::string>& buckets)
    : bucket_(accounts.codes("bucket")), dpd_(accounts.get<std::int32_t>("dpd")) {
  if (buckets.empty()) return;
  for (const std::string& word : *bucket_.words) {
    wanted_.push_back(std::find(buckets.begin(), buckets.end(), word) != buckets.end() ? 1 : 0);
  }
}

bool Population::has(const Unit& unit) const {
  if (wanted_.empty()) return dpd_[unit.worst] > 0;
  const std::int16_t code = bucket_.values[unit.worst];
  return code >= 0 && wanted_[static_cast<std::size_t>(code)] != 0;
}

std::string stratum_of(const column::Sheet& accounts, const std::vector<std::string>& strata,
                       const Unit& unit) {
  std::string text;
  for (const std::string& name : strata) {
    if (!text.empty()) text += '/';
    text += accounts.codes(name).at(unit.worst);
  }
  return text;
}

std::uint64_t split_number(std::string_view seed, std::string_view experiment,
                           std::string_view person_no) {
  return number_of("split", seed, experiment, person_no);
}

std::uint64_t order_number(std::string_view seed, std::string_view experiment,
                           std::string_view person_no) {
  return number_of("order", seed, experiment, person_no);
}

bool is_challenger(std::uint64_t number, std::int64_t share_bps) {
  const auto of_10000 =
      static_cast<std::int64_t>(static_cast<unsigned __int128>(number) * 10'000 >> 64);
  return of_10000 < share_bps;
}

}  // namespace experiment
