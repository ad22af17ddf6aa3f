// Gaps, overlaps and rows that never decide.

#include <algorithm>
#include <numeric>

#include "decision/check_table.h"

namespace decision {

namespace {

Box common(const Box& a, const Box& b) {
  Box box = a;
  for (std::size_t w = 0; w < box.size(); ++w) box[w] &= b[w];
  return box;
}

Box copy_of(const Layout& layout, const std::uint64_t* box) {
  return {box, box + layout.words()};
}

// The values of an input: those named, where any is.
Bits usual(const Variable& variable) {
  const Bits& plain = variable.plain();
  const bool none = std::all_of(plain.begin(), plain.end(), [](auto word) { return word == 0; });
  return none ? variable.open() : plain;
}

bool has_empty_input(const Layout& layout, const Box& box) {
  for (std::size_t input = 0; input < layout.inputs(); ++input) {
    std::size_t w = layout.begins[input];
    while (w < layout.begins[input + 1] && box[w] == 0) ++w;
    if (w == layout.begins[input + 1]) return true;
  }
  return false;
}

}  // namespace

bool TableCheck::has_default() const {
  return std::any_of(table_.outputs.begin(), table_.outputs.end(),
                     [](const TableOutput& output) { return output.default_entry != nullptr; });
}

// Where no row matches, the answer is null: sums and the like of nothing too.
bool TableCheck::needs_answer() const {
  if (has_default()) return false;
  const Aggregation how = table_.info.aggregation;
  return single_hit() || (table_.info.hit_policy == HitPolicy::collect &&
                          how != Aggregation::none && how != Aggregation::count);
}

void TableCheck::check_gaps() {
  if (!needs_answer()) return;
  const Box named = box_of(usual);
  if (find_gaps(named, true)) return;
  const Box open = box_of([](const Variable& variable) { return variable.open(); });
  if (open != named) find_gaps(open, false);
}

bool TableCheck::find_gaps(const Box& target, bool named) {
  if (has_empty_input(layout_, target)) return false;
  std::vector<std::size_t> by = reaches_->meeting(target.data(), 0, reaches_->size());
  const auto takes_all = [&](std::size_t at) {
    return reaches_->contains(reaches_->box(at), target.data());
  };
  if (std::any_of(by.begin(), by.end(), takes_all)) return false;
  if (!disjoint_) {
    disjoint_ = analysed_;
    for (std::size_t row = 0; row < takes_->size() && *disjoint_; ++row) {
      disjoint_ =
          takes_->meeting(takes_->box(row), row + 1, takes_->size()).empty() && !takes_->used_up();
    }
  }
  bool found = false;
  const char* kind = named ? "gap" : "no_default";
  while (room_for(kind)) {
    auto gap = reaches_->uncovered(target, by, *disjoint_);
    if (!gap) break;
    const Box wide = reaches_->widened(*gap, target);
    const Context example = case_in(wide);
    reaches_->add(wide);
    by.push_back(reaches_->size() - 1);
    if (!probe(example).fired.empty()) continue;
    found = true;
    const std::string where = region(wide, target);
    const bool serious = named && single_hit();
    report(named ? say::gap(where) : say::open_gap(where), serious ? "error" : "warning", 0, "",
           &example);
  }
  return found;
}

void TableCheck::check_overlaps() {
  if (table_.info.hit_policy != HitPolicy::unique && table_.info.hit_policy != HitPolicy::any) {
    return;
  }
  const bool unique = table_.info.hit_policy == HitPolicy::unique;
  bool any = false;
  for (std::size_t row = 0; row < takes_->size(); ++row) {
    for (std::size_t other : takes_->meeting(takes_->box(row), row + 1, takes_->size())) {
      any = true;
      if (!room_for("overlap")) return;
      check_overlap(row, other);
    }
    if (takes_->used_up()) return;
  }
  if (unique && !any) disjoint_ = analysed_;
}

void TableCheck::check_overlap(std::size_t row, std::size_t other) {
  const bool unique = table_.info.hit_policy == HitPolicy::unique;
  if (!unique && (!outputs_known(row) || !outputs_known(other) || same_outputs(row, other))) return;
  const Context example =
      case_in(common(copy_of(layout_, takes_->box(row)), copy_of(layout_, takes_->box(other))));
  if (!row_takes(row, example) || !row_takes(other, example)) return;
  if (must_[row] == must_[other] && outputs_known(row) && same_outputs(row, other)) return;
  Finding& finding =
      report(say::overlap(static_cast<int>(row) + 1, static_cast<int>(other) + 1, !unique), "error",
             row + 1, "", &example);
  finding.other_row = static_cast<int>(other) + 1;
}

void TableCheck::check_duplicates() {
  std::map<Box, std::size_t> first;
  for (std::size_t row = 0; row < must_.size(); ++row) {
    if (dead_[row] || must_[row] != may_[row]) continue;
    const auto [at, added] = first.try_emplace(must_[row], row);
    if (added || !outputs_known(row) || !outputs_known(at->second)) continue;
    const std::size_t other = at->second;
    const bool same = same_outputs(row, other);
    // Different answers to one question: an overlap (U, A) or a shadowed row (F, P) says so.
    if (!same || !room_for("duplicate_row")) continue;
    const HitPolicy policy = table_.info.hit_policy;
    const bool error =
        policy == HitPolicy::unique || policy == HitPolicy::first || policy == HitPolicy::priority;
    const Context example = case_in(must_[row]);
    if (!row_takes(row, example) || !row_takes(other, example)) continue;
    Finding& finding =
        report(say::duplicate(static_cast<int>(row) + 1, static_cast<int>(other) + 1, same),
               error ? "error" : "warning", row + 1, "", &example);
    finding.other_row = static_cast<int>(other) + 1;
    idle_[row] = policy == HitPolicy::first || policy == HitPolicy::priority;
  }
}

// Rows in the order in which they win, and for each whether those before it leave it anything.
void TableCheck::check_shadowed() {
  const HitPolicy policy = table_.info.hit_policy;
  if (policy != HitPolicy::first && policy != HitPolicy::priority) return;
  std::vector<std::size_t> order(table_.rules.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (policy == HitPolicy::priority) {
    for (std::size_t row = 0; row < order.size(); ++row) {
      if (!outputs_known(row)) return;
    }
    const auto by_rank = ranks();
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return by_rank[a] < by_rank[b]; });
  }
  // The boxes stand in that order, so that "before" is a stretch of them.
  Cover open(layout_, options_.work_max), all(layout_, options_.work_max);
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t row = order[at];
    // Where no two rows meet, none takes anything from another.
    const bool alone = disjoint_.value_or(false) &&
                       !has_empty_input(layout_, copy_of(layout_, reaches_->box(row)));
    if (!dead_[row] && !idle_[row] && !alone) check_shadowed_row(row, open, all, order);
    open.add(copy_of(layout_, takes_->box(row)));
    all.add(must_[row]);
    unproven_ = open.used_up() || all.used_up();
    if (unproven_) return;
  }
}

void TableCheck::check_shadowed_row(std::size_t row, Cover& open, Cover& all,
                                    const std::vector<std::size_t>& order) {
  const Box target = copy_of(layout_, reaches_->box(row));
  std::vector<std::size_t> by;
  if (!has_empty_input(layout_, target)) {
    by = open.meeting(target.data(), 0, open.size());
    if (open.uncovered(target, by) || open.used_up()) return;
  }
  const Box with_null = may_[row];
  by = all.meeting(with_null.data(), 0, all.size());
  const auto left = all.uncovered(with_null, by);
  if (all.used_up()) return;
  for (std::size_t& at : by) at = order[at];
  if (!left) {
    report_shadowed(row, by);
  } else if (const Context example = case_in(*left); row_takes(row, example)) {
    report(say::only_missing(static_cast<int>(row) + 1), "note", row + 1, "", &example);
  }
}

void TableCheck::report_shadowed(std::size_t row, const std::vector<std::size_t>& by) {
  idle_[row] = true;
  if (!room_for("shadowed")) return;
  const Context example = case_in(must_[row]);
  const auto fired = probe(example).fired;
  const bool shows =
      row_takes(row, example) && !fired.empty() && fired[0] != static_cast<int>(row) + 1;
  std::vector<int> rows;
  const auto whole = std::find_if(by.begin(), by.end(), [&](std::size_t other) {
    return takes_->contains(must_[other].data(), may_[row].data());
  });
  for (std::size_t other : by) rows.push_back(static_cast<int>(other) + 1);
  if (whole != by.end()) rows = {static_cast<int>(*whole) + 1};
  Finding& finding = report(say::shadowed(static_cast<int>(row) + 1, rows), "error", row + 1, "",
                            shows ? &example : nullptr);
  finding.other_row = rows.empty() ? 0 : rows[0];
}

}  // namespace decision
