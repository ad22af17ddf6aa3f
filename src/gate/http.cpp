// /gate: what compliance looks at. Reads only; contacts are asked for in casework.

#include <algorithm>
#include <boost/describe/class.hpp>
#include <map>

#include "gate/pack_view.h"
#include "gate/types.h"
#include "http/json.h"

namespace gate {

using http::Role;
using kernel::Code;
using kernel::Error;
using kernel::Result;

// ---- what goes in and out ----------------------------------------------------------------------

// Who asks, as if: a user of ours in good standing unless something else is said.
struct AsIf {
  std::string case_id, contact_point_id, channel, purpose;
  bool says_debt = true;
  std::optional<int> visitors;
  std::optional<kernel::Instant> at;  // now, where nothing is said
  std::optional<std::string> asker;   // a user, agency or machine as it stands; none: as if
  std::optional<bool> certified, recording_ready;
};
BOOST_DESCRIBE_STRUCT(AsIf, (),
                      (case_id, contact_point_id, channel, purpose, says_debt, visitors, at, asker,
                       certified, recording_ready))

struct FactShown {
  std::string name, value;  // the value as a FEEL literal
};
BOOST_DESCRIBE_STRUCT(FactShown, (), (name, value))

struct AsIfAnswer {
  Answer answer;
  std::vector<FactShown> facts;
};
BOOST_DESCRIBE_STRUCT(AsIfAnswer, (), (answer, facts))

struct Period {
  std::optional<kernel::Date> from, to;  // both included; the last 30 days where nothing is said
};
BOOST_DESCRIBE_STRUCT(Period, (), (from, to))

struct OnDay {
  std::optional<kernel::Date> date;  // today, where nothing is said
};
BOOST_DESCRIBE_STRUCT(OnDay, (), (date))

struct RefusedDay {
  kernel::Date date;
  std::string code;
  std::int64_t refusals = 0;
};
BOOST_DESCRIBE_STRUCT(RefusedDay, (), (date, code, refusals))

struct GrantedDay {
  kernel::Date date;
  std::int64_t granted = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(GrantedDay, (), (date, granted, refused))

struct Named {
  std::string name;
  std::int64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(Named, (), (name, n))

struct RefusalReport {
  kernel::Date from, to;
  std::vector<GrantedDay> days;   // each day of the period
  std::vector<RefusedDay> rules;  // each rule of each day that refused; one refusal may have many
  std::vector<Named> channels, askers;  // refusals by channel, and by who asked
};
BOOST_DESCRIBE_STRUCT(RefusalReport, (), (from, to, days, rules, channels, askers))

struct Used {
  int contacts = 0;  // had today
  std::int64_t persons = 0;
};
BOOST_DESCRIBE_STRUCT(Used, (), (contacts, persons))

struct CapsToday {
  kernel::Date date;
  int cap_person_day = 0, cap_number_day = 0;
  int open_minute = 0, close_minute = 0;  // of the day, in China
  std::vector<Used> persons;              // by contacts had; those with none are not counted
  std::vector<Used> numbers;              // by attempts made
  std::vector<Named> states;              // today's permits
  std::vector<Named> channels;            // today's permits by channel
};
BOOST_DESCRIBE_STRUCT(CapsToday, (),
                      (date, cap_person_day, cap_number_day, open_minute, close_minute, persons,
                       numbers, states, channels))

namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000, kChinaMicros = 8 * 3'600'000'000LL;
constexpr int kDaysMax = 400;

Result<AsIfAnswer> ask_as_if(store::Store& store, const Gate& gate, const AsIf& in,
                             kernel::Instant now) {
  if (!in.contact_point_id.starts_with(in.case_id + ":"))
    return Error{Code::not_found, "the case has no such contact point", "contact_point_id"};
  Request request{.customer_no = in.case_id,
                  .contact_point_id = in.contact_point_id,
                  .channel = in.channel,
                  .purpose = in.purpose,
                  .says_debt = in.says_debt,
                  .visitors = in.visitors.value_or(0)};
  if (in.asker && !in.asker->empty())
    request.asker = *in.asker;
  else
    request.vouched = AskerFacts{.kind = "user",
                                 .certified = in.certified.value_or(true),
                                 .recording_ready = in.recording_ready.value_or(true)};
  return store.read([&](store::Transaction& tx) -> Result<AsIfAnswer> {
    Explained explained = gate.explain(tx, request, in.at.value_or(now));
    AsIfAnswer out{.answer = std::move(explained.answer), .facts = {}};
    for (auto& [name, value] : explained.facts)
      out.facts.push_back({std::move(name), std::move(value)});
    return out;
  });
}

Result<std::pair<kernel::Date, kernel::Date>> read_period(const Period& in, kernel::Date today) {
  const kernel::Date to = in.to.value_or(today), from = in.from.value_or(to.plus_days(-29));
  if (from > to || to - from >= kDaysMax)
    return Error{Code::invalid_input, "a period of 1 to 400 days", "from"};
  return std::pair(from, to);
}

std::string day_of(std::string_view column) {  // days since 1970, in China
  return "(" + std::string(column) + " + " + std::to_string(kChinaMicros) + ") / " +
         std::to_string(kDayMicros);
}

std::vector<Named> sorted(const std::map<std::string, std::int64_t>& counts) {
  std::vector<Named> all;
  for (const auto& [name, n] : counts) all.push_back({name, n});
  std::stable_sort(all.begin(), all.end(),
                   [](const Named& a, const Named& b) { return a.n > b.n; });
  return all;
}

// "agency:x" and "machine:x" as they are; all users together: this page is about rules.
std::string asker_kind(const std::string& asker) {
  return asker.find(':') == asker.npos ? "user" : asker;
}

void split_codes(const std::string& codes, const std::function<void(std::string)>& each) {
  for (std::size_t at = 0; at < codes.size();) {
    const std::size_t end = std::min(codes.find(' ', at), codes.size());
    if (end > at) each(codes.substr(at, end - at));
    at = end + 1;
  }
}

Result<RefusalReport> report(store::Transaction& tx, kernel::Date from, kernel::Date to) {
  RefusalReport out{.from = from, .to = to};
  for (int d = 0; d <= to - from; ++d) out.days.push_back({.date = from.plus_days(d)});
  const kernel::Instant begin = kernel::Instant::china(from, 0);
  const kernel::Instant end = kernel::Instant::china(to.plus_days(1), 0);
  const auto place = [&](std::int64_t day) { return static_cast<std::size_t>(day - from.days()); };
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> rules;
  std::map<std::string, std::int64_t> channels, askers;
  tx.query("SELECT " + day_of("refused_at") +
               " AS day, codes, channel, asker, COUNT(*) FROM refusal"
               " WHERE refused_at >= $1 AND refused_at < $2 GROUP BY 1, 2, 3, 4",
           {begin, end}, [&](const store::Row& row) {
             const std::int64_t n = row.i64(4);
             out.days[place(row.i64(0))].refused += n;
             channels[row.text(2)] += n;
             askers[asker_kind(row.text(3))] += n;
             split_codes(row.text(1), [&](std::string code) {
               rules[{row.i64(0), std::move(code)}] += n;
             });
           });
  tx.query("SELECT " + day_of("reserved_at") +
               " AS day, COUNT(*) FROM permit WHERE reserved_at >= $1 AND reserved_at < $2"
               " GROUP BY 1",
           {begin, end},
           [&](const store::Row& row) { out.days[place(row.i64(0))].granted += row.i64(1); });
  for (const auto& [key, n] : rules)
    out.rules.push_back({from.plus_days(static_cast<int>(key.first - from.days())), key.second, n});
  out.channels = sorted(channels);
  out.askers = sorted(askers);
  return out;
}

std::vector<Used> by_count(const std::map<int, std::int64_t>& counts) {
  std::vector<Used> all;
  for (const auto& [contacts, persons] : counts) all.push_back({contacts, persons});
  return all;
}

Result<CapsToday> caps(store::Transaction& tx, const Gate& gate, kernel::Instant now) {
  const kernel::Date today = now.china_date();
  const Packs packs = gate.packs(tx, today);
  const Packs::Window window = packs.window();
  CapsToday out{.date = today,
                .cap_person_day = packs.cap_person_day(),
                .cap_number_day = packs.cap_number_day(),
                .open_minute = window.open_minute,
                .close_minute = window.close_minute};
  std::map<int, std::int64_t> persons, numbers;
  for (const auto& [person, contacts] : contacts_today(tx, now)) ++persons[contacts];
  std::map<std::string, std::int64_t> states, channels;
  const kernel::Instant begin = kernel::Instant::china(today, 0);
  const kernel::Instant end = kernel::Instant::china(today.plus_days(1), 0);
  tx.query(
      "SELECT COUNT(*) FROM permit WHERE reserved_at >= $1 AND reserved_at < $2"
      " AND state <> 'revoked' GROUP BY number_index",
      {begin, end}, [&](const store::Row& row) { ++numbers[static_cast<int>(row.i64(0))]; });
  tx.query(
      "SELECT state, channel, COUNT(*) FROM permit WHERE reserved_at >= $1"
      " AND reserved_at < $2 GROUP BY state, channel",
      {begin, end}, [&](const store::Row& row) {
        states[row.text(0)] += row.i64(2);
        channels[row.text(1)] += row.i64(2);
      });
  out.persons = by_count(persons);
  out.numbers = by_count(numbers);
  out.states = sorted(states);
  out.channels = sorted(channels);
  return out;
}

}  // namespace

std::vector<http::Route> routes(store::Store& store, const Gate& gate) {
  const http::Access explorers = http::only({Role::compliance, Role::admin});
  const http::Access staff =
      http::only({Role::analyst, Role::compliance, Role::auditor, Role::admin});
  const http::Access readers =
      http::only({Role::lead, Role::compliance, Role::auditor, Role::admin});
  return {
      http::route<AsIf, AsIfAnswer>(
          "POST", "/api/v1/gate/as-if", "gate",
          "Ask as if, at any time and as anybody: every fact and every rule. Nothing is counted",
          explorers,
          [&store, &gate](const AsIf& in, const http::Request& request) {
            return ask_as_if(store, gate, in, request.now);
          }),
      http::route<Period, RefusalReport>(
          "GET", "/api/v1/gate/refusals", "gate", "What was refused, by rule and day", readers,
          [&store](const Period& in, const http::Request& request) -> Result<RefusalReport> {
            TRY_ASSIGN(const auto period, read_period(in, request.now.china_date()));
            return store.read(
                [&](store::Transaction& tx) { return report(tx, period.first, period.second); });
          }),
      http::route<http::Nothing, CapsToday>(
          "GET", "/api/v1/gate/today", "gate", "How much of the caps is used today", readers,
          [&store, &gate](const http::Nothing&, const http::Request& request) {
            return store.read([&](store::Transaction& tx) { return caps(tx, gate, request.now); });
          }),
      http::route<OnDay, PacksShown>(
          "GET", "/api/v1/packs", "gate",
          "The packs in force on a day: rows with what they rest on, options, whom they protect",
          staff,
          [&store, &gate](const OnDay& in, const http::Request& request) -> Result<PacksShown> {
            const kernel::Date date = in.date.value_or(request.now.china_date());
            return store.read([&](store::Transaction& tx) -> Result<PacksShown> {
              return show_packs(gate.packs(tx, date).set(), date);
            });
          }),
  };
}

}  // namespace gate
