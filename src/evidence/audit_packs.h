#pragma once
// The packs of a log folder: bytes in LOG/packs/<pack>@<version>.dmn, whose SHA-256 the log's own
// entry `pack_used` names. Judges logged facts again under them.

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evidence/audit_entry.h"
#include "gate/types.h"

namespace evidence {

class LogPacks {
 public:
  LogPacks(std::filesystem::path folder, Findings& findings)
      : folder_(std::move(folder)), findings_(findings) {}

  void used(const PackEntry& entry);
  // The verdict made again beside the one logged; also counts the entry under its packs, and fills
  // in the caps that held. False: it could not be judged again.
  bool judge(JudgedEntry& entry);
  // After the last entry: was each pack registered, with these bytes?
  void finish();
  // Of these decisions: which of the packs are the same files?
  void compare_with(const std::filesystem::path& decisions);
  std::vector<PackCount> counts() const;

 private:
  using Name = std::pair<std::string, std::string>;  // pack, version
  struct Known {
    PackCount count;
    std::string registered;  // SHA-256 the log names; empty: not (yet)
    bool readable = false;
    std::int64_t first_leaf = -1, first_fact = 0, used_leaf = -1, used_fact = 0;
  };
  struct Caps {
    std::optional<int> person, number;
  };
  Known& know(const gate::PackRef& pack, const Judged& first);
  const Caps& caps_of(const std::vector<gate::PackRef>& packs);
  void compare(const JudgedEntry& entry, const std::vector<gate::Refusal>& again);

  std::filesystem::path folder_;
  Findings& findings_;
  gate::Replay replay_;
  std::map<Name, Known> known_;
  std::vector<std::pair<std::vector<gate::PackRef>, Caps>> caps_;
};

}  // namespace evidence
