#pragma once
// Counts again what the gate counted, from the log alone. Enters: what each entry says, in any
// order. Leaves: everything that does not hold, with the entries that show it. Order within a
// person is that of `nth`, which the gate gives under the person's lock, never that of clocks or of
// the log, so that nodes with wrong clocks are audited as well as those with right ones.
// Memory: one sixty-fourth of the log's permits at a time, the rest in temporary files.

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/audit.h"
#include "evidence/audit_spill.h"

namespace evidence {

// The pseudonym of a person or number in the log: 16 random bytes.
using Ref = std::array<std::uint8_t, 16>;

// The facts a pack sees that are counted, and can be counted again (docs/gate.md says what each
// means). Of two sources, our permits and imported contacts, a `sum` adds, a `least` is the
// smaller; a `row` of misses cannot be put together from two, and is checked where nothing was
// imported.
enum Tally : std::size_t {
  contacts_today,
  contacts_7d,
  calls_today,
  third_party_contacts_today,
  third_party_contacts_7d,
  attempts_today,  // on the number; all others of the person
  attempts_today_person,
  calls_7d,
  minutes_since_contact,
  days_since_conversation,
  missed_calls,
  missed_days,
  tally_count
};
enum class Joins : std::uint8_t { sum, least, row };
struct TallyInfo {
  const char* name;
  Joins joins;
};
const std::array<TallyInfo, tally_count>& tallies();
inline constexpr std::int32_t no_value = std::numeric_limits<std::int32_t>::max();  // null
inline constexpr std::int32_t not_said = std::numeric_limits<std::int32_t>::min();  // no such fact
using Tallies = std::array<std::int32_t, tally_count>;

// A permit or a refusal, as its entry says.
struct Judged {
  std::int64_t fact_id = 0, permit_id = 0;  // permit_id 0: a refusal
  std::int64_t leaf = 0;
  std::int64_t at = 0, expires_at = 0;  // µs UTC; `at` is the moment judged
  Ref person{}, number{};
  std::int32_t nth = 0;  // of a refusal: permits so far
  Tallies said{}, imported{};
  std::uint64_t holds = 0;  // bits of Recount::hold_bit
  std::int32_t cap_person = no_value, cap_number = no_value;
  std::int32_t offset_minutes = 480;  // of the person's clock from UTC, at that moment
  bool own = true;                    // the debtor's own point
  bool third_party = false;           // neither the debtor's nor a guarantor's
  bool call = true;                   // by call or robot_call
};

// What an outcome says; as long as there is none, everything that cannot be excluded.
struct Meaning {
  bool contact = true;   // counts as a contact had with the person
  bool settled = false;  // known
  bool talked = true;    // the debtor or a guarantor may have spoken
  bool missed = false;   // reached nobody
};
Meaning meaning_of(std::string_view outcome);

enum class What : std::uint8_t { used, outcome, expired, revoked, attempted };

// Something that happened to a permit.
struct Touched {
  std::int64_t permit_id = 0, fact_id = 0, at = 0;
  std::int64_t leaf = 0;
  Ref person{};
  std::int32_t nth = not_said;  // the person's permits so far; not_said: older entries
  What what = What::used;
  Meaning meaning{};       // of an outcome
  bool has_person = true;  // an entry that names no person is joined by its permit only
};

struct HoldMoved {
  std::int64_t hold_id = 0, fact_id = 0, at = 0;
  std::int64_t leaf = 0;
  Ref person{};
  std::int32_t nth = not_said;
  std::int32_t until = no_value;  // its last day, days since 1970
  std::uint64_t bit = 0;
  bool lifted = false;
};

struct Life;      // a permit and what became of it (audit_lives.h)
struct OnNumber;  // a permit on a number

class Recount {
 public:
  Recount(const std::filesystem::path& temporary, Findings& findings);
  ~Recount();

  void judged(const Judged& entry);
  void touched(const Touched& entry);
  void hold(const HoldMoved& entry);
  std::uint64_t hold_bit(std::string_view kind);

  // After the last entry; judges all of it.
  kernel::Status finish();
  std::int64_t persons() const { return persons_; }
  std::int64_t numbers() const { return numbers_; }

 private:
  kernel::Status follow_permits();
  kernel::Status follow_persons();
  kernel::Status follow_numbers();
  void follow(std::vector<Judged>& grants, std::vector<Touched>& touches);
  Life life_of(const Judged& grant, const Touched* begin, const Touched* end);
  void person(const Life* begin, const Life* end, const HoldMoved* holds, std::size_t hold_count);
  void compare(const Life* begin, const Life& now);
  void check_holds(const Life& now, const HoldMoved* holds, std::size_t hold_count);
  void number_day(OnNumber* begin, OnNumber* end, std::size_t later);

  Findings& findings_;
  Spill<Judged> grants_;
  Spill<Touched> touches_;
  Spill<HoldMoved> holds_;
  struct Lives;  // spills of what the first pass leaves
  std::unique_ptr<Lives> lives_;
  std::map<std::string, std::uint64_t, std::less<>> hold_bits_;
  std::int64_t persons_ = 0, numbers_ = 0;
};

}  // namespace evidence
