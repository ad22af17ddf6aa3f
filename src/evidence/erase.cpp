// Erasure: the log stays as it is; what leads from it to the person goes.

#include <algorithm>
#include <set>

#include "evidence/kinds.h"
#include "evidence/rows.h"
#include "http/json.h"
#include "kernel/hash.h"
#include "store/list.h"

namespace evidence {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::Transaction;

namespace {

struct ErasedBody {
  std::int64_t facts = 0, keys = 0;
};
BOOST_DESCRIBE_STRUCT(ErasedBody, (), (facts, keys))

std::vector<StoredFact> facts_of(Transaction& tx, const std::set<std::string>& subjects) {
  std::vector<StoredFact> facts;
  for (const std::string& subject : subjects)
    each_fact_of(tx, subject, [&](StoredFact&& fact) { facts.push_back(std::move(fact)); });
  std::sort(facts.begin(), facts.end(),
            [](const StoredFact& a, const StoredFact& b) { return a.fact_id < b.fact_id; });
  return facts;
}

bool waits(Transaction& tx, store::FactId fact_id) {
  return tx
      .query_i64(
          "SELECT 1 FROM fact_unsealed WHERE first_id <= $1 AND first_id + fact_count > $1"
          " AND first_id > $1 - 4096",
          {fact_id})
      .has_value();
}

// "person:<key>", "number:<index>" and "asker:<name>" are shown as refs in facts of other customers
// too: while such a fact stands, the ref leads to the value anyway, and the key stays.
bool others_refer(Transaction& tx, std::string_view subject, const store::TextList& erased) {
  const std::size_t colon = subject.find(':');
  const std::string field(subject.substr(0, colon));
  std::string kinds;
  for (const FactKind& kind : fact_kinds())
    for (const PublicField& shown : kind.fields)
      if (shown.ref_of == field)
        kinds += (kinds.empty() ? "'" : ", '") + std::string(kind.kind) + "'";
  if (kinds.empty()) return false;
  const std::string said =
      "\"" + field + "\":" + http::write_json(std::string(subject.substr(colon + 1)));
  return tx
      .query_i64("SELECT 1 FROM single_fact WHERE kind IN (" + kinds + ") AND " +
                     (tx.on_postgres() ? "strpos" : "instr") + "(body, $1) > 0 AND NOT (subject" +
                     erased.in(2) + ") LIMIT 1",
                 {said, erased.param()})
      .has_value();
}

bool has_facts(Transaction& tx, std::string_view subject) {
  bool any = false;
  each_fact_of(tx, subject, [&](StoredFact&&) { any = true; });
  return any;
}

void remove_keys(Transaction& tx, const std::vector<std::string>& subjects) {
  if (tx.on_postgres()) {
    store::Array gone = store::Array::of_texts();
    for (const std::string& subject : subjects) gone.add(subject);
    tx.query("SELECT log_key_remove($1)", {gone}, [](const store::Row&) {});
    return;
  }
  for (const std::string& subject : subjects)
    tx.execute("DELETE FROM log_key WHERE subject = $1", {subject});
  tx.execute("UPDATE log_erasures SET count = count + 1");
}

}  // namespace

Result<Forgotten> forget(Transaction& tx, const std::vector<std::string>& wanted,
                         std::string_view by, kernel::Instant now) {
  tx.lock("evidence.seal");  // no sealer has read what is erased here
  const std::set<std::string> subjects(wanted.begin(), wanted.end());
  const std::vector<StoredFact> facts = facts_of(tx, subjects);
  Keys keys;
  std::vector<std::string> all;
  for (const StoredFact& fact : facts) {
    if (waits(tx, fact.fact_id))
      return Error{Code::conflict,
                   "a fact of this person waits for its seal: seal first, then erase",
                   std::to_string(fact.fact_id.value())};
    add_subjects(fact, all);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  load_keys(tx, all, keys);
  const auto key_of = [&](std::string_view subject) -> const LogKey* {
    const auto found = keys.find(subject);
    return found == keys.end() ? nullptr : &found->second;
  };
  EntryMaker maker;
  std::vector<store::Erased> erased;
  for (const StoredFact& fact : facts) {
    const LogKey* key = key_of(fact.fact.subject);
    if (key == nullptr)
      return Error{Code::corrupt, "the key of a sealed fact is gone; evenhand verify says more",
                   std::to_string(fact.fact_id.value())};
    const std::string_view ref(reinterpret_cast<const char*>(key->ref.data()), key->ref.size());
    erased.push_back(
        {fact.fact_id, "erased:" + kernel::hex(ref), std::string(maker.make(fact, *key, key_of))});
  }
  Forgotten done{.facts = static_cast<std::int64_t>(facts.size()), .kept = {}};
  std::vector<std::string> gone;
  const store::TextList list(tx, subjects);
  for (const std::string& subject : subjects)
    others_refer(tx, subject, list) ? done.kept.push_back(subject) : gone.push_back(subject);
  // Whom only these facts showed (another's number on the person's file, who asked) goes with them.
  for (const std::string& subject : all)
    if (!subjects.contains(subject) && !has_facts(tx, subject) && !others_refer(tx, subject, list))
      gone.push_back(subject);
  done.keys = static_cast<std::int64_t>(gone.size());
  const store::FactId told = tx.append({"subject_erased", "erasure", std::string(by), now,
                                        http::write_json(ErasedBody{done.facts, done.keys})});
  tx.erase_facts(erased, told);
  remove_keys(tx, gone);
  return done;
}

}  // namespace evidence
