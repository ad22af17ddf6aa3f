#include "experiment/rules.h"

#include <cmath>

namespace experiment {

namespace {

using decision::Value;

constexpr std::int64_t million = 1'000'000;

kernel::Error broken(std::string what) {
  return {kernel::Code::invalid_input, std::move(what), "experiment.dmn"};
}

kernel::Result<std::int64_t> number_of(const decision::Model& model, const char* name) {
  const auto value = model.evaluate(name, {}).value.to_int64();
  if (!value || *value <= 0 || *value > million)
    return broken(std::string("its decision '") + name + "' is a whole number, 1 to 1,000,000");
  return *value;
}

// Rounded outwards or inwards by a millionth at most; a table compares whole numbers.
std::int64_t ppm(double value) {
  const double scaled = std::floor(value * static_cast<double>(million));
  return static_cast<std::int64_t>(std::fmin(std::fmax(scaled, -1e15), 1e15));
}

std::string word_in(const Value& value, const char* name) {
  if (value.kind() == decision::Kind::string) return value.string();
  if (value.kind() != decision::Kind::context) return {};
  const Value* part = value.context().find(name);
  return part != nullptr && part->kind() == decision::Kind::string ? part->string() : "";
}

kernel::Result<Said> said_by(const decision::Evaluation& answer, const char* decision) {
  Said said{word_in(answer.value, decision), word_in(answer.value, "advice"), 0, "", ""};
  if (said.word.empty() || answer.fired.empty()) {
    return broken(std::string("its decision '") + decision + "' gives no word" +
                  (answer.messages.empty() ? "" : ": " + answer.messages.front()));
  }
  said.row = answer.fired.front().row;
  said.rule_id = answer.fired.front().rule_id;
  said.annotation = answer.fired.front().annotation;
  return said;
}

}  // namespace

kernel::Result<Rules> Rules::read(decision::Model model) {
  Rules rules(std::move(model));
  TRY_ASSIGN(const std::int64_t alpha, number_of(rules.model_, "alpha_ppm"));
  TRY_ASSIGN(const std::int64_t guard_alpha, number_of(rules.model_, "guard_alpha_ppm"));
  TRY_ASSIGN(const std::int64_t contact_margin, number_of(rules.model_, "contact_margin"));
  TRY_ASSIGN(rules.contact_cap_, number_of(rules.model_, "contact_cap"));
  rules.alpha_ = static_cast<double>(alpha) / static_cast<double>(million);
  rules.guard_alpha_ = static_cast<double>(guard_alpha) / static_cast<double>(million);
  rules.contact_margin_ = static_cast<double>(contact_margin) / 100;
  return rules;
}

kernel::Result<Said> Rules::check_state(std::string_view check, double value) const {
  return said_by(model_.evaluate("check_state", {{"check", check}, {"value_ppm", ppm(value)}}),
                 "check_state");
}

kernel::Result<Said> Rules::verdict(std::string_view checks, bool guard_breached,
                                    std::int64_t followed, double lower, double upper,
                                    std::int64_t margin_bps) const {
  // The limits are widened to the next millionth.
  const std::int64_t low = ppm(lower), high = -ppm(-upper), margin = margin_bps * 100;
  return said_by(model_.evaluate("verdict", {{"checks", checks},
                                             {"guard", guard_breached ? "breached" : "ok"},
                                             {"followed", followed},
                                             {"lower_ppm", low},
                                             {"upper_ppm", high},
                                             {"lower_to_margin_ppm", low + margin},
                                             {"upper_to_margin_ppm", high - margin}}),
                 "verdict");
}

}  // namespace experiment
