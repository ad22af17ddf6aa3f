// Documents of a case and legal holds. A case is reached by casework's one row check, or 404.

#include <boost/describe/class.hpp>

#include "casework/types.h"
#include "http/json.h"
#include "intake/types.h"
#include "records/media.h"
#include "records/types.h"
#include "store/vault.h"

namespace records {

using http::Request;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

struct CaseDocumentsIn {
  std::string case_id;
};
BOOST_DESCRIBE_STRUCT(CaseDocumentsIn, (), (case_id))

struct LegalHoldView {
  LegalHoldId legal_hold_id{0};
  std::string scope, subject, customer_no, reason;
  kernel::Instant set_at;
  std::string set_by;
  std::optional<kernel::Date> until;
  std::string state;        // in_force | lift_asked | lifted | over
  std::string approval_id;  // of the lifting that is asked for; empty: nobody asks
  std::optional<kernel::Instant> lift_asked_at;
  std::string lift_asked_by;
  std::optional<kernel::Instant> lifted_at;
  std::string lifted_by;
};
BOOST_DESCRIBE_STRUCT(LegalHoldView, (),
                      (legal_hold_id, scope, subject, customer_no, reason, set_at, set_by, until,
                       state, approval_id, lift_asked_at, lift_asked_by, lifted_at, lifted_by))

struct CaseDocuments {
  std::vector<Document> documents;
  std::vector<LegalHoldView> legal_holds;  // in force, that touch the case
};
BOOST_DESCRIBE_STRUCT(CaseDocuments, (), (documents, legal_holds))

struct DocumentIn {
  std::string case_id, kind, source;
  std::optional<std::string> file_name;
  std::optional<kernel::Date> dated_on;
  http::Document content_base64;
};
BOOST_DESCRIBE_STRUCT(DocumentIn, (), (case_id, kind, source, file_name, dated_on, content_base64))

struct ReadIn {
  DocumentId document_id{0};
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReadIn, (), (document_id, reason))

struct LegalHoldIn {
  std::string scope, subject, reason;
  std::optional<kernel::Date> until;
};
BOOST_DESCRIBE_STRUCT(LegalHoldIn, (), (scope, subject, reason, until))

struct LiftAskIn {
  LegalHoldId legal_hold_id{0};
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(LiftAskIn, (), (legal_hold_id, reason))

struct LegalHoldsOut {
  std::vector<LegalHoldView> legal_holds;
};
BOOST_DESCRIBE_STRUCT(LegalHoldsOut, (), (legal_holds))

namespace {

Error no_case() {
  return {Code::not_found, "there is no such case", "case_id"};
}

bool may_reach(store::Transaction& tx, const Deps& deps, const Request& request,
               const std::string& case_id) {
  return casework::may_reach(tx, {deps.shelf, deps.decisions}, *request.caller, case_id,
                             request.now);
}

Status reach(store::Transaction& tx, const Deps& deps, const Request& request,
             const std::string& case_id) {
  if (!may_reach(tx, deps, request, case_id) || !intake::load_person(tx, case_id)) return no_case();
  return kernel::Ok{};
}

std::string state_of(const LegalHold& hold, bool lift_asked, kernel::Date today) {
  if (hold.lifted_at) return "lifted";
  if (!in_force(hold, today)) return "over";
  return lift_asked ? "lift_asked" : "in_force";
}

// The reason stays shut (a person's name may be in it) but for those who decide about holds.
LegalHoldView view_of(store::Transaction& tx, const LegalHold& hold, std::string reason,
                      kernel::Instant now) {
  const auto asked = hold.lifted_at ? std::nullopt : lift_asked(tx, hold.legal_hold_id, now);
  LegalHoldView view{.legal_hold_id = hold.legal_hold_id,
                     .scope = hold.scope,
                     .subject = hold.scope == "person" ? hold.customer_no : hold.subject,
                     .customer_no = hold.customer_no,
                     .reason = std::move(reason),
                     .set_at = hold.set_at,
                     .set_by = hold.set_by,
                     .until = hold.until,
                     .state = state_of(hold, asked.has_value(), now.china_date()),
                     .approval_id = {},
                     .lift_asked_at = {},
                     .lift_asked_by = {},
                     .lifted_at = hold.lifted_at,
                     .lifted_by = hold.lifted_by};
  if (asked) {
    view.approval_id = std::to_string(asked->approval_id.value());
    view.lift_asked_at = asked->asked_at;
    view.lift_asked_by = asked->asked_by;
  }
  return view;
}

Result<LegalHoldView> find_view(store::Transaction& tx, LegalHoldId id, kernel::Instant now) {
  const auto hold = find_legal_hold(tx, id);
  if (!hold) return Error{Code::not_found, "there is no such legal hold", "legal_hold_id"};
  return view_of(tx, *hold, "", now);
}

// ---- documents ---------------------------------------------------------------------------------

Result<CaseDocuments> list_documents(const Deps& deps, const CaseDocumentsIn& in,
                                     const Request& request) {
  return deps.store.read([&](store::Transaction& tx) -> Result<CaseDocuments> {
    TRY(reach(tx, deps, request, in.case_id));
    CaseDocuments out{.documents = documents_of(tx, in.case_id)};
    for (const LegalHold& hold : legal_holds_on(tx, in.case_id, request.now.china_date()))
      out.legal_holds.push_back(view_of(tx, hold, "", request.now));
    return out;
  });
}

Result<Document> upload(const Deps& deps, const DocumentIn& in, const Request& request) {
  TRY(deps.store.read(
      [&](store::Transaction& tx) -> Status { return reach(tx, deps, request, in.case_id); }));
  TRY_ASSIGN(const std::string bytes, decode_base64(in.content_base64.text));
  if (bytes.size() > document_upload_bytes_max)
    return Error{Code::invalid_input, "at most 20 MiB here; larger ones by `evenhand document add`",
                 "content_base64"};
  return add_document(deps.store, deps.data_dir,
                      {.customer_no = in.case_id,
                       .kind = in.kind,
                       .source = in.source,
                       .file_name = in.file_name.value_or(""),
                       .dated_on = in.dated_on,
                       .by = request.caller->user_name},
                      bytes, request.now, deps.scan);
}

// The name it was given may hold a person's: the saved file gets one made of kind, day and number.
std::string saved_name(const Document& document) {
  return document.kind + "-" + document.dated_on.format() + "-" +
         std::to_string(document.document_id.value()) + extension_of(document.media_type);
}

Result<http::Response> read_content(const Deps& deps, const ReadIn& in, const Request& request) {
  TRY(deps.store.read([&](store::Transaction& tx) -> Status {
    const auto document = find_document(tx, in.document_id);
    if (!document || !may_reach(tx, deps, request, document->customer_no))
      return Error{Code::not_found, "there is no such document", "document_id"};
    return kernel::Ok{};
  }));
  TRY_ASSIGN(OpenedDocument opened,
             open_document(deps.store, deps.data_dir, in.document_id, in.reason,
                           request.caller->user_name, request.now));
  http::Response response{.content_type = opened.document.media_type,
                          .body = std::move(opened.bytes)};
  if (response.content_type == "text/plain") response.content_type += "; charset=utf-8";
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + saved_name(opened.document) + "\"");
  return response;
}

// ---- legal holds -------------------------------------------------------------------------------

Result<LegalHoldsOut> list_holds(const Deps& deps, const http::Nothing&, const Request& request) {
  return deps.store.transact([&](store::Transaction& tx) -> Result<LegalHoldsOut> {
    LegalHoldsOut out;
    const auto all = legal_holds(tx);
    if (all.empty()) return out;
    const auto disclosure = tx.disclose("legal_hold:all", "legal_hold",
                                        "user:" + request.caller->user_name, request.now);
    for (const LegalHold& hold : all) {
      TRY_ASSIGN(const kernel::Note reason,
                 tx.vault().open_sealed<kernel::NoteTag>("legal_hold.reason", hold.sealed_reason));
      out.legal_holds.push_back(
          view_of(tx, hold, std::string(reason.reveal(disclosure)), request.now));
    }
    return out;
  });
}

Result<LegalHoldView> add_hold(const Deps& deps, const LegalHoldIn& in, const Request& request) {
  if (in.reason.size() > 8'000) return Error{Code::invalid_input, "at most 8,000 bytes", "reason"};
  return deps.store.transact([&](store::Transaction& tx) -> Result<LegalHoldView> {
    TRY_ASSIGN(const LegalHold hold, set_legal_hold(tx,
                                                    {.scope = in.scope,
                                                     .subject = in.subject,
                                                     .reason = kernel::Note::take(in.reason),
                                                     .until = in.until,
                                                     .by = request.caller->user_name},
                                                    request.now));
    return view_of(tx, hold, in.reason, request.now);
  });
}

Result<LegalHoldView> ask(const Deps& deps, const LiftAskIn& in, const Request& request) {
  return deps.store.transact([&](store::Transaction& tx) -> Result<LegalHoldView> {
    TRY(ask_lift(tx, deps.approvals, in.legal_hold_id, kernel::Note::take(in.reason),
                 request.caller->user_name, request.now));
    return find_view(tx, in.legal_hold_id, request.now);
  });
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* method, const char* path, const char* summary,
                 http::Access access,
                 Result<Out> (*handler)(const Deps&, const In&, const Request&)) {
  return http::route<In, Out>(
      method, path, "records", summary, std::move(access),
      [deps, handler](const In& in, const Request& request) { return handler(deps, in, request); });
}

}  // namespace

std::vector<http::Route> routes(const Deps& deps) {
  using http::Role;
  const http::Access readers{
      .roles = {Role::collector, Role::lead, Role::analyst, Role::admin, Role::compliance}};
  const http::Access workers{.roles = {Role::collector, Role::lead, Role::admin}};
  const http::Access openers{.roles = {Role::collector, Role::lead, Role::admin, Role::compliance}};
  const http::Access keepers{.roles = {Role::admin, Role::compliance}};
  return {
      make(deps, "GET", "/api/v1/cases/{case_id}/documents",
           "The documents of a case and the legal holds on it", readers, list_documents),
      make(deps, "POST", "/api/v1/documents", "A document of a case, kept sealed", workers, upload),
      http::raw_route<ReadIn>("POST", "/api/v1/documents/{document_id}/content", "records",
                              "The bytes of a document, for a reason; leaves who read it and why",
                              openers, "application/octet-stream",
                              [deps](const ReadIn& in, const Request& request) {
                                return read_content(deps, in, request);
                              }),
      make(deps, "GET", "/api/v1/legal-holds", "All legal holds, with their reasons", keepers,
           list_holds),
      make(deps, "POST", "/api/v1/legal-holds",
           "Forbids destruction: of a person, a case, a document or a kind", keepers, add_hold),
      make(deps, "POST", "/api/v1/legal-holds/{legal_hold_id}/lift",
           "Asks another person to approve lifting a legal hold", keepers, ask),
  };
}

}  // namespace records
