#include "casework/scope.h"

#include <algorithm>
#include <charconv>

#include "allocation/types.h"
#include "intake/types.h"
#include "tables/types.h"

namespace casework {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using Cases = CaseScope::Cases;

namespace {

constexpr const char* file = "case_scope.dmn";

std::optional<Cases> cases_of(const decision::Value* word) {
  if (word == nullptr || word->kind() != decision::Kind::string) return {};
  const std::string& text = word->string();
  if (text == "none") return Cases::none;
  if (text == "own") return Cases::own;
  if (text == "team") return Cases::team;
  if (text == "all") return Cases::all;
  return {};
}

Result<std::vector<std::int32_t>> numbers_of(const std::vector<std::string>& regions) {
  std::vector<std::int32_t> numbers;
  for (const std::string& region : regions) {
    std::int32_t number = 0;
    const auto [end, problem] =
        std::from_chars(region.data(), region.data() + region.size(), number);
    if (problem != std::errc() || end != region.data() + region.size() || number <= 0)
      return Error{Code::corrupt, "a region is the leading digits of a GB/T 2260 code", region};
    numbers.push_back(number);
  }
  return numbers;
}

// Empty: of no team.
std::string team_of(store::Transaction& tx, const book::Shelf& shelf,
                    std::string_view customer_no) {
  if (const auto allotment = allocation::load_allotment(tx, customer_no)) return allotment->team;
  const auto book = shelf.latest_book();
  if (!book || !(*book)->accounts().has("team")) return {};
  const auto row = (*book)->find_customer(customer_no);
  if (!row) return {};
  const auto lead = (*book)->customers().get<std::int32_t>("lead_account")[*row];
  return std::string((*book)->accounts().codes("team").at(static_cast<std::size_t>(lead)));
}

bool is_in(const std::vector<std::int32_t>& regions, std::int32_t region_code) {
  return std::any_of(regions.begin(), regions.end(),
                     [&](std::int32_t region) { return in_region(region_code, region); });
}

}  // namespace

bool in_region(std::int32_t region_code, std::int32_t leading_digits) {
  while (region_code > leading_digits) region_code /= 10;
  return region_code == leading_digits;
}

Result<CaseScope> decide_scope(store::Transaction& tx, const std::filesystem::path& decisions,
                               const http::Caller& caller, kernel::Date date) {
  TRY_ASSIGN(const strategy::Models models, tables::models_in_force(tx, decisions, date));
  TRY_ASSIGN(const decision::Model* model, models.need(file));
  const auto answer = model->evaluate(
      "case_scope", {{"role", http::role_name(caller.role)}, {"has_team", !caller.team.empty()}});
  const auto bad = [&](const char* message) {
    return Error{Code::invalid_input, answer.messages.empty() ? message : answer.messages.front(),
                 file};
  };
  if (answer.value.kind() != decision::Kind::context) return bad("no row answers");
  const auto cases = cases_of(answer.value.context().find("cases"));
  if (!cases) return bad("a row gives cases: none, own, team or all");
  const decision::Value* regions = answer.value.context().find("own_regions_only");
  if (regions == nullptr || regions->kind() != decision::Kind::boolean)
    return bad("a row gives own_regions_only: true or false");
  CaseScope scope{*cases, {}};
  if (regions->boolean()) {
    TRY_ASSIGN(scope.regions, numbers_of(caller.regions));
  }
  return scope;
}

bool may_reach_team(store::Transaction& tx, const std::filesystem::path& decisions,
                    const http::Caller& caller, std::string_view team, kernel::Instant now) {
  const auto scope = decide_scope(tx, decisions, caller, now.china_date());
  if (!scope) return false;
  return scope->cases == Cases::all ||
         (scope->cases == Cases::team && !team.empty() && team == caller.team);
}

bool may_reach(store::Transaction& tx, const ScopeSources& sources, const http::Caller& caller,
               std::string_view customer_no, kernel::Instant now) {
  if (allocation::is_barred(tx, customer_no, caller.user_name)) return false;
  const auto scope = decide_scope(tx, sources.decisions, caller, now.china_date());
  if (!scope || scope->cases == Cases::none) return false;
  if (scope->cases == Cases::own) {
    const auto allotment = allocation::load_allotment(tx, customer_no);
    if (!allotment || allotment->collector != caller.user_name) return false;
  }
  if (scope->cases == Cases::team &&
      (caller.team.empty() || team_of(tx, sources.shelf, customer_no) != caller.team))
    return false;
  if (scope->regions.empty()) return true;
  const auto person = intake::load_person(tx, customer_no);
  return person && is_in(scope->regions, person->region_code);
}

}  // namespace casework
