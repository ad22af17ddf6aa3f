#include "allocation/deal.h"

#include <queue>

namespace allocation {

std::vector<Indexes> deal_evenly(const Indexes& rows, const Indexes& quotas) {
  std::vector<Indexes> dealt(quotas.size());
  const auto later = [&](Index a, Index b) {  // (given + ½) / quota, without fractions
    const std::int64_t left = (2 * std::int64_t{size_of(dealt[at(a)])} + 1) * quotas[at(b)],
                       right = (2 * std::int64_t{size_of(dealt[at(b)])} + 1) * quotas[at(a)];
    return left != right ? left > right : a > b;
  };
  std::priority_queue<Index, Indexes, decltype(later)> next(later);
  for (Index taker = 0; taker < size_of(quotas); ++taker)
    if (quotas[at(taker)] > 0) next.push(taker);
  for (const Index row : rows) {
    const Index taker = next.top();
    next.pop();
    dealt[at(taker)].push_back(row);
    if (size_of(dealt[at(taker)]) < quotas[at(taker)]) next.push(taker);
  }
  return dealt;
}

void decide_quotas(std::vector<Filling>& fillings, const Indexes& desks, Index cases) {
  const auto dearer = [&](Index a, Index b) {
    const Filling &fa = fillings[at(a)], &fb = fillings[at(b)];
    const std::int64_t ca = place_cost(*fa.desk, fa.in_use + 1);
    const std::int64_t cb = place_cost(*fb.desk, fb.in_use + 1);
    if (ca != cb) return ca > cb;
    const std::int64_t sa = (2 * fa.in_use + 1) * fb.desk->capacity;
    const std::int64_t sb = (2 * fb.in_use + 1) * fa.desk->capacity;
    return sa != sb ? sa > sb : a > b;
  };
  std::priority_queue<Index, Indexes, decltype(dearer)> cheapest(dearer);
  const auto offer = [&](Index desk) {
    if (fillings[at(desk)].in_use < fillings[at(desk)].desk->capacity) cheapest.push(desk);
  };
  for (const Index desk : desks) offer(desk);
  for (Index i = 0; i < cases; ++i) {
    const Index desk = cheapest.top();
    cheapest.pop();
    ++fillings[at(desk)].in_use;
    ++fillings[at(desk)].quota;
    offer(desk);
  }
}

void deal_by_points(const PlanInput& input, std::vector<Filling>& fillings, const Indexes& desks,
                    const Indexes& cases, Indexes& desk_of) {
  const auto richer = [&](Index a, Index b) {
    const Filling &fa = fillings[at(a)], &fb = fillings[at(b)];
    const std::int64_t left = fa.points * fb.desk->capacity, right = fb.points * fa.desk->capacity;
    return left != right ? left > right : a > b;
  };
  std::priority_queue<Index, Indexes, decltype(richer)> poorest(richer);
  for (const Index desk : desks)
    if (fillings[at(desk)].quota > 0) poorest.push(desk);
  for (const Index one : cases) {
    const Index desk = poorest.top();
    poorest.pop();
    desk_of[at(one)] = desk;
    fillings[at(desk)].points += input.cases[at(one)].priority;
    if (--fillings[at(desk)].quota > 0) poorest.push(desk);
  }
}

}  // namespace allocation
