#pragma once
// What the log says of a fact: one JSON object, the leaf of the tree. What enters is a fact with
// its subject's key, what leaves its entry; no personal data is ever in one. Pure.

//   {"v":1,"id":"<fact_id>","kind":"permit_granted","at":"2026-11-22T01:30:00.000000Z",
//    "subject":"<ref>","commit":"<base64>","public":{…}}
//
// ref      16 random bytes of a subject in hexadecimal; the subject itself is not in the log.
// commit   SHA-256("evenhand-fact-v1\n" ‖ salt ‖ the fact's canonical bytes)
// salt     SHA-256(key ‖ fact id, 8 bytes big-endian); key: 32 random bytes of the subject
// fact     {"id":"…","kind":"…","subject":"…","made_by":"…","made_at":"…Z","body":<as it was
// appended>}
//
// Whoever holds key or salt can check a fact against its entry; without, the commitment says
// nothing, however few facts there could be (it hides as a hash with a random 256-bit salt does).
// Deleting a subject's key therefore leaves every entry true and none that leads to the person.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "tlog/hash.h"

namespace evidence {

constexpr std::string_view commit_prefix = "evenhand-fact-v1\n";

struct LogKey {
  std::array<std::uint8_t, 16> ref{};
  std::array<std::uint8_t, 32> key{};
  bool operator==(const LogKey&) const = default;
};

using Salt = std::array<std::uint8_t, 32>;

struct StoredFact {
  store::FactId fact_id{0};
  store::Fact fact;
};

// The same, its texts another's.
struct FactView : store::FactView {
  FactView() = default;
  FactView(const StoredFact& stored) : store::FactView(stored.fact), fact_id(stored.fact_id) {}

  store::FactId fact_id{0};
};

// Adds the subjects besides its own whose keys the entry of this fact needs: those shown as refs.
void add_shown_subjects(const FactView& fact, std::vector<std::string>& into);
// Its own first, then those.
void add_subjects(const FactView& fact, std::vector<std::string>& into);

std::string canonical_fact(const FactView& fact);
Salt salt_of(const LogKey& key, store::FactId fact_id);
tlog::Hash commitment(const Salt& salt, std::string_view canonical);

// The key of a subject that add_subjects() gave; null: it has none (the ref shown is then "").
using KeyOf = std::function<const LogKey*(std::string_view subject)>;

// Makes entries, one after the other, with little allocation.
class EntryMaker {
 public:
  // Valid until the next call. Never longer than tlog::longest_entry: a public part that would not
  // fit is left out whole, with {"cut":true} in its place.
  std::string_view make(const FactView& fact, const LogKey& key, const KeyOf& key_of);

 private:
  void add_public(const FactView& fact, const KeyOf& key_of);
  const std::string& time_text(kernel::Instant at);

  std::string entry_, canonical_, time_text_;
  kernel::Instant time_;
};

// An entry read back. Errors: corrupt (not one of ours).
struct Entry {
  store::FactId fact_id{0};
  std::string kind, at, subject;  // subject: its ref in hexadecimal
  tlog::Hash commit{};
  std::string shown;  // the JSON object "public"
};
kernel::Result<Entry> parse_entry(std::string_view bytes);

// Members of a JSON object as they stand, without reading inside them; false: not such an object.
bool each_member(std::string_view object,
                 const std::function<void(std::string_view name, std::string_view value)>& member);
std::string log_time(kernel::Instant at);  // RFC 3339, UTC, always six digits after the second

}  // namespace evidence
