#pragma once
// Rows of case lists: chosen and ordered over the book's columns, then dressed from the casebook
// for the one page shown.

#include <boost/describe/class.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "book/types.h"
#include "reports/types.h"
#include "strategy/types.h"

namespace reports {

// One case: a customer, told by the account that decides (lead account) and the sums of all.
struct CaseRow {
  std::int64_t rank = 0;  // in the whole list, from 1
  std::string case_id, customer_no, name_masked, region_name, account_no_masked;
  std::int64_t accounts = 0;
  std::string product, bucket;
  std::int64_t dpd = 0;
  kernel::Money overdue_fen, balance_fen;
  std::string grade, treatment, treatment_text, treatment_text_en, work;
  std::int64_t priority = 0;
  std::string promise, flag, collector, team;
  std::optional<kernel::Instant> last_contact_at;
  std::int64_t contacts_left_today = 0;
  bool worked_today = false;
};
BOOST_DESCRIBE_STRUCT(CaseRow, (),
                      (rank, case_id, customer_no, name_masked, region_name, account_no_masked,
                       accounts, product, bucket, dpd, overdue_fen, balance_fen, grade, treatment,
                       treatment_text, treatment_text_en, work, priority, promise, flag, collector,
                       team, last_contact_at, contacts_left_today, worked_today))

// Which customers: a filter over account columns passes where any account of the customer does.
struct Filter {
  std::vector<std::string> buckets, from_buckets;  // any of; empty: all
  std::string treatment, grade, team, work;
  std::optional<std::int32_t> region_prefix;  // 44 or 4401 or 440106
  // What the one who asks may see at all (casework/scope.h); a customer's lead account decides.
  std::vector<std::int32_t> own_regions;  // any of these prefixes; empty: everywhere
  // One team's cases: by hand the team of who was given it, else that of the night's allocation.
  struct OwnTeam {
    std::string team;
    std::map<std::string, std::string> by_hand;  // teams by customer number
  };
  std::optional<OwnTeam> own_team;
  std::optional<std::unordered_set<std::string>> customer_nos;         // only these
  std::optional<std::unordered_set<std::string>> except_customer_nos;  // none of these
  bool overdue_only = false;
};

// Whether the customer is of the filter's own team and regions.
bool is_in_scope(const book::BookView& book, std::size_t customer_row, const Filter& filter);

// Customer rows that pass, `first` ones first, then by priority and customer number; of them
// [skip, skip + take).
struct Choice {
  std::int64_t total = 0;
  std::vector<std::size_t> customer_rows;
};
Choice decide_choice(const book::BookView& book, const Filter& filter,
                     const std::unordered_set<std::string>& last, std::size_t skip,
                     std::size_t take);

// The lead account's row of a customer.
std::size_t lead_account(const book::BookView& book, std::size_t customer_row);

std::vector<CaseRow> load_case_rows(store::Transaction& tx, const Deps& deps,
                                    const strategy::Words& words, const book::BookView& book,
                                    const Choice& choice, std::size_t skip, kernel::Instant now);

// What a list may show of the cases: those that casework::may_reach opens one by one.
kernel::Status restrict_to_caller(store::Transaction& tx, const Deps& deps,
                                  const http::Request& request, Filter& filter);

std::vector<http::Route> case_routes(const Deps& deps);
std::vector<http::Route> team_routes(const Deps& deps);
std::vector<http::Route> dashboard_routes(const Deps& deps);
std::vector<http::Route> health_routes(const Deps& deps);

}  // namespace reports
