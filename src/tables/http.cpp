// /tables, /drafts, /replay.

#include "tables/again.h"
#include "tables/analysis.h"
#include "tables/diff.h"
#include "tables/drafts.h"
#include "tables/versions.h"
#include "tables/view.h"

namespace tables {

using http::Document;
using http::Request;
using http::Role;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::Transaction;

// ---- what goes in and out ----------------------------------------------------------------------

struct ListIn {
  std::optional<kernel::Date> date;
};
BOOST_DESCRIBE_STRUCT(ListIn, (), (date))

struct TableIn {
  std::string file;  // "packs~cn-bank-card.dmn": ~ stands for the slash
  std::optional<std::string> version;
};
BOOST_DESCRIBE_STRUCT(TableIn, (), (file, version))

struct FileIn {
  std::string file;
};
BOOST_DESCRIBE_STRUCT(FileIn, (), (file))

struct DiffIn {
  std::string file;
  std::optional<std::string> from, to;  // nothing: what is in force today
};
BOOST_DESCRIBE_STRUCT(DiffIn, (), (file, from, to))

struct VersionList {
  std::vector<Version> items;
};
BOOST_DESCRIBE_STRUCT(VersionList, (), (items))

struct DraftIn {
  VersionId version_id{0};
};
BOOST_DESCRIBE_STRUCT(DraftIn, (), (version_id))

BOOST_DESCRIBE_STRUCT(NewDraft, (), (file, note, based_on, xml, tests_csv))

struct SaveIn {
  VersionId version_id{0};
  Document xml, tests_csv;
  std::string note;
  std::int64_t revision = 0;
};
BOOST_DESCRIBE_STRUCT(SaveIn, (), (version_id, xml, tests_csv, note, revision))

struct CheckIn {
  VersionId version_id{0};
  Document xml, tests_csv;
};
BOOST_DESCRIBE_STRUCT(CheckIn, (), (version_id, xml, tests_csv))

struct TryIn {
  VersionId version_id{0};
  std::string case_id;
};
BOOST_DESCRIBE_STRUCT(TryIn, (), (version_id, case_id))

struct SubmitIn {
  VersionId version_id{0};
  std::string note;
};
BOOST_DESCRIBE_STRUCT(SubmitIn, (), (version_id, note))

BOOST_DESCRIBE_STRUCT(Review, (), (version_id, verdict, note, effective_from, against))

struct ReplayIn {
  kernel::Date date;
  std::optional<std::string> account_no, case_id;
};
BOOST_DESCRIBE_STRUCT(ReplayIn, (), (date, account_no, case_id))

namespace {

Hand hand_of(const Request& request) {
  return {request.caller->user_name, request.now};
}

Result<TableList> get_list(const Deps& deps, const ListIn& in, const Request& request) {
  return list_tables(deps, in.date.value_or(request.now.china_date()));
}

Result<TableFile> get_table(const Deps& deps, const TableIn& in, const Request& request) {
  return show_table(deps, in.file, in.version.value_or(""), request.now.china_date());
}

Result<VersionList> get_versions(const Deps& deps, const FileIn& in, const Request& request) {
  const std::string file = file_of_path(in.file);
  return deps.store.read([&](Transaction& tx) -> Result<VersionList> {
    VersionList list{load_versions(tx, deps.decisions, file, request.now.china_date())};
    if (list.items.empty()) return Error{Code::not_found, "there is no such table", "file"};
    return list;
  });
}

Result<TableDiff> get_diff(const Deps& deps, const DiffIn& in, const Request& request) {
  return diff_versions(deps, file_of_path(in.file), in.from.value_or(""), in.to.value_or(""),
                       request.now.china_date());
}

Result<Draft> post_draft(const Deps& deps, const NewDraft& in, const Request& request) {
  return make_draft(deps, in, hand_of(request));
}

Result<VersionList> get_drafts(const Deps& deps, const http::Nothing&, const Request& request) {
  return deps.store.read([&](Transaction& tx) {
    return VersionList{load_versions(tx, deps.decisions, "", request.now.china_date())};
  });
}

Result<Draft> get_draft(const Deps& deps, const DraftIn& in, const Request& request) {
  return show_draft(deps, in.version_id, request.now);
}

Result<Draft> put_draft(const Deps& deps, const SaveIn& in, const Request& request) {
  return save_draft(deps, {in.version_id, in.xml.text, in.tests_csv.text, in.note, in.revision},
                    hand_of(request));
}

Result<Version> delete_draft(const Deps& deps, const DraftIn& in, const Request& request) {
  return withdraw(deps, in.version_id, hand_of(request));
}

Result<Analysis> post_check(const Deps& deps, const CheckIn& in, const Request& request) {
  TRY_ASSIGN(const Standing standing, deps.store.read([&](Transaction& tx) {
    return load_standing(tx, deps, in.version_id, request.now.china_date());
  }));
  return analyse(in.xml.text, in.tests_csv.text, standing.row.file, standing.files,
                 deps.check_pack);
}

Result<TriedCase> post_try(const Deps& deps, const TryIn& in, const Request& request) {
  return try_case(deps, in.version_id, in.case_id, request.now);
}

Result<Version> post_submit(const Deps& deps, const SubmitIn& in, const Request& request) {
  return submit(deps, in.version_id, in.note, hand_of(request));
}

Result<Version> post_review(const Deps& deps, const Review& in, const Request& request) {
  return review(deps, in, hand_of(request));
}

Result<Replay> post_replay(const Deps& deps, const ReplayIn& in, const Request&) {
  return replay(deps, in.date, in.account_no.value_or(""), in.case_id.value_or(""));
}

http::Route xml_route(const Deps& deps, http::Access access) {
  return http::raw_route<TableIn>(
      "GET", "/api/v1/tables/{file}/xml", "tables", "One file of tables as DMN, to take away",
      std::move(access), "application/xml",
      [deps](const TableIn& in, const Request& request) -> Result<http::Response> {
        const std::string file = file_of_path(in.file);
        TRY_ASSIGN(std::string xml,
                   table_text(deps, file, in.version.value_or(""), request.now.china_date()));
        return http::Response{
            .content_type = "application/xml; charset=utf-8",
            .body = std::move(xml),
            .headers = {{"Content-Disposition", "attachment; filename=\"" + in.file + "\""}}};
      });
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* method, const char* path, const char* summary,
                 http::Access access,
                 Result<Out> (*handler)(const Deps&, const In&, const Request&)) {
  return http::route<In, Out>(
      method, path, "tables", summary, std::move(access),
      [deps, handler](const In& in, const Request& request) { return handler(deps, in, request); });
}

}  // namespace

std::vector<http::Route> routes(const Deps& deps) {
  const http::Access everyone = http::staff(), owners{.roles = {Role::analyst, Role::admin}};
  const http::Access readers =
      http::only({Role::analyst, Role::compliance, Role::auditor, Role::admin});
  return {
      make(deps, "GET", "/api/v1/tables", "The decision tables in force on a day, else today",
           everyone, get_list),
      make(deps, "GET", "/api/v1/tables/{file}",
           "One file of tables, row by row; with a version, as it was then", everyone, get_table),
      xml_route(deps, readers),
      make(deps, "GET", "/api/v1/tables/{file}/versions", "Every version of a file, latest first",
           readers, get_versions),
      make(deps, "GET", "/api/v1/tables/{file}/diff",
           "What differs between two versions, row by row and in words", readers, get_diff),
      make(deps, "GET", "/api/v1/drafts", "Versions that are not yet in force", owners, get_drafts),
      make(deps, "POST", "/api/v1/drafts", "A draft of a table, or of a new one", owners,
           post_draft),
      make(deps, "GET", "/api/v1/drafts/{version_id}", "A draft: text, findings, test cases",
           owners, get_draft),
      make(deps, "PUT", "/api/v1/drafts/{version_id}",
           "Saves; somebody else's saving since is a conflict", owners, put_draft),
      make(deps, "DELETE", "/api/v1/drafts/{version_id}",
           "Withdraws a draft, or a release before its day", owners, delete_draft),
      make(deps, "POST", "/api/v1/drafts/{version_id}/check",
           "What is wrong with a text, without saving it", owners, post_check),
      make(deps, "POST", "/api/v1/drafts/{version_id}/try",
           "A case under the draft, beside what is in force", owners, post_try),
      make(deps, "POST", "/api/v1/drafts/{version_id}/submit", "Sends a draft to review", owners,
           post_submit),
      make(deps, "POST", "/api/v1/drafts/{version_id}/review",
           "A second person releases it for a day, approves it for a trial, or returns it", owners,
           post_review),
      make(deps, "POST", "/api/v1/replay",
           "A past night's decisions made again under the versions of then", owners, post_replay),
  };
}

}  // namespace tables
