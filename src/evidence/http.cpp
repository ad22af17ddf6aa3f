// The evidence browser: the log as it stands, facts and their proofs, the log's files, checks.

#include "evidence/check_job.h"
#include "evidence/rows.h"
#include "tlog/tlog.h"

namespace evidence {

using http::Nothing;
using http::Request;
using http::Response;
using http::Role;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::Transaction;

namespace {

struct EvidenceOut {
  std::int64_t size = 0, seals = 0, waiting = 0;
  std::string root, checkpoint, vkey;
  std::optional<kernel::Instant> sealed_at;
  std::vector<std::string> other_signatures;  // names below the checkpoint: witnesses
  VerifyState verified;
};
BOOST_DESCRIBE_STRUCT(EvidenceOut, (),
                      (size, seals, waiting, root, checkpoint, vkey, sealed_at, other_signatures,
                       verified))

struct EventsIn {
  std::optional<std::string> case_id, kind;
  std::optional<kernel::Date> from, to;  // days, both included
};
BOOST_DESCRIBE_STRUCT(EventsIn, (), (case_id, kind, from, to))
struct EventRow {
  store::FactId fact_id{0};
  std::string kind, subject, made_by;
  kernel::Instant made_at;
  std::string state;  // waiting | sealed | erased
  std::optional<std::int64_t> leaf;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (fact_id, kind, subject, made_by, made_at, state, leaf))
struct EventsOut {
  std::vector<EventRow> events;  // newest first
  bool more = false;             // there are more than are shown
};
BOOST_DESCRIBE_STRUCT(EventsOut, (), (events, more))

struct ProofIn {
  store::FactId fact_id{0};
};
BOOST_DESCRIBE_STRUCT(ProofIn, (), (fact_id))
struct FileIn {
  std::string path;
};
BOOST_DESCRIBE_STRUCT(FileIn, (), (path))

constexpr std::int64_t events_shown = 200;

std::string text_at(const std::filesystem::path& file) {
  auto text = tlog::read_whole(file);
  return text ? std::move(*text) : std::string();
}

Result<EvidenceOut> state_of(const Deps& deps) {
  EvidenceOut out{.checkpoint = text_at(deps.log / "checkpoint"),
                  .vkey = text_at(deps.log / "vkey"),
                  .verified = deps.verify.state()};
  while (!out.vkey.empty() && out.vkey.back() == '\n') out.vkey.pop_back();
  if (const auto note = tlog::parse_note(out.checkpoint)) {
    if (const auto checkpoint = tlog::parse_checkpoint(note->text)) {
      out.size = static_cast<std::int64_t>(checkpoint->tree.size);
      out.root = tlog::base64(tlog::bytes_of(checkpoint->tree.root));
      for (const tlog::Signature& signature : note->signatures)
        if (signature.name != checkpoint->origin) out.other_signatures.push_back(signature.name);
    }
  }
  TRY(deps.store.read([&](Transaction& tx) {
    out.waiting = count_waiting(tx);
    if (const auto last = last_seal(tx)) {
      out.seals = last->seal_id;
      out.sealed_at = last->sealed_at;
    }
    return true;
  }));
  return out;
}

// Who may see no person sees what kind of subject it was.
std::string shown(std::string_view subject, bool masked) {
  if (!masked) return std::string(subject);
  const std::size_t colon = subject.find(':');
  return std::string(subject.substr(0, colon)) + (colon == subject.npos ? "" : ":…");
}

Result<EventsOut> list_events(const Deps& deps, const EventsIn& in, bool masked) {
  if (masked && in.case_id) return Error{Code::forbidden, "an auditor looks at no case", "case_id"};
  const kernel::Instant from =
      in.from ? kernel::Instant::china(*in.from, 0) : kernel::Instant::from_micros(0);
  const kernel::Instant to = in.to ? kernel::Instant::china(in.to->plus_days(1), 0)
                                   : kernel::Instant::from_micros(INT64_MAX);
  const std::string subject = "customer:" + in.case_id.value_or("");
  store::Params params = {from, to, events_shown + 1};
  std::string asked = " WHERE made_at >= $1 AND made_at < $2";
  const auto add = [&](const char* column, const std::string& value) {
    params.emplace_back(value);
    asked += std::string(" AND ") + column + " = $" + std::to_string(params.size());
  };
  if (in.case_id) add("subject", subject);
  if (in.kind) add("kind", *in.kind);
  // A night's facts all have its moment: which of them are shown follows from their index.
  const std::string columns = "SELECT " + std::string(fact_columns) + " FROM ";
  const std::string single = columns + "single_fact" + asked + " ORDER BY made_at DESC, fact_id";
  const std::string nightly = columns + "nightly_fact" + asked + " ORDER BY made_at DESC, subject";
  const std::string sql = columns + "(" + single + " DESC LIMIT $3) AS of_hands UNION ALL " +
                          columns + "(" + nightly +
                          " DESC LIMIT $3) AS of_nights ORDER BY 5 DESC, 1 DESC LIMIT $3";
  return deps.store.read([&](Transaction& tx) {
    EventsOut out;
    tx.query(sql, params, [&](const store::Row& row) {
      const StoredFact fact = read_fact(row);
      out.events.push_back({fact.fact_id,
                            fact.fact.kind,
                            shown(fact.fact.subject, masked),
                            shown(fact.fact.made_by, masked),
                            fact.fact.made_at,
                            "waiting",
                            {}});
    });
    out.more = static_cast<std::int64_t>(out.events.size()) > events_shown;
    if (out.more) out.events.pop_back();
    for (EventRow& event : out.events) {
      const auto place = find_place(tx, event.fact_id);
      if (place) event.leaf = place->leaf;
      if (place) event.state = erased_entry(tx, event.fact_id) ? "erased" : "sealed";
    }
    return out;
  });
}

Result<Response> give_proof(const Deps& deps, const ProofIn& in) {
  TRY_ASSIGN(std::string text, deps.store.read([&](Transaction& tx) {
    return make_proof(tx, deps.log, in.fact_id);
  }));
  return Response{.content_type = "text/plain; charset=utf-8",
                  .body = std::move(text),
                  .headers = {{"content-disposition", "attachment; filename=\"" +
                                                          std::to_string(in.fact_id.value()) +
                                                          ".tlog-proof\""}}};
}

// Only the log's own files, whose names are known; a full tile never changes again.
Result<Response> give_file(const Deps& deps, const FileIn& in) {
  const auto tile = tlog::parse_tile_path(in.path);
  if (!tile && in.path != "checkpoint" && in.path != "vkey")
    return Error{Code::not_found, "the log has no such file", in.path};
  TRY_ASSIGN(std::string bytes, tlog::read_whole(deps.log / in.path));
  return Response{
      .content_type = tile ? "application/octet-stream" : "text/plain; charset=utf-8",
      .body = std::move(bytes),
      .headers = {{"cache-control", tile ? "private, max-age=31536000, immutable" : "no-cache"}}};
}

}  // namespace

std::vector<http::Route> routes(const Deps& deps) {
  const http::Access all = http::only({Role::compliance, Role::auditor, Role::admin});
  const http::Access no_auditor = http::only({Role::compliance, Role::admin});
  return {
      http::route<Nothing, EvidenceOut>(
          "GET", "/api/v1/evidence", "evidence", "the log as it stands, and its last check", all,
          [deps](const Nothing&, const Request&) { return state_of(deps); }),
      http::route<EventsIn, EventsOut>(
          "GET", "/api/v1/evidence/events", "evidence", "facts, newest first", all,
          [deps](const EventsIn& in, const Request& request) {
            return list_events(deps, in, !request.caller || request.caller->role == Role::auditor);
          }),
      http::raw_route<ProofIn>(
          "GET", "/api/v1/evidence/events/{fact_id}/proof", "evidence",
          "one file that proves a fact to an outsider; it says what the fact says", no_auditor,
          "text/plain", [deps](const ProofIn& in, const Request&) { return give_proof(deps, in); }),
      http::raw_route<FileIn>(
          "GET", "/api/v1/evidence/log", "evidence",
          "a file of the log by its path: checkpoint, vkey, tile/…; no personal data in any", all,
          "application/octet-stream",
          [deps](const FileIn& in, const Request&) { return give_file(deps, in); }),
      http::route<Nothing, VerifyState>(
          "POST", "/api/v1/evidence/verify", "evidence",
          "checks log and store in the background; the result is in GET /api/v1/evidence", all,
          [deps](const Nothing&, const Request& request) {
            return deps.verify.start(request.caller ? request.caller->user_name : "", request.now);
          }),
  };
}

}  // namespace evidence
