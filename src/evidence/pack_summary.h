#pragma once
// The summary of an evidence pack: summary.pdf from the facts that are in it. Pure but for what it
// is handed.

#include <map>
#include <string>
#include <vector>

#include "evidence/entry.h"
#include "evidence/pack.h"
#include "records/types.h"
#include "strategy/types.h"

namespace evidence {

struct PackAccount {
  std::string account_no_masked, product, bucket, status;
  kernel::Money balance_fen, overdue_fen;
  std::int64_t dpd = 0;
};

struct PackCase {
  std::string customer_no, name_masked, citizen_id_masked, region_name;
  std::vector<PackAccount> accounts;
};

struct PackContents {
  CasePackRequest request;
  kernel::Instant made_at;
  std::vector<PackCase> cases;
  std::vector<StoredFact> facts;  // by number: the first is 1 in facts.jsonl
  std::vector<records::Document> documents;
  std::map<std::int64_t, std::string> document_files;  // by document_id; "documents/…"
  std::vector<records::LegalHold> legal_holds;
  std::vector<std::string> pack_files;
  std::int64_t waiting = 0;
  std::string origin, root, vkey;
  std::uint64_t tree_size = 0;
  const strategy::Words* words = nullptr;
};

kernel::Result<std::string> render_summary(const PackContents& contents);

std::string document_kind_zh(const std::string& kind);

// One fact in words, for the timeline: what kind, and what its body says.
struct FactWords {
  std::string what, detail;
};
FactWords describe_fact(const StoredFact& fact, const strategy::Words& words);

}  // namespace evidence
