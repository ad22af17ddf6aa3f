#pragma once
// Which tables are checked against facts, and which of their columns: what the tampering goes
// through.

#include <string>
#include <vector>

namespace tests {

// A table, what in it is held by facts, and how the checks name a row of it.
struct Table {
  std::string name, pk;  // pk: what makes a row another one
  bool pk_text = false;
  std::string label;  // SQL: how a finding names the row
  std::string word;   // how findings about this table begin
  std::vector<std::string> numbers, texts, blobs;
  std::string only = "";       // SQL: its rows that say something; all of them
  bool without_rowid = false;  // in SQLite: a row is found by pk

  // SQL: a row by the engine's own address, where it has one.
  std::string row_id(bool on_postgres) const {
    return on_postgres ? "ctid" : without_rowid ? pk : "rowid";
  }
};

// Not held by facts, and so not here: a permit's idempotency key (that there is one is), reasons
// (sealed texts, which retention empties), a refusal's number, when a seal was written, and what
// is said of a version beside its bytes and state.
inline const std::vector<Table>& checked_tables() {
  static const std::vector<Table> all = {
      {"fact",
       "fact_id",
       false,
       "'fact ' || fact_id",
       "fact ",
       {"fact_id", "made_at"},
       {"kind", "subject", "made_by", "body"},
       {}},
      {"fact_unsealed", "first_id", false, "'fact '", "fact ", {"first_id", "fact_count"}, {}, {}},
      {"seal",
       "seal_id",
       false,
       "'seal'",
       "seal",
       {"seal_id", "first_leaf", "leaf_count", "min_id", "max_id"},
       {"root", "checkpoint"},
       {"ranges"}},
      {"log_key", "subject", true, "''", "", {}, {"subject"}, {"ref", "key"}, "", true},
      {"permit",
       "permit_id",
       false,
       "'permit ' || permit_id",
       "permit ",
       {"permit_id", "says_debt", "reserved_at", "expires_at", "used_at", "outcome_at", "nth"},
       {"person_key", "customer_no", "contact_point_id", "number_index", "role", "channel",
        "purpose", "script", "asker", "state", "outcome", "outcome_by", "packs"},
       {}},
      {"refusal",
       "refusal_id",
       false,
       "'refusal '",
       "refusal ",
       {"refused_at", "allowed_at"},
       {"customer_no", "contact_point_id", "channel", "purpose", "asker", "codes", "packs"},
       {}},
      {"hold",
       "hold_id",
       false,
       "'hold ' || hold_id",
       "hold ",
       {"hold_id", "since", "until", "lifted_at"},
       {"person_key", "customer_no", "kind", "set_by", "lifted_by"},
       {}},
      {"person_seen",
       "person_key",
       true,
       "'person_seen'",
       "person_seen",
       {"seen_at", "nth"},
       {"person_key"},
       {},
       " WHERE nth > 0"},  // others were made to be locked
      {"number_mark",
       "number_index",
       true,
       "'number_mark'",
       "number_mark",
       {"marked_at"},
       {"number_index", "person_key", "mark", "marked_by"},
       {}},
      {"gate_pack",
       "version",
       true,
       "'pack ' || pack || '@' || version",
       "pack ",
       {},
       {"pack", "version", "sha256", "calendar_sha256"},
       {"bytes"}},
      {"table_version",
       "version_id",
       false,
       "'version ' || version_id",
       "version ",
       {"version_id", "revision", "effective_from"},
       {"file", "version", "state", "based_on"},
       {"xml"}},
      {"intake_batch",
       "batch_id",
       true,
       "'batch ' || batch_id",
       "batch ",
       {"as_of", "rejects"},
       {"batch_id", "file_name"},
       {}},
      {"look",
       "look_id",
       false,
       "'looks of seal ' || seal_no",
       "looks of seal ",
       {"look_id", "looked_at", "cases", "seal_no"},
       {"user_name", "role", "team", "kind", "purpose", "customer_no", "detail", "search_key",
        "address_key", "address_masked"},
       {}},
  };
  return all;
}

// What waits for its seal can be altered still, and a key that no fact used yet says nothing.
inline std::string held(const Table& t, const std::string& column = "") {
  if (t.name == "log_key" && column == "key") return " WHERE subject IN (SELECT subject FROM fact)";
  if (t.name != "fact") return t.only;
  return " WHERE NOT EXISTS (SELECT 1 FROM fact_unsealed u WHERE fact.fact_id >= u.first_id AND"
         " fact.fact_id < u.first_id + u.fact_count)";
}

}  // namespace tests
