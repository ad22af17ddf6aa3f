#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "allocation/desks.h"
#include "allocation/indexes.h"
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

std::int8_t outcome_code(std::string_view word) {
  const auto at = std::find(outcome_words.begin(), outcome_words.end(), word);
  CHECK_MSG(at != outcome_words.end(), "a word the column allotment does not have");
  return static_cast<std::int8_t>(at - outcome_words.begin());
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

// The words of several blocks, each with a number of its own.
struct Words {
  std::vector<std::string> words;
  // By code of a block.
  std::vector<std::int16_t> numbers_of(const std::vector<std::string>& of_block) {
    std::vector<std::int16_t> numbers;
    for (const std::string& word : of_block) {
      const auto known = std::find(words.begin(), words.end(), word);
      numbers.push_back(static_cast<std::int16_t>(known - words.begin()));
      if (known == words.end()) words.push_back(word);
    }
    return numbers;
  }
};

}  // namespace

class Night::Deciding {
 public:
  Deciding(const column::Sheet& accounts, const column::Sheet& customers, const NightInput& input)
      : input_(input),
        desks_(input.collectors),
        account_no_(accounts.texts("account_no")),
        customer_no_(customers.texts("customer_no")),
        customer_of_(accounts.get<std::int32_t>("customer_row")),
        priority_(accounts.get<std::int32_t>("priority")),
        region_(accounts.get<std::int32_t>("region_code")),
        dpd_(customers.get<std::int32_t>("dpd")),
        leads_(customers.rows()),
        desk_(customers.rows(), -1),
        outcome_(customers.rows(), outcome_code(nobody)),
        by_hand_(customers.rows()),
        by_number_(customers.rows(), input.threads,
                   [this](std::size_t row) { return customer_no_.at(row); }) {
    CHECK_MSG(desks_.size() < 32'768, "more collectors than a code column has codes");
    for (const Collector& collector : input.collectors)
      barred_.insert(collector.barred.begin(), collector.barred.end());
  }

  kernel::Status ask_table(column::Sheet& block, std::size_t first) {
    TRY(book::decide_by_table(block, input_.allocation,
                              {.decision = "allocation", .threads = input_.threads}));
    const column::Codes team = block.codes("team"), skill = block.codes("skill");
    const auto team_of = teams_.numbers_of(*team.words),
               skill_of = skills_.numbers_of(*skill.words);
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::int16_t t = team.values[row], s = skill.values[row];
      if (t < 0) {
        return kernel::Error{kernel::Code::invalid_input,
                             "the table gives no team for some account", "allocation.dmn"};
      }
      meet({static_cast<std::int32_t>(first + row), team_of[at(t)],
            s < 0 ? std::int16_t{-1} : skill_of[at(s)]});
    }
    return kernel::Ok{};
  }

  kernel::Status decide() {
    TRY_ASSIGN(const TeamWorths worths, load_team_worths(input_));
    find_standing();
    PlanInput plan;
    for (std::size_t desk = 0; desk < desks_.size(); ++desk) {
      const TeamWorth& worth = worths.at(desks_.at(desk).team);
      plan.desks.push_back(
          {desks_.at(desk).capacity, 0, worth.continuity_points, worth.load_points});
    }
    hand_out(honour_hands(plan), plan);
    return kernel::Ok{};
  }

  void give(column::Sheet& block) const {
    std::vector<std::string> names;
    for (std::size_t desk = 0; desk < desks_.size(); ++desk) {
      names.push_back(desks_.at(desk).user_name);
    }
    const auto customer_of = block.get<std::int32_t>("customer_row");
    const auto collector = block.add_codes("collector", std::move(names));
    const auto allotment = block.add_codes("allotment", outcome_words);
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const auto customer = static_cast<std::size_t>(customer_of[row]);
      collector[row] = desk_[customer];
      allotment[row] = outcome_[customer];
    }
  }

  void put_leads(column::Sheet& customers) const {
    const auto lead_account = customers.add<std::int32_t>("lead_account");
    for (std::size_t row = 0; row < leads_.size(); ++row) lead_account[row] = leads_[row].account;
  }

 private:
  // The account that speaks for its customer, and what the table says of it.
  struct Lead {
    std::int32_t account = -1;
    std::int16_t team = -1, skill = -1;
  };
  struct ToWork {
    std::int32_t priority = 0;
    Index customer = 0;
  };

  static bool needs(const Lead& lead) { return lead.team != 0; }  // not `nobody`

  bool leads(const Lead& a, const Lead& b) const {
    if (needs(a) != needs(b)) return needs(a);
    const auto row_a = at(a.account), row_b = at(b.account);
    const std::int32_t pa = priority_[row_a], pb = priority_[row_b];
    if (pa != pb) return pa > pb;
    return account_no_.at(row_a) < account_no_.at(row_b);
  }

  void meet(const Lead& account) {
    Lead& lead = leads_[at(customer_of_[at(account.account)])];
    if (lead.account < 0 || leads(account, lead)) lead = account;
  }

  std::size_t need_of(std::size_t customer) {
    const Lead& lead = leads_[customer];
    const std::int32_t region = region_[at(lead.account)];
    const auto need = [&](std::string_view barred_customer) {
      return Need{teams_.words[at(lead.team)], lead.skill < 0 ? "" : skills_.words[at(lead.skill)],
                  region, std::string(barred_customer)};
    };
    if (const std::string_view customer_no = customer_no_.at(customer);
        barred_.contains(customer_no))
      return desks_.number(need(customer_no));
    const auto [known, is_new] = needs_.try_emplace(std::tuple(lead.team, lead.skill, region));
    if (is_new) known->second = desks_.number(need(""));
    return known->second;
  }

  void find_standing() {
    const std::vector<Standing>& standing = input_.standing;
    const column::Order had(standing.size(), input_.threads,
                            [&](std::size_t i) { return standing[i].customer_no; });
    std::size_t next = 0;
    for (std::size_t i = 0; i < standing.size(); ++i) {
      const Standing& one = standing[had.at(i)];
      while (next < leads_.size() && customer_no_.at(by_number_.at(next)) < one.customer_no) ++next;
      if (next == leads_.size()) return;
      const std::size_t customer = by_number_.at(next);
      if (customer_no_.at(customer) != one.customer_no) continue;
      const auto desk = desks_.find(one.collector);
      if (!desk) continue;
      desk_[customer] = static_cast<std::int16_t>(*desk);
      by_hand_[customer] = one.by_hand;
    }
  }

  bool is_barred(std::size_t customer, std::size_t desk) const {
    const std::vector<std::string>& barred = desks_.at(desk).barred;
    return !barred.empty() &&
           std::find(barred.begin(), barred.end(), customer_no_.at(customer)) != barred.end();
  }

  // What hands gave and who merely waits stay as they are; the rest is to be handed out, by
  // priority, highest first. Until then theirs is the desk that had them, and fits perhaps.
  std::vector<ToWork> honour_hands(PlanInput& plan) {
    std::vector<ToWork> to_work;
    for (std::size_t i = 0; i < leads_.size(); ++i) {
      const std::size_t customer = by_number_.at(i);
      const Lead& lead = leads_[customer];
      CHECK_MSG(lead.account >= 0, "a customer of the book without an account");
      std::int16_t& desk = desk_[customer];
      if (desk >= 0 && is_barred(customer, at(desk))) desk = -1;
      if (desk >= 0 && by_hand_[customer]) {
        outcome_[customer] = outcome_code("manual");
        if (needs(lead)) ++plan.desks[at(desk)].used;
      } else if (needs(lead)) {
        to_work.push_back({priority_[at(lead.account)], static_cast<Index>(customer)});
      } else if (desk >= 0 && dpd_[customer] > 0) {
        outcome_[customer] = outcome_code("waiting");
      } else {
        desk = -1;
      }
    }
    std::stable_sort(to_work.begin(), to_work.end(),
                     [](const ToWork& a, const ToWork& b) { return a.priority > b.priority; });
    return to_work;
  }

  void hand_out(const std::vector<ToWork>& to_work, PlanInput& plan) {
    plan.cases.reserve(to_work.size());
    for (const ToWork& one : to_work) {
      const std::size_t need = need_of(at(one.customer));
      const std::int16_t before = desk_[at(one.customer)];
      const bool fits = before >= 0 && desks_.fits(at(before), need);
      plan.cases.push_back({.priority = one.priority,
                            .need = static_cast<std::int32_t>(need),
                            .before = fits ? before : std::int32_t{-1}});
    }
    for (std::size_t need = 0; need < desks_.numbers(); ++need)
      plan.fitting.push_back(desks_.fitting(need));
    const std::vector<std::int32_t> desk_of = decide_plan(plan);
    for (std::size_t i = 0; i < to_work.size(); ++i) {
      const std::size_t customer = at(to_work[i].customer);
      const PlanCase& one = plan.cases[i];
      desk_[customer] = static_cast<std::int16_t>(desk_of[i]);
      outcome_[customer] = outcome_code(desk_of[i] < 0             ? desks_.why_not(at(one.need))
                                        : desk_of[i] == one.before ? "kept"
                                                                   : "new");
    }
  }

  const NightInput& input_;
  Desks desks_;
  column::Texts account_no_, customer_no_;
  column::Values<std::int32_t> customer_of_, priority_, region_, dpd_;
  Words teams_{{std::string(nobody)}}, skills_;
  std::map<std::tuple<std::int16_t, std::int16_t, std::int32_t>, std::size_t> needs_;
  std::set<std::string_view> barred_;  // customers whom somebody must not work for
  // By customer row:
  std::vector<Lead> leads_;
  std::vector<std::int16_t> desk_;    // as the night begins, then as it ends; −1: nobody
  std::vector<std::int8_t> outcome_;  // code of a word of the column allotment
  std::vector<bool> by_hand_;
  column::Order by_number_;
};

Night::Night(const column::Sheet& accounts, const column::Sheet& customers, const NightInput& input)
    : deciding_(std::make_unique<Deciding>(accounts, customers, input)) {}
Night::~Night() = default;

kernel::Status Night::ask_table(column::Sheet& block, std::size_t first) {
  return deciding_->ask_table(block, first);
}
kernel::Status Night::decide() {
  return deciding_->decide();
}
void Night::give(column::Sheet& block) const {
  deciding_->give(block);
}
void Night::put_leads(column::Sheet& customers) const {
  deciding_->put_leads(customers);
}

}  // namespace allocation
