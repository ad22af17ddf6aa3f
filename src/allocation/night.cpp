#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "allocation/desks.h"
#include "allocation/plan.h"
#include "book/types.h"
#include "column/sorted.h"

namespace allocation {

namespace {

constexpr std::string_view nobody = "none";  // the team of an account that needs nobody
constexpr std::string_view worth_decision = "allocation_worth";

// The words of the column allotment; their order is their code.
const std::vector<std::string> outcome_words = {
    "none",    "manual",   "kept",      "new",           "waiting",
    "no_team", "no_skill", "no_region", "not_certified", "no_capacity"};

std::int16_t outcome_code(std::string_view word) {
  const auto at = std::find(outcome_words.begin(), outcome_words.end(), word);
  CHECK_MSG(at != outcome_words.end(), "a word the column allotment does not have");
  return static_cast<std::int16_t>(at - outcome_words.begin());
}

// What the table says a team's places are worth.
struct TeamWorth {
  std::int64_t continuity_points = 0, load_points = 0;
};
using TeamWorths = std::map<std::string, TeamWorth>;

kernel::Result<TeamWorth> load_team_worth(const decision::Model& model, const std::string& team) {
  const decision::Evaluation said = model.evaluate(worth_decision, {{"team", team}});
  const auto wrong = [&](const std::string& what) {
    return kernel::Error{kernel::Code::invalid_input,
                         what + " for the team " + team +
                             (said.messages.empty() ? "" : ": " + said.messages.front()),
                         "allocation.dmn"};
  };
  if (said.value.kind() != decision::Kind::context)
    return wrong("the table " + std::string(worth_decision) + " has no row");
  TeamWorth worth;
  for (const auto& [name, points] : {std::pair("continuity_points", &worth.continuity_points),
                                     std::pair("load_points", &worth.load_points)}) {
    const decision::Value* value = said.value.context().find(name);
    const auto number = value ? value->to_int64() : std::nullopt;
    if (!number || *number < 0 || *number > points_max)
      return wrong(std::string(name) + " must be a whole number from 0 to " +
                   std::to_string(points_max));
    *points = *number;
  }
  return worth;
}

kernel::Result<TeamWorths> load_team_worths(const NightInput& input) {
  if (!input.allocation.has(worth_decision))
    return kernel::Error{kernel::Code::invalid_input,
                         "the table " + std::string(worth_decision) +
                             " is missing: take it over from the shipped file",
                         "allocation.dmn"};
  TeamWorths worths;
  for (const Collector& collector : input.collectors) {
    if (worths.contains(collector.team)) continue;
    TRY_ASSIGN(worths[collector.team], load_team_worth(input.allocation, collector.team));
  }
  return worths;
}

class Night {
 public:
  Night(column::Sheet& accounts, column::Sheet& customers, const NightInput& input)
      : accounts_(accounts),
        customers_(customers),
        input_(input),
        desks_(input.collectors),
        team_(accounts.codes("team")),
        skill_(accounts.codes("skill")),
        account_no_(accounts.texts("account_no")),
        customer_no_(customers.texts("customer_no")),
        priority_(accounts.get<std::int32_t>("priority")),
        region_(accounts.get<std::int32_t>("region_code")),
        order_(accounts.get<std::int32_t>("account_order")),
        first_(customers.get<std::int32_t>("first_account")),
        count_(customers.get<std::int32_t>("account_count")),
        dpd_(customers.get<std::int32_t>("dpd")),
        lead_(customers.rows()),
        desk_(customers.rows(), -1),
        outcome_(customers.rows(), outcome_code(nobody)),
        had_(customers.rows(), -1),
        by_hand_(customers.rows()) {
    CHECK_MSG(desks_.size() < 32'768, "more collectors than a code column has codes");
    for (const Collector& collector : input.collectors)
      barred_.insert(collector.barred.begin(), collector.barred.end());
  }

  void decide(const TeamWorths& worths) {
    decide_leads();
    find_standing();
    PlanInput plan;
    for (std::size_t desk = 0; desk < desks_.size(); ++desk) {
      const TeamWorth& worth = worths.at(desks_.at(desk).team);
      plan.desks.push_back(
          {desks_.at(desk).capacity, 0, worth.continuity_points, worth.load_points});
    }
    std::vector<std::size_t> to_work = honour_hands(plan);
    sort_by_priority(to_work);
    hand_out(to_work, plan);
    put_columns();
  }

 private:
  bool needs(std::size_t account) const { return team_.at(account) != nobody; }
  std::size_t lead(std::size_t customer) const { return static_cast<std::size_t>(lead_[customer]); }

  std::size_t need_of(std::size_t customer) {
    const std::size_t account = lead(customer);
    const std::int16_t team = team_.values[account], skill = skill_.values[account];
    if (const std::string_view customer_no = customer_no_.at(customer);
        barred_.contains(customer_no))
      return desks_.number({std::string(team_.at(account)), std::string(skill_.at(account)),
                            region_[account], std::string(customer_no)});
    const auto [at, is_new] = needs_.try_emplace(std::tuple(team, skill, region_[account]));
    if (is_new) {
      at->second = desks_.number(
          {std::string(team_.at(account)), std::string(skill_.at(account)), region_[account], ""});
    }
    return at->second;
  }

  bool leads(std::size_t a, std::size_t b) const {
    if (needs(a) != needs(b)) return needs(a);
    if (priority_[a] != priority_[b]) return priority_[a] > priority_[b];
    return account_no_.at(a) < account_no_.at(b);
  }

  void decide_leads() {
    for (std::size_t customer = 0; customer < customers_.rows(); ++customer) {
      CHECK_MSG(count_[customer] > 0, "a customer of the book without an account");
      const auto begin = static_cast<std::size_t>(first_[customer]);
      std::size_t best = static_cast<std::size_t>(order_[begin]);
      for (std::size_t i = 1; i < static_cast<std::size_t>(count_[customer]); ++i) {
        const auto account = static_cast<std::size_t>(order_[begin + i]);
        if (leads(account, best)) best = account;
      }
      lead_[customer] = static_cast<std::int32_t>(best);
    }
  }

  void find_standing() {
    const std::vector<Standing>& standing = input_.standing;
    const column::Order rows(customers_.rows(), input_.threads,
                             [&](std::size_t row) { return customer_no_.at(row); });
    const column::Order had(standing.size(), input_.threads,
                            [&](std::size_t i) { return standing[i].customer_no; });
    std::size_t at = 0;
    for (std::size_t i = 0; i < standing.size(); ++i) {
      const Standing& one = standing[had.at(i)];
      while (at < customers_.rows() && customer_no_.at(rows.at(at)) < one.customer_no) ++at;
      if (at == customers_.rows()) return;
      if (customer_no_.at(rows.at(at)) != one.customer_no) continue;
      const auto desk = desks_.find(one.collector);
      if (!desk) continue;
      had_[rows.at(at)] = static_cast<std::int16_t>(*desk);
      by_hand_[rows.at(at)] = one.by_hand;
    }
  }

  // The desk that had the customer, where it is still there.
  std::optional<std::size_t> had(std::size_t customer) const {
    if (had_[customer] < 0) return std::nullopt;
    return static_cast<std::size_t>(had_[customer]);
  }

  void give(std::size_t customer, std::size_t desk, std::string_view outcome) {
    desk_[customer] = static_cast<std::int16_t>(desk);
    outcome_[customer] = outcome_code(outcome);
  }

  // What hands gave and who merely waits stay as they are; the rest is to be handed out.
  std::vector<std::size_t> honour_hands(PlanInput& plan) {
    std::vector<std::size_t> to_work;
    for (std::size_t customer = 0; customer < customers_.rows(); ++customer) {
      const bool work = needs(lead(customer));
      auto desk = had(customer);
      if (desk && is_barred(customer, *desk)) desk.reset();
      if (desk && by_hand_[customer]) {
        give(customer, *desk, "manual");
        if (work) ++plan.desks[*desk].used;
      } else if (work) {
        to_work.push_back(customer);
      } else if (desk && dpd_[customer] > 0) {
        give(customer, *desk, "waiting");
      }
    }
    return to_work;
  }

  bool is_barred(std::size_t customer, std::size_t desk) const {
    const std::vector<std::string>& barred = desks_.at(desk).barred;
    return !barred.empty() &&
           std::find(barred.begin(), barred.end(), customer_no_.at(customer)) != barred.end();
  }

  void sort_by_priority(std::vector<std::size_t>& customers) const {
    std::sort(customers.begin(), customers.end(), [&](std::size_t a, std::size_t b) {
      const std::int32_t pa = priority_[lead(a)], pb = priority_[lead(b)];
      return pa != pb ? pa > pb : customer_no_.at(a) < customer_no_.at(b);
    });
  }

  std::optional<std::size_t> yesterdays(std::size_t customer, std::size_t need) const {
    const auto desk = had(customer);
    if (!desk || !desks_.fits(*desk, need)) return std::nullopt;
    return desk;
  }

  // Customers by priority, highest first.
  void hand_out(const std::vector<std::size_t>& customers, PlanInput& plan) {
    for (const std::size_t customer : customers) {
      const std::size_t need = need_of(customer);
      const auto before = yesterdays(customer, need);
      plan.cases.push_back({.priority = priority_[lead(customer)],
                            .need = static_cast<std::int32_t>(need),
                            .before = before ? static_cast<std::int32_t>(*before) : -1});
    }
    for (std::size_t need = 0; need < desks_.numbers(); ++need)
      plan.fitting.push_back(desks_.fitting(need));
    const std::vector<std::int32_t> desk_of = decide_plan(plan);
    for (std::size_t i = 0; i < customers.size(); ++i) {
      const PlanCase& one = plan.cases[i];
      if (desk_of[i] < 0)
        outcome_[customers[i]] = outcome_code(desks_.why_not(static_cast<std::size_t>(one.need)));
      else
        give(customers[i], static_cast<std::size_t>(desk_of[i]),
             desk_of[i] == one.before ? "kept" : "new");
    }
  }

  void put_columns() {
    std::vector<std::string> names;
    for (std::size_t desk = 0; desk < desks_.size(); ++desk) {
      names.push_back(desks_.at(desk).user_name);
    }
    const auto collector = accounts_.add_codes("collector", std::move(names));
    const auto allotment = accounts_.add_codes("allotment", outcome_words);
    for (std::size_t customer = 0; customer < customers_.rows(); ++customer) {
      const auto begin = static_cast<std::size_t>(first_[customer]);
      for (std::size_t i = 0; i < static_cast<std::size_t>(count_[customer]); ++i) {
        const auto account = static_cast<std::size_t>(order_[begin + i]);
        collector[account] = desk_[customer];
        allotment[account] = outcome_[customer];
      }
    }
    const auto lead_account = customers_.add<std::int32_t>("lead_account");
    std::copy(lead_.begin(), lead_.end(), lead_account.begin());
  }

  column::Sheet& accounts_;
  column::Sheet& customers_;
  const NightInput& input_;
  Desks desks_;
  column::Codes team_, skill_;
  column::Texts account_no_, customer_no_;
  column::Values<std::int32_t> priority_, region_, order_, first_, count_, dpd_;
  std::map<std::tuple<std::int16_t, std::int16_t, std::int32_t>, std::size_t> needs_;
  std::set<std::string_view> barred_;  // customers whom somebody must not work for
  std::vector<std::int32_t> lead_;
  std::vector<std::int16_t> desk_, outcome_;  // by customer row; desk −1: nobody
  std::vector<std::int16_t> had_;             // desk as the night begins, the same
  std::vector<bool> by_hand_;
};

}  // namespace

kernel::Status decide_night(column::Sheet& accounts, column::Sheet& customers,
                            const NightInput& input) {
  TRY(book::decide_by_table(accounts, input.allocation,
                            {.decision = "allocation", .threads = input.threads}));
  const auto teams = accounts.codes("team").values;
  if (std::find(teams.begin(), teams.end(), std::int16_t{-1}) != teams.end()) {
    return kernel::Error{kernel::Code::invalid_input, "the table gives no team for some account",
                         "allocation.dmn"};
  }
  TRY_ASSIGN(const TeamWorths worths, load_team_worths(input));
  Night(accounts, customers, input).decide(worths);
  return kernel::Ok{};
}

}  // namespace allocation
