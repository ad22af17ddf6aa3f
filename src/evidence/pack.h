#pragma once
// An evidence pack: what is on record of a case, as a ZIP that an outsider checks without us. What
// enters: a case, days, a purpose. Leaves: summary.pdf, documents, facts with their salts, entries,
// proofs, checkpoint and key, packs in force, and programs that check. Never true: a pack made
// without a fact that says for whom and why; a proof in it that does not hold here.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "book/types.h"
#include "evidence/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace evidence {

struct CasePackDeps {  // borrowed
  store::Store& store;
  const book::Shelf& shelf;
  std::filesystem::path data_dir, decisions;
  std::filesystem::path log;  // the log's folder; facts are in the pack once they are sealed there
};

struct CasePackRequest {
  // A customer number, or the number of a legal hold: then every case of whom it names.
  std::string subject;
  std::optional<kernel::Date> from, to;  // days of the facts, both included; none: all
  std::string purpose;                   // one of records::read_reasons()
  std::string by;                        // user name
};

struct CasePack {
  std::string zip, file_name;
  std::int64_t facts = 0, documents = 0;
  std::int64_t waiting = 0;  // facts of these days not sealed yet: not in the pack, and it says so
};

// Leaves the facts evidence_pack_made, document_read and secret_disclosed. Errors: not_found (no
// such case or hold), invalid_input (purpose, days), unavailable (no log yet, no font), corrupt (a
// fact is not what the log committed to).
kernel::Result<CasePack> make_case_pack(const CasePackDeps& deps, const CasePackRequest& request,
                                        kernel::Instant now);

// GET /api/v1/cases/{case_id}/evidence-pack
std::vector<http::Route> pack_routes(const CasePackDeps& deps);

}  // namespace evidence
