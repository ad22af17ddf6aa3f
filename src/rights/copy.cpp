// The copy of everything held of a person: disclosed first, read then, made in memory, and on
// record with its SHA-256 before it leaves.

#include <fmt/format.h>

#include "evidence/types.h"
#include "intake/types.h"
#include "kernel/hash.h"
#include "rights/facts.h"
#include "rights/held.h"
#include "rights/others.h"
#include "rights/page.h"
#include "rights/rows.h"
#include "rights/whose.h"
#include "tables/types.h"

namespace rights {

using kernel::Code;
using kernel::Disclosure;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::HeldSection;
using store::Transaction;

namespace {

Result<Request> find_copyable(Transaction& tx, RequestId id, Instant now) {
  auto request = find_request(tx, id);
  if (!request || request->kind != "access" || request->customer_no.empty())
    return Error{Code::not_found, "there is no such request for a copy", "request_id"};
  if (!request->copy_until || *request->copy_until < now.china_date())
    return Error{Code::conflict,
                 request->copy_until ? "the days on which the copy could be made are over"
                                     : "a second person has not agreed to this copy yet",
                 "request_id"};
  return std::move(*request);
}

// Names of other people in the person's files, and the person's own numbers: for masking notes.
struct Others {
  std::vector<std::string> names, own_numbers;
};
Others load_others(Transaction& tx, const store::Whose& whose, const Disclosure& fields,
                   const kernel::ContactDisclosure& numbers) {
  Others all;
  for (const std::string& customer_no : whose.customer_nos)
    for (const auto& point : intake::load_contact_points(tx, customer_no)) {
      if (point.role == "self")
        all.own_numbers.emplace_back(point.value.reveal(numbers));
      else
        all.names.emplace_back(point.name.reveal(fields));
    }
  for (const std::string& account_no : whose.account_nos) {
    all.own_numbers.push_back(account_no);
    for (const auto& one : intake::load_guarantors(tx, account_no))
      all.names.emplace_back(one.name.reveal(fields));
  }
  return all;
}

void mask_notes(std::vector<HeldSection>& sections, const Others& others) {
  for (HeldSection& section : sections)
    for (std::size_t i = 0; i < section.columns.size(); ++i) {
      if (section.columns[i].words != "note") continue;
      for (auto& row : section.rows) row[i] = mask_others(row[i], others.names, others.own_numbers);
    }
}

struct Documents {
  std::vector<evidence::ZipFile> files;
  std::vector<std::string> names, unreadable;
};
// Each opened with its own fact. One that cannot be read is named and does not stop the rest.
Result<Documents> open_documents(const Deps& deps, const store::Whose& whose, std::string_view by,
                                 Instant now) {
  Documents out;
  for (const std::string& customer_no : whose.customer_nos) {
    TRY_ASSIGN(const auto all, deps.store.read([&](Transaction& tx) {
      return records::documents_of(tx, customer_no);
    }));
    for (const records::Document& one : all) {
      if (one.state != "kept") continue;
      const std::string name =
          fmt::format("documents/{:03}-{}-{}{}", out.names.size() + out.unreadable.size() + 1,
                      one.kind, one.dated_on.format(), records::extension_of(one.media_type));
      auto opened = records::open_document(deps.store, deps.data_dir, one.document_id,
                                           "customer_request", by, now);
      if (!opened) {
        out.unreadable.push_back(name);
        continue;
      }
      out.files.push_back({name, std::move(opened->bytes)});
      out.names.push_back(name);
    }
  }
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "、") + text;
  return all;
}

// On record before it leaves: which bytes, by whom.
kernel::Status record_copy(Transaction& tx, RequestId id, const std::string& sha256,
                           std::string_view by, Instant now) {
  TRY_ASSIGN(Request request, find_copyable(tx, id, now));
  if (!request.ended_at) {
    request.state = "done";
    request.outcome = "granted";
    request.ended_at = now;
    request.ended_by = by;
    update_request(tx, request);
  }
  add_step(tx, id, "copied", by, "sha256 " + sha256, kernel::Note::take(""), now);
  tell_copied(tx, request, sha256, by, now);
  return kernel::Ok{};
}

}  // namespace

Result<std::vector<HeldSection>> Copy::gather(Transaction& tx, const Deps& deps,
                                              const store::Whose& whose, const Disclosure& fields,
                                              Instant now) {
  const kernel::ContactDisclosure numbers;
  const store::Telling telling{fields, numbers, now};
  std::vector<HeldSection> sections;
  HeldParts parts = deps.parts;
  parts.push_back(held());
  for (const store::HeldPart& part : parts) {
    if (!part.tell) continue;
    TRY_ASSIGN(auto told, part.tell(tx, whose, telling));
    for (HeldSection& one : told) sections.push_back(std::move(one));
  }
  mask_notes(sections, load_others(tx, whose, fields, numbers));
  return sections;
}

Result<CopyFile> Copy::make(const Deps& deps, RequestId id, std::string_view by, Instant now) {
  const std::string user = "user:" + std::string(by);
  store::Whose whose;
  std::unique_ptr<Disclosure> fields;  // stands for the facts of each customer number
  TRY_ASSIGN(const Request request, deps.store.transact([&](Transaction& tx) -> Result<Request> {
    TRY_ASSIGN(Request found, find_copyable(tx, id, now));
    whose = load_whose(tx, found.person_key);
    for (const std::string& customer_no : whose.customer_nos)
      fields = std::unique_ptr<Disclosure>(
          new Disclosure(tx.disclose("customer:" + customer_no, "person_copy", user, now)));
    return found;
  }));
  if (!fields) return Error{Code::not_found, "the person has no case any more", "request_id"};
  TRY_ASSIGN(const auto sections, deps.store.read([&](Transaction& tx) {
    return gather(tx, deps, whose, *fields, now);
  }));
  TRY_ASSIGN(Documents documents, open_documents(deps, whose, by, now));
  TRY_ASSIGN(const auto words, tables::shipped_words(deps.decisions));
  const CopyHead head{.request_id = std::to_string(request.request_id.value()),
                      .customer_nos = joined(whose.customer_nos),
                      .made_by = std::string(by),
                      .made_at = now,
                      .documents = documents.names,
                      .unreadable = documents.unreadable};
  std::vector<evidence::ZipFile> files = {{"index.html", render_page(head, sections, *words)},
                                          {"data.json", render_data(head, sections)}};
  for (auto& file : documents.files) files.push_back(std::move(file));
  CopyFile out;
  TRY_ASSIGN(out.zip, evidence::make_zip(files));
  out.file_name = "personal-data-" + head.request_id + "-" + now.china_date().format() + ".zip";
  out.sections = static_cast<std::int64_t>(sections.size());
  out.documents = static_cast<std::int64_t>(documents.names.size());
  for (const HeldSection& one : sections) out.rows += static_cast<std::int64_t>(one.rows.size());
  const std::string sha256 = kernel::sha256_hex(out.zip);
  TRY(deps.store.transact([&](Transaction& tx) { return record_copy(tx, id, sha256, by, now); }));
  return out;
}

}  // namespace rights
