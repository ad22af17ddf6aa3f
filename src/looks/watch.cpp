// The watch over all routes: what shows a person is answered only once the look is on disk.

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <set>

#include "intake/types.h"
#include "kernel/hash.h"
#include "looks/look.h"
#include "store/kept.h"
#include "store/vault.h"

namespace looks {

using http::Request;
using http::Response;
using kernel::Result;

namespace {

// clang-format off
constexpr std::array kWatched = {
    Watched{"DELETE /api/v1/cases/{case_id}/holds/{hold_id}", ""},
    Watched{"GET /api/v1/cases", "list_cases"},
    Watched{"GET /api/v1/cases/{case_id}", "view_case"},
    Watched{"GET /api/v1/cases/{case_id}/as-of", "view_case"},
    Watched{"GET /api/v1/cases/{case_id}/consents", "view_rights"},
    Watched{"GET /api/v1/cases/{case_id}/decisions", "view_decisions"},
    Watched{"GET /api/v1/cases/{case_id}/documents", "view_documents"},
    Watched{"GET /api/v1/cases/{case_id}/evidence-pack", "export_pack"},
    Watched{"GET /api/v1/cases/{case_id}/offers", "view_offers"},
    Watched{"GET /api/v1/cases/{case_id}/rights-requests/{request_id}", "view_rights"},
    Watched{"GET /api/v1/evidence/events", "list_events"},
    Watched{"GET /api/v1/evidence/events/{fact_id}/proof", "export_proof"},
    Watched{"GET /api/v1/imports/{batch_id}/rejects", "list_rejects"},
    Watched{"GET /api/v1/looks", "list_looks"},
    Watched{"GET /api/v1/looks.csv", "export_looks"},
    Watched{"GET /api/v1/my-day", "list_my_day"},
    Watched{"GET /api/v1/rights-requests", "list_rights"},
    Watched{"GET /api/v1/simulations/{simulation_id}/cases", "list_simulation"},
    Watched{"GET /api/v1/unmaskings", "list_unmaskings"},
    Watched{"POST /api/v1/cases/{case_id}/consents", "view_rights"},
    Watched{"POST /api/v1/cases/{case_id}/gate", ""},
    Watched{"POST /api/v1/cases/{case_id}/holds", ""},
    Watched{"POST /api/v1/cases/{case_id}/holds/{hold_id}/lift", ""},
    Watched{"POST /api/v1/cases/{case_id}/notes", ""},
    Watched{"POST /api/v1/cases/{case_id}/permits", "show_number"},
    Watched{"POST /api/v1/cases/{case_id}/promises", ""},
    Watched{"POST /api/v1/cases/{case_id}/rights-requests/{request_id}/copy", "export_person"},
    Watched{"POST /api/v1/cases/{case_id}/rights-requests/{request_id}/correct", "view_rights"},
    Watched{"POST /api/v1/cases/{case_id}/rights-requests/{request_id}/grant", "view_rights"},
    Watched{"POST /api/v1/cases/{case_id}/rights-requests/{request_id}/refuse", "view_rights"},
    Watched{"POST /api/v1/cases/{case_id}/rights-requests/{request_id}/review", "view_rights"},
    Watched{"POST /api/v1/cases/{case_id}/unmask", ""},
    Watched{"POST /api/v1/documents/{document_id}/content", "export_document"},
    Watched{"POST /api/v1/drafts/{version_id}/try", "view_decisions"},
    Watched{"POST /api/v1/gate/as-if", "view_gate"},
    Watched{"POST /api/v1/replay", "view_decisions"},
    Watched{"POST /api/v1/rights-requests", "view_rights"},
};
// clang-format on

// The cases a list shows, each once.
std::set<std::string_view> cases_in(std::string_view body) {
  constexpr std::string_view mark = R"("case_id":")";
  std::set<std::string_view> cases;
  for (auto at = body.find(mark); at != body.npos; at = body.find(mark, at + mark.size())) {
    const auto begin = at + mark.size();
    const auto found = body.substr(begin, body.find('"', begin) - begin);
    if (!found.empty()) cases.insert(found);
  }
  return cases;
}

// Whom the request names. What stands in the path was found by the handler; in a query or a body
// anything may stand, a person's name too.
struct Named {
  std::string case_id;  // empty: nobody
  bool found = false;
};
Named named_in(const Request& request) {
  if (const auto at = request.path_values.find("case_id"); at != request.path_values.end())
    return {at->second, true};
  if (const auto at = request.query.find("case_id"); at != request.query.end())
    return {at->second, false};
  boost::json::error_code none;
  const boost::json::value body = boost::json::parse(request.body, none);
  if (none || !body.is_object()) return {};
  const boost::json::value* found = body.as_object().if_contains("case_id");
  if (!found || !found->is_string()) return {};
  return {std::string(found->as_string()), false};
}

// What else the address names: a document, a fact, a batch; or the user who was asked about.
std::string detail_of(const Request& request) {
  for (const auto& [name, value] : request.path_values)
    if (name != "case_id") return value;
  const auto user = request.query.find("user_name");
  if (user == request.query.end() || user->second.size() > 40) return {};
  constexpr const char* letters = "abcdefghijklmnopqrstuvwxyz0123456789_.-:";
  return user->second.find_first_not_of(letters) == std::string::npos ? user->second : "";
}

std::string search_key_of(const Deps& deps, std::string_view text) {
  return kernel::hex(deps.store.vault().index_bytes("looks.search", text));
}

Look watched_look(const Deps& deps, const Watched& watched, const Request& request,
                  const Response& response) {
  Look look = look_of(deps.store.vault(), request);
  look.kind = std::string(watched.kind);
  look.detail = detail_of(request);
  if (watched.kind.starts_with("list_")) {
    const auto cases = cases_in(response.body);
    look.cases = static_cast<std::int64_t>(cases.size());
    if (cases.size() == 1) look.customer_no = std::string(*cases.begin());
  }
  if (const auto q = request.query.find("q"); q != request.query.end() && !q->second.empty()) {
    look.kind = "search_cases";
    look.search_key = search_key_of(deps, q->second);
  }
  return look;
}

kernel::Status record(const Deps& deps, const Watched& watched, const Request& request,
                      const Response& response) {
  // A permit that was refused showed no number.
  if (watched.kind == "show_number" && response.body.find(R"("dial":"")") != std::string::npos)
    return kernel::Ok{};
  if (watched.kind.empty()) return kernel::Ok{};  // a fact of its own, or nothing shown
  const Look look = watched_look(deps, watched, request, response);
  const Named named = named_in(request);
  return deps.store.transact([&](store::Transaction& tx) -> kernel::Status {
    Look row = look;
    if (!named.case_id.empty()) {
      const bool known = named.found || intake::load_person(tx, named.case_id);
      if (known)
        row.customer_no = named.case_id;
      else
        row.search_key = search_key_of(deps, named.case_id);
    }
    const auto document = request.path_values.find("document_id");
    if (document != request.path_values.end() && deps.customer_of_document)
      row.customer_no = deps.customer_of_document(tx, store::number_of(document->second));
    if (!row.customer_no.empty()) {
      row.cases = std::max<std::int64_t>(row.cases, 1);
      row.purpose = purpose_of(tx, *request.caller, row.customer_no);
    }
    insert_look(tx, std::move(row));
    return kernel::Ok{};
  });
}

// Somebody else's case, or none: who tries many of them is judged (access_alert.dmn). The answer is
// the same whether the row could be written or not.
void record_refused(const Deps& deps, const Watched& watched, const Request& request) {
  const Named named = named_in(request);
  if (named.case_id.empty()) return;
  Look look = look_of(deps.store.vault(), request);
  look.kind = "refused";
  look.detail = std::string(watched.kind);
  (void)deps.store.transact([&](store::Transaction& tx) {
    Look row = look;
    if (intake::load_person(tx, named.case_id))
      row.customer_no = named.case_id;
    else
      row.search_key = search_key_of(deps, named.case_id);
    insert_look(tx, std::move(row));
  });
}

}  // namespace

std::span<const Watched> watched_routes() {
  return kWatched;
}

std::vector<http::Route> watched(const Deps& deps, std::vector<http::Route> routes) {
  for (http::Route& route : routes) {
    const std::string label = route.method + " " + route.path;
    for (const Watched& one : kWatched) {
      if (one.route != label) continue;
      route.handler = [deps, one,
                       inner = route.handler](const Request& request) -> Result<Response> {
        Result<Response> answer = inner(request);
        if (!answer) {
          if (answer.error().where == "case_id") record_refused(deps, one, request);
          return answer;
        }
        Response response = std::move(*answer);
        TRY(record(deps, one, request, response));
        return response;
      };
    }
  }
  return routes;
}

}  // namespace looks
