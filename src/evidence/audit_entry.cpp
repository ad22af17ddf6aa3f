#include "evidence/audit_entry.h"

#include <boost/json.hpp>
#include <charconv>

#include "evidence/audit_lives.h"

namespace evidence {

namespace json = boost::json;
using kernel::Code;
using kernel::Error;

struct EntryParser::Inside {
  std::vector<unsigned char> room = std::vector<unsigned char>(256 << 10);
  std::optional<json::monotonic_resource> memory;
  std::optional<json::value> value;

  kernel::Result<const json::object*> parse(std::string_view bytes) {
    value.reset();
    memory.emplace(room.data(), room.size());
    json::error_code problem;
    value.emplace(json::parse(json::string_view(bytes.data(), bytes.size()), problem, &*memory));
    if (problem) return Error{Code::corrupt, "not JSON: " + problem.message(), ""};
    if (!value->is_object()) return Error{Code::corrupt, "not a JSON object", ""};
    return &value->get_object();
  }
};

EntryParser::EntryParser() : inside_(std::make_unique<Inside>()) {}
EntryParser::~EntryParser() = default;

namespace {

Error lacks(std::string_view name) {
  return {Code::corrupt, "it lacks, or has of another type: " + std::string(name),
          std::string(name)};
}

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// One JSON object, read by name. The first thing that is missing is kept, and said at the end.
class Fields {
 public:
  explicit Fields(const json::object& object) : object_(&object) {}

  std::string_view text(std::string_view name) {
    const json::value* value = find(name);
    if (value != nullptr && value->is_string()) return view(value->get_string());
    return miss(name), std::string_view();
  }
  std::string_view text_if(std::string_view name) const {
    const json::value* value = find(name);
    return value != nullptr && value->is_string() ? view(value->get_string()) : std::string_view();
  }
  bool flag_if(std::string_view name, bool otherwise) const {
    const json::value* value = find(name);
    return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
  }
  std::int64_t id(std::string_view name) {
    const auto number = whole(text(name));
    if (!number) miss(name);
    return number.value_or(0);
  }
  std::int64_t micros(std::string_view name) {
    const auto at = kernel::Instant::parse(text(name));
    if (!at) miss(name);
    return at ? at->micros() : 0;
  }
  // Absent: not_said; null: no_value.
  std::int32_t number_if(std::string_view name) const {
    const json::value* value = find(name);
    if (value != nullptr && value->is_null()) return no_value;
    if (value == nullptr || !value->is_int64()) return not_said;
    return static_cast<std::int32_t>(value->get_int64());
  }
  std::optional<Ref> ref_if(std::string_view name) const { return parse_ref(text_if(name)); }
  Ref ref(std::string_view name) {
    const auto found = ref_if(name);
    if (!found) miss(name);
    return found.value_or(Ref{});
  }
  const json::array* list_if(std::string_view name) const {
    const json::value* value = find(name);
    return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
  }
  const json::object* object_if(std::string_view name) const {
    const json::value* value = find(name);
    return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
  }
  kernel::Status status() const {
    return missing_.empty() ? kernel::Status(kernel::Ok{}) : kernel::Status(lacks(missing_));
  }

 private:
  const json::value* find(std::string_view name) const {
    return object_->if_contains(json::string_view(name.data(), name.size()));
  }
  void miss(std::string_view name) {
    if (missing_.empty()) missing_ = name;
  }
  static std::optional<Ref> parse_ref(std::string_view hex) {
    Ref ref{};
    if (hex.size() != 2 * ref.size()) return std::nullopt;
    for (std::size_t i = 0; i < ref.size(); ++i) {
      const char* at = hex.data() + 2 * i;
      const auto [end, problem] = std::from_chars(at, at + 2, ref[i], 16);
      if (problem != std::errc() || end != at + 2) return std::nullopt;
    }
    return ref;
  }

  const json::object* object_;
  std::string missing_;
};

gate::LoggedFact fact_of(const json::key_value_pair& pair) {
  gate::LoggedFact fact{.name = {pair.key().data(), pair.key().size()}, .value = {}};
  const json::value& value = pair.value();
  if (value.is_bool()) fact.value = value.get_bool();
  if (value.is_int64()) fact.value = value.get_int64();
  if (value.is_string()) fact.value = view(value.get_string());
  if (value.is_array()) {
    std::vector<std::string_view> words;
    for (const json::value& word : value.get_array())
      if (word.is_string()) words.push_back(view(word.get_string()));
    fact.value = std::move(words);
  }
  return fact;
}

// Minutes of the person's clock ahead of UTC: their minute of the day beside that of the moment.
std::int32_t offset_of(std::int32_t minute, std::int64_t at) {
  if (minute == not_said || minute == no_value) return 480;
  std::int64_t utc = at / 60'000'000 % 1440;
  if (utc < 0) utc += 1440;
  std::int64_t offset = minute - utc;
  if (offset <= -720) offset += 1440;
  if (offset > 840) offset -= 1440;
  return static_cast<std::int32_t>(offset);
}

void read_tallies(const json::object& facts, Tallies& into) {
  const Fields fields(facts);
  for (std::size_t i = 0; i < tally_count; ++i) into[i] = fields.number_if(tallies()[i].name);
}

void read_facts(const json::object& facts, JudgedEntry& entry) {
  const Fields fields(facts);
  entry.has_facts = true;
  for (const json::key_value_pair& pair : facts) entry.facts.push_back(fact_of(pair));
  read_tallies(facts, entry.judged.said);
  entry.asker_kind = fields.text_if("asker_kind");
  entry.jurisdiction = fields.text_if("jurisdiction");
  entry.zone_known = fields.flag_if("zone_known", true);
  entry.minute = fields.number_if("minute");
  entry.day = fields.text_if("day");
  entry.judged.offset_minutes = offset_of(entry.minute, entry.judged.at);
  entry.role = fields.text_if("role");
  entry.judged.own = entry.role == "self";
  entry.judged.third_party = !entry.judged.own && entry.role != "guarantor";
  if (const json::array* holds = fields.list_if("holds"))
    for (const json::value& kind : *holds)
      if (kind.is_string()) entry.holds.push_back(view(kind.get_string()));
}

std::vector<gate::PackRef> read_packs(const json::array& packs) {
  std::vector<gate::PackRef> all;
  for (const json::value& one : packs) {
    if (!one.is_object()) continue;
    const Fields fields(one.get_object());
    all.push_back({std::string(fields.text_if("pack")), std::string(fields.text_if("version"))});
  }
  return all;
}

kernel::Result<LogEntry> read_judged(Fields& fields, Judged judged, bool granted) {
  JudgedEntry entry{.judged = judged};
  Judged& j = entry.judged;
  j.said.fill(not_said);
  j.imported.fill(not_said);
  if (granted) {
    j.permit_id = fields.id("permit_id");
    j.at = fields.micros("reserved_at");
    j.expires_at = fields.micros("expires_at");
    j.person = fields.ref("person");
    j.number = fields.ref("number");
    j.nth = fields.number_if("nth");
    if (j.nth < 1 || j.nth == no_value) return lacks("nth");
    if (fields.object_if("facts") == nullptr) return lacks("facts");
  } else {
    j.person = fields.ref_if("person").value_or(Ref{});
    j.number = fields.ref_if("number").value_or(Ref{});
    j.nth = fields.number_if("nth");
  }
  entry.channel = fields.text("channel");
  entry.purpose = fields.text("purpose");
  j.call = entry.channel == "call" || entry.channel == "robot_call";
  if (const json::object* facts = fields.object_if("facts"); facts && !facts->empty())
    read_facts(*facts, entry);
  if (const json::object* imported = fields.object_if("imported"))
    read_tallies(*imported, j.imported);
  if (const json::array* packs = fields.list_if("packs")) entry.packs = read_packs(*packs);
  if (const json::array* rules = fields.list_if("rules"))
    for (const json::value& one : *rules) {
      if (!one.is_object()) return lacks("rules");
      const Fields rule(one.get_object());
      entry.rules.push_back({rule.text_if("code"), rule.text_if("pack"), rule.text_if("version"),
                             rule.text_if("table"), rule.text_if("rule_id")});
    }
  TRY(fields.status());
  return LogEntry(std::move(entry));
}

kernel::Result<LogEntry> read_touched(Fields& fields, Touched touched) {
  TouchedEntry entry{.touched = touched, .outcome = {}};
  entry.touched.permit_id = fields.id("permit_id");
  entry.touched.nth = fields.number_if("nth");
  const auto person = fields.ref_if("person");
  entry.touched.has_person = person.has_value();
  entry.touched.person = person.value_or(Ref{});
  if (touched.what == What::outcome || touched.what == What::expired) {
    entry.outcome = touched.what == What::outcome ? fields.text("outcome") : "unknown";
    entry.touched.meaning = meaning_of(entry.outcome);
  }
  TRY(fields.status());
  return LogEntry(entry);
}

kernel::Result<LogEntry> read_hold(Fields& fields, HoldMoved hold) {
  HoldEntry entry{.hold = hold, .kind = {}, .revoked = {}};
  entry.hold.hold_id = fields.id("hold_id");
  entry.hold.person = fields.ref("person");
  entry.hold.nth = fields.number_if("nth");
  entry.kind = fields.text("kind");
  if (const std::string_view until = fields.text_if("until"); !until.empty()) {
    const auto date = kernel::Date::parse(until);
    if (!date) return lacks("until");
    entry.hold.until = date->days();
  }
  if (const json::array* revoked = fields.list_if("revoked"))
    for (const json::value& id : *revoked) {
      const auto number = id.is_string() ? whole(view(id.get_string())) : std::nullopt;
      if (!number) return lacks("revoked");
      entry.revoked.push_back(*number);
    }
  TRY(fields.status());
  return LogEntry(std::move(entry));
}

std::optional<What> touch_kind(std::string_view kind) {
  if (kind == "permit_used") return What::used;
  if (kind == "permit_outcome") return What::outcome;
  if (kind == "permit_expired") return What::expired;
  if (kind == "contact_attempted") return What::attempted;
  return std::nullopt;
}

}  // namespace

kernel::Result<LogEntry> EntryParser::parse(std::int64_t leaf, std::string_view bytes) {
  TRY_ASSIGN(const json::object* object, inside_->parse(bytes));
  Fields outside(*object);
  const std::int64_t fact_id = outside.id("id"), at = outside.micros("at");
  const std::string_view kind = outside.text("kind");
  TRY(outside.status());
  if (outside.number_if("v") != 1) return lacks("v");
  const json::object* said = outside.object_if("public");
  if (said == nullptr) return lacks("public");
  day_ = kernel::Instant::from_micros(at).china_date();
  Fields fields(*said);
  if (kind == "permit_granted" || kind == "permit_refused")
    return read_judged(fields, {.fact_id = fact_id, .leaf = leaf, .at = at},
                       kind == "permit_granted");
  if (const auto what = touch_kind(kind))
    return read_touched(fields, {.fact_id = fact_id, .at = at, .leaf = leaf, .what = *what});
  if (kind == "hold_set" || kind == "hold_lifted")
    return read_hold(fields,
                     {.fact_id = fact_id, .at = at, .leaf = leaf, .lifted = kind == "hold_lifted"});
  if (kind == "pack_used") {
    PackEntry entry{.fact_id = fact_id,
                    .leaf = leaf,
                    .pack = fields.text("pack"),
                    .version = fields.text("version"),
                    .sha256 = fields.text("sha256")};
    TRY(fields.status());
    return LogEntry(entry);
  }
  return LogEntry(Other{});
}

}  // namespace evidence
