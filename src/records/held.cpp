#include "records/held.h"

#include "records/types.h"

namespace records {

namespace {

kernel::Result<std::vector<store::HeldSection>> tell(store::Transaction& tx,
                                                     const store::Whose& whose,
                                                     const store::Telling&) {
  store::HeldSection section{.name = "documents",
                             .title = "档案文件",
                             .note = "文件本身在 documents 文件夹中；已销毁的只余此行。",
                             .columns = {{"dated_on", "日期", "date"},
                                         {"customer_no", "客户号"},
                                         {"kind", "种类", "document"},
                                         {"source", "来源", "document_source"},
                                         {"bytes", "字节"},
                                         {"sha256", "SHA-256"},
                                         {"state", "状态", "document_state"}},
                             .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    for (const Document& one : documents_of(tx, customer_no))
      section.rows.push_back({one.dated_on.format(), customer_no, one.kind, one.source,
                              std::to_string(one.bytes), one.sha256, one.state});
  return std::vector<store::HeldSection>{std::move(section)};
}

// No fact of each document: it would be about the person who is being erased.
kernel::Status erase(store::Transaction& tx, const store::Whose& whose, kernel::Instant now) {
  for (const std::string& customer_no : whose.customer_nos) {
    tx.execute(
        "UPDATE document SET state = 'destroyed', destroyed_at = COALESCE(destroyed_at, $1),"
        " sealed_key = $2, sealed_name = $2, content_index = '', sha256 = '', customer_no = ''"
        " WHERE customer_no = $3",
        {now, store::Blob{""}, customer_no});
    tx.execute(
        "UPDATE legal_hold SET reason = $1, customer_no = '', subject = '' WHERE customer_no = $2",
        {store::Blob{""}, customer_no});
  }
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held(std::filesystem::path data_dir) {
  return {.room = "records",
          .tell = tell,
          .erase = erase,
          .clean = [data_dir = std::move(data_dir)](store::Store& store) {
            return kept(data_dir).front().clean(store, {});
          }};
}

}  // namespace records
