#include "simulation/report.h"

#include <algorithm>
#include <set>

namespace simulation {

namespace {

void add(Sums& sums, const Sums& more) {
  sums.account_nights += more.account_nights;
  sums.attempts += more.attempts;
  sums.contacts += more.contacts;
  sums.paid_fen += more.paid_fen;
  sums.expected_fen += more.expected_fen;
  sums.spent_fen += more.spent_fen;
  sums.complaints_milli += more.complaints_milli;
}

Sums reported(Sums sums) {
  sums.complaints_milli /= 1'000;  // were millionths
  return sums;
}

template <class Map>
auto value_of(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type() : found->second;
}

template <class Map>
std::set<std::string> keys_of(const Map& a, const Map& b) {
  std::set<std::string> keys;
  for (const auto* map : {&a, &b})
    for (const auto& [key, value] : *map) keys.insert(key);
  return keys;
}

struct Standing {
  std::int64_t accounts = 0, overdue_fen = 0;
};

std::map<std::string, Standing> by_bucket(const column::Sheet& accounts) {
  const column::Codes bucket = accounts.codes("bucket");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  std::vector<Standing> by_code(bucket.words->size());
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    Standing& of = by_code[static_cast<std::size_t>(bucket.values[row])];
    ++of.accounts;
    of.overdue_fen += overdue[row];
  }
  std::map<std::string, Standing> all;
  for (std::size_t code = 0; code < by_code.size(); ++code)
    all[(*bucket.words)[code]] = by_code[code];
  return all;
}

void put_end(const column::Sheet& accounts, Totals& totals) {
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  const auto dpd = accounts.get<std::int32_t>("dpd");
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    totals.balance_end_fen += balance[row];
    totals.overdue_end_fen += dpd[row] > 0 ? overdue[row] : 0;
    totals.overdue_accounts_end += dpd[row] > 0 ? 1 : 0;
  }
  // A balance moves by charges and payments and by nothing else.
  totals.charged_fen =
      totals.balance_end_fen - totals.balance_start_fen + totals.paid_fen + totals.due_paid_fen;
}

void put_totals(const Count& count, Totals& totals) {
  totals.held_back = count.held_back;
  totals.complaints = count.complaints;
  totals.complaints_milli = count.complaints_ppm / 1'000;
  totals.promises_made = count.promises_made;
  totals.promises_kept = count.promises_kept;
  totals.promises_broken = count.promises_broken;
  totals.lost = count.lost;
  totals.hardships = count.hardships;
  totals.due_paid_fen = count.due_paid_fen;
  totals.attempts = count.day.attempts;
  totals.contacts = count.day.contacts;
  totals.paid_fen = count.day.paid_fen;
  totals.expected_fen = count.day.expected_fen;
  totals.spent_fen = count.day.spent_fen;
}

}  // namespace

void Count::add(const Count& night) {
  for (const auto& [variable, codes] : night.segments)
    for (const auto& [code, sums] : codes) simulation::add(segments[variable][code], sums);
  for (const auto& [treatment, accounts] : night.treatments) treatments[treatment] += accounts;
  for (const auto& [channel, more] : night.channels) {
    ChannelSide& of = channels[channel];
    of.attempts += more.attempts;
    of.contacts += more.contacts;
    of.held_back += more.held_back;
    of.spent_fen += more.spent_fen;
  }
  for (const auto& [team, more] : night.teams) {
    TeamSide& of = teams[team];
    of.needed += more.needed;
    of.needed_max = std::max(of.needed_max, more.needed_max);
    of.served += more.served;
  }
  day.attempts += night.day.attempts;
  day.contacts += night.day.contacts;
  day.paid_fen += night.day.paid_fen;
  day.expected_fen += night.day.expected_fen;
  day.spent_fen += night.day.spent_fen;
  held_back += night.held_back;
  complaints += night.complaints;
  complaints_ppm += night.complaints_ppm;
  promises_made += night.promises_made;
  promises_kept += night.promises_kept;
  promises_broken += night.promises_broken;
  lost += night.lost;
  hardships += night.hardships;
  due_paid_fen += night.due_paid_fen;
}

Reporting::Reporting(const Options& options, const Side& start) {
  report_.date = options.date;
  report_.nights = options.nights;
  report_.seed = static_cast<std::int64_t>(options.seed);
  report_.accounts = static_cast<std::int64_t>(start.accounts().rows());
  report_.customers = static_cast<std::int64_t>(start.customers().rows());
}

void Reporting::add_night(std::int32_t night, const Side& today, const Side& draft,
                          std::int64_t differing_accounts) {
  if (night == 0) {
    for (const char* variable : {"bucket", "grade", "balance_band", "product"}) {
      for (const std::string& code : *today.accounts().codes(variable).words)
        order_.emplace_back(variable, code);
      for (const auto& [code, sums] : value_of(today.night().segments, variable))
        start_[{variable, code}] = sums.account_nights;
    }
    for (const auto& [treatment, accounts] : today.night().treatments)
      tonight_[treatment].first = accounts;
    for (const auto& [treatment, accounts] : draft.night().treatments)
      tonight_[treatment].second = accounts;
    const auto start = by_bucket(today.accounts());
    for (const std::string& bucket : *today.accounts().codes("bucket").words) {
      const Standing of = value_of(start, bucket);
      report_.ends.push_back(
          {.bucket = bucket, .accounts_start = of.accounts, .overdue_start_fen = of.overdue_fen});
    }
    for (const auto& [side, totals] :
         {std::pair(&today, &report_.today), {&draft, &report_.draft}}) {
      totals->balance_start_fen = side->night().day.balance_fen;
      totals->overdue_start_fen = side->night().day.overdue_fen;
      totals->overdue_accounts_start = side->night().day.overdue_accounts;
    }
  }
  today_.add(today.night());
  draft_.add(draft.night());
  DayLine line{.date = report_.date.plus_days(night),
               .today = today.night().day,
               .draft = draft.night().day,
               .differing_accounts = differing_accounts};
  for (const std::string& channel : keys_of(today.night().channels, draft.night().channels)) {
    if (channel == "none") continue;
    line.channels.push_back({channel, value_of(today.night().channels, channel).attempts,
                             value_of(draft.night().channels, channel).attempts});
  }
  report_.days.push_back(std::move(line));
}

void Reporting::add_end(const Side& today, const Side& draft) {
  put_totals(today_, report_.today);
  put_totals(draft_, report_.draft);
  put_end(today.accounts(), report_.today);
  put_end(draft.accounts(), report_.draft);
  const auto at_today = by_bucket(today.accounts()), at_draft = by_bucket(draft.accounts());
  for (EndLine& line : report_.ends) {
    const Standing of_today = value_of(at_today, line.bucket);
    const Standing of_draft = value_of(at_draft, line.bucket);
    line.accounts_today = of_today.accounts;
    line.overdue_today_fen = of_today.overdue_fen;
    line.accounts_draft = of_draft.accounts;
    line.overdue_draft_fen = of_draft.overdue_fen;
  }
}

void Reporting::put_treatments() {
  for (const std::string& treatment : keys_of(today_.treatments, draft_.treatments)) {
    const auto tonight = value_of(tonight_, treatment);
    report_.treatments.push_back({treatment, tonight.first, tonight.second,
                                  value_of(today_.treatments, treatment),
                                  value_of(draft_.treatments, treatment)});
  }
}

void Reporting::put_channels() {
  for (const std::string& channel : keys_of(today_.channels, draft_.channels)) {
    if (channel == "none") continue;
    report_.channels.push_back(
        {channel, value_of(today_.channels, channel), value_of(draft_.channels, channel)});
  }
}

void Reporting::put_teams() {
  for (const std::string& team : keys_of(today_.teams, draft_.teams)) {
    report_.teams.push_back({.team = team,
                             .today = value_of(today_.teams, team),
                             .draft = value_of(draft_.teams, team)});
  }
}

void Reporting::put_segments() {
  for (const auto* side : {&draft_.segments, &today_.segments}) {  // words only the draft has
    for (const auto& [variable, codes] : *side) {
      for (const auto& [code, sums] : codes) {
        const std::pair<std::string, std::string> key(variable, code);
        if (std::find(order_.begin(), order_.end(), key) == order_.end()) order_.push_back(key);
      }
    }
  }
  for (const auto& [variable, code] : order_) {
    SegmentLine line{.variable = variable, .code = code, .accounts = start_[{variable, code}]};
    line.today = reported(value_of(today_.segments[variable], code));
    line.draft = reported(value_of(draft_.segments[variable], code));
    if (line.today.account_nights > 0 || line.draft.account_nights > 0)
      report_.segments.push_back(std::move(line));
  }
}

Report Reporting::take() {
  put_totals(today_, report_.today);
  put_totals(draft_, report_.draft);
  if (report_.nights <= 1) report_.ends.clear();  // no night has passed
  put_treatments();
  put_channels();
  put_teams();
  put_segments();
  return std::move(report_);
}

}  // namespace simulation
