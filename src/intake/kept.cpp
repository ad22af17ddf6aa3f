#include "intake/kept.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "kernel/hash.h"

namespace intake {

using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Status;
using store::Kept;

namespace fs = std::filesystem;

namespace {

std::vector<Kept> load_contacts(store::Transaction& tx, kernel::Instant before, const Kept* after,
                                int limit) {
  std::vector<Kept> all;
  // A page ends between two moments, never within one: what is of the same moment comes whole.
  tx.query(
      "SELECT row_key, customer_no, contacted_at FROM past_contact WHERE contacted_at > $1"
      " AND contacted_at <= (SELECT COALESCE(MAX(contacted_at), 0) FROM (SELECT contacted_at"
      " FROM past_contact WHERE contacted_at > $1 AND contacted_at < $2 ORDER BY contacted_at"
      " LIMIT $3) page) ORDER BY contacted_at",
      {after ? after->made_at : kernel::Instant(), before, limit}, [&](const store::Row& row) {
        all.push_back({kernel::hex(row.blob(0)), row.text(1), row.instant(2)});
      });
  return all;
}

// The row's key is of all its fields: with the case and the moment it names the row.
Status delete_contacts(store::Transaction& tx, const std::vector<Kept>& records, kernel::Instant) {
  std::vector<std::string> contact_nos;
  for (const Kept& one : records) {
    contact_nos.clear();
    tx.query(
        "SELECT contact_no, row_key FROM past_contact WHERE customer_no = $1 AND contacted_at = $2",
        {one.customer_no, one.made_at}, [&](const store::Row& row) {
          if (kernel::hex(row.blob(1)) == one.record_id) contact_nos.push_back(row.text(0));
        });
    for (const std::string& contact_no : contact_nos)
      tx.execute(
          "DELETE FROM past_contact WHERE customer_no = $1 AND contact_no = $2"
          " AND contacted_at = $3",
          {one.customer_no, contact_no, one.made_at});
  }
  return Ok{};
}

std::vector<Kept> load_rejects(store::Transaction& tx, kernel::Instant before, const Kept* after,
                               int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT batch_id, imported_at FROM intake_batch b WHERE imported_at < $1"
      " AND (imported_at > $2 OR (imported_at = $2 AND batch_id > $3))"
      " AND EXISTS (SELECT 1 FROM intake_reject r WHERE r.batch_id = b.batch_id)"
      " ORDER BY imported_at, batch_id LIMIT $4",
      {before, after ? after->made_at : kernel::Instant(), after ? after->record_id : "", limit},
      [&](const store::Row& row) {
        all.push_back({.record_id = row.text(0), .customer_no = {}, .made_at = row.instant(1)});
      });
  return all;
}

Status delete_rejects(store::Transaction& tx, const std::vector<Kept>& records, kernel::Instant) {
  for (const Kept& one : records)
    tx.execute("DELETE FROM intake_reject WHERE batch_id = $1", {one.record_id});
  return Ok{};
}

Status overwrite(const fs::path& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  const int fd = failed ? -1 : ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  bool done = fd >= 0;
  const std::string zeros(1 << 16, '\0');
  for (std::uintmax_t left = size; done && left > 0;) {
    const auto part = std::min<std::uintmax_t>(left, zeros.size());
    const ssize_t wrote = ::write(fd, zeros.data(), part);
    done = wrote > 0;
    if (done) left -= static_cast<std::uintmax_t>(wrote);
  }
  done = done && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!done || !fs::remove(path, failed) || failed)
    return Error{Code::unavailable, "a reject file cannot be destroyed", path.string()};
  return Ok{};
}

// <data>/rejects/<batch_id>-<name of the file>.csv
Status clean_rejects(const fs::path& data_dir, const std::vector<Kept>& records) {
  const fs::path folder = data_dir / "rejects";
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return Ok{};
  std::vector<fs::path> gone;
  for (const auto& entry : fs::directory_iterator(folder, failed))
    for (const Kept& one : records)
      if (entry.path().filename().string().starts_with(one.record_id + "-"))
        gone.push_back(entry.path());
  if (failed) return Error{Code::unavailable, "the reject files cannot be listed", folder.string()};
  for (const fs::path& path : gone) TRY(overwrite(path));
  return Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept(const fs::path& data_dir) {
  return {
      {.kind = "contact_record", .load = load_contacts, .destroy = delete_contacts, .clean = {}},
      {.kind = "import_reject",
       .load = load_rejects,
       .destroy = delete_rejects,
       .clean = [data_dir](store::Store&, const std::vector<Kept>& records) {
         return clean_rejects(data_dir, records);
       }}};
}

}  // namespace intake
