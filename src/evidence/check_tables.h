#pragma once
// Tables of other rooms against their facts: versions of decision tables, the packs that were used
// (rows, and their files beside the log), imported files, payments in their column folders, looks.
// Enters: every fact, in any order. Leaves: what the tables and folders say otherwise.

#include <map>

#include "evidence/check_gate.h"

namespace evidence {

class OtherTables {
 public:
  // `log`: the folder, for its packs; `data`: empty where the store has the gate's tables only.
  OtherTables(std::filesystem::path log, std::filesystem::path data)
      : log_(std::move(log)), data_(std::move(data)) {}
  // Only packs of sealed facts are beside the log.
  void take(const StoredFact& fact, bool sealed);
  void take_erased(std::string_view entry);
  void check(store::Transaction& tx, Checked& checked, CheckFindings& findings);

 private:
  struct Pack {
    std::string sha256, calendar_sha256;
    bool sealed = false;
  };
  struct Version {  // as the last fact of it says
    std::int64_t fact_id = 0;
    std::string file, version, based_on, state, revision, effective_from;
  };
  struct Money {  // of a batch
    std::int64_t count = 0, fen = 0;
    std::uint64_t lines = 0;  // sum of the lines' hashes: of any order
  };
  void take_payment(const StoredFact& fact);
  void check_packs(store::Transaction& tx, CheckFindings& findings);
  void check_pack_files(CheckFindings& findings);
  void check_versions(store::Transaction& tx, CheckFindings& findings);
  void check_batches(store::Transaction& tx, CheckFindings& findings);
  void check_payments(store::Transaction& tx, Checked& checked, CheckFindings& findings);
  void check_looks(store::Transaction& tx, CheckFindings& findings);

  std::filesystem::path log_, data_;
  std::map<std::string, Pack> packs_;           // pack@version
  std::map<std::string, Version> versions_;     // by version_id
  std::map<std::string, std::string> batches_;  // batch_id to what its fact says
  std::map<std::string, Money> money_;          // batch_id
  std::map<std::string, std::string> looks_;    // seal_no to looks and SHA-256
  std::int64_t erased_payments_ = 0;
};

}  // namespace evidence
