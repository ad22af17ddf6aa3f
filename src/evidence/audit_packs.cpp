#include "evidence/audit_packs.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/hash.h"
#include "tlog/files.h"

namespace evidence {

namespace {

// A name that may be a file's: nothing that leads out of the folder.
bool good_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::string rule_text(const Rule& rule) {
  return fmt::format("{} ({}@{} {})", rule.code, rule.pack, rule.version, rule.rule_id);
}

bool same(const std::vector<gate::PackRef>& a, const std::vector<gate::PackRef>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const gate::PackRef& x, const gate::PackRef& y) {
                      return x.pack == y.pack && x.version == y.version;
                    });
}

}  // namespace

void LogPacks::used(const PackEntry& entry) {
  Known& known = known_[{std::string(entry.pack), std::string(entry.version)}];
  if (!known.registered.empty() && known.registered != entry.sha256)
    findings_.add(
        "pack_altered", {known.used_fact, entry.fact_id}, entry.leaf,
        fmt::format("规则包 {}@{} 登记了两个不同的哈希", entry.pack, entry.version),
        fmt::format("pack {}@{} was registered with two hashes", entry.pack, entry.version));
  known.registered = entry.sha256;
  known.used_leaf = entry.leaf;
  known.used_fact = entry.fact_id;
}

LogPacks::Known& LogPacks::know(const gate::PackRef& pack, const Judged& first) {
  Known& known = known_[{pack.pack, pack.version}];
  if (known.first_leaf >= 0) return known;
  known.first_leaf = first.leaf;
  known.first_fact = first.fact_id;
  if (!good_name(pack.pack) || !good_name(pack.version)) return known;
  const auto bytes = tlog::read_whole(folder_ / (pack.pack + "@" + pack.version + ".dmn"));
  if (!bytes) return known;
  known.readable = true;
  known.count.sha256 = kernel::sha256_hex(*bytes);
  replay_.add(pack, *bytes);
  return known;
}

const LogPacks::Caps& LogPacks::caps_of(const std::vector<gate::PackRef>& packs) {
  for (const auto& [known, caps] : caps_)
    if (same(known, packs)) return caps;
  caps_.emplace_back(packs, Caps{replay_.cap_person_day(packs), replay_.cap_number_day(packs)});
  return caps_.back().second;
}

bool LogPacks::judge(JudgedEntry& entry) {
  bool readable = true;
  for (const gate::PackRef& pack : entry.packs) {
    Known& known = know(pack, entry.judged);
    ++(entry.judged.permit_id != 0 ? known.count.permits : known.count.refusals);
    readable = readable && known.readable;
  }
  if (!readable || !entry.has_facts) return false;
  const Caps& caps = caps_of(entry.packs);
  entry.judged.cap_person = caps.person.value_or(no_value);
  entry.judged.cap_number = caps.number.value_or(no_value);
  const auto again = replay_.refusals(entry.packs, entry.facts);
  if (!again) {
    findings_.add("entry_unreadable", {entry.judged.fact_id}, entry.judged.leaf,
                  fmt::format("事实无法重判：{}", again.error().message), again.error().message);
    return false;
  }
  compare(entry, *again);
  return true;
}

// What the gate itself refuses for (pack "gate") is no pack's, and has no row to fire again.
void LogPacks::compare(const JudgedEntry& entry, const std::vector<gate::Refusal>& again) {
  std::vector<Rule> said, fired;
  for (const Rule& rule : entry.rules)
    if (rule.pack != "gate") said.push_back(rule);
  bool own = false;
  for (const gate::Refusal& r : again)
    if (r.pack != "gate")
      fired.push_back({r.code, r.pack, r.version, r.table, r.rule_id});
    else
      own = true;
  std::sort(said.begin(), said.end());
  std::sort(fired.begin(), fired.end());
  const Judged& judged = entry.judged;
  const bool granted = judged.permit_id != 0;
  if (said == fired && !(granted && own) && (granted || !entry.rules.empty())) return;
  std::vector<Rule> missing, invented;
  std::set_difference(fired.begin(), fired.end(), said.begin(), said.end(),
                      std::back_inserter(missing));
  std::set_difference(said.begin(), said.end(), fired.begin(), fired.end(),
                      std::back_inserter(invented));
  if (granted) {
    const std::string rule = missing.empty() ? "GATE" : rule_text(missing.front());
    findings_.add("verdict_differs", {judged.fact_id}, judged.leaf,
                  fmt::format("已授予许可，按规则应拒绝：{}", rule),
                  fmt::format("granted, where the packs refuse: {}", rule));
  } else if (!missing.empty()) {
    findings_.add("verdict_differs", {judged.fact_id}, judged.leaf,
                  fmt::format("拒绝记录缺少规则：{}", rule_text(missing.front())),
                  fmt::format("refused without naming {}", rule_text(missing.front())));
  } else {
    const std::string rule = invented.empty() ? "-" : rule_text(invented.front());
    findings_.add("verdict_differs", {judged.fact_id}, judged.leaf,
                  fmt::format("拒绝依据的规则并未命中：{}", rule),
                  fmt::format("refused by a rule that does not fire: {}", rule));
  }
}

void LogPacks::finish() {
  for (const auto& [name, known] : known_) {
    const std::string shown = name.first + "@" + name.second;
    if (known.first_leaf < 0) continue;  // registered, and never judged by
    if (!known.readable)
      findings_.add("pack_missing", {known.first_fact}, known.first_leaf,
                    fmt::format("日志中没有规则包 {} 的文件", shown),
                    fmt::format("the folder packs/ has no file of pack {}", shown));
    if (known.registered.empty())
      findings_.add("pack_missing", {known.first_fact}, known.first_leaf,
                    fmt::format("规则包 {} 没有登记（pack_used）", shown),
                    fmt::format("pack {} was never registered (pack_used)", shown));
    else if (known.readable && known.registered != known.count.sha256)
      findings_.add("pack_altered", {known.used_fact}, known.used_leaf,
                    fmt::format("规则包 {} 的文件与登记的哈希不符", shown),
                    fmt::format("the file of pack {} is not the one registered: its SHA-256 is {}, "
                                "the log says {}",
                                shown, known.count.sha256, known.registered));
  }
}

void LogPacks::compare_with(const std::filesystem::path& decisions) {
  for (auto& [name, known] : known_) {
    const auto bytes = tlog::read_whole(decisions / "packs" / (name.first + ".dmn"));
    if (bytes) known.count.same_as_given = kernel::sha256_hex(*bytes) == known.count.sha256;
  }
}

std::vector<PackCount> LogPacks::counts() const {
  std::vector<PackCount> all;
  for (const auto& [name, known] : known_) {
    all.push_back(known.count);
    all.back().pack = name.first;
    all.back().version = name.second;
  }
  return all;
}

}  // namespace evidence
