#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>

#include "http/json.h"
#include "intake/types.h"
#include "kernel/hash.h"
#include "records/files.h"
#include "records/media.h"
#include "records/sealed_file.h"
#include "records/types.h"
#include "store/vault.h"

namespace records {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace fs = std::filesystem;

namespace {

struct KeyTag {
  static std::string mask(std::string_view) { return "****"; }
};
using FileKey = kernel::Secret<KeyTag>;
struct FileNameTag {
  static std::string mask(std::string_view) { return "****"; }
};
using FileName = kernel::Secret<FileNameTag>;

struct AddedBody {
  DocumentId document_id{0};
  std::string kind, source, media_type, sha256;
  std::int64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(AddedBody, (), (document_id, kind, source, media_type, sha256, bytes))

struct RefusedBody {
  std::string kind, source, sha256, why;
};
BOOST_DESCRIBE_STRUCT(RefusedBody, (), (kind, source, sha256, why))

struct ReadBody {
  DocumentId document_id{0};
  std::string sha256, reason;
};
BOOST_DESCRIBE_STRUCT(ReadBody, (), (document_id, sha256, reason))

constexpr std::string_view kColumns =
    "SELECT document_id, customer_no, kind, source, media_type, sha256, bytes, dated_on, added_at,"
    " added_by, state, destroyed_at FROM document ";

Document read_document(const store::Row& row) {
  return {.document_id = row.id<DocumentTag>(0),
          .customer_no = row.text(1),
          .kind = row.text(2),
          .source = row.text(3),
          .media_type = row.text(4),
          .sha256 = row.text(5),
          .bytes = row.i64(6),
          .dated_on = row.date(7),
          .added_at = row.instant(8),
          .added_by = row.text(9),
          .state = row.text(10),
          .destroyed_at = row.opt_instant(11)};
}

bool among(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string user(std::string_view name) {
  return name.find(':') == name.npos ? "user:" + std::string(name) : std::string(name);
}

Result<std::string> check(const NewDocument& document, std::string_view bytes) {
  const auto wrong = [](const char* message, const char* where) {
    return Error{Code::invalid_input, message, where};
  };
  if (!among(document_kinds(), document.kind))
    return wrong("no such kind of document; docs/records.md lists them", "kind");
  if (!among(document_sources(), document.source))
    return wrong("no such source of documents; docs/records.md lists them", "source");
  if (document.file_name.size() > 400) return wrong("at most 400 bytes", "file_name");
  if (bytes.empty()) return wrong("there is nothing in it", "content");
  if (bytes.size() > document_bytes_max) return wrong("a document has at most 256 MiB", "content");
  const std::string media_type = media_type_of(bytes);
  if (media_type.empty())
    return wrong("its first bytes are of no type that is taken; docs/records.md lists them",
                 "content");
  if (document.kind == "recording" && !media_type.starts_with("audio/") &&
      !media_type.starts_with("video/"))
    return wrong("a recording is sound or video", "kind");
  return media_type;
}

// Keyed: who sees the folder or the table cannot test whether some known text is there.
std::string content_index(const store::Vault& vault, std::string_view customer_no,
                          std::string_view sha256) {
  std::string of(customer_no);
  of += '\0';
  of += sha256;
  return kernel::hex(vault.index_bytes("document.content", of));
}

std::optional<Document> find_same(store::Transaction& tx, std::string_view index) {
  return tx.query_one<Document>(
      std::string(kColumns) + "WHERE content_index = $1 AND state = 'kept'", {index},
      read_document);
}

std::string random_hex() {
  std::string bytes(8, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), 8) == 1);
  return kernel::hex(bytes);
}

struct Placed {  // a sealed file nobody names yet
  std::string file, key, index;
};

void save_document(store::Transaction& tx, const Document& row, const NewDocument& given,
                   const Placed& placed) {
  const std::string key = tx.vault().seal("document.key", FileKey::take(placed.key));
  const std::string name = tx.vault().seal("document.name", FileName::take(given.file_name));
  tx.execute(
      "INSERT INTO document (document_id, customer_no, kind, source, media_type, bytes, sha256,"
      " content_index, file, sealed_key, sealed_name, dated_on, added_at, added_by, state,"
      " destroyed_at, file_gone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
      " $14, 'kept', NULL, 0)",
      {row.document_id, row.customer_no, row.kind, row.source, row.media_type, row.bytes,
       row.sha256, placed.index, placed.file, store::Blob{key}, store::Blob{name}, row.dated_on,
       row.added_at, row.added_by});
  tx.append({"document_added", "customer:" + row.customer_no, user(row.added_by), row.added_at,
             http::write_json(AddedBody{row.document_id, row.kind, row.source, row.media_type,
                                        row.sha256, row.bytes})});
}

}  // namespace

const std::vector<std::string>& document_kinds() {
  static const std::vector<std::string> kinds = {
      "recording", "letter",          "agreement", "notice", "photo",
      "identity",  "payment_receipt", "complaint", "court",  "other"};
  return kinds;
}

const std::vector<std::string>& document_sources() {
  static const std::vector<std::string> sources = {"staff", "customer", "agency",
                                                   "court", "bank",     "system"};
  return sources;
}

// Words, not free text: a fact holds nothing personal.
const std::vector<std::string>& read_reasons() {
  static const std::vector<std::string> reasons = {"case_work", "complaint", "court", "audit",
                                                   "customer_request"};
  return reasons;
}

fs::path document_path(const fs::path& data_dir, std::string_view file) {
  return data_dir / "documents" / std::string(file.substr(0, 2)) / std::string(file);
}

namespace {

// Asked before a byte is on disk. That somebody sent in what a scanner knows is worth a fact; that
// the scanner was away is not.
Status pass_scan(store::Store& store, const NewDocument& document, std::string_view bytes,
                 const std::string& sha256, kernel::Instant now, const VirusScan& scan) {
  if (!scan) return kernel::Ok{};
  const Status clean = scan(bytes);
  if (clean || clean.error().code != Code::invalid_input) return clean;
  TRY(store.transact([&](store::Transaction& tx) -> Status {
    tx.append({"document_refused", "customer:" + document.customer_no, user(document.by), now,
               http::write_json(
                   RefusedBody{document.kind, document.source, sha256, clean.error().message})});
    return kernel::Ok{};
  }));
  return clean;
}

}  // namespace

Result<Document> add_document(store::Store& store, const fs::path& data_dir,
                              const NewDocument& document, std::string_view bytes,
                              kernel::Instant now, const VirusScan& scan) {
  TRY_ASSIGN(const std::string media_type, check(document, bytes));
  const std::string sha256 = kernel::sha256_hex(bytes);
  Placed placed{.index = content_index(store.vault(), document.customer_no, sha256)};
  TRY_ASSIGN(const auto before,
             store.read([&](store::Transaction& tx) -> Result<std::optional<Document>> {
               if (!intake::load_person(tx, document.customer_no))
                 return Error{Code::not_found, "there is no such case", "case_id"};
               return find_same(tx, placed.index);
             }));
  if (before) return *before;
  TRY(pass_scan(store, document, bytes, sha256, now, scan));
  placed.file = placed.index + "-" + random_hex();
  placed.key = make_file_key();
  const fs::path path = document_path(data_dir, placed.file);
  TRY(write_sealed(path, placed.key, placed.file, bytes));
  auto saved = store.transact([&](store::Transaction& tx) -> Result<Document> {
    tx.lock("document:" + placed.index);
    if (const auto same = find_same(tx, placed.index)) return *same;
    const Document row{.document_id = DocumentId(tx.next_id()),
                       .customer_no = document.customer_no,
                       .kind = document.kind,
                       .source = document.source,
                       .media_type = media_type,
                       .sha256 = sha256,
                       .bytes = static_cast<std::int64_t>(bytes.size()),
                       .dated_on = document.dated_on.value_or(now.china_date()),
                       .added_at = now,
                       .added_by = document.by,
                       .state = "kept"};
    save_document(tx, row, document, placed);
    return row;
  });
  // The transaction may be durable although its answer was lost: only a file that the store says
  // nobody names is taken away. What is left behind then, the sweep of retention finds.
  const auto named = store.read([&](store::Transaction& tx) {
    return tx.query_i64("SELECT 1 FROM document WHERE file = $1", {placed.file}).has_value();
  });
  if (named && !*named) TRY(shred(path));
  return saved;
}

std::vector<Document> documents_of(store::Transaction& tx, std::string_view customer_no) {
  std::vector<Document> all;
  tx.query(
      std::string(kColumns) + "WHERE customer_no = $1 ORDER BY added_at DESC, document_id DESC",
      {customer_no}, [&](const store::Row& row) { all.push_back(read_document(row)); });
  return all;
}

std::optional<Document> find_document(store::Transaction& tx, DocumentId document_id) {
  return tx.query_one<Document>(std::string(kColumns) + "WHERE document_id = $1", {document_id},
                                read_document);
}

namespace {

struct Unsealed {
  Document document;
  std::string file, key, file_name;
};

// The key and the name, under a disclosure; the facts are durable before a byte is read.
Result<Unsealed> disclose_document(store::Transaction& tx, DocumentId document_id,
                                   std::string_view reason, std::string_view by,
                                   kernel::Instant now) {
  const auto document = find_document(tx, document_id);
  if (!document) return Error{Code::not_found, "there is no such document", "document_id"};
  if (document->state != "kept")
    return Error{Code::conflict, "the document was destroyed when its time was over",
                 "document_id"};
  Unsealed out{.document = *document};
  std::string sealed_key, sealed_name;
  tx.query("SELECT file, sealed_key, sealed_name FROM document WHERE document_id = $1",
           {document_id}, [&](const store::Row& row) {
             out.file = row.text(0);
             sealed_key = row.blob(1);
             sealed_name = row.blob(2);
           });
  TRY_ASSIGN(const FileKey key, tx.vault().open_sealed<KeyTag>("document.key", sealed_key));
  TRY_ASSIGN(const FileName name,
             tx.vault().open_sealed<FileNameTag>("document.name", sealed_name));
  const std::string subject = "customer:" + document->customer_no;
  const kernel::Disclosure disclosure = tx.disclose(subject, "document", user(by), now);
  tx.append({"document_read", subject, user(by), now,
             http::write_json(ReadBody{document_id, document->sha256, std::string(reason)})});
  out.key = key.reveal(disclosure);
  out.file_name = name.reveal(disclosure);
  return out;
}

}  // namespace

Result<OpenedDocument> open_document(store::Store& store, const fs::path& data_dir,
                                     DocumentId document_id, std::string_view reason,
                                     std::string_view by, kernel::Instant now) {
  if (!among(read_reasons(), reason))
    return Error{Code::invalid_input, "say why: one of the reasons docs/records.md lists",
                 "reason"};
  TRY_ASSIGN(const Unsealed unsealed, store.transact([&](store::Transaction& tx) {
    return disclose_document(tx, document_id, reason, by, now);
  }));
  auto bytes = read_sealed(document_path(data_dir, unsealed.file), unsealed.key, unsealed.file);
  const bool same = bytes && kernel::sha256_hex(*bytes) == unsealed.document.sha256;
  if (same) return OpenedDocument{unsealed.document, unsealed.file_name, std::move(*bytes)};
  TRY_ASSIGN(const auto again,
             store.read([&](store::Transaction& tx) { return find_document(tx, document_id); }));
  if (!again || again->state != "kept")
    return Error{Code::conflict, "the document was destroyed meanwhile", "document_id"};
  if (!bytes) return bytes.error();
  return Error{Code::corrupt, "the document's bytes are not those that were added", "document_id"};
}

}  // namespace records
