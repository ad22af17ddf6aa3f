// A day of one side: whom the tables want tried, who can be, who answers, pays, promises,
// complains.

#include <algorithm>
#include <mutex>

#include "simulation/side.h"

namespace simulation {

namespace {

constexpr std::int64_t bps = 10'000;
constexpr std::int16_t reminded_days = 3;  // for so long a due day remembers a reminder

std::size_t index(std::int16_t code) {
  return static_cast<std::size_t>(code);
}

std::int64_t share(std::int64_t amount_fen, std::int64_t part, std::int64_t whole) {
  return static_cast<std::int64_t>(static_cast<__int128>(amount_fen) * part / whole);
}

// The sums of a night by code, of one thread; words come when they are put together.
struct Tally {
  std::vector<Sums> bucket, grade, band, product;
  std::vector<std::int64_t> treatments;
  std::vector<ChannelSide> channels;
  DaySide day;
  std::int64_t held_back = 0, complaints = 0, complaints_ppm = 0, promises_made = 0,
               promises_kept = 0, promises_broken = 0, lost = 0, hardships = 0, due_paid_fen = 0;
};

// What one account brought to the sums tonight.
struct Deed {
  std::int64_t attempts = 0, contacts = 0, held_back = 0;
  std::int64_t paid_fen = 0, expected_fen = 0, spent_fen = 0, complaints_ppm = 0;
};

void add(Sums& sums, const Deed& deed) {
  ++sums.account_nights;
  sums.attempts += deed.attempts;
  sums.contacts += deed.contacts;
  sums.paid_fen += deed.paid_fen;
  sums.expected_fen += deed.expected_fen;
  sums.spent_fen += deed.spent_fen;
  sums.complaints_milli += deed.complaints_ppm;  // millionths until the night is put together
}

}  // namespace

// One night's reading of the columns, shared by the threads; what it writes belongs to the account
// or the customer alone.
class Acting {
 public:
  explicit Acting(Side& side)
      : side_(side),
        answers_(*side.answers_),
        accounts_(side.sheets_.accounts),
        bucket_(accounts_.codes("bucket")),
        grade_(accounts_.codes("grade")),
        band_(accounts_.codes("balance_band")),
        product_(accounts_.codes("product")),
        treatment_(accounts_.codes("treatment")),
        work_(accounts_.codes("work")),
        channel_(accounts_.codes("channel")),
        team_(accounts_.codes("team")),
        status_(accounts_.codes("status")),
        dpd_(accounts_.get<std::int32_t>("dpd")),
        due_in_days_(accounts_.get<std::int32_t>("due_in_days")),
        overdue_(accounts_.get<std::int64_t>("overdue_fen")),
        balance_(accounts_.get<std::int64_t>("balance_fen")),
        min_due_(accounts_.get<std::int64_t>("min_due_fen")),
        contacts_7d_(accounts_.get<std::int8_t>("contacts_7d")),
        order_(accounts_.get<std::int32_t>("account_order")),
        first_(side.sheets_.customers.get<std::int32_t>("first_account")),
        count_(side.sheets_.customers.get<std::int32_t>("account_count")),
        nobody_(team_.find("none")),
        closed_(status_.find("closed")),
        silent_(channel_.find("none")) {
    same_treatment_ = renamed(*treatment_.words, side.treatment_words_);
  }

  Tally tally() const {
    Tally tally;
    tally.bucket.resize(bucket_.words->size());
    tally.grade.resize(grade_.words->size());
    tally.band.resize(band_.words->size());
    tally.product.resize(product_.words->size());
    tally.treatments.resize(treatment_.words->size());
    tally.channels.resize(channel_.words->size());
    return tally;
  }

  void customer(std::size_t customer, Tally& tally) const {
    std::uint8_t& contacts =
        side_.contacts_[customer * ring_days + static_cast<std::size_t>(side_.night_) % ring_days];
    contacts = 0;  // of seven days ago
    Today today{.contacts = contacts};
    const auto lead = static_cast<std::size_t>(side_.lead_[customer]);
    today.lead = lead;
    today.served = side_.served_[customer] != 0;
    account(lead, today, tally);
    const auto begin = static_cast<std::size_t>(first_[customer]);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count_[customer]); ++i) {
      const auto row = static_cast<std::size_t>(order_[begin + i]);
      if (row != lead) account(row, today, tally);
    }
  }

  void fold(const Tally& tally, Count& count) const;

 private:
  struct Today {  // of one customer
    std::uint8_t& contacts;
    int attempts = 0;
    std::size_t lead = 0;
    bool served = false;
  };

  static std::vector<std::int16_t> renamed(const std::vector<std::string>& from,
                                           const std::vector<std::string>& to) {
    std::vector<std::int16_t> names;
    for (const std::string& word : from) {
      const auto found = std::find(to.begin(), to.end(), word);
      names.push_back(found == to.end() ? std::int16_t{-1}
                                        : static_cast<std::int16_t>(found - to.begin()));
    }
    return names;
  }

  std::int64_t luck(std::size_t row, Purpose purpose) const {
    return draw_ppm(side_.world_.keys[row], side_.night_, purpose);
  }

  void account(std::size_t row, Today& today, Tally& tally) const {
    Deed deed;
    const bool reached = attempt(row, today, deed, tally);
    side_.paid_[row] = 0;
    if (status_.values[row] != closed_ && balance_[row] > 0) pay(row, reached, deed, tally);
    complain(row, deed, tally);
    if (dpd_[row] > 0) change_circumstance(row, tally);
    side_.treatment_before_[row] = treatment_.values[row];
    side_.paid_total_[row] += deed.paid_fen;
    if (dpd_[row] <= 0) {  // what comes by its due day is not recovered by anybody
      tally.due_paid_fen += deed.paid_fen;
      deed.paid_fen = deed.expected_fen = 0;
    }
    add(tally.bucket[index(bucket_.values[row])], deed);
    add(tally.grade[index(grade_.values[row])], deed);
    add(tally.band[index(band_.values[row])], deed);
    add(tally.product[index(product_.values[row])], deed);
    ++tally.treatments[index(treatment_.values[row])];
    DaySide& day = tally.day;
    if (dpd_[row] > 0) {
      ++day.overdue_accounts;
      day.overdue_fen += overdue_[row];
    }
    day.balance_fen += balance_[row];
    day.attempts += deed.attempts;
    day.contacts += deed.contacts;
    day.paid_fen += deed.paid_fen;
    day.expected_fen += deed.expected_fen;
    day.spent_fen += deed.spent_fen;
    tally.complaints_ppm += deed.complaints_ppm;
  }

  // Tries what the treatment says, as far as the caps and the room's places let; tells whether
  // somebody answered (or an agency or court is at work on it).
  bool attempt(std::size_t row, Today& today, Deed& deed, Tally& tally) const {
    const std::size_t channel = index(channel_.values[row]), work = index(work_.values[row]);
    const bool same =
        side_.treatment_before_[row] >= 0 &&
        same_treatment_[index(treatment_.values[row])] == side_.treatment_before_[row];
    if (channel_.values[row] == silent_) {
      if (!same) deed.spent_fen += answers_.spent_fen(work, channel);
      return answers_.reach_ppm(work, channel, index(bucket_.values[row])) > 0;
    }
    ChannelSide& of_channel = tally.channels[channel];
    const bool by_people = team_.values[row] != nobody_;
    if (by_people && row != today.lead) return false;  // the customer is worked by the lead account
    const Manner& manner = answers_.manner(channel);
    if (same && side_.night_ - side_.tried_on_[row] < manner.pause_days) return false;
    const Caps& caps = side_.world_.options.caps;
    if ((by_people && !today.served) || today.contacts >= caps.person_day ||
        today.attempts >= caps.number_day) {
      ++of_channel.held_back;
      ++tally.held_back;
      return false;
    }
    side_.tried_on_[row] = static_cast<std::int16_t>(side_.night_);
    ++today.attempts;
    ++deed.attempts;
    ++of_channel.attempts;
    const std::int64_t cost = answers_.spent_fen(work, channel);
    deed.spent_fen += cost;
    of_channel.spent_fen += cost;
    const bool reached =
        luck(row, Purpose::reach) < answers_.reach_ppm(work, channel, index(bucket_.values[row]));
    if (reached || manner.counts_unanswered) {
      ++today.contacts;
      ++deed.contacts;
      ++of_channel.contacts;
    }
    if (reached) remember(row);
    return reached;
  }

  void remember(std::size_t row) const {
    side_.reminded_on_[row] = static_cast<std::int16_t>(side_.night_);
    side_.reminder_ppm_[row] = static_cast<std::int32_t>(answers_
                                                             .response(index(work_.values[row]),
                                                                       index(channel_.values[row]),
                                                                       index(bucket_.values[row]))
                                                             .pays_ppm);
  }

  void put_payment(std::size_t row, std::int64_t amount_fen, Deed& deed) const {
    const std::int64_t paid = std::clamp<std::int64_t>(amount_fen, 0, balance_[row]);
    side_.paid_[row] = paid;
    deed.paid_fen = paid;
  }

  void pay(std::size_t row, bool reached, Deed& deed, Tally& tally) const {
    if (promise_due(row)) return keep_promise(row, deed, tally);
    if (dpd_[row] > 0) return pay_overdue(row, reached, deed, tally);
    if (due_in_days_[row] == 1 || (due_in_days_[row] == 0 && side_.night_ == 0)) {
      return pay_by_due_day(row, deed);
    }
  }

  bool promise_due(std::size_t row) const {
    return side_.promise_due_[row] == side_.date_.days() && side_.promise_paid_[row] == 0;
  }

  void keep_promise(std::size_t row, Deed& deed, Tally& tally) const {
    const std::int64_t kept_ppm =
        answers_.kept_ppm(index(bucket_.values[row]), index(grade_.values[row]));
    const std::int64_t amount = std::min(side_.promise_fen_[row], balance_[row]);
    deed.expected_fen += share(amount, kept_ppm, million);
    if (luck(row, Purpose::promise_kept) >= kept_ppm) {
      ++tally.promises_broken;
      return;
    }
    ++tally.promises_kept;
    side_.promise_paid_[row] = 1;
    put_payment(row, amount, deed);
  }

  // Not past due: the payment that comes by the due day, more often where a reminder was seen.
  void pay_by_due_day(std::size_t row, Deed& deed) const {
    const std::size_t bucket = index(bucket_.values[row]), grade = index(grade_.values[row]);
    const DueDay& usual = answers_.due_day(grade);
    const std::int64_t pays = usual.full_ppm + usual.min_ppm;
    std::int64_t misses =
        std::min(share(million - pays, side_.bucket_factor_[bucket], bps), million);
    if (side_.night_ - side_.reminded_on_[row] <= reminded_days) {
      misses -= share(misses, side_.reminder_ppm_[row], million);
    }
    const std::int64_t full = pays == 0 ? 0 : share(million - misses, usual.full_ppm, pays);
    const std::int64_t minimum = std::min(min_due_[row], balance_[row]);
    deed.expected_fen +=
        share(balance_[row], full, million) + share(minimum, million - misses - full, million);
    const std::int64_t said = luck(row, Purpose::due_day);
    if (said < full) {
      put_payment(row, balance_[row], deed);
    } else if (said < million - misses) {
      put_payment(row, minimum, deed);
    }
  }

  void pay_overdue(std::size_t row, bool reached, Deed& deed, Tally& tally) const {
    const std::size_t bucket = index(bucket_.values[row]), grade = index(grade_.values[row]);
    const std::int64_t factor = side_.bucket_factor_[bucket];
    const Habit& habit = answers_.habit(bucket, grade);
    const std::int64_t clears = std::min(share(habit.clears_ppm, factor, bps), million);
    const std::int64_t part = std::min(share(habit.part_ppm, factor, bps), million - clears);
    const Amount& amount = answers_.amount(bucket);
    const std::int64_t part_mean =
        share(overdue_[row], amount.part_from_bps + amount.part_to_bps, 2 * bps);
    deed.expected_fen += share(overdue_[row], clears, million) + share(part_mean, part, million);
    const std::int64_t said = luck(row, Purpose::habit);
    if (said < clears) return put_payment(row, overdue_[row], deed);
    if (said < clears + part) return put_payment(row, part_of(row, amount), deed);
    if (reached) answer(row, factor, million - clears - part, deed, tally);
  }

  std::int64_t part_of(std::size_t row, const Amount& amount) const {
    const std::int64_t width = amount.part_to_bps - amount.part_from_bps + 1;
    const std::int64_t part =
        amount.part_from_bps + draw(side_.world_.keys[row], side_.night_, Purpose::share, width);
    return share(overdue_[row], part, bps);
  }

  // Somebody answered: pays today, promises, or neither.
  void answer(std::size_t row, std::int64_t factor, std::int64_t left_ppm, Deed& deed,
              Tally& tally) const {
    const std::size_t bucket = index(bucket_.values[row]), grade = index(grade_.values[row]);
    const Response& usual =
        answers_.response(index(work_.values[row]), index(channel_.values[row]), bucket);
    const std::int64_t by_grade = answers_.factor_bps(grade);
    const std::int64_t pays =
        std::min(share(share(usual.pays_ppm, by_grade, bps), factor, bps), million);
    const std::int64_t promises =
        std::min(share(usual.promises_ppm, by_grade, bps), million - pays);
    const Amount& amount = answers_.amount(bucket);
    const std::int64_t part_mean =
        share(overdue_[row], amount.part_from_bps + amount.part_to_bps, 2 * bps);
    const std::int64_t mean = share(balance_[row], amount.full_bps, bps) +
                              share(overdue_[row], amount.due_bps, bps) +
                              share(part_mean, bps - amount.full_bps - amount.due_bps, bps);
    deed.expected_fen += share(share(mean, pays, million), left_ppm, million);
    const std::int64_t said = luck(row, Purpose::response);
    if (said < pays) {
      const std::int64_t how = draw(side_.world_.keys[row], side_.night_, Purpose::amount, bps);
      if (how < amount.full_bps) return put_payment(row, balance_[row], deed);
      if (how < amount.full_bps + amount.due_bps) return put_payment(row, overdue_[row], deed);
      return put_payment(row, part_of(row, amount), deed);
    }
    if (said < pays + promises && !promise_open(row)) make_promise(row, tally);
  }

  bool promise_open(std::size_t row) const {
    return side_.promise_due_[row] >= side_.date_.days() && side_.promise_paid_[row] == 0;
  }

  void make_promise(std::size_t row, Tally& tally) const {
    ++tally.promises_made;
    const std::int64_t longest = std::max<std::int64_t>(side_.world_.settings.promise_days_max, 1);
    side_.promise_due_[row] = side_.date_.days() + 1 +
                              static_cast<std::int32_t>(draw(side_.world_.keys[row], side_.night_,
                                                             Purpose::promise_days, longest));
    side_.promise_fen_[row] = overdue_[row];
    side_.promise_paid_[row] = 0;
  }

  void complain(std::size_t row, Deed& deed, Tally& tally) const {
    if (deed.contacts == 0) return;
    const auto before =
        std::min<std::size_t>(static_cast<std::size_t>(std::max<std::int8_t>(contacts_7d_[row], 0)),
                              Answers::contacts_max);
    const std::int64_t ppm = answers_.complaint_ppm(index(channel_.values[row]), before);
    deed.complaints_ppm = ppm;
    if (luck(row, Purpose::complaint) >= ppm) return;
    ++tally.complaints;
    set_flag(row, side_.flag_complaint_, side_.world_.settings.complaint_days);
  }

  void change_circumstance(std::size_t row, Tally& tally) const {
    const Circumstance& chance = answers_.circumstance(index(bucket_.values[row]));
    const std::int64_t said = luck(row, Purpose::circumstance);
    if (said < chance.lost_ppm) {
      if (set_flag(row, side_.flag_lost_, 0)) ++tally.lost;
    } else if (said < chance.lost_ppm + chance.hardship_ppm) {
      if (set_flag(row, side_.flag_hardship_, 0)) ++tally.hardships;
    }
  }

  // Known of the account from the next night; one that has a flag keeps it. 0 days: for good.
  bool set_flag(std::size_t row, std::int16_t flag, std::int64_t days) const {
    if (side_.flag_[row] != side_.flag_none_) return false;
    side_.flag_[row] = flag;
    if (days > 0) side_.flag_until_[row] = side_.date_.days() + 1 + static_cast<std::int32_t>(days);
    return true;
  }

  Side& side_;
  const Answers& answers_;
  const column::Sheet& accounts_;
  column::Codes bucket_, grade_, band_, product_, treatment_, work_, channel_, team_, status_;
  column::Values<std::int32_t> dpd_, due_in_days_;
  column::Values<std::int64_t> overdue_, balance_, min_due_;
  column::Values<std::int8_t> contacts_7d_;
  column::Values<std::int32_t> order_, first_, count_;
  std::int16_t nobody_, closed_, silent_;
  std::vector<std::int16_t> same_treatment_;  // tonight's code → last night's
};

void Acting::fold(const Tally& tally, Count& count) const {
  const auto segment = [&](const char* variable, const column::Codes& codes,
                           const std::vector<Sums>& sums) {
    for (std::size_t code = 0; code < sums.size(); ++code) {
      Sums& of = count.segments[variable][(*codes.words)[code]];
      const Sums& more = sums[code];
      of.account_nights += more.account_nights;
      of.attempts += more.attempts;
      of.contacts += more.contacts;
      of.paid_fen += more.paid_fen;
      of.expected_fen += more.expected_fen;
      of.spent_fen += more.spent_fen;
      of.complaints_milli += more.complaints_milli;
    }
  };
  segment("bucket", bucket_, tally.bucket);
  segment("grade", grade_, tally.grade);
  segment("balance_band", band_, tally.band);
  segment("product", product_, tally.product);
  for (std::size_t code = 0; code < tally.treatments.size(); ++code)
    if (tally.treatments[code] > 0)
      count.treatments[(*treatment_.words)[code]] += tally.treatments[code];
  for (std::size_t code = 0; code < tally.channels.size(); ++code) {
    ChannelSide& of = count.channels[(*channel_.words)[code]];
    const ChannelSide& more = tally.channels[code];
    of.attempts += more.attempts;
    of.contacts += more.contacts;
    of.held_back += more.held_back;
    of.spent_fen += more.spent_fen;
  }
  DaySide& day = count.day;
  day.overdue_accounts += tally.day.overdue_accounts;
  day.overdue_fen += tally.day.overdue_fen;
  day.balance_fen += tally.day.balance_fen;
  day.attempts += tally.day.attempts;
  day.contacts += tally.day.contacts;
  day.paid_fen += tally.day.paid_fen;
  day.expected_fen += tally.day.expected_fen;
  day.spent_fen += tally.day.spent_fen;
  count.held_back += tally.held_back;
  count.complaints += tally.complaints;
  count.complaints_ppm += tally.complaints_ppm;
  count.promises_made += tally.promises_made;
  count.promises_kept += tally.promises_kept;
  count.promises_broken += tally.promises_broken;
  count.lost += tally.lost;
  count.hardships += tally.hardships;
  count.due_paid_fen += tally.due_paid_fen;
}

// Each customer's most urgent account, and whom the teams have places for: the most urgent first,
// as allocation does; which collector does not matter here.
void Side::choose_served() {
  const column::Codes team = sheets_.accounts.codes("team");
  const std::int16_t nobody = team.find("none");
  const auto priority = sheets_.accounts.get<std::int32_t>("priority");
  const auto order = sheets_.accounts.get<std::int32_t>("account_order");
  const auto first = sheets_.customers.get<std::int32_t>("first_account");
  const auto counts = sheets_.customers.get<std::int32_t>("account_count");
  const auto leads = [&](std::size_t a, std::size_t b) {  // accounts are in order of account_no
    const bool needs_a = team.values[a] != nobody, needs_b = team.values[b] != nobody;
    if (needs_a != needs_b) return needs_a;
    return priority[a] != priority[b] ? priority[a] > priority[b] : a < b;
  };
  std::vector<std::vector<std::int32_t>> wanting(team.words->size());
  for (std::size_t customer = 0; customer < lead_.size(); ++customer) {
    const auto begin = static_cast<std::size_t>(first[customer]);
    auto best = static_cast<std::size_t>(order[begin]);
    for (std::size_t i = 1; i < static_cast<std::size_t>(counts[customer]); ++i) {
      const auto row = static_cast<std::size_t>(order[begin + i]);
      if (leads(row, best)) best = row;
    }
    lead_[customer] = static_cast<std::int32_t>(best);
    served_[customer] = 0;
    if (team.values[best] != nobody)
      wanting[index(team.values[best])].push_back(static_cast<std::int32_t>(customer));
  }
  for (std::size_t code = 0; code < wanting.size(); ++code) {
    std::vector<std::int32_t>& customers = wanting[code];
    if (customers.empty()) continue;
    const auto found = world_.available.find((*team.words)[code]);
    const auto places = static_cast<std::size_t>(
        found == world_.available.end() ? 0 : std::max<std::int64_t>(found->second, 0));
    const auto served = std::min(places, customers.size());
    const auto more_urgent = [&](std::int32_t a, std::int32_t b) {
      const auto pa = priority[static_cast<std::size_t>(lead_[static_cast<std::size_t>(a)])];
      const auto pb = priority[static_cast<std::size_t>(lead_[static_cast<std::size_t>(b)])];
      return pa != pb ? pa > pb : a < b;
    };
    if (served < customers.size())
      std::nth_element(customers.begin(), customers.begin() + static_cast<std::ptrdiff_t>(served),
                       customers.end(), more_urgent);
    for (std::size_t i = 0; i < served; ++i) served_[static_cast<std::size_t>(customers[i])] = 1;
    TeamSide& of = count_.teams[(*team.words)[code]];
    of.needed = of.needed_max = static_cast<std::int64_t>(customers.size());
    of.served = static_cast<std::int64_t>(served);
    count_.day.needed += of.needed;
    count_.day.served += of.served;
  }
}

kernel::Status Side::act() {
  count_ = Count();
  choose_served();
  const Acting acting(*this);
  std::mutex mutex;
  book::over_rows(sheets_.customers.rows(), world_.options.threads,
                  [&](std::size_t begin, std::size_t end) {
                    Tally tally = acting.tally();
                    for (std::size_t customer = begin; customer < end; ++customer)
                      acting.customer(customer, tally);
                    const std::lock_guard lock(mutex);
                    acting.fold(tally, count_);
                  });
  count_.day.complaints_milli = count_.complaints_ppm / 1'000;
  treatment_words_ = *sheets_.accounts.codes("treatment").words;
  return kernel::Ok{};
}

}  // namespace simulation
