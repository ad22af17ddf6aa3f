// This room's own records for retention: the documents, a kind each.

#include "http/json.h"
#include "records/files.h"
#include "records/sealed_file.h"
#include "records/types.h"

namespace records {

using kernel::Ok;
using kernel::Status;
using store::Kept;

namespace {

struct DocumentDestroyedBody {
  DocumentId document_id{0};
  std::string kind, sha256;
};
BOOST_DESCRIBE_STRUCT(DocumentDestroyedBody, (), (document_id, kind, sha256))

std::vector<Kept> load_documents(store::Transaction& tx, const std::string& kind,
                                 kernel::Instant before, const Kept* after, int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT document_id, customer_no, added_at FROM document WHERE kind = $1 AND state = 'kept'"
      " AND added_at < $2 AND (added_at > $3 OR (added_at = $3 AND document_id > $4))"
      " ORDER BY added_at, document_id LIMIT $5",
      {kind, before, after ? after->made_at : kernel::Instant::from_micros(0),
       after ? store::number_of(after->record_id) : 0, limit},
      [&](const store::Row& row) {
        all.push_back({std::to_string(row.i64(0)), row.text(1), row.instant(2)});
      });
  return all;
}

// Without its key the sealed file is noise: the document is gone with this transaction.
Status destroy_documents(store::Transaction& tx, const std::vector<Kept>& records,
                         kernel::Instant now) {
  for (const Kept& one : records) {
    const auto document = find_document(tx, DocumentId(store::number_of(one.record_id)));
    if (!document || document->state != "kept") continue;
    tx.execute(
        "UPDATE document SET state = 'destroyed', destroyed_at = $1, sealed_key = $2,"
        " sealed_name = $2, content_index = '' WHERE document_id = $3",
        {now, store::Blob{""}, document->document_id});
    tx.append({"document_destroyed", "customer:" + document->customer_no, "retention", now,
               http::write_json(DocumentDestroyedBody{document->document_id, document->kind,
                                                      document->sha256})});
  }
  return Ok{};
}

struct Leftover {
  DocumentId document_id{0};
  std::string file;
};

Status clean_files(store::Store& store, const std::filesystem::path& data_dir) {
  TRY_ASSIGN(const auto left, store.read([](store::Transaction& tx) {
    std::vector<Leftover> all;
    tx.query("SELECT document_id, file FROM document WHERE state = 'destroyed' AND file_gone = 0",
             {}, [&](const store::Row& row) {
               all.push_back({row.id<DocumentTag>(0), row.text(1)});
             });
    return all;
  }));
  for (const Leftover& one : left) {
    TRY(shred(document_path(data_dir, one.file)));
    TRY(store.transact([&](store::Transaction& tx) {
      tx.execute("UPDATE document SET file_gone = 1 WHERE document_id = $1", {one.document_id});
    }));
  }
  return Ok{};
}

}  // namespace

KeptKinds kept(const std::filesystem::path& data_dir) {
  KeptKinds kinds;
  for (const std::string& kind : document_kinds())
    kinds.push_back(
        {.kind = kind,
         .load = [kind](store::Transaction& tx, kernel::Instant before, const Kept* after,
                        int limit) { return load_documents(tx, kind, before, after, limit); },
         .destroy = destroy_documents,
         .clean = [data_dir](store::Store& store,
                             const std::vector<Kept>&) { return clean_files(store, data_dir); }});
  return kinds;
}

}  // namespace records
