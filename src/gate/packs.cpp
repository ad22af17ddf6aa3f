#include "gate/packs.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <fstream>
#include <list>
#include <mutex>
#include <sstream>

#include "gate/types.h"
#include "kernel/hash.h"
#include "tables/types.h"

namespace gate {

namespace {

std::string text_of(const decision::Context& row, std::string_view name) {
  const decision::Value* value = row.find(name);
  return value == nullptr || value->is_null() ? std::string() : value->text();
}

std::optional<int> option(const decision::Context& options, std::string_view name) {
  const decision::Value* value = options.find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = value->to_int64();
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

bool refuses(const decision::DecisionInfo& info) {
  if (!info.table || info.table->hit_policy != decision::HitPolicy::collect) return false;
  const auto& outputs = info.table->outputs;
  return std::any_of(outputs.begin(), outputs.end(),
                     [](const decision::OutputClause& o) { return o.name == "code"; });
}

std::string check_inputs(const decision::Model& model) {
  const auto& known = fact_names();
  for (const decision::InputInfo& input : model.inputs())
    if (std::find(known.begin(), known.end(), input.name) == known.end())
      return fmt::format("it needs the fact '{}', which the gate does not have", input.name);
  return {};
}

// Reads options and tables of a parsed pack; gives what is wrong with it.
std::string prepare(Pack& pack) {
  const decision::Model& model = *pack.model;
  if (std::string problem = check_inputs(model); !problem.empty()) return problem;
  for (const decision::DecisionInfo& info : model.decisions())
    if (refuses(info)) pack.tables.push_back(info.name);
  if (pack.tables.empty()) return "it has no table with hit policy COLLECT and an output 'code'";
  if (!model.has("options")) return {};
  const decision::Evaluation options = model.evaluate("options", {});
  if (options.value.kind() != decision::Kind::context)
    return "its decision 'options' does not give a context";
  const decision::Context& values = options.value.context();
  pack.options = {.open_minute = option(values, "open_minute"),
                  .close_minute = option(values, "close_minute"),
                  .cap_person_day = option(values, "cap_person_day"),
                  .cap_number_day = option(values, "cap_number_day"),
                  .gap_minutes = option(values, "gap_minutes"),
                  .permit_minutes = option(values, "permit_minutes")};
  return {};
}

Refusal failed(const Pack& pack, std::string_view table, std::string_view why) {
  Refusal refusal = own_refusal(
      "GATE_PACK_FAILED", fmt::format("规则包无法执行，一律拒绝：{}", why),
      fmt::format("the policy pack cannot be run, so all is refused: {}", why), "when_lifted");
  refusal.pack = pack.name;
  refusal.version = pack.version;
  refusal.table = table;
  return refusal;
}

Refusal read_refusal(const Pack& pack, const decision::Context& row,
                     const decision::FiredRow& fired) {
  return {.code = text_of(row, "code"),
          .citation = text_of(row, "citation"),
          .rank = text_of(row, "rank"),
          .certainty = text_of(row, "certainty"),
          .reason_zh = text_of(row, "reason_zh"),
          .reason_en = text_of(row, "reason_en"),
          .again = text_of(row, "again"),
          .effective_from = text_of(row, "effective_from"),
          .pack = pack.name,
          .version = pack.version,
          .table = fired.decision,
          .rule_id = fired.rule_id,
          .row = fired.row,
          .allowed_at = std::nullopt};
}

void run_table(const Pack& pack, const std::string& table, const decision::Context& facts,
               std::vector<Refusal>& out) {
  const decision::Evaluation result = pack.model->evaluate(table, facts);
  std::vector<const decision::FiredRow*> fired;
  for (const decision::FiredRow& row : result.fired)
    if (row.decision == table) fired.push_back(&row);
  if (!result.messages.empty()) {
    out.push_back(failed(pack, table, result.messages.front()));
    return;
  }
  if (fired.empty()) return;
  // One row is given as a list of one; anything else than a context a row is a broken table.
  if (result.value.kind() != decision::Kind::list || result.value.list().size() != fired.size()) {
    out.push_back(failed(pack, table, "its rows and its answer differ in number"));
    return;
  }
  for (std::size_t i = 0; i < fired.size(); ++i) {
    const decision::Value& row = result.value.list()[i];
    if (row.kind() == decision::Kind::context)
      out.push_back(read_refusal(pack, row.context(), *fired[i]));
    else
      out.push_back(failed(pack, table, "a row gives no context of outputs"));
  }
}

}  // namespace

Refusal own_refusal(std::string_view code, std::string_view reason_zh, std::string_view reason_en,
                    std::string_view again) {
  Refusal refusal;
  refusal.code = code;
  refusal.citation = "无许可，不触达（本系统规则：未知即拒绝）";
  refusal.rank = "lender";
  refusal.certainty = "found";
  refusal.reason_zh = reason_zh;
  refusal.reason_en = reason_en;
  refusal.again = again;
  refusal.pack = "gate";
  return refusal;
}

Pack Pack::parse(std::string_view xml, std::string_view name) {
  Pack pack;
  pack.name = name;
  pack.bytes = std::make_shared<const std::string>(xml);
  pack.sha256 = kernel::sha256_hex(xml);
  pack.version = pack.sha256.substr(0, 12);  // as the model's, also where it cannot be read
  auto model = decision::Model::parse(xml, name);
  if (!model) {
    pack.problem = fmt::format("{} ({})", model.error().message, model.error().where);
    return pack;
  }
  pack.model = std::move(*model);
  pack.problem = prepare(pack);
  return pack;
}

Pack Pack::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    Pack pack;
    pack.name = file.stem().string();
    pack.problem = "the file cannot be read";
    return pack;
  }
  return parse(text.str(), file.stem().string());
}

std::vector<Refusal> PackSet::refusals(const Facts& facts) const {
  std::vector<Refusal> out;
  if (packs_.empty())
    out.push_back(own_refusal("GATE_NO_PACK", "没有生效的规则包，一律拒绝",
                              "no policy pack is in force, so all is refused", "when_lifted"));
  const decision::Context context = to_context(facts);
  for (const Pack& pack : packs_) {
    if (!pack.problem.empty()) {
      out.push_back(failed(pack, "", pack.problem));
      continue;
    }
    for (const std::string& table : pack.tables) run_table(pack, table, context, out);
  }
  return out;
}

int PackSet::smallest(std::optional<int> PackOptions::*option, int otherwise) const {
  std::optional<int> found;
  for (const Pack& pack : packs_)
    if (const auto& value = pack.options.*option) found = std::min(found.value_or(*value), *value);
  return found.value_or(otherwise);
}

int PackSet::largest(std::optional<int> PackOptions::*option, int otherwise) const {
  std::optional<int> found;
  for (const Pack& pack : packs_)
    if (const auto& value = pack.options.*option) found = std::max(found.value_or(*value), *value);
  return found.value_or(otherwise);
}

namespace {

Pack broken(std::string name, const kernel::Error& error) {
  Pack pack;
  pack.name = std::move(name);
  pack.problem = fmt::format("{} ({})", error.message, error.where);
  return pack;
}

Packs unite(std::vector<Pack> packs, kernel::Result<Calendar> calendar, std::string_view zones,
            std::string_view zones_file) {
  // Half a calendar would take a festival for a workday: no day is known instead.
  if (!calendar) packs.push_back(broken("calendar-cn.csv", calendar.error()));
  if (calendar) {
    if (auto added = calendar->add_zones(zones, zones_file); !added)
      packs.push_back(broken("zones.csv", added.error()));
  }
  return Packs(
      std::make_shared<PackSet>(std::move(packs), calendar ? std::move(*calendar) : Calendar()));
}

std::string name_of(std::string_view file) {
  return std::filesystem::path(file).stem().string();
}

// The sets that were asked for last, by what they are made of.
class Sets {
 public:
  std::optional<Packs> find(const std::string& key) {
    const std::lock_guard held(mutex_);
    for (const auto& [known, packs] : sets_)
      if (known == key) return packs;
    return std::nullopt;
  }
  void add(std::string key, const Packs& packs) {
    const std::lock_guard held(mutex_);
    sets_.emplace_front(std::move(key), packs);
    if (sets_.size() > kSetsMax) sets_.pop_back();
  }

 private:
  static constexpr std::size_t kSetsMax = 8;
  std::mutex mutex_;
  std::list<std::pair<std::string, Packs>> sets_;
};

}  // namespace

std::string pack_problem(std::string_view file, std::string_view xml) {
  return Pack::parse(xml, name_of(file)).problem;
}

Packs Packs::load(const std::filesystem::path& decisions) {
  std::vector<Pack> packs;
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(decisions / "packs", error))
    if (entry.path().extension() == ".dmn") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) packs.push_back(Pack::load(file));

  const auto calendar_file = decisions / "calendar-cn.csv";
  std::ifstream in(calendar_file, std::ios::binary);
  std::stringstream text;
  if (in) text << in.rdbuf();
  const auto zones_file = decisions / "zones.csv";
  std::ifstream zones_in(zones_file, std::ios::binary);
  std::stringstream zones;
  if (zones_in) zones << zones_in.rdbuf();
  return unite(std::move(packs), Calendar::parse(text.str(), calendar_file.string()), zones.str(),
               zones_file.string());
}

Packs Packs::in_force(store::Transaction& tx, const std::filesystem::path& decisions,
                      kernel::Date date) {
  static Sets known;
  const auto files = tables::files_in_force(tx, decisions, date, "packs/");
  // A folder that cannot be read: nothing is known, so everything is refused.
  if (!files) return unite({broken("packs", files.error())}, Calendar(), {}, {});
  const auto calendar = tables::read_shipped(decisions, "calendar-cn.csv");
  const std::string calendar_file = (decisions / "calendar-cn.csv").string();
  // Without it only China's zone is known, so nobody elsewhere is called.
  const auto zones = tables::read_shipped(decisions, "zones.csv");
  std::string key = calendar ? calendar->version : "none";
  key += zones ? zones->version : "none";
  for (const auto& file : *files) key += " " + file.file + "@" + file.version;
  if (auto packs = known.find(key)) return *packs;
  std::vector<Pack> packs;
  for (const auto& file : *files) packs.push_back(Pack::parse(*file.bytes, name_of(file.file)));
  Packs made = unite(std::move(packs),
                     Calendar::parse(calendar ? *calendar->bytes : std::string(), calendar_file),
                     zones ? *zones->bytes : std::string(), (decisions / "zones.csv").string());
  known.add(std::move(key), made);
  return made;
}

std::vector<PackRef> Packs::refs() const {
  std::vector<PackRef> refs;
  for (const Pack& pack : set_->packs()) refs.push_back({pack.name, pack.version});
  return refs;
}

std::vector<std::string> Packs::problems() const {
  std::vector<std::string> problems;
  for (const Pack& pack : set_->packs())
    if (!pack.problem.empty()) problems.push_back(pack.name + ": " + pack.problem);
  return problems;
}

int Packs::cap_person_day() const {
  return set_->smallest(&PackOptions::cap_person_day, 0);
}
int Packs::cap_number_day() const {
  return set_->smallest(&PackOptions::cap_number_day, 0);
}
Packs::Window Packs::window() const {
  return {.open_minute = set_->largest(&PackOptions::open_minute, 0),
          .close_minute = set_->smallest(&PackOptions::close_minute, 1440)};
}

}  // namespace gate
