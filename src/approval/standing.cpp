#include "approval/standing.h"

#include <algorithm>

namespace approval {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

// Neither who asked, nor anyone who answered before, nor anyone in whose name that was done.
bool used(const Approval& approval, const std::vector<Step>& steps, std::string_view name) {
  return approval.asked_by == name ||
         std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
           return step.made_by == name || step.made_for == name;
         });
}

}  // namespace

Result<Standing> Standing::load(store::Transaction& tx, const Setup& setup, kernel::Date today) {
  Standing standing;
  TRY_ASSIGN(standing.table_, setup.table(tx, today));
  standing.staff_ = setup.staff(tx);
  for (Deputy& deputy : load_deputies(tx, today))
    if (deputy.from_date <= today) standing.deputies_.push_back(std::move(deputy));
  return standing;
}

const Person* Standing::find(std::string_view user_name) const {
  const auto found = std::find_if(staff_.begin(), staff_.end(), [&](const Person& person) {
    return person.user_name == user_name;
  });
  return found == staff_.end() ? nullptr : &*found;
}

std::vector<const Person*> Standing::authorities_of(std::string_view by) const {
  const Person* self = find(by);
  if (self == nullptr) return {};
  std::vector<const Person*> all = {self};
  for (const Deputy& deputy : deputies_) {
    if (deputy.deputy != by) continue;
    const Person* principal = find(deputy.user_name);
    // The table of today: who was named under another stands in for nobody.
    if (principal != nullptr && deputy_days(*table_, principal->role, self->role) > 0)
      all.push_back(principal);
  }
  return all;
}

Standing::Right Standing::right_of(const Approval& approval, const std::vector<Step>& steps,
                                   std::string_view by) const {
  const auto no = [](const char* why) {
    return Right{{}, {}, Error{Code::forbidden, why, "approval_id"}};
  };
  if (approval.asked_by == by) return no("who asked does not approve: four eyes");
  if (used(approval, steps, by)) return no("you had your say at an earlier level: ask another");
  bool used_up = false;
  for (const Person* person : authorities_of(by)) {
    Said said = may_approve(*table_, matter_of(approval), approval.level, person->role);
    if (!said.may) continue;
    if (!used(approval, steps, person->user_name))
      return {person->user_name, std::move(said.rule_id), {}};
    used_up = true;
  }
  return no(used_up ? "the one you stand in for asked, or approved already: four eyes"
                    : "approval.dmn does not let you answer this level");
}

bool Standing::sees(const Approval& approval, const std::vector<Step>& steps,
                    std::string_view by) const {
  if (used(approval, steps, by)) return true;
  const auto authorities = authorities_of(by);
  for (int level = 1; level <= approval.levels; ++level)
    for (const Person* person : authorities)
      if (may_approve(*table_, matter_of(approval), level, person->role).may) return true;
  return false;
}

}  // namespace approval
