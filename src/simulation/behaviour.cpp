#include "simulation/behaviour.h"

#include <array>
#include <initializer_list>

namespace simulation {

namespace {

using decision::Context;
using decision::Value;

constexpr std::int64_t rate_max = 1'000'000;
constexpr std::int64_t bps_all = 10'000;
constexpr std::int64_t factor_max = 100'000;
constexpr std::int64_t fen_max = 1'000'000'000;

kernel::Error wrong(const std::string& decision, const std::string& what) {
  return {kernel::Code::invalid_input, decision + " " + what, "simulation.dmn"};
}

// One number of an answer, within its range.
kernel::Result<std::int64_t> number_of(const decision::Evaluation& said,
                                       const std::string& decision, const char* output,
                                       std::int64_t most) {
  const Value* value = &said.value;
  if (said.value.kind() == decision::Kind::context) {
    value = nullptr;
    for (const auto& [name, entry] : said.value.context().entries()) {
      if (name == output) value = &entry;
    }
  }
  const std::optional<std::int64_t> number = value ? value->to_int64() : std::nullopt;
  if (!number || *number < 0 || *number > most) {
    return wrong(decision, std::string("must give ") + output + ": a whole number from 0 to " +
                               std::to_string(most));
  }
  return *number;
}

using Outputs = std::initializer_list<std::pair<const char*, std::int64_t>>;  // name, most

kernel::Result<std::vector<std::int64_t>> ask(const decision::Model& model,
                                              const std::string& decision, const Context& inputs,
                                              Outputs outputs) {
  if (!model.has(decision)) return wrong(decision, "is missing");
  const decision::Evaluation said = model.evaluate(decision, inputs);
  std::vector<std::int64_t> numbers;
  for (const auto& [name, most] : outputs) {
    TRY_ASSIGN(const std::int64_t number, number_of(said, decision, name, most));
    numbers.push_back(number);
  }
  return numbers;
}

kernel::Status add_to_one(const std::string& decision, std::int64_t sum, std::int64_t most) {
  if (sum > most) return wrong(decision, "gives chances of more than all");
  return kernel::Ok{};
}

}  // namespace

kernel::Status Answers::ask_buckets(const decision::Model& model, const Dictionaries& words) {
  using simulation::ask;
  for (const std::string& bucket : words.bucket) {
    for (const std::string& grade : words.grade) {
      const Context inputs = {{"bucket", bucket}, {"grade", grade}};
      TRY_ASSIGN(const auto habit,
                 ask(model, "habit", inputs, {{"clears_ppm", rate_max}, {"part_ppm", rate_max}}));
      TRY(add_to_one("habit", habit[0] + habit[1], rate_max));
      habits_.push_back({habit[0], habit[1]});
      TRY_ASSIGN(const auto kept, ask(model, "promise_kept", inputs, {{"kept_ppm", rate_max}}));
      kept_.push_back(kept[0]);
    }
    const Context inputs = {{"bucket", bucket}};
    TRY_ASSIGN(const auto amount, ask(model, "amount", inputs,
                                      {{"full_bps", bps_all},
                                       {"due_bps", bps_all},
                                       {"part_from_bps", bps_all},
                                       {"part_to_bps", bps_all}}));
    TRY(add_to_one("amount", amount[0] + amount[1], bps_all));
    if (amount[2] > amount[3]) return wrong("amount", "has a part that ends before it begins");
    amounts_.push_back({amount[0], amount[1], amount[2], amount[3]});
    TRY_ASSIGN(const auto said, ask(model, "circumstance", inputs,
                                    {{"lost_ppm", rate_max}, {"hardship_ppm", rate_max}}));
    TRY(add_to_one("circumstance", said[0] + said[1], rate_max));
    circumstances_.push_back({said[0], said[1]});
  }
  return kernel::Ok{};
}

kernel::Status Answers::ask_grades(const decision::Model& model, const Dictionaries& words) {
  using simulation::ask;
  for (const std::string& grade : words.grade) {
    const Context inputs = {{"grade", grade}};
    TRY_ASSIGN(const auto due,
               ask(model, "due_day", inputs, {{"full_ppm", rate_max}, {"min_ppm", rate_max}}));
    TRY(add_to_one("due_day", due[0] + due[1], rate_max));
    due_days_.push_back({due[0], due[1]});
    TRY_ASSIGN(const auto factor, ask(model, "grade_factor", inputs, {{"factor_bps", factor_max}}));
    factors_.push_back(factor[0]);
  }
  return kernel::Ok{};
}

kernel::Status Answers::ask_work(const decision::Model& model, const Dictionaries& words) {
  using simulation::ask;
  for (const std::string& work : words.work) {
    for (const std::string& channel : words.channel) {
      for (const std::string& bucket : words.bucket) {
        const Context inputs = {{"work", work}, {"channel", channel}, {"bucket", bucket}};
        TRY_ASSIGN(const auto reach, ask(model, "reach", inputs, {{"reach_ppm", rate_max}}));
        reach_.push_back(reach[0]);
        TRY_ASSIGN(const auto said, ask(model, "response", inputs,
                                        {{"pays_ppm", rate_max}, {"promises_ppm", rate_max}}));
        TRY(add_to_one("response", said[0] + said[1], rate_max));
        responses_.push_back({said[0], said[1]});
      }
      TRY_ASSIGN(const auto cost, ask(model, "cost", {{"work", work}, {"channel", channel}},
                                      {{"attempt_cost_fen", fen_max}}));
      costs_.push_back(cost[0]);
    }
  }
  return kernel::Ok{};
}

kernel::Status Answers::ask_channels(const decision::Model& model, const Dictionaries& words) {
  using simulation::ask;
  for (const std::string& channel : words.channel) {
    TRY_ASSIGN(const auto manner, ask(model, "manner", {{"channel", channel}},
                                      {{"pause_days", 365}, {"counts_unanswered", 1}}));
    manners_.push_back({manner[0], manner[1] != 0});
    for (std::size_t contacts = 0; contacts <= contacts_max; ++contacts) {
      const Context inputs = {{"channel", channel},
                              {"contacts_7d", static_cast<std::int64_t>(contacts)}};
      TRY_ASSIGN(const auto said, ask(model, "complaint", inputs, {{"complaint_ppm", rate_max}}));
      complaints_.push_back(said[0]);
    }
  }
  return kernel::Ok{};
}

kernel::Result<Answers> Answers::ask(const decision::Model& model, const Dictionaries& words) {
  Answers all;
  all.buckets_ = words.bucket.size();
  all.grades_ = words.grade.size();
  all.channels_ = words.channel.size();
  TRY(all.ask_buckets(model, words));
  TRY(all.ask_grades(model, words));
  TRY(all.ask_work(model, words));
  TRY(all.ask_channels(model, words));
  return all;
}

kernel::Result<Settings> read_settings(const decision::Model& model) {
  Settings settings;
  const std::array<std::pair<const char*, std::int64_t Settings::*>, 4> all = {{
      {"promise_days_max", &Settings::promise_days_max},
      {"complaint_days", &Settings::complaint_days},
      {"fit_accounts_min", &Settings::fit_accounts_min},
      {"fit_editions_max", &Settings::fit_editions_max},
  }};
  for (const auto& [name, member] : all) {
    TRY_ASSIGN(const auto said, ask(model, name, {}, {{name, rate_max}}));
    settings.*member = said[0];
  }
  return settings;
}

}  // namespace simulation
