#pragma once
// The requests of one call, judged together: people, histories, holds and askers are loaded for all
// at once, then each request is judged in its place, and what it is granted counts for those after
// it. Only Gate uses this.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "gate/door.h"
#include "gate/facts.h"
#include "gate/packs.h"
#include "gate/rows.h"
#include "gate/types.h"

namespace gate {

// The packs that protect a person on a day, and what of them does not change from request to
// request.
struct DayPacks {
  Packs packs;
  std::vector<PackRef> refs;
  std::string json, text;  // [{"pack":…},…]; "pack@version pack@version"
  int cap_person_day = 0, cap_number_day = 0, permit_minutes = 0, close_minute = 0;
};

class Gate::Batch {
 public:
  Batch(const Gate& gate, store::Transaction& tx, std::span<const Request> requests,
        kernel::Instant now)
      : gate_(gate), tx_(tx), requests_(requests), now_(now) {}

  void load(bool lock);
  Answer question(std::size_t i);
  Explained explain(std::size_t i);
  kernel::Result<Reply> ask(std::size_t i);
  void save();  // all that ask() gave, in the order it was given

 private:
  // What is known for one request; person and point are null where nobody knows them.
  struct Case {
    const Request& request;
    const Person* person = nullptr;
    const ContactPoint* point = nullptr;
    kernel::Instant now;  // never before what the person's row has seen
    const DayPacks& packs;
    History history;
  };
  // What was found out about it.
  struct Verdict {
    Answer answer;
    Facts facts;
  };

  const DayPacks& packs_for(kernel::Date date, const Person* person);
  AskerFacts asker_of(const Request& request, kernel::Date date);
  Case make_case(std::size_t i);
  void add_touches(const Case& c, std::vector<Touch>& touches) const;
  std::int64_t own_contacts(const Case& c, kernel::Instant day) const;
  std::int64_t own_attempts(const Case& c, kernel::Instant day) const;
  Verdict judge(const Case& c) const;
  std::string imported_facts(const Case& c) const;
  const Permit::Bound* granted_before(const Request& request) const;
  kernel::Result<Reply> repeat(const Case& c, const Permit::Bound& bound) const;
  Reply grant(const Case& c, Verdict verdict);
  void refuse(const Case& c, const Verdict& verdict);
  void use_packs(const DayPacks& day, kernel::Instant at);

  const Gate& gate_;
  store::Transaction& tx_;
  const std::span<const Request> requests_;
  kernel::Instant now_;        // the node's own, until the gate's clock is read
  std::string clock_problem_;  // not empty: nothing is granted
  std::map<kernel::Date, Packs> packs_;
  std::map<std::pair<kernel::Date, const Applicable*>, DayPacks> days_;
  std::map<std::pair<std::string, kernel::Date>, AskerFacts> askers_;
  People people_;
  Known known_;
  std::map<std::string, Permit::Bound> by_key_;  // granted earlier, or in this batch

  // On the way to the store.
  std::vector<NewPack> new_packs_;
  std::vector<NewPermit> permits_;
  std::vector<NewRefusal> refusals_;
  std::vector<store::Fact> facts_;
};

}  // namespace gate
