#include "records/list.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "http/json.h"
#include "records/lock.h"

namespace records {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;

namespace fs = std::filesystem;

struct DestructionItem {
  std::string kind, record_id;
  Instant made_at;
  kernel::Date due_on;
  std::string code, rule_id;
  Instant destroyed_at;
};
BOOST_DESCRIBE_STRUCT(DestructionItem, (),
                      (kind, record_id, made_at, due_on, code, rule_id, destroyed_at))

struct DestructionList {
  std::string run_id;
  kernel::Date date;
  std::string file, version, asked_by;
  Instant started_at;
  std::vector<DestructionItem> items;
};
BOOST_DESCRIBE_STRUCT(DestructionList, (),
                      (run_id, date, file, version, asked_by, started_at, items))

std::int64_t begin_run(store::Transaction& tx, const RetentionOptions& options,
                       const std::string& version) {
  const std::int64_t run_id = tx.next_id();
  tx.execute(
      "INSERT INTO retention_run (run_id, date, state, asked_by, started_at, finished_at, version)"
      " VALUES ($1, $2, 'running', $3, $4, NULL, $5)",
      {run_id, options.date, options.by, options.now, version});
  return run_id;
}

void go_on_with_run(store::Transaction& tx, std::int64_t run_id) {
  tx.execute(
      "UPDATE retention_run SET state = 'running', finished_at = NULL WHERE run_id = $1"
      " AND state <> 'running'",
      {run_id});
}

std::vector<std::int64_t> open_runs(store::Transaction& tx) {
  std::vector<std::int64_t> ids;
  tx.query("SELECT run_id FROM retention_run WHERE state = 'running' ORDER BY run_id", {},
           [&](const store::Row& row) { ids.push_back(row.i64(0)); });
  return ids;
}

void insert_destroyed(store::Transaction& tx, const Destroyed& one) {
  tx.execute(
      "INSERT INTO retention_destroyed (run_id, kind, record_id, made_at, due_on, code, rule_id,"
      " destroyed_at, cleaned) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
      {one.run_id, one.kind, one.record_id, one.made_at, one.due_on, one.code, one.rule_id,
       one.destroyed_at});
}

std::vector<store::Kept> load_not_clean(store::Transaction& tx, std::int64_t run_id,
                                        const std::string& kind) {
  std::vector<store::Kept> all;
  tx.query(
      "SELECT record_id, made_at FROM retention_destroyed WHERE run_id = $1 AND kind = $2"
      " AND cleaned = 0",
      {run_id, kind}, [&](const store::Row& row) {
        all.push_back({.record_id = row.text(0), .customer_no = {}, .made_at = row.instant(1)});
      });
  return all;
}

void mark_clean(store::Transaction& tx, std::int64_t run_id, const std::string& kind,
                const std::vector<store::Kept>& records) {
  for (const store::Kept& one : records)
    tx.execute(
        "UPDATE retention_destroyed SET cleaned = 1"
        " WHERE run_id = $1 AND kind = $2 AND record_id = $3",
        {run_id, kind, one.record_id});
}

namespace {

DestructionList load_list(store::Transaction& tx, std::int64_t run_id) {
  DestructionList list{.run_id = std::to_string(run_id), .file = "retention.dmn"};
  tx.query("SELECT date, version, asked_by, started_at FROM retention_run WHERE run_id = $1",
           {run_id}, [&](const store::Row& row) {
             list.date = row.date(0);
             list.version = row.text(1);
             list.asked_by = row.text(2);
             list.started_at = row.instant(3);
           });
  tx.query(
      "SELECT kind, record_id, made_at, due_on, code, rule_id, destroyed_at FROM"
      " retention_destroyed WHERE run_id = $1 ORDER BY kind, made_at, record_id",
      {run_id}, [&](const store::Row& row) {
        list.items.push_back({row.text(0), row.text(1), row.instant(2), row.date(3), row.text(4),
                              row.text(5), row.instant(6)});
      });
  return list;
}

// No field needs quotes: words, numbers, dates and hexadecimal digits.
std::string render_csv(const DestructionList& list) {
  std::string csv = "kind,record_id,made_at,due_on,code,rule_id,destroyed_at\r\n";
  for (const DestructionItem& item : list.items)
    csv += item.kind + "," + item.record_id + "," + item.made_at.format() + "," +
           item.due_on.format() + "," + item.code + "," + item.rule_id + "," +
           item.destroyed_at.format() + "\r\n";
  return csv;
}

Status write_private(const fs::path& path, const std::string& text) {
  const std::string part = path.string() + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool written = fd >= 0;
  for (std::string_view left = text; written && !left.empty();) {
    const ssize_t done = ::write(fd, left.data(), left.size());
    written = done > 0;
    if (written) left.remove_prefix(static_cast<std::size_t>(done));
  }
  written = written && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  std::error_code failed;
  if (written) fs::rename(part, path, failed);
  if (!written || failed)
    return Error{Code::unavailable, "the destruction list cannot be written", path.string()};
  return Ok{};
}

}  // namespace

// Read, written and marked under the lock: another run may take this one for cut off and finish it
// too, and what lies in the folder is then the later list, not the shorter one. Written again by a
// transaction that runs again, it says the same.
Result<ListFiles> finish_run(store::Store& store, const fs::path& data_dir, std::int64_t run_id,
                             Instant now) {
  const fs::path folder = data_dir / "retention";
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error{Code::unavailable, "cannot make the folder", folder.string()};
  return store.transact([&](store::Transaction& tx) -> Result<ListFiles> {
    tx.lock(destruction_lock);
    const DestructionList list = load_list(tx, run_id);
    ListFiles files{folder / (list.run_id + ".json"), folder / (list.run_id + ".csv")};
    TRY(write_private(files.json, http::write_json(list) + "\n"));
    TRY(write_private(files.csv, render_csv(list)));
    tx.execute("UPDATE retention_run SET state = 'done', finished_at = $1 WHERE run_id = $2",
               {now, run_id});
    return files;
  });
}

}  // namespace records
