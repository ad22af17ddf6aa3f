#include "experiment/outcomes.h"

#include <algorithm>
#include <boost/describe/class.hpp>
#include <set>
#include <unordered_map>

#include "experiment/rows.h"
#include "experiment/units.h"
#include "http/json.h"
#include "intake/types.h"
#include "kernel/money.h"

namespace experiment {

namespace {

using PersonAt = std::unordered_map<std::string, std::size_t>;

// hold_set, as the gate tells it, now or earlier; its optional fields are not of interest here.
struct HoldSet {
  std::string hold_id, kind, person;
  std::optional<kernel::Date> until;
  std::optional<std::int64_t> nth, revoked_permits;
  std::optional<std::vector<std::string>> revoked;
};
BOOST_DESCRIBE_STRUCT(HoldSet, (), (hold_id, kind, person, until, nth, revoked_permits, revoked))

class Reader {
 public:
  Reader(store::Transaction& tx, const Deps& deps, const Experiment& experiment, kernel::Date today)
      : tx_(tx), deps_(deps), e_(experiment) {
    last_treated_ = e_.asked.end_date;
    if (e_.stopped_on) last_treated_ = std::min(last_treated_, *e_.stopped_on);
    for (const kernel::Date date : deps.shelf.dates()) {
      if (date <= today) dates_.push_back(date);
    }
    if (!dates_.empty()) out_.last_book = dates_.back();
  }

  kernel::Result<Outcomes> read() {
    add_persons();
    if (out_.persons.empty() || dates_.empty()) return std::move(out_);
    TRY(add_payments());
    TRY(add_cures());
    add_contacts();
    add_holds();
    TRY(add_tables());
    TRY(add_champion_versions());
    return std::move(out_);
  }

 private:
  kernel::Date end_of(const Followed& person) const {  // the day after the horizon
    return person.assigned_on.plus_days(e_.asked.horizon_days);
  }

  void add_persons() {
    struct Gathered {
      Followed person;
      std::string stratum;
      std::uint64_t order = 0;
      std::vector<std::string> customers;
    };
    std::map<std::string, Gathered> by_person;
    for_each_person(tx_, e_.experiment_id, [&](PersonRow row) {
      Gathered& of = by_person[row.person_no];
      if (of.customers.empty() || row.assigned_on < of.person.assigned_on) {
        of.person.assigned_on = row.assigned_on;
        of.person.challenger = row.arm == strategy::arm_challenger;
        of.person.newcomer = row.how != "split";
        of.stratum = row.stratum;
      }
      of.person.overdue_fen += row.overdue_fen;
      of.customers.push_back(std::move(row.customer_no));
    });
    std::vector<Gathered> all;
    std::set<std::string> strata;
    for (auto& [person_no, of] : by_person) {
      of.person.person_no = person_no;
      of.order = order_number(e_.asked.seed, e_.asked.name, person_no);
      strata.insert(of.stratum);
      all.push_back(std::move(of));
    }
    std::sort(all.begin(), all.end(), [](const Gathered& a, const Gathered& b) {
      return std::tie(a.person.assigned_on, a.order, a.person.person_no) <
             std::tie(b.person.assigned_on, b.order, b.person.person_no);
    });
    out_.strata = strata.size();
    for (Gathered& of : all) {
      of.person.stratum =
          static_cast<std::size_t>(std::distance(strata.begin(), strata.find(of.stratum)));
      // The night that begins the day after the horizon has seen all of it.
      of.person.full = out_.last_book && end_of(of.person) <= *out_.last_book &&
                       end_of(of.person).plus_days(-1) <= last_treated_;
      for (std::string& customer : of.customers) {
        person_at_.emplace(std::move(customer), out_.persons.size());
      }
      out_.persons.push_back(std::move(of.person));
    }
  }

  const Followed* person_of(std::string_view customer_no) const {
    const auto found = person_at_.find(std::string(customer_no));
    return found == person_at_.end() ? nullptr : &out_.persons[found->second];
  }

  // By payment number, as the book takes them: a later file replaces what an earlier one said.
  kernel::Status add_payments() {
    TRY_ASSIGN(const auto book, deps_.shelf.at(dates_.back()));
    std::unordered_map<std::string_view, std::size_t> person_of_account;
    for (std::size_t row = 0; row < book->accounts().rows(); ++row) {
      const auto customer_no = book->customer_no(book->customer_of(row));
      if (const auto found = person_at_.find(std::string(customer_no)); found != person_at_.end()) {
        person_of_account.emplace(book->account_no(row), found->second);
      }
    }
    struct Payment {
      std::size_t person = 0;
      std::int64_t fen = 0;
    };
    std::unordered_map<std::string, Payment> payments;
    for (const auto& batch : intake::load_batch_refs(tx_, deps_.shelf.data_dir(), dates_.back())) {
      if (batch.kind != "payments" || batch.as_of < e_.asked.start_date) continue;
      if (batch.full) payments.clear();
      TRY_ASSIGN(const column::Sheet sheet, column::Sheet::open(batch.folder));
      const column::Texts account_no = sheet.texts("account_no");
      const column::Texts payment_no = sheet.texts("payment_no");
      const auto paid_on = sheet.get<std::int32_t>("paid_on");
      const auto amount_fen = sheet.get<std::int64_t>("amount_fen");
      for (std::size_t row = 0; row < sheet.rows(); ++row) {
        const auto found = person_of_account.find(account_no.at(row));
        if (found == person_of_account.end()) continue;
        const Followed& person = out_.persons[found->second];
        const auto on = kernel::Date::from_days(paid_on[row]);
        const bool counts = on >= person.assigned_on && on < end_of(person);
        payments[std::string(payment_no.at(row))] = {found->second, counts ? amount_fen[row] : 0};
      }
    }
    for (const auto& [payment_no, payment] : payments) {
      out_.persons[payment.person].paid_fen += payment.fen;
    }
    return kernel::Ok{};
  }

  // By the first book on or after the end of the horizon.
  kernel::Status add_cures() {
    std::map<kernel::Date, bool> wanted;
    for (const Followed& person : out_.persons) {
      if (person.full) wanted[end_of(person)] = true;
    }
    for (const auto& [end, unused] : wanted) {
      const auto date = std::lower_bound(dates_.begin(), dates_.end(), end);
      TRY_ASSIGN(const auto book, deps_.shelf.at(*date));
      const auto dpd = book->accounts().get<std::int32_t>("dpd");
      std::map<std::size_t, bool> late;  // by person met in the book
      for (const auto& [customer_no, at] : person_at_) {
        Followed& person = out_.persons[at];
        if (!person.full || end_of(person) != end) continue;
        const auto row = book->find_customer(customer_no);
        if (!row) continue;
        bool& is_late = late[at];
        for (const std::int32_t account : book->accounts_of(*row)) {
          is_late = is_late || dpd[static_cast<std::size_t>(account)] > 0;
        }
      }
      for (std::size_t at = 0; at < out_.persons.size(); ++at) {
        Followed& person = out_.persons[at];
        if (!person.full || end_of(person) != end) continue;
        const auto found = late.find(at);
        person.in_book = found != late.end();
        person.cured = person.in_book && !found->second;
      }
    }
    return kernel::Ok{};
  }

  void add_contacts() {
    if (!deps_.ports.contacts_between) return;
    std::map<kernel::Date, bool> days;
    for (const Followed& person : out_.persons) {
      if (person.full) days[person.assigned_on] = true;
    }
    for (const auto& [day, unused] : days) {
      const auto counts = deps_.ports.contacts_between(
          tx_, kernel::Instant::china(day, 0),
          kernel::Instant::china(day.plus_days(e_.asked.horizon_days), 0));
      for (const auto& [customer_no, count] : counts) {
        const auto found = person_at_.find(customer_no);
        if (found == person_at_.end()) continue;
        Followed& person = out_.persons[found->second];
        if (person.full && person.assigned_on == day) person.contacts += count;
      }
    }
  }

  void add_holds() {
    tx_.query(
        "SELECT subject, made_at, body FROM single_fact WHERE kind = 'hold_set'"
        " AND made_at >= $1 AND made_at < $2 ORDER BY made_at, fact_id",
        {kernel::Instant::china(e_.asked.start_date, 0),
         kernel::Instant::china(last_treated_.plus_days(1), 0)},
        [&](const store::Row& row) {
          const auto found = person_at_.find(row.text(0).substr(sizeof("customer:") - 1));
          const auto body = http::parse_json<HoldSet>(row.text(2));
          if (found == person_at_.end() || !body) return;
          Followed& person = out_.persons[found->second];
          if (row.instant(1) < kernel::Instant::china(person.assigned_on, 0)) return;
          if (person.held.empty()) person.held = body->kind;
          if (body->kind == "complaint" && !person.complained_at) {
            person.complained_at = row.instant(1);
          }
        });
  }

  // Nights of the experiment whose book says another arm, or none, for the person.
  kernel::Status add_tables() {
    for (const kernel::Date date : dates_) {
      if (date < e_.asked.start_date || date > last_treated_) continue;
      TRY_ASSIGN(const auto book, deps_.shelf.at(date));
      const bool tried = book->accounts().has(strategy::arm_column);
      std::vector<std::string_view> arms;  // by code
      column::Codes codes;
      if (tried) {
        codes = book->accounts().codes(strategy::arm_column);
        for (const std::string& word : *codes.words) {
          arms.push_back(strategy::arm_in(word, e_.asked.name));
        }
      }
      for (const auto& [customer_no, at] : person_at_) {
        Followed& person = out_.persons[at];
        if (person.assigned_on > date) continue;
        const auto row = book->find_customer(customer_no);
        if (!row || book->accounts_of(*row).empty()) continue;
        const auto account = static_cast<std::size_t>(book->accounts_of(*row).front());
        const bool by_challenger =
            tried && codes.values[account] >= 0 &&
            arms[static_cast<std::size_t>(codes.values[account])] == strategy::arm_challenger;
        person.other_table += by_challenger == person.challenger ? 0 : 1;
      }
    }
    return kernel::Ok{};
  }

  kernel::Status add_champion_versions() {
    if (!deps_.ports.version_of) return kernel::Ok{};
    for (const kernel::Date date : dates_) {
      if (date < e_.asked.start_date || date > last_treated_) continue;
      TRY_ASSIGN(std::string version, deps_.ports.version_of(date, e_.asked.file));
      auto& versions = out_.champion_versions;
      if (!version.empty() && (versions.empty() || versions.back().second != version)) {
        versions.emplace_back(date, std::move(version));
      }
    }
    return kernel::Ok{};
  }

  store::Transaction& tx_;
  const Deps& deps_;
  const Experiment& e_;
  kernel::Date last_treated_;
  std::vector<kernel::Date> dates_;
  Outcomes out_;
  PersonAt person_at_;  // by customer number
};

}  // namespace

double outcome_of(const Followed& person, std::string_view metric) {
  if (metric == "cured") return person.cured ? 1 : 0;
  if (person.overdue_fen <= 0) return 0;
  constexpr std::int64_t million = 1'000'000;
  const std::int64_t paid = std::clamp<std::int64_t>(person.paid_fen, 0, person.overdue_fen);
  const std::int64_t share_ppm = kernel::divide(static_cast<__int128>(paid) * million,
                                                person.overdue_fen, kernel::Rounding::half_even);
  return static_cast<double>(share_ppm) / static_cast<double>(million);
}

kernel::Result<Outcomes> load_outcomes(store::Transaction& tx, const Deps& deps,
                                       const Experiment& experiment, kernel::Date today) {
  return Reader(tx, deps, experiment, today).read();
}

}  // namespace experiment
