#pragma once
// PackSet: the policy packs in force, united. What enters are Facts; what leaves is every row that
// refuses, of every pack that protects the person. A pack is a .dmn file: a decision `options` (a
// context of numbers and words) and tables with hit policy COLLECT whose outputs are those of a
// Refusal. Never true: a pack that cannot be read or evaluated and does not refuse; a pack or a
// product more, and a refusal less.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "decision/decision.h"
#include "gate/applicability.h"
#include "gate/facts.h"
#include "gate/pack_program.h"

namespace gate {

struct PackOptions {
  std::optional<int> open_minute, close_minute;  // of calls and most other contacts
  std::optional<int> cap_person_day, cap_number_day;
  std::optional<int> gap_minutes, permit_minutes;
};

struct Pack {
  std::string name, version;
  std::optional<decision::Model> model;
  std::shared_ptr<const PackProgram> program;  // where there is no problem
  std::vector<std::string> tables;             // decisions that refuse
  PackOptions options;
  std::string problem;  // not empty: everything is refused
  std::string sha256;   // of the file, in hex; empty: the file could not be read
  std::optional<kernel::Date> effective_from;  // of a version that was released here
  std::shared_ptr<const std::string> bytes;    // of the file, for whoever replays a decision

  static Pack load(const std::filesystem::path& file);
  static Pack parse(std::string_view xml, std::string_view name);
};

// The packs that protect a person, and what the gate itself refuses for: nobody's pack, a pack that
// is named and not there.
struct Applicable {
  std::vector<std::size_t> packs;  // of PackSet::packs(), in their order
  std::vector<Refusal> own;
};

class PackSet {
 public:
  // Without a table of who is protected by what, every pack protects everybody.
  PackSet(std::vector<Pack> packs, Calendar calendar,
          std::optional<Applicability> table = std::nullopt);

  const std::vector<Pack>& packs() const { return packs_; }
  const Calendar& calendar() const { return calendar_; }
  const std::optional<Applicability>& who() const { return table_; }

  // All packs the table names for any of the products, and all it never names. Without products a
  // person is asked about as one whose product is not known (""). Lives as long as the set.
  const Applicable& applicable(std::string_view jurisdiction,
                               const std::vector<std::string>& products) const;
  const Applicable& everything() const { return everything_; }  // all packs

  // All that fired; the set must outlive the verdict.
  void check(const Facts& facts, const Applicable& applicable, Verdict& verdict) const;
  // The same, all by the interpreter.
  void interpret(const Facts& facts, const Applicable& applicable, Verdict& verdict) const;
  // All that fired of what protects the person of the facts, without allowed_at.
  std::vector<Refusal> refusals(const Facts& facts) const;
  // The smallest of an option over the packs; `otherwise` when none has it.
  int smallest(std::optional<int> PackOptions::*option, int otherwise,
               const Applicable& applicable) const;
  int largest(std::optional<int> PackOptions::*option, int otherwise,
              const Applicable& applicable) const;
  int smallest(std::optional<int> PackOptions::*option, int otherwise) const {
    return smallest(option, otherwise, everything_);
  }
  int largest(std::optional<int> PackOptions::*option, int otherwise) const {
    return largest(option, otherwise, everything_);
  }

 private:
  Applicable find_applicable(std::string_view jurisdiction,
                             const std::vector<std::string>& products) const;

  std::vector<Pack> packs_;
  std::vector<Refusal> failed_;  // by pack: what it refuses for where it has a problem
  Calendar calendar_;
  std::optional<Applicability> table_;
  Applicable everything_;
  // What was found before; entries stay where they are.
  struct Known {
    Known();
    const std::uint64_t number;  // no other's, ever
    std::mutex mutex;
    std::map<std::string, Applicable, std::less<>> by_key;
  };
  std::shared_ptr<Known> known_ = std::make_shared<Known>();
};

// What the gate itself refuses for, before any pack: code, and why in both languages.
Refusal own_refusal(std::string_view code, std::string_view reason_zh, std::string_view reason_en,
                    std::string_view again);

}  // namespace gate
