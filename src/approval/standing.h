#pragma once
// Who may answer a request now: in their own right, or as the deputy of somebody who may. What
// enters: the table, the staff and the deputies of a day. What leaves: by whose authority, or why
// not. Pure but for loading. Never true: an authority that asked or answered before.

#include "approval/rows.h"
#include "approval/rules.h"

namespace approval {

class Standing {
 public:
  static kernel::Result<Standing> load(store::Transaction& tx, const Setup& setup,
                                       kernel::Date today);

  const decision::Model& table() const { return *table_; }
  const std::vector<Person>& staff() const { return staff_; }
  const Person* find(std::string_view user_name) const;

  struct Right {
    std::string made_for;  // by whose authority; empty: none
    std::string rule_id;
    std::optional<kernel::Error> why_not;
  };
  // At the level the request waits for.
  Right right_of(const Approval& approval, const std::vector<Step>& steps,
                 std::string_view by) const;
  // Asked, answered, or could answer some level: others do not learn that there is one.
  bool sees(const Approval& approval, const std::vector<Step>& steps, std::string_view by) const;

 private:
  // Themselves first, then those they stand in for today.
  std::vector<const Person*> authorities_of(std::string_view by) const;

  Model table_;
  std::vector<Person> staff_;
  std::vector<Deputy> deputies_;  // in force today
};

}  // namespace approval
