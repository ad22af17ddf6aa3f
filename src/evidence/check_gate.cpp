#include "evidence/check_gate.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <charconv>

#include "gate/types.h"
#include "http/json.h"
#include "kernel/check.h"

namespace evidence {

using store::Transaction;

namespace {

constexpr std::array<std::string_view, 4> states = {"reserved", "used", "revoked", "done"};
enum State : std::uint8_t { reserved, used, revoked, done };

using Fields = std::vector<std::pair<std::string_view, std::string>>;

std::uint64_t mix(std::uint64_t hash, std::string_view text) {  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return (hash ^ 0xff) * 0x100000001b3;
}
// Of this run: nobody makes two rows meet without knowing it.
const std::uint64_t seed = [] {
  std::uint64_t random = 0;
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&random), sizeof random) == 1);
  return random;
}();

// A JSON value as a row says it: texts without quotes, null as nothing.
std::string plain(std::string_view value) {
  if (value == "null") return "";
  if (value.empty() || value.front() != '"') return std::string(value);
  const auto text = http::parse_json<std::string>(value);
  return text ? *text : std::string(value);
}

std::string customer_of(const StoredFact& fact) {
  constexpr std::string_view prefix = "customer:";
  return fact.fact.subject.starts_with(prefix) ? fact.fact.subject.substr(prefix.size()) : "";
}

// Texts of a JSON array of strings.
std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> items;
  for (std::size_t at = list.find('"'); at != list.npos; at = list.find('"', at)) {
    const std::size_t end = list.find('"', at + 1);
    if (end == list.npos) break;
    items.emplace_back(list.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return items;
}

// Values of "code" in the list of rules, as the row has them.
std::string codes_of(std::string_view rules) {
  static constexpr std::string_view key = "\"code\":\"";
  std::string codes;
  for (std::size_t at = rules.find(key); at != rules.npos; at = rules.find(key, at)) {
    at += key.size();
    const std::size_t end = rules.find('"', at);
    codes += (codes.empty() ? "" : " ") + std::string(rules.substr(at, end - at));
  }
  return codes;
}

// As the row has them: pack@version, a space between.
std::string packs_of(std::string_view list) {
  std::string packs;
  static constexpr std::string_view pack = "{\"pack\":\"", version = "\",\"version\":\"";
  for (std::size_t at = list.find(pack); at != list.npos; at = list.find(pack, at)) {
    at += pack.size();
    const std::size_t middle = list.find(version, at);
    const std::size_t end = list.find('"', middle + version.size());
    if (middle == list.npos || end == list.npos) break;
    packs += (packs.empty() ? "" : " ") + std::string(list.substr(at, middle - at)) + "@";
    packs += list.substr(middle + version.size(), end - middle - version.size());
    at = end;
  }
  return packs;
}

Members said_by(const StoredFact& fact) {
  Members members = members_of(fact.fact.body);
  if (const auto packs = members.find("packs"); packs != members.end())
    packs->second = packs_of(packs->second);
  return members;
}

constexpr std::array<std::string_view, 14> permit_fields = {
    "person", "nth",   "contact_point_id", "number",      "role",       "channel", "purpose",
    "script", "asker", "says_debt",        "reserved_at", "expires_at", "packs",   "key"};

std::uint64_t hash_of(const Fields& fields, std::uint32_t named, std::string_view customer_no) {
  std::uint64_t hash = mix(seed, customer_no);
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (named >> i & 1) hash = mix(hash, fields[i].second);
  return hash;
}

}  // namespace

Members members_of(std::string_view body) {
  Members all;
  each_member(body, [&](std::string_view name, std::string_view value) {
    all.emplace(std::string(name), plain(value));
  });
  return all;
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

GateTables::Expected& GateTables::expected(std::unordered_map<std::int64_t, Expected>& of,
                                           std::int64_t id) {
  Expected& one = of[id];
  one.row_id = id;
  return one;
}

std::uint8_t GateTables::outcome_index(const std::string& outcome) {
  for (std::size_t i = 0; i < outcomes_.size(); ++i)
    if (outcomes_[i] == outcome) return static_cast<std::uint8_t>(i);
  if (outcomes_.size() == 255) return 0;
  outcomes_.push_back(outcome);
  return static_cast<std::uint8_t>(outcomes_.size() - 1);
}

void GateTables::take(const StoredFact& fact) {
  const std::string& kind = fact.fact.kind;
  if (kind.starts_with("permit_"))
    kind == "permit_refused" ? take_refusal(fact) : take_permit(fact);
  else if (kind == "hold_set" || kind == "hold_lifted")
    take_hold(fact);
  else if (kind == "number_opted_out" || kind == "number_wrong_number")
    take_mark(fact);
}

// A number asked not to be called again, or is not this person's: said once, whoever says it again.
void GateTables::take_mark(const StoredFact& fact) {
  auto members = members_of(fact.fact.body);
  const std::string mark = fact.fact.kind.substr(std::string_view("number_").size());
  const std::uint64_t key = mix(mix(mix(seed, members["number"]), members["person"]), mark);
  if (!marked_.emplace(key, false).second) return;
  marks_.emplace(mix(mix(key, std::to_string(fact.fact.made_at.micros())), fact.fact.made_by),
                 fact.fact_id.value());
}

void GateTables::take_permit(const StoredFact& fact) {
  const Members members = said_by(fact);
  const auto id = members.find("permit_id");
  if (id == members.end()) return;
  Expected& one = expected(permits_, number_of(id->second));
  const auto to = [&](State state) { one.state = std::max<std::uint8_t>(one.state, state); };
  if (fact.fact.kind == "permit_granted") {
    one.granted = true;
    one.fact_id = fact.fact_id.value();
    Fields fields;
    for (std::size_t i = 0; i < permit_fields.size(); ++i) {
      const auto found = members.find(permit_fields[i]);
      fields.emplace_back(permit_fields[i], found == members.end() ? "" : found->second);
      if (found != members.end()) one.named |= 1u << i;
    }
    one.fields = hash_of(fields, one.named, customer_of(fact));
    const auto person = members.find("person"), nth = members.find("nth");
    if (person != members.end() && nth != members.end()) {
      Count& most = counts_[mix(seed, person->second)];
      most.nth = std::max(most.nth, number_of(nth->second));
      most.last_at = std::max(most.last_at, fact.fact.made_at.micros());
    } else {
      ++uncounted_;
    }
  } else if (fact.fact.kind == "permit_used") {
    to(used);
    one.used_at = fact.fact.made_at.micros();
  } else if (fact.fact.kind == "permit_revoked") {
    to(revoked);
  } else if (fact.fact.kind == "permit_outcome" || fact.fact.kind == "permit_expired") {
    to(done);
    one.ended_at = fact.fact.made_at.micros();
    one.ended_by = mix(seed, fact.fact.made_by);
    // Whoever tells of a permit that was not spent has used it.
    if (one.used_at == 0 && fact.fact.kind == "permit_outcome") one.used_at = one.ended_at;
    const auto outcome = members.find("outcome");
    one.outcome = outcome_index(outcome == members.end() ? "unknown" : outcome->second);
  }
}

void GateTables::take_hold(const StoredFact& fact) {
  const auto members = members_of(fact.fact.body);
  const auto id = members.find("hold_id");
  if (id == members.end()) return;
  Expected& one = expected(holds_, number_of(id->second));
  if (fact.fact.kind == "hold_lifted") {
    one.state = 1;
    one.ended_at = fact.fact.made_at.micros();
    one.ended_by = mix(seed, fact.fact.made_by);
    return;
  }
  one.granted = true;
  one.fact_id = fact.fact_id.value();
  const auto text = [&](std::string_view name) {
    const auto found = members.find(name);
    return found == members.end() ? std::string() : found->second;
  };
  one.named = 31;
  one.fields = hash_of({{"person", text("person")},
                        {"kind", text("kind")},
                        {"until", text("until")},
                        {"since", std::to_string(fact.fact.made_at.micros())},
                        {"set_by", fact.fact.made_by}},
                       one.named, customer_of(fact));
  each_member(fact.fact.body, [&](std::string_view name, std::string_view value) {
    if (name != "revoked") return;
    for (const std::string& permit : items_of(value)) {
      Expected& taken = expected(permits_, number_of(permit));
      taken.state = std::max<std::uint8_t>(taken.state, revoked);
    }
  });
}

void GateTables::take_refusal(const StoredFact& fact) {
  Fields fields;
  const Members members = said_by(fact);
  for (const std::string_view name : {"contact_point_id", "channel", "purpose", "asker"}) {
    const auto found = members.find(name);
    fields.emplace_back(name, found == members.end() ? "" : found->second);
  }
  const auto rules = members.find("rules");
  fields.emplace_back("codes", rules == members.end() ? "" : codes_of(rules->second));
  for (const std::string_view name : {"allowed_at", "packs"}) {
    const auto found = members.find(name);
    fields.emplace_back(name, found == members.end() ? "" : found->second);
  }
  fields.emplace_back("at", std::to_string(fact.fact.made_at.micros()));
  refusals_[hash_of(fields, 255, customer_of(fact))].push_back(fact.fact_id.value());
}

void GateTables::take_erased(std::string_view bytes) {
  const auto entry = parse_entry(bytes);
  if (!entry) return;
  erased_refusals_ += entry->kind == "permit_refused" ? 1 : 0;
  erased_marks_ += entry->kind.starts_with("number_") ? 1 : 0;
  const auto members = members_of(entry->shown);
  const auto permit = members.find("permit_id"), hold = members.find("hold_id");
  if (permit != members.end()) {
    expected(permits_, number_of(permit->second)).erased = true;
    ++erased_permits_;
  }
  if (hold != members.end()) expected(holds_, number_of(hold->second)).erased = true;
}

void GateTables::check(Transaction& tx, Checked& checked, CheckFindings& findings) {
  check_permits(tx, checked, findings);
  check_refusals(tx, checked, findings);
  check_holds(tx, checked, findings);
  check_counters(tx, findings);
  check_marks(tx, findings);
}

void GateTables::name_columns(Transaction& tx, const Expected& one, const std::string& where,
                              const Fields& fields, const std::string& customer_no,
                              CheckFindings& findings) {
  const auto fact = find_fact(tx, store::FactId(one.fact_id));
  std::string columns;
  if (fact) {
    Members members = said_by(*fact);
    if (fact->fact.kind == "hold_set") {
      members["since"] = std::to_string(fact->fact.made_at.micros());
      members["set_by"] = fact->fact.made_by;
    }
    for (const auto& [name, value] : fields) {
      const auto said = members.find(name);
      if (said != members.end() && said->second != value)
        columns += (columns.empty() ? "" : ", ") + std::string(name);
    }
    if (customer_of(*fact) != customer_no)
      columns += (columns.empty() ? "" : ", ") + std::string("customer_no");
  }
  findings.add("row_altered", where, fmt::format("表中这一行与其事实不符：{}", columns),
               fmt::format("this row says otherwise than its fact {}: {}", one.fact_id, columns));
}

void GateTables::check_end(const Expected& one, const gate::TableRow& row, const std::string& where,
                           CheckFindings& findings) {
  const auto at = [](const std::optional<kernel::Instant>& time) {
    return time ? time->micros() : 0;
  };
  const char* column = nullptr;
  if (at(row.used_at) != one.used_at) column = "used_at";
  if (at(row.ended_at) != one.ended_at) column = "outcome_at, lifted_at";
  if ((row.ended_by.empty() ? 0 : mix(seed, row.ended_by)) != one.ended_by)
    column = "outcome_by, lifted_by";
  if (column != nullptr)
    findings.add("row_altered", where, fmt::format("表中这一行与其事实不符：{}", column),
                 fmt::format("this row says otherwise than its facts: {}", column));
}

void GateTables::check_permits(Transaction& tx, Checked& checked, CheckFindings& findings) {
  gate::each_permit_row(tx, [&](const gate::TableRow& row) {
    ++checked.permits;
    const std::string where = fmt::format("permit {}", row.row_id);
    const auto found = permits_.find(row.row_id);
    if (found == permits_.end() || (!found->second.granted && !found->second.erased)) {
      findings.add("row_inserted", where, "许可表中有这一行，却没有它的事实",
                   "the table has this permit, and no fact granted it");
      return;
    }
    Expected& one = found->second;
    if (!one.erased && hash_of(row.fields, one.named, row.customer_no) != one.fields)
      name_columns(tx, one, where, row.fields, row.customer_no, findings);
    if (!one.erased && row.state != states[one.state])
      findings.add("row_altered", where,
                   fmt::format("状态为 {}，事实为 {}", row.state, states[one.state]),
                   fmt::format("its state is {}, by its facts {}", row.state, states[one.state]));
    if (!one.erased && row.outcome != outcomes_[one.outcome])
      findings.add("row_altered", where,
                   fmt::format("结果为 {}，事实为 {}", row.outcome, outcomes_[one.outcome]),
                   fmt::format("its outcome is '{}', by its facts '{}'", row.outcome,
                               outcomes_[one.outcome]));
    if (!one.erased) check_end(one, row, where, findings);
    permits_.erase(found);
  });
  for (const auto& [id, one] : permits_)
    if (one.granted && !one.erased)
      findings.add(
          "row_deleted", fmt::format("permit {}", id), "许可表中缺少这一行",
          fmt::format("fact {} granted it, and the table has no such permit", one.fact_id));
}

void GateTables::check_refusals(Transaction& tx, Checked& checked, CheckFindings& findings) {
  gate::each_refusal_row(tx, [&](const gate::TableRow& row) {
    ++checked.refusals;
    Fields fields = row.fields;
    fields.emplace_back("at", std::to_string(row.at.micros()));
    const auto found = refusals_.find(hash_of(fields, 255, row.customer_no));
    if (found == refusals_.end() || found->second.empty()) {
      if (--erased_refusals_ >= 0) return;  // its person was erased, and the row not yet
      findings.add("row_inserted", fmt::format("refusal {}", row.row_id),
                   "拒绝表中这一行没有相符的事实（新增或被改）",
                   "no fact says this refusal: inserted, or changed");
      return;
    }
    found->second.pop_back();
    if (found->second.empty()) refusals_.erase(found);
  });
  for (const auto& [hash, facts] : refusals_)
    for (const std::int64_t fact : facts)
      findings.add("row_deleted", fmt::format("refusal of fact {}", fact),
                   "拒绝表中缺少这条事实的行（删除或被改）",
                   "the table has no row as this fact says: deleted, or changed");
}

void GateTables::check_holds(Transaction& tx, Checked& checked, CheckFindings& findings) {
  gate::each_hold_row(tx, [&](const gate::TableRow& row) {
    ++checked.holds;
    const std::string where = fmt::format("hold {}", row.row_id);
    const auto found = holds_.find(row.row_id);
    if (found == holds_.end() || (!found->second.granted && !found->second.erased)) {
      findings.add("row_inserted", where, "暂停表中有这一行，却没有它的事实",
                   "the table has this hold, and no fact set it");
      return;
    }
    const Expected& one = found->second;
    Fields fields = row.fields;
    fields.emplace_back("since", std::to_string(row.at.micros()));
    fields.emplace_back("set_by", row.by);
    if (!one.erased && hash_of(fields, one.named, row.customer_no) != one.fields)
      name_columns(tx, one, where, fields, row.customer_no, findings);
    if (!one.erased) check_end(one, row, where, findings);
    if (!one.erased && (row.state == "lifted") != (one.state == 1))
      findings.add("row_altered", where, "是否解除与事实不符",
                   "it is lifted, or not, otherwise than its facts say");
    holds_.erase(found);
  });
  for (const auto& [id, one] : holds_)
    if (one.granted && !one.erased)
      findings.add("row_deleted", fmt::format("hold {}", id), "暂停表中缺少这一行",
                   fmt::format("fact {} set it, and the table has no such hold", one.fact_id));
}

void GateTables::check_counters(Transaction& tx, CheckFindings& findings) {
  std::size_t met = 0;
  gate::each_person_seen(tx, [&](const std::string& person, std::int64_t nth, kernel::Instant at) {
    const auto found = counts_.find(mix(seed, person));
    const bool lock_only = nth == 0 && at.micros() == 0;  // made to be locked; it says nothing
    // Permits of before facts said which they were count too.
    if (found == counts_.end() && (lock_only || uncounted_ > 0 || erased_permits_ > 0)) return;
    const Count count = found == counts_.end() ? Count{} : found->second;
    met += found == counts_.end() ? 0 : 1;
    if (count.nth != nth)
      findings.add(
          "counter_altered", "person_seen",
          fmt::format("某人的许可计数为 {}，事实为 {}", nth, count.nth),
          fmt::format("a person's count of permits is {}, by the facts {}", nth, count.nth));
    else if (count.last_at != at.micros())
      findings.add(
          "counter_altered", "person_seen",
          fmt::format("某人最近许可的时刻为 {}，与事实不符", at.format()),
          fmt::format("a person's last permit was at {}, and not by the facts", at.format()));
  });
  if (met < counts_.size())
    findings.add("counter_deleted", "person_seen",
                 fmt::format("缺少 {} 人的许可计数", counts_.size() - met),
                 fmt::format("the counts of {} persons are gone", counts_.size() - met));
}

void GateTables::check_marks(Transaction& tx, CheckFindings& findings) {
  gate::each_mark_row(tx, [&](const gate::TableRow& row) {
    const std::uint64_t key =
        mix(mix(mix(seed, row.fields[0].second), row.fields[1].second), row.outcome);
    const std::uint64_t content = mix(mix(key, std::to_string(row.at.micros())), row.by);
    if (marks_.erase(content) == 1) return;
    if (--erased_marks_ >= 0) return;  // its person was erased; who asked for peace keeps it
    const bool known = marked_.contains(key);
    findings.add(known ? "row_altered" : "row_inserted", "number_mark",
                 fmt::format("号码标记（{}）与事实不符", row.outcome),
                 known
                     ? fmt::format("a number's mark ({}) says another time or person than its fact",
                                   row.outcome)
                     : fmt::format("no fact says this mark of a number ({})", row.outcome));
  });
  for (const auto& [content, fact] : marks_)
    findings.add("row_deleted", fmt::format("number_mark of fact {}", fact),
                 "号码标记（拒收或有误）不在表中",
                 "a mark of a number (asked not to be called, or another's) is gone or altered");
}

}  // namespace evidence
