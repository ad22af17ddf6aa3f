#include "evidence/pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <set>

#include "casework/types.h"
#include "evidence/entry.h"
#include "evidence/pack_files.h"
#include "evidence/pack_summary.h"
#include "evidence/rows.h"
#include "http/json.h"
#include "intake/types.h"
#include "kernel/hash.h"
#include "records/types.h"
#include "tables/types.h"
#include "tlog/tlog.h"

namespace evidence {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace fs = std::filesystem;

namespace {

struct MadeBody {
  std::string purpose, subject;
  std::optional<kernel::Date> from, to;
};
BOOST_DESCRIBE_STRUCT(MadeBody, (), (purpose, subject, from, to))

Result<std::string> read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  if (!in)
    return Error{Code::unavailable, "there is no log yet: `evenhand seal` makes it", path.string()};
  return bytes;
}

std::string_view as_text(const Salt& salt) {
  return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

// The log as it stands: its signed checkpoint, and a reader of that size.
struct Log {
  std::string checkpoint, vkey;
  tlog::Checkpoint tree;
};
Result<Log> open_log(const fs::path& folder) {
  Log log;
  TRY_ASSIGN(log.checkpoint, read_whole(folder / "checkpoint"));
  TRY_ASSIGN(log.vkey, read_whole(folder / "vkey"));
  while (!log.vkey.empty() && log.vkey.back() == '\n') log.vkey.pop_back();
  TRY_ASSIGN(const auto verifier, tlog::Verifier::parse(log.vkey));
  TRY_ASSIGN(const auto opened, tlog::open_checkpoint(log.checkpoint, {&verifier, 1}));
  log.tree = opened.checkpoint;
  return log;
}

// ---- whose case
// ----------------------------------------------------------------------------------

Result<std::vector<std::string>> find_cases(store::Transaction& tx, const std::string& subject) {
  if (intake::load_person(tx, subject)) return std::vector<std::string>{subject};
  const bool number = !subject.empty() && subject.size() < 19 &&
                      subject.find_first_not_of("0123456789") == subject.npos;
  const auto hold = number ? records::find_legal_hold(tx, records::LegalHoldId(std::stoll(subject)))
                           : std::nullopt;
  if (!hold || hold->customer_no.empty())
    return Error{Code::not_found, "there is no such case, and no legal hold of one", subject};
  if (hold->scope != "person") return std::vector<std::string>{hold->customer_no};
  auto all = intake::load_customers_of(tx, hold->subject);
  std::sort(all.begin(), all.end());
  return all;
}

Result<PackCase> load_case(store::Transaction& tx, const book::BookView* book,
                           const std::string& customer_no) {
  PackCase one{.customer_no = customer_no};
  const auto person = intake::load_person(tx, customer_no);
  if (!person) return Error{Code::not_found, "the person was erased meanwhile", customer_no};
  one.name_masked = person->name.masked();
  one.citizen_id_masked = person->citizen_id.empty() ? "" : person->citizen_id.masked();
  one.region_name = intake::region_name(person->region_code);
  const auto row = book ? book->find_customer(customer_no) : std::nullopt;
  if (!row) return one;
  const column::Sheet& sheet = book->accounts();
  for (const std::int32_t account : book->accounts_of(*row)) {
    const auto at = static_cast<std::size_t>(account);
    const auto word = [&](const char* name) {
      return sheet.has(name) ? std::string(sheet.codes(name).at(at)) : std::string();
    };
    const auto money = [&](const char* name) {
      return kernel::Money::from_fen(sheet.has(name) ? sheet.get<std::int64_t>(name)[at] : 0);
    };
    one.accounts.push_back({.account_no_masked = kernel::mask_account_no(book->account_no(at)),
                            .product = word("product"),
                            .bucket = word("bucket"),
                            .status = word("status"),
                            .balance_fen = money("balance_fen"),
                            .overdue_fen = money("overdue_fen"),
                            .dpd = sheet.has("dpd") && sheet.type("dpd") == column::Type::i16
                                       ? sheet.get<std::int16_t>("dpd")[at]
                                       : 0});
  }
  return one;
}

// ---- facts and their proofs
// ----------------------------------------------------------------------

struct PackProven {
  StoredFact fact;
  Salt salt{};
  std::string entry, proof;
};

// Facts of these cases and days, by id. Those that wait for the sealer, or whose person was erased,
// are counted apart.
std::vector<StoredFact> load_facts(store::Transaction& tx, const std::vector<std::string>& cases,
                                   const CasePackRequest& request) {
  std::vector<StoredFact> all;
  const kernel::Instant from =
      request.from ? kernel::Instant::china(*request.from, 0) : kernel::Instant::from_micros(0);
  const kernel::Instant until = request.to
                                    ? kernel::Instant::china(request.to->plus_days(1), 0)
                                    : kernel::Instant::china(kernel::Date::from_ymd(2900, 1, 1), 0);
  for (const std::string& customer_no : cases)
    tx.query("SELECT " + std::string(fact_columns) +
                 " FROM single_fact WHERE subject = $1 AND made_at >= $2 AND made_at < $3"
                 " ORDER BY fact_id",
             {"customer:" + customer_no, from, until},
             [&](const store::Row& row) { all.push_back(read_fact(row)); });
  std::sort(all.begin(), all.end(), [](const StoredFact& a, const StoredFact& b) {
    return a.fact_id.value() < b.fact_id.value();
  });
  return all;
}

struct Proofs {
  std::vector<PackProven> proven;
  std::int64_t waiting = 0;
};
Result<Proofs> prove(store::Transaction& tx, const Log& log, const fs::path& folder,
                     std::vector<StoredFact> facts) {
  Proofs out;
  Keys keys;
  std::vector<std::string> subjects;
  for (const StoredFact& fact : facts) subjects.push_back(fact.fact.subject);
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  load_keys(tx, subjects, keys);
  const tlog::Reader reader(folder, log.tree.tree.size);
  for (StoredFact& fact : facts) {
    const auto place = find_place(tx, fact.fact_id);
    const auto key = keys.find(fact.fact.subject);
    const bool sealed =
        place && key != keys.end() && static_cast<std::uint64_t>(place->leaf) < log.tree.tree.size;
    if (!sealed) {
      ++out.waiting;
      continue;
    }
    const auto leaf = static_cast<std::uint64_t>(place->leaf);
    PackProven one{.salt = salt_of(key->second, fact.fact_id)};
    TRY_ASSIGN(one.entry, reader.entry(leaf));
    TRY_ASSIGN(const Entry entry, parse_entry(one.entry));
    if (entry.fact_id != fact.fact_id || entry.commit != commitment(one.salt, canonical_fact(fact)))
      return Error{Code::corrupt, "a fact is not what the log committed to",
                   std::to_string(fact.fact_id.value())};
    TRY_ASSIGN(auto path, reader.inclusion(leaf, log.tree.tree.size));
    if (!tlog::check_inclusion(leaf, tlog::leaf_hash(one.entry), path, log.tree.tree))
      return Error{Code::corrupt, "an entry is not in the tree of the checkpoint",
                   std::to_string(leaf)};
    one.proof = tlog::render_proof(
        {.extra = {}, .index = leaf, .path = std::move(path), .checkpoint = log.checkpoint});
    one.fact = std::move(fact);
    out.proven.push_back(std::move(one));
  }
  return out;
}

// Policy packs that permits and refusals name, from beside the log.
std::vector<ZipFile> load_packs(const std::vector<StoredFact>& facts, const fs::path& folder) {
  std::set<std::string> names;
  for (const StoredFact& one : facts) {
    std::error_code bad;
    const auto body = boost::json::parse(one.fact.body, bad);
    if (bad || !body.is_object()) continue;
    const auto* packs = body.get_object().if_contains("packs");
    if (!packs || !packs->is_array()) continue;
    for (const auto& pack : packs->get_array()) {
      if (!pack.is_object()) continue;
      const auto* name = pack.get_object().if_contains("pack");
      const auto* version = pack.get_object().if_contains("version");
      if (!name || !version || !name->is_string() || !version->is_string()) continue;
      names.insert(std::string(name->get_string()) + "@" + std::string(version->get_string()) +
                   ".dmn");
    }
  }
  std::vector<ZipFile> files;
  for (const std::string& name : names)
    if (name.find('/') == name.npos)
      if (auto bytes = read_whole(folder / "packs" / name))
        files.push_back({"packs/" + name, std::move(*bytes)});
  return files;
}

// ---- all of it
// -----------------------------------------------------------------------------------

std::string fact_line(const PackProven& one) {
  return "{\"salt\":\"" + kernel::hex(as_text(one.salt)) +
         "\",\"fact\":" + canonical_fact(one.fact) + "}\n";
}

std::string manifest_of(const std::vector<ZipFile>& files) {
  std::string text;
  for (const ZipFile& file : files)
    text += kernel::sha256_hex(file.bytes) + "  " + file.name + "\n";
  return text;
}

Status check_request(const CasePackRequest& request) {
  const auto& purposes = records::read_reasons();
  if (std::find(purposes.begin(), purposes.end(), request.purpose) == purposes.end())
    return Error{Code::invalid_input, "say what for: one of the reasons docs/records.md lists",
                 "purpose"};
  if (request.from && request.to && *request.to < *request.from)
    return Error{Code::invalid_input, "the last day is before the first", "to"};
  return kernel::Ok{};
}

class Making {
 public:
  Making(const CasePackDeps& deps, const CasePackRequest& request, kernel::Instant now)
      : deps_(deps), request_(request), now_(now) {}

  Result<CasePack> make() {
    TRY(check_request(request_));
    TRY_ASSIGN(log_, open_log(deps_.log));
    if (deps_.shelf.latest()) {
      TRY_ASSIGN(book_, deps_.shelf.latest_book());
    }
    TRY_ASSIGN(const auto words, tables::shipped_words(deps_.decisions));
    contents_.words = words.get();
    TRY(deps_.store.transact([&](store::Transaction& tx) { return leave_fact(tx); }));
    TRY(deps_.store.read([&](store::Transaction& tx) { return load(tx); }));
    TRY(add_documents());
    return assemble();
  }

 private:
  // Who took what is known of whom, and why, before anything is read.
  Status leave_fact(store::Transaction& tx) {
    TRY_ASSIGN(cases_, find_cases(tx, request_.subject));
    for (const std::string& customer_no : cases_)
      tx.append({"evidence_pack_made", "customer:" + customer_no, "user:" + request_.by, now_,
                 http::write_json(
                     MadeBody{request_.purpose, request_.subject, request_.from, request_.to})});
    return kernel::Ok{};
  }

  Status load(store::Transaction& tx) {
    for (const std::string& customer_no : cases_) {
      TRY_ASSIGN(PackCase one_case, load_case(tx, book_.get(), customer_no));
      contents_.cases.push_back(std::move(one_case));
      for (auto& one : records::documents_of(tx, customer_no)) {
        const kernel::Date day = one.added_at.china_date();
        if ((!request_.from || day >= *request_.from) && (!request_.to || day <= *request_.to))
          contents_.documents.push_back(std::move(one));
      }
    }
    std::sort(contents_.documents.begin(), contents_.documents.end(),
              [](const auto& a, const auto& b) { return a.document_id < b.document_id; });
    TRY_ASSIGN(Proofs proofs, prove(tx, log_, deps_.log, load_facts(tx, cases_, request_)));
    proven_ = std::move(proofs.proven);
    contents_.waiting = proofs.waiting;
    return kernel::Ok{};
  }

  // Opened each with its own fact; one whose fact is not sealed yet is left for the next pack.
  Status add_documents() {
    int number = 0;
    for (const auto& one : contents_.documents) {
      ++number;
      if (one.state != "kept" || !has_fact(one)) continue;
      TRY_ASSIGN(auto opened, records::open_document(deps_.store, deps_.data_dir, one.document_id,
                                                     request_.purpose, request_.by, now_));
      const std::string name =
          fmt::format("documents/{:03}-{}-{}{}", number, one.kind, one.dated_on.format(),
                      records::extension_of(one.media_type));
      contents_.document_files[one.document_id.value()] = name;
      document_files_.push_back({name, std::move(opened.bytes)});
    }
    return kernel::Ok{};
  }

  bool has_fact(const records::Document& document) const {
    const std::string sum = "\"sha256\":\"" + document.sha256 + "\"";
    return std::any_of(proven_.begin(), proven_.end(), [&](const PackProven& one) {
      return one.fact.fact.kind == "document_added" &&
             one.fact.fact.body.find(sum) != std::string::npos;
    });
  }

  Result<CasePack> assemble() {
    contents_.request = request_;
    contents_.made_at = now_;
    contents_.origin = log_.tree.origin;
    contents_.vkey = log_.vkey;
    contents_.tree_size = log_.tree.tree.size;
    contents_.root = tlog::base64(tlog::bytes_of(log_.tree.tree.root));
    for (const PackProven& one : proven_) contents_.facts.push_back(one.fact);
    std::vector<ZipFile> packs = load_packs(contents_.facts, deps_.log);
    for (const ZipFile& file : packs) contents_.pack_files.push_back(file.name.substr(6));
    TRY_ASSIGN(std::string pdf, render_summary(contents_));
    std::vector<ZipFile> files = {{"README.txt", readme()}, {"summary.pdf", std::move(pdf)}};
    std::string facts, entries;
    for (const PackProven& one : proven_) {
      facts += fact_line(one);
      entries += one.entry + "\n";
    }
    files.push_back({"facts.jsonl", std::move(facts)});
    files.push_back({"entries.jsonl", std::move(entries)});
    files.push_back({"checkpoint", log_.checkpoint});
    files.push_back({"vkey", log_.vkey + "\n"});
    files.push_back({"check.sh", pack_check_sh, true});
    files.push_back({"check.go", pack_check_go});
    for (std::size_t i = 0; i < proven_.size(); ++i)
      files.push_back({fmt::format("proofs/{:06}.tlog-proof", i + 1), proven_[i].proof});
    for (auto* more : {&packs, &document_files_})
      files.insert(files.end(), std::make_move_iterator(more->begin()),
                   std::make_move_iterator(more->end()));
    files.push_back({"MANIFEST.sha256", manifest_of(files)});
    TRY_ASSIGN(std::string zip, make_zip(files));
    return CasePack{
        .zip = std::move(zip),
        .file_name = "evidence-" + cases_.front() + "-" + now_.china_date().format() + ".zip",
        .facts = static_cast<std::int64_t>(proven_.size()),
        .documents = static_cast<std::int64_t>(contents_.document_files.size()),
        .waiting = contents_.waiting};
  }

  std::string readme() const {
    std::string who;
    for (const std::string& customer_no : cases_) who += (who.empty() ? "" : "、") + customer_no;
    const std::string at = now_.format();
    const auto said = [&](const char* text) {
      return fmt::format(fmt::runtime(text), who, at, request_.purpose, proven_.size(),
                         document_files_.size(), contents_.waiting);
    };
    std::string text = pack_readme_txt;
    const auto fill = [&](const std::string& place, const std::string& with) {
      const auto found = text.find(place);
      CHECK_MSG(found != text.npos, place.c_str());
      text.replace(found, place.size(), with);
    };
    fill("@about_zh@", said("案件 {}，制作于 {}，用途 {}。事实 {} 条，文件 {} 份；"
                            "另有 {} 条事实尚未封存，不在包内。"));
    fill("@about_en@", said("Case {}, made {}, for {}. {} facts, {} documents; {} more facts are "
                            "not sealed yet and not in it."));
    return text;
  }

  const CasePackDeps& deps_;
  const CasePackRequest& request_;
  kernel::Instant now_;
  Log log_;
  std::shared_ptr<const book::BookView> book_;
  std::vector<std::string> cases_;
  PackContents contents_;
  std::vector<PackProven> proven_;
  std::vector<ZipFile> document_files_;
};

}  // namespace

Result<CasePack> make_case_pack(const CasePackDeps& deps, const CasePackRequest& request,
                                kernel::Instant now) {
  return Making(deps, request, now).make();
}

// ---- route
// ---------------------------------------------------------------------------------------

struct CasePackIn {
  std::string case_id, purpose;
  std::optional<kernel::Date> from, to;
};
BOOST_DESCRIBE_STRUCT(CasePackIn, (), (case_id, purpose, from, to))

std::vector<http::Route> pack_routes(const CasePackDeps& deps) {
  using http::Role;
  return {http::raw_route<CasePackIn>(
      "GET", "/api/v1/cases/{case_id}/evidence-pack", "evidence",
      "Everything on record of a case, to be checked by outsiders; leaves who took it and why",
      http::only({Role::compliance, Role::admin}), "application/zip",
      [deps](const CasePackIn& in, const http::Request& request) -> Result<http::Response> {
        TRY(deps.store.read([&](store::Transaction& tx) -> Status {
          if (casework::may_reach(tx, {deps.shelf, deps.decisions}, *request.caller, in.case_id,
                                  request.now))
            return kernel::Ok{};
          return kernel::Error{kernel::Code::not_found, "there is no such case", "case_id"};
        }));
        TRY_ASSIGN(CasePack pack, make_case_pack(deps,
                                                 {.subject = in.case_id,
                                                  .from = in.from,
                                                  .to = in.to,
                                                  .purpose = in.purpose,
                                                  .by = request.caller->user_name},
                                                 request.now));
        http::Response response{.content_type = "application/zip", .body = std::move(pack.zip)};
        response.headers.emplace_back("Content-Disposition",
                                      "attachment; filename=\"" + pack.file_name + "\"");
        return response;
      })};
}

}  // namespace evidence
