#pragma once
// PackSet: the policy packs in force, united. What enters are Facts; what leaves is every row of
// every pack that refuses. A pack is a .dmn file: a decision `options` (a context of numbers and
// words) and tables with hit policy COLLECT whose outputs are those of a Refusal.
// Never true: a pack that cannot be read or evaluated and does not refuse.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decision/decision.h"
#include "gate/facts.h"

namespace gate {

struct PackOptions {
  std::optional<int> open_minute, close_minute;  // of calls and most other contacts
  std::optional<int> cap_person_day, cap_number_day;
  std::optional<int> gap_minutes, permit_minutes;
};

struct Pack {
  std::string name, version;
  std::optional<decision::Model> model;
  std::vector<std::string> tables;  // decisions that refuse
  PackOptions options;
  std::string problem;  // not empty: everything is refused
  std::string sha256;   // of the file, in hex; empty: the file could not be read
  std::shared_ptr<const std::string> bytes;  // of the file, for whoever replays a decision

  static Pack load(const std::filesystem::path& file);
  static Pack parse(std::string_view xml, std::string_view name);
};

class PackSet {
 public:
  PackSet(std::vector<Pack> packs, Calendar calendar)
      : packs_(std::move(packs)), calendar_(std::move(calendar)) {}

  const std::vector<Pack>& packs() const { return packs_; }
  const Calendar& calendar() const { return calendar_; }

  // All that fired, without allowed_at.
  std::vector<Refusal> refusals(const Facts& facts) const;
  // The smallest of an option over all packs; `otherwise` when none has it.
  int smallest(std::optional<int> PackOptions::*option, int otherwise) const;
  int largest(std::optional<int> PackOptions::*option, int otherwise) const;

 private:
  std::vector<Pack> packs_;
  Calendar calendar_;
};

// What the gate itself refuses for, before any pack: code, and why in both languages.
Refusal own_refusal(std::string_view code, std::string_view reason_zh, std::string_view reason_en,
                    std::string_view again);

}  // namespace gate
