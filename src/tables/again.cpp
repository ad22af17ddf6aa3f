#include "tables/again.h"

#include <algorithm>
#include <map>

#include "kernel/secret.h"
#include "tables/rows.h"

namespace tables {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

std::vector<ExampleValue> render_pairs(
    const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<ExampleValue> out;
  for (const auto& [name, value] : pairs) out.push_back({name, value});
  return out;
}

Decided render(const strategy::Explained& from) {
  return {.version = from.version,
          .row = from.row,
          .rule_id = from.rule_id,
          .annotation = from.annotation,
          .inputs = render_pairs(from.inputs),
          .outputs = render_pairs(from.outputs),
          .messages = from.messages};
}

// ---- a case under a draft ----------------------------------------------------------------------

bool same_outcome(const Decided& a, const Decided& b) {
  const auto same = [](const ExampleValue& x, const ExampleValue& y) {
    return x.name == y.name && x.value == y.value;
  };
  return a.rule_id == b.rule_id &&
         std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), b.outputs.end(), same);
}

// Decisions of both sides by file and name; the nth row that fired beside the nth.
TriedAccount compare(const std::vector<strategy::Explained>& now,
                     const std::vector<strategy::Explained>& draft) {
  TriedAccount account;
  std::map<std::string, std::size_t> at;
  const auto key = [](const strategy::Explained& one, std::map<std::string, int>& count) {
    const std::string name = one.file + "\n" + one.decision;
    return name + "\n" + std::to_string(count[name]++);
  };
  std::map<std::string, int> seen;
  for (const strategy::Explained& one : now) {
    at[key(one, seen)] = account.decisions.size();
    account.decisions.push_back({.file = path_of_file(one.file),
                                 .decision = one.decision,
                                 .title = one.title,
                                 .in_force = render(one)});
  }
  seen.clear();
  for (const strategy::Explained& one : draft) {
    const auto known = at.find(key(one, seen));
    if (known == at.end())
      account.decisions.push_back({.file = path_of_file(one.file),
                                   .decision = one.decision,
                                   .title = one.title,
                                   .draft = render(one)});
    else
      account.decisions[known->second].draft = render(one);
  }
  for (TriedDecision& one : account.decisions) {
    one.differs = !one.in_force || !one.draft || !same_outcome(*one.in_force, *one.draft);
    account.differs = account.differs || one.differs;
  }
  return account;
}

struct TwoSides {
  std::string file;
  strategy::Models in_force, draft;
};

Result<TwoSides> load_sides(store::Transaction& tx, const Deps& deps, VersionId version_id,
                            kernel::Date today) {
  const auto row = find_row(tx, version_id);
  if (!row) return Error{Code::not_found, "there is no such draft", "version_id"};
  TwoSides sides{.file = row->file};
  TRY_ASSIGN(sides.in_force, models_in_force(tx, deps.decisions, today));
  TRY_ASSIGN(sides.draft, models_with(tx, deps.decisions, today, {version_id}));
  return sides;
}

Error no_case() {
  return {Code::not_found, "there is no such case in the book of that day", "case_id"};
}

}  // namespace

Result<TriedCase> try_case(const Deps& deps, VersionId version_id, const std::string& case_id,
                           kernel::Instant now) {
  TRY_ASSIGN(const TwoSides sides, deps.store.read([&](store::Transaction& tx) {
    return load_sides(tx, deps, version_id, now.china_date());
  }));
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  const auto customer = book->find_customer(case_id);
  if (!customer) return no_case();
  TriedCase tried{.case_id = case_id, .date = book->date()};
  for (const std::int32_t at : book->accounts_of(*customer)) {
    const auto row = static_cast<std::size_t>(at);
    TriedAccount account =
        compare(strategy::decide_again(sides.in_force, book->accounts(), row, sides.file),
                strategy::decide_again(sides.draft, book->accounts(), row, sides.file));
    account.account_no_masked = kernel::mask_account_no(book->account_no(row));
    tried.differs = tried.differs || account.differs;
    tried.accounts.push_back(std::move(account));
  }
  return tried;
}

// ---- a past night ------------------------------------------------------------------------------

namespace {

ReplayedAccount replay_account(const book::BookView& book, const strategy::Models& models,
                               std::size_t row) {
  ReplayedAccount account{.account_no_masked = kernel::mask_account_no(book.account_no(row))};
  for (const strategy::Explained& one : strategy::explain(models, book.accounts(), row)) {
    account.decisions.push_back({.file = path_of_file(one.file),
                                 .decision = one.decision,
                                 .title = one.title,
                                 .decided = render(one),
                                 .recorded = render_pairs(one.recorded),
                                 .agrees = one.agrees});
    account.agrees = account.agrees && one.agrees.value_or(true);
  }
  return account;
}

Result<std::vector<std::size_t>> find_rows(const book::BookView& book,
                                           const std::string& account_no,
                                           const std::string& case_id) {
  if (account_no.empty() == case_id.empty())
    return Error{Code::invalid_input, "give account_no or case_id, one of them", "account_no"};
  if (!account_no.empty()) {
    const auto row = book.find_account(account_no);
    if (!row)
      return Error{Code::not_found, "the book of that day has no such account", "account_no"};
    return std::vector<std::size_t>{*row};
  }
  const auto customer = book.find_customer(case_id);
  if (!customer) return no_case();
  std::vector<std::size_t> rows;
  for (const std::int32_t at : book.accounts_of(*customer))
    rows.push_back(static_cast<std::size_t>(at));
  return rows;
}

}  // namespace

Result<Replay> replay(const Deps& deps, kernel::Date date, const std::string& account_no,
                      const std::string& case_id) {
  const auto book = deps.shelf.at(date);
  if (!book && book.error().code == Code::not_found)
    return Error{Code::not_found, "there was no night of " + date.format(), "date"};
  if (!book) return book.error();
  TRY_ASSIGN(const auto rows, find_rows(**book, account_no, case_id));
  TRY_ASSIGN(const strategy::Models models, deps.models_of(date));
  Replay replayed{.date = date, .edition = (*book)->edition()};
  for (const std::size_t row : rows) {
    replayed.accounts.push_back(replay_account(**book, models, row));
    replayed.agrees = replayed.agrees && replayed.accounts.back().agrees;
  }
  return replayed;
}

}  // namespace tables
