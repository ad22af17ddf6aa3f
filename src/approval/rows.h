#pragma once
// The room's tables: requests, answers by level, deputies. What enters and leaves are rows; who may
// do what is decided elsewhere. Whoever changes any holds `lock` first, so that two approvers take
// turns on every node.

#include "approval/types.h"

namespace approval {

inline constexpr char lock[] = "approval";

struct Step {
  ApprovalId approval_id{0};
  int level = 0;
  std::string verdict;            // given | refused
  std::string made_by, made_for;  // by hand, and by whose authority
  kernel::Instant made_at;
  std::string rule_id;
  std::string sealed_note;  // by the vault, purpose "approval.note"
};

void insert_approval(store::Transaction& tx, const Approval& approval);
// State, level, time: all else never changes.
void update_approval(store::Transaction& tx, const Approval& approval);
std::optional<Approval> find_waiting_row(store::Transaction& tx, std::string_view kind,
                                         std::string_view subject);
std::vector<Approval> load_waiting(store::Transaction& tx);  // earliest first
std::vector<Approval> load_late(store::Transaction& tx, kernel::Instant now);
bool any_late(store::Transaction& tx, kernel::Instant now);
// Asked by, or answered by or for, and not waiting; latest first.
std::vector<Approval> load_past(store::Transaction& tx, std::string_view user_name, int count_max);

void insert_step(store::Transaction& tx, const Step& step);
std::vector<Step> load_steps(store::Transaction& tx, ApprovalId id);  // by level

void insert_deputy(store::Transaction& tx, const Deputy& deputy);
void end_deputy_row(store::Transaction& tx, DeputyId id, std::string_view by, kernel::Instant now);
std::optional<Deputy> find_deputy(store::Transaction& tx, DeputyId id);
// Not ended, and not over on `today`; by the first day.
std::vector<Deputy> load_deputies(store::Transaction& tx, kernel::Date today);

}  // namespace approval
