#pragma once
// The room's tables: experiments, and who is in which arm. Only SQL and what it reads.

#include <functional>
#include <string>
#include <vector>

#include "experiment/split.h"
#include "experiment/types.h"
#include "store/store.h"

namespace experiment {

void insert_experiment(store::Transaction& tx, const Experiment& experiment);
// Everything but what was asked.
void update_experiment(store::Transaction& tx, const Experiment& experiment);

struct PersonRow {
  std::string customer_no, person_no, arm, stratum, how;
  kernel::Date assigned_on;
  std::int64_t overdue_fen = 0;
};
void for_each_person(store::Transaction& tx, ExperimentId experiment_id,
                     const std::function<void(PersonRow)>& row);
std::int64_t count_persons(store::Transaction& tx, ExperimentId experiment_id);

// Rows [begin, end) that are not there, each with a fact.
void insert_split(store::Transaction& tx, const Experiment& experiment,
                  const std::vector<Assigned>& assigned, std::size_t begin, std::size_t end);

// Persons in experiments on that file that are not over, by person_no.
std::map<std::string, bool, std::less<>> persons_elsewhere(store::Transaction& tx,
                                                           std::string_view file, ExperimentId but,
                                                           kernel::Date from);

// Customer numbers of the book that are one person's, by the first of them.
PersonOf load_person_of(store::Transaction& tx, const book::BookView& book);

store::Fact life_fact(const Experiment& experiment, std::string kind, std::string_view by,
                      kernel::Instant at);

}  // namespace experiment
