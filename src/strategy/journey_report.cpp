#include "strategy/journey_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace strategy {

const std::vector<std::string>& journey_kinds() {
  static const std::vector<std::string> kinds = {"no_answer",     "skipped_stage",  "stuck",
                                                 "quiet",         "stays_for_good", "out_of_order",
                                                 "not_permitted", "no_level"};
  return kinds;
}

JourneySay say_no_answer() {
  return {"no_answer", "", "这一晚没有处置", "there is no treatment that night"};
}
JourneySay say_no_level(const std::string& treatment) {
  return {"no_level", treatment, fmt::format("journey.csv 没有写明处置 {} 的轻重", treatment),
          fmt::format("journey.csv does not say how harsh {} is", treatment)};
}
JourneySay say_quiet(const std::string& treatment, int nights) {
  return {"quiet", treatment,
          fmt::format("逾期账户连续 {} 夜以上无人过问（{}）", nights, treatment),
          fmt::format("an account past due is left alone for more than {} nights ({})", nights,
                      treatment)};
}
JourneySay say_for_good(const std::string& treatment) {
  return {"stays_for_good", treatment,
          fmt::format("账户进入 {} 后再也出不来，而它不是最后一步", treatment),
          fmt::format("an account never leaves {}, which is not a last step", treatment)};
}
JourneySay say_stuck(const std::string& treatment) {
  return {"stuck", treatment, fmt::format("还清后的次夜仍处置为 {}", treatment),
          fmt::format("the night after payment in full the treatment is still {}", treatment)};
}
JourneySay say_out_of_order(const std::string& treatment, const JourneyRules::Before& before) {
  return {"out_of_order", treatment,
          fmt::format("{}：此前没有 —— {}（{}）", treatment, before.zh, before.source),
          fmt::format("{} comes without what must precede it: {} ({})", treatment, before.en,
                      before.source)};
}
JourneySay say_not_permitted(const std::string& treatment, const std::string& channel,
                             const std::string& flag, const std::string& code) {
  return {"not_permitted", treatment,
          fmt::format("标记为 {} 时处置 {} 要用 {}，规则包一律拒绝（{}）", flag, treatment, channel,
                      code),
          fmt::format("under the hold {} the treatment {} asks for {}, which a pack always refuses "
                      "({})",
                      flag, treatment, channel, code)};
}

void JourneyReport::add(const std::string& key, JourneyFinding finding) {
  if (told_.emplace(key, findings_.size()).second) findings_.push_back(std::move(finding));
}

void JourneyReport::add(const JourneySay& said, std::vector<WalkedNight> nights) {
  const std::string key = said.kind + ("|" + said.treatment) + "|" + said.en;
  if (told_.contains(key)) return;
  JourneyFinding finding{said.kind, "error", said.treatment, said.zh, said.en, {}};
  for (const WalkedNight& night : nights) {
    const auto exact = tables_.decide_one(night.state);
    // A path that the interpreter does not confirm is not one.
    if ((exact ? exact->treatment : "") != night.treatment) return;
    JourneyNight told{{}, night.treatment, exact ? exact->row : 0};
    const decision::Context inputs = night.state.inputs();
    for (const auto& [name, value] : inputs.entries()) {
      told.inputs.emplace_back(name, value.source());
    }
    finding.path.push_back(std::move(told));
  }
  add(key, std::move(finding));
}

std::vector<JourneyFinding> JourneyReport::take() {
  return std::move(findings_);
}

std::string render_journey(const JourneyFinding& finding, std::string_view language) {
  const bool zh = language != "en";
  std::string text =
      fmt::format("{} {} {}{}{}\n", zh ? "错误" : finding.severity, finding.kind, finding.treatment,
                  zh ? "：" : ": ", zh ? finding.message_zh : finding.message_en);
  for (const JourneyNight& night : finding.path) {
    text += "   ";
    for (const auto& [name, value] : night.inputs) text += " " + name + "=" + value;
    text += " → " + (night.treatment.empty() ? std::string("-") : night.treatment);
    if (night.row > 0)
      text += (zh ? "（第 " : " (row ") + std::to_string(night.row) + (zh ? " 行）" : ")");
    text += "\n";
  }
  return text;
}

JourneyPacks::JourneyPacks(const Models& models) {
  for (const ModelFile& file : models.files()) {
    if (file.file == "packs.dmn") read_who(*file.model);
    if (!file.file.starts_with("packs/")) continue;
    Pack pack{file.file.substr(6, file.file.size() - 10), file.model.get(), {}};
    for (const decision::DecisionInfo& info : file.model->decisions()) {
      const bool collects = info.table && info.table->hit_policy == decision::HitPolicy::collect;
      if (!collects) continue;
      for (const decision::OutputClause& output : info.table->outputs) {
        if (output.name == "code") pack.tables.push_back(info.name);
      }
    }
    packs_.push_back(std::move(pack));
  }
}

// The names that packs.dmn gives: whoever stands there protects only whom a row says.
void JourneyPacks::read_who(const decision::Model& model) {
  who_ = &model;
  for (const decision::DecisionInfo& info : model.decisions())
    if (info.name == "packs" && info.table)
      for (const decision::RuleText& rule : info.table->rules)
        for (const std::string& name : rule.outputs) named_.insert(name);
}

// What packs protect somebody with this product. The tables of the strategy are for China.
bool JourneyPacks::protects(const Pack& pack, const std::string& product) const {
  const std::string name = "\"" + pack.name + "\"";
  if (who_ == nullptr || !named_.contains(name)) return true;
  const auto said = who_->evaluate("packs", {{"jurisdiction", "CN"}, {"product", product}});
  if (said.value.kind() != decision::Kind::list) return false;
  const decision::List& packs = said.value.list();
  return std::any_of(packs.begin(), packs.end(),
                     [&](const decision::Value& one) { return one.source() == name; });
}

std::string JourneyPacks::refused(const JourneyState& state, const JourneyAnswer& answer,
                                  const JourneyRules::Asks& asks) {
  const std::string key = state.product + "|" + state.flag + "|" + answer.channel + "|" +
                          answer.work + "|" + asks.purpose + "|" + asks.role +
                          (asks.says_debt ? "|1" : "|0");
  if (const auto at = known_.find(key); at != known_.end()) return at->second;
  static const std::map<std::string, std::string> points = {
      {"email", "email"}, {"letter", "address"}, {"visit", "address"}, {"push", "app"}};
  const auto point = points.find(answer.channel);
  decision::List holds;
  if (state.flag != "none") holds.emplace_back(state.flag);
  const decision::Context facts{{"channel", answer.channel},
                                {"purpose", asks.purpose},
                                {"role", asks.role},
                                {"says_debt", asks.says_debt},
                                {"holds", holds},
                                {"asker_kind", answer.work == "machine" ? "machine" : "user"},
                                {"point_channel", point == points.end() ? "mobile" : point->second},
                                {"point_source", "client"},
                                {"point_place", "home"},
                                {"point_valid", true},
                                {"point_consent", true},
                                {"opted_out", false},
                                {"zone_known", true},
                                {"minute", 600},
                                {"day_kind", "workday"},
                                {"contacts_today", 0},
                                {"contacts_7d", 0},
                                {"calls_today", 0},
                                {"third_party_contacts_today", 0},
                                {"third_party_contacts_7d", 0},
                                {"attempts_today", 0},
                                {"own_numbers", 1},
                                {"missed_calls", 9},
                                {"missed_days", 9},
                                {"minutes_since_contact", 10'080},
                                {"certified", true},
                                {"licence_valid", true},
                                {"recording_ready", true},
                                {"visitors", 2}};
  std::string code;
  for (const Pack& pack : packs_) {
    if (!protects(pack, state.product)) continue;
    for (const std::string& table : pack.tables) {
      const decision::Evaluation said = pack.model->evaluate(table, facts);
      if (said.value.kind() != decision::Kind::list) continue;
      for (const decision::Value& row : said.value.list()) {
        const decision::Value* of =
            row.kind() == decision::Kind::context ? row.context().find("code") : nullptr;
        if (code.empty() && of != nullptr) code = of->text();
      }
    }
  }
  known_[key] = code;
  return code;
}

}  // namespace strategy
