#include <fmt/format.h>

#include "gate/facts.h"
#include "gate/packs.h"
#include "gate/types.h"

namespace gate {

struct Replay::Sets {
  std::map<std::pair<std::string, std::string>, std::string> bytes;  // by pack and version
  std::map<std::string, std::unique_ptr<PackSet>> made;              // by their names, in order

  const PackSet& of(const std::vector<PackRef>& packs) {
    std::string key;
    for (const PackRef& ref : packs) key += ref.pack + "@" + ref.version + "\n";
    std::unique_ptr<PackSet>& set = made[key];
    if (!set) {
      std::vector<Pack> parsed;
      for (const PackRef& ref : packs) {
        const auto found = bytes.find({ref.pack, ref.version});
        CHECK_MSG(found != bytes.end(), "a pack that was not added");
        parsed.push_back(Pack::parse(found->second, ref.pack));
      }
      set = std::make_unique<PackSet>(std::move(parsed), Calendar());
    }
    return *set;
  }
};

Replay::Replay() : sets_(std::make_unique<Sets>()) {}
Replay::~Replay() = default;

std::string Replay::add(const PackRef& pack, std::string_view dmn) {
  sets_->bytes[{pack.pack, pack.version}] = dmn;
  return Pack::parse(dmn, pack.pack).problem;
}

bool Replay::has(const PackRef& pack) const {
  return sets_->bytes.contains({pack.pack, pack.version});
}

namespace {

using Logged = decltype(LoggedFact::value);

bool set(std::string& into, const Logged& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text != nullptr) into.assign(*text);
  return text != nullptr;
}
bool set(bool& into, const Logged& value) {
  const auto* flag = std::get_if<bool>(&value);
  if (flag != nullptr) into = *flag;
  return flag != nullptr;
}
bool set(int& into, const Logged& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number != static_cast<int>(*number)) return false;
  into = static_cast<int>(*number);
  return true;
}
bool set(std::optional<int>& into, const Logged& value) {
  into.reset();
  if (std::holds_alternative<std::monostate>(value)) return true;
  return set(into.emplace(), value);
}
bool set(std::vector<std::string>& into, const Logged& value) {
  const auto* words = std::get_if<std::vector<std::string_view>>(&value);
  if (words == nullptr) return false;
  into.assign(words->begin(), words->end());
  return true;
}

// They come in the order of fact_fields() when this program wrote them.
const Logged* find(const std::vector<LoggedFact>& facts, std::string_view name, std::size_t near) {
  if (near < facts.size() && facts[near].name == name) return &facts[near].value;
  for (const LoggedFact& fact : facts)
    if (fact.name == name) return &fact.value;
  return nullptr;
}

kernel::Result<Facts> read_facts(const std::vector<LoggedFact>& logged) {
  Facts facts;
  const std::vector<FactField>& fields = fact_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Logged* value = find(logged, fields[i].name, i);
    const bool good =
        value != nullptr &&
        std::visit([&](auto member) { return set(facts.*member, *value); }, fields[i].member);
    if (!good)
      return kernel::Error{kernel::Code::corrupt,
                           fmt::format("the fact '{}' is {}", fields[i].name,
                                       value == nullptr ? "not in the entry" : "of another type"),
                           std::string(fields[i].name)};
  }
  return facts;
}

}  // namespace

kernel::Result<std::vector<Refusal>> Replay::refusals(const std::vector<PackRef>& packs,
                                                      const std::vector<LoggedFact>& facts) {
  TRY_ASSIGN(const Facts read, read_facts(facts));
  return sets_->of(packs).refusals(read);
}

namespace {

std::optional<int> smallest(const PackSet& set, std::optional<int> PackOptions::*option) {
  const int found = set.smallest(option, -1);
  return found < 0 ? std::nullopt : std::optional(found);
}

}  // namespace

std::optional<int> Replay::cap_person_day(const std::vector<PackRef>& packs) {
  return smallest(sets_->of(packs), &PackOptions::cap_person_day);
}
std::optional<int> Replay::cap_number_day(const std::vector<PackRef>& packs) {
  return smallest(sets_->of(packs), &PackOptions::cap_number_day);
}

}  // namespace gate
