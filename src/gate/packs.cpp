#include "gate/packs.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <list>
#include <mutex>
#include <sstream>

#include "gate/calendar_versions.h"
#include "gate/types.h"
#include "kernel/hash.h"
#include "store/foresee.h"
#include "tables/types.h"

namespace gate {

namespace {

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
  if (pack.problem.empty())
    pack.program = std::make_shared<PackProgram>(*pack.model, pack.name, pack.tables);
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

PackSet::PackSet(std::vector<Pack> packs, Calendar calendar, std::optional<Applicability> table)
    : packs_(std::move(packs)), calendar_(std::move(calendar)), table_(std::move(table)) {
  for (std::size_t i = 0; i < packs_.size(); ++i) {
    everything_.packs.push_back(i);
    failed_.push_back(failed_pack(packs_[i].name, packs_[i].version, "", packs_[i].problem));
  }
  if (packs_.empty())
    everything_.own.push_back(own_refusal("GATE_NO_PACK", "没有生效的规则包，一律拒绝",
                                          "no policy pack is in force, so all is refused",
                                          "when_lifted"));
}

Applicable PackSet::find_applicable(std::string_view jurisdiction,
                                    const std::vector<std::string>& products) const {
  const std::vector<std::string>& named = table_->names();
  std::vector<std::string> wanted;
  Applicable found;
  for (const std::string& product : products) {
    const auto rows = table_->rows(jurisdiction, product);
    for (const std::size_t row : rows) wanted.push_back(named[row]);
    if (rows.empty())
      found.own.push_back(own_refusal(
          "GATE_NO_PACK",
          fmt::format("没有规则包适用（法域 {}，产品 {}），一律拒绝", jurisdiction, product),
          fmt::format("no policy pack is for product '{}' in jurisdiction '{}', so all is refused",
                      product, jurisdiction),
          "when_lifted"));
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (std::size_t i = 0; i < packs_.size(); ++i) {
    const bool by_table = std::find(named.begin(), named.end(), packs_[i].name) != named.end();
    const auto here = std::find(wanted.begin(), wanted.end(), packs_[i].name);
    if (!by_table || here != wanted.end()) found.packs.push_back(i);
    if (here != wanted.end()) wanted.erase(here);
  }
  for (const std::string& name : wanted)
    found.own.push_back(failed_pack(name, "", "", "packs.dmn names a pack that is not there"));
  return found;
}

PackSet::Known::Known()
    : number([] {
        static std::atomic<std::uint64_t> made = 0;
        return ++made;
      }()) {}

const Applicable& PackSet::applicable(std::string_view jurisdiction,
                                      const std::vector<std::string>& products) const {
  if (!table_) return everything_;
  static const std::vector<std::string> not_known = {""};
  const std::vector<std::string>& asked = products.empty() ? not_known : products;
  // Most questions are about people with the same products as the one before.
  struct Last {
    std::uint64_t of = 0;
    std::string jurisdiction;
    std::vector<std::string> products;
    const Applicable* found = nullptr;
  };
  static thread_local Last last;
  if (last.of == known_->number && last.jurisdiction == jurisdiction && last.products == asked)
    return *last.found;
  std::string key(jurisdiction);
  for (const std::string& product : asked) (key += '\n') += product;
  const std::lock_guard held(known_->mutex);
  auto found = known_->by_key.find(key);
  if (found == known_->by_key.end())
    found = known_->by_key.emplace(std::move(key), find_applicable(jurisdiction, asked)).first;
  last = {known_->number, std::string(jurisdiction), asked, &found->second};
  return found->second;
}

void PackSet::check(const Facts& facts, const Applicable& applicable, Verdict& verdict) const {
  verdict.clear();
  for (const Refusal& refusal : applicable.own) verdict.add(&refusal);
  for (const std::size_t i : applicable.packs) {
    if (packs_[i].program) {
      packs_[i].program->check(facts, verdict);
    } else {
      verdict.add(&failed_[i]);
    }
  }
}

void PackSet::interpret(const Facts& facts, const Applicable& applicable, Verdict& verdict) const {
  verdict.clear();
  for (const Refusal& refusal : applicable.own) verdict.add(&refusal);
  for (const std::size_t i : applicable.packs) {
    if (packs_[i].program) {
      packs_[i].program->interpret(facts, verdict);
    } else {
      verdict.add(&failed_[i]);
    }
  }
}

std::vector<Refusal> PackSet::refusals(const Facts& facts) const {
  Verdict verdict;
  check(facts, applicable(facts.jurisdiction, facts.products), verdict);
  std::vector<Refusal> out;
  out.reserve(verdict.rows().size());
  for (const Refusal* refusal : verdict.rows()) out.push_back(*refusal);
  return out;
}

int PackSet::smallest(std::optional<int> PackOptions::*option, int otherwise,
                      const Applicable& applicable) const {
  std::optional<int> found;
  for (const std::size_t i : applicable.packs)
    if (const auto& value = packs_[i].options.*option)
      found = std::min(found.value_or(*value), *value);
  return found.value_or(otherwise);
}

int PackSet::largest(std::optional<int> PackOptions::*option, int otherwise,
                     const Applicable& applicable) const {
  std::optional<int> found;
  for (const std::size_t i : applicable.packs)
    if (const auto& value = packs_[i].options.*option)
      found = std::max(found.value_or(*value), *value);
  return found.value_or(otherwise);
}

namespace {

Pack broken(std::string name, const kernel::Error& error) {
  Pack pack;
  pack.name = std::move(name);
  pack.problem = fmt::format("{} ({})", error.message, error.where);
  return pack;
}

// What a decisions folder holds beside the packs, as read; empty where there is no such file.
struct Beside {
  kernel::Result<Calendar> calendar = Calendar();
  std::string zones, applicability;
  std::filesystem::path folder;
};

Packs unite(std::vector<Pack> packs, Beside beside) {
  auto& calendar = beside.calendar;
  // Half a calendar would take a festival for a workday: no day is known instead.
  if (!calendar) packs.push_back(broken("calendar-cn.csv", calendar.error()));
  if (calendar) {
    if (auto added = calendar->add_zones(beside.zones, (beside.folder / "zones.csv").string());
        !added)
      packs.push_back(broken("zones.csv", added.error()));
  }
  std::optional<Applicability> table;
  if (!beside.applicability.empty()) {
    auto read = Applicability::parse(beside.applicability, (beside.folder / "packs.dmn").string());
    if (read)
      table = std::move(*read);
    else
      packs.push_back(broken("packs.dmn", read.error()));
  }
  return Packs(std::make_shared<PackSet>(
      std::move(packs), calendar ? std::move(*calendar) : Calendar(), std::move(table)));
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

namespace {

std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  if (in) text << in.rdbuf();
  return text.str();
}

}  // namespace

Packs Packs::load(const std::filesystem::path& decisions) {
  std::vector<Pack> packs;
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(decisions / "packs", error))
    if (entry.path().extension() == ".dmn") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) packs.push_back(Pack::load(file));
  const auto calendar = decisions / "calendar-cn.csv";
  // Without zones only China's is known, so nobody elsewhere is called.
  return unite(std::move(packs),
               {.calendar = Calendar::parse(text_of_file(calendar), calendar.string()),
                .zones = text_of_file(decisions / "zones.csv"),
                .applicability = text_of_file(decisions / "packs.dmn"),
                .folder = decisions});
}

Packs Packs::in_force(store::Transaction& tx, const std::filesystem::path& decisions,
                      kernel::Date date) {
  static Sets known;
  store::foresee(tx, [&] { find_calendar(tx, date); });
  const auto files = tables::files_in_force(tx, decisions, date, "packs/");
  // A folder that cannot be read: nothing is known, so everything is refused.
  if (!files) return unite({broken("packs", files.error())}, {});
  std::string key = decisions.string();
  // Who is protected by what is law, not a setting: the shipped file, whatever was released.
  const auto shipped = [&](const char* name) {
    auto file = tables::read_shipped(decisions, name);
    key += std::string(" ") + name + "@" + (file ? file->version : "none");
    return file ? std::move(file->bytes) : std::make_shared<const std::string>();
  };
  const auto calendar = shipped("calendar-cn.csv"), zones = shipped("zones.csv"),
             applicability = shipped("packs.dmn");
  const auto imported = find_calendar(tx, date);
  if (imported) key += " calendar@" + imported->sha256;
  for (const auto& file : *files) {
    key += " " + file.file + "@" + file.version;
    if (file.effective_from) key += "/" + file.effective_from->format();
  }
  if (auto packs = known.find(key)) return *packs;
  std::vector<Pack> packs;
  for (const auto& file : *files) {
    packs.push_back(Pack::parse(*file.bytes, name_of(file.file)));
    packs.back().effective_from = file.effective_from;
  }
  Packs made = unite(std::move(packs),
                     {.calendar = Calendar::parse(imported ? imported->bytes : *calendar,
                                                  (decisions / "calendar-cn.csv").string()),
                      .zones = *zones,
                      .applicability = *applicability,
                      .folder = decisions});
  known.add(std::move(key), made);
  return made;
}

std::vector<PackRef> Packs::refs(const Applicable& applicable) const {
  std::vector<PackRef> refs;
  for (const std::size_t i : applicable.packs)
    refs.push_back({set_->packs()[i].name, set_->packs()[i].version});
  return refs;
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
  return cap_person_day(set_->everything());
}
int Packs::cap_number_day() const {
  return cap_number_day(set_->everything());
}
Packs::Window Packs::window() const {
  return window(set_->everything());
}
int Packs::cap_person_day(const Applicable& applicable) const {
  return set_->smallest(&PackOptions::cap_person_day, 0, applicable);
}
int Packs::cap_number_day(const Applicable& applicable) const {
  return set_->smallest(&PackOptions::cap_number_day, 0, applicable);
}
Packs::Window Packs::window(const Applicable& applicable) const {
  return {.open_minute = set_->largest(&PackOptions::open_minute, 0, applicable),
          .close_minute = set_->smallest(&PackOptions::close_minute, 1440, applicable)};
}

}  // namespace gate
