#include "evidence/check_tables.h"

#include <fmt/format.h>

#include "column/column.h"
#include "gate/types.h"
#include "http/json.h"
#include "intake/types.h"
#include "kernel/hash.h"
#include "looks/types.h"
#include "tables/types.h"
#include "tlog/files.h"

namespace evidence {

namespace fs = std::filesystem;
using store::Transaction;

namespace {

// What a line says, by SHA-256: whoever alters lines must not be able to make sums meet.
std::uint64_t hash_of_line(std::string_view payment_no, std::string_view account_no,
                           std::string_view paid_on, std::int64_t fen, std::string_view channel) {
  const std::string digest = kernel::sha256(
      fmt::format("{}\n{}\n{}\n{}\n{}", payment_no, account_no, paid_on, fen, channel));
  std::uint64_t hash = 0;
  for (int i = 0; i < 8; ++i)
    hash = hash << 8 | static_cast<unsigned char>(digest[static_cast<std::size_t>(i)]);
  return hash;
}

std::string day_of(std::int32_t days) {
  return days == 0 ? "" : kernel::Date::from_days(days).format();
}

std::string batch_text(std::string_view file_name, std::string_view as_of, std::string_view kinds,
                       std::string_view rejects) {
  return fmt::format("{}\n{}\n{}\n{}", file_name, as_of, kinds, rejects);
}

std::string after(std::string_view subject, std::string_view prefix) {
  return subject.starts_with(prefix) ? std::string(subject.substr(prefix.size())) : std::string();
}

}  // namespace

void OtherTables::take(const StoredFact& fact, bool sealed) {
  const std::string& kind = fact.fact.kind;
  if (kind == "payment_posted") return take_payment(fact);
  if (kind == "pack_used") {
    auto members = members_of(fact.fact.body);
    packs_[members["pack"] + "@" + members["version"]] = {members["sha256"],
                                                          members["calendar_sha256"], sealed};
  } else if (kind.starts_with("table_")) {
    auto members = members_of(fact.fact.body);
    Version& version = versions_[members["version_id"]];
    if (version.fact_id > fact.fact_id.value()) return;
    version = {fact.fact_id.value(),     after(fact.fact.subject, "table:"),
               members["version"],       members["based_on"],
               members["state"],         members["revision"],
               members["effective_from"]};
  } else if (kind == "looks_sealed") {
    auto members = members_of(fact.fact.body);
    looks_[members["seal_no"]] = members["looks"] + " " + members["sha256"];
  } else if (kind == "batch_imported") {
    std::string kinds;
    each_member(fact.fact.body, [&](std::string_view name, std::string_view value) {
      if (name == "kinds") kinds = value;
    });
    auto members = members_of(fact.fact.body);
    batches_[after(fact.fact.subject, "batch:")] =
        batch_text(members["file_name"], members["as_of"], kinds, members["rejects"]);
  }
}

void OtherTables::take_payment(const StoredFact& fact) {
  auto members = members_of(fact.fact.body);
  Money& money = money_[members["batch_id"]];
  const std::int64_t fen = number_of(members["amount_fen"]);
  ++money.count;
  money.fen += fen;
  money.lines += hash_of_line(members["payment_no"], after(fact.fact.subject, "account:"),
                              members["paid_on"], fen, members["channel"]);
}

void OtherTables::take_erased(std::string_view bytes) {
  const auto entry = parse_entry(bytes);
  if (entry && entry->kind == "payment_posted") ++erased_payments_;
}

void OtherTables::check(Transaction& tx, Checked& checked, CheckFindings& findings) {
  check_packs(tx, findings);
  check_pack_files(findings);
  if (data_.empty()) return;
  check_versions(tx, findings);
  check_batches(tx, findings);
  check_payments(tx, checked, findings);
  check_looks(tx, findings);
}

void OtherTables::check_packs(Transaction& tx, CheckFindings& findings) {
  std::map<std::string, Pack> left = packs_;
  gate::each_pack_row(tx, [&](const gate::PackRow& row) {
    const std::string name = row.pack + "@" + row.version;
    const auto found = left.find(name);
    if (found == left.end()) {
      findings.add("row_inserted", "pack " + name, "没有事实说用过这个规则包",
                   "no fact says that this pack was used");
      return;
    }
    if (row.sha256 != found->second.sha256 ||
        row.calendar_sha256 != found->second.calendar_sha256 ||
        kernel::sha256_hex(row.bytes) != found->second.sha256)
      findings.add("row_altered", "pack " + name, "规则包或其哈希与事实不符",
                   "its bytes or hashes are not those of its fact");
    left.erase(found);
  });
  for (const auto& [name, pack] : left)
    findings.add("row_deleted", "pack " + name, "用过的规则包不在表中",
                 "a pack that was used is gone from the table");
}

void OtherTables::check_pack_files(CheckFindings& findings) {
  std::error_code none;
  for (const auto& file : fs::directory_iterator(log_ / "packs", none)) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(".dmn") || !packs_.contains(name.substr(0, name.size() - 4)))
      findings.add("file_foreign", "packs/" + name, "没有事实说用过这个规则包",
                   "no fact says that this pack was used");
  }
  for (const auto& [name, pack] : packs_) {
    if (!pack.sealed) continue;
    const std::string where = "packs/" + name + ".dmn";
    const auto bytes = tlog::read_whole(log_ / where);
    if (!bytes)
      findings.add("file_missing", where, "用过的规则包不在日志旁",
                   "a pack that was used is not beside the log");
    else if (kernel::sha256_hex(*bytes) != pack.sha256)
      findings.add("pack_altered", where, "规则包与事实中的哈希不符",
                   "the pack is not the one whose hash its fact says");
  }
}

void OtherTables::check_versions(Transaction& tx, CheckFindings& findings) {
  std::map<std::string, Version> left = versions_;
  tables::each_version(tx, [&](const tables::VersionAsIs& row) {
    const std::string where = fmt::format("version {} of {}", row.version_id.value(), row.file);
    const auto found = left.find(std::to_string(row.version_id.value()));
    if (found == left.end()) {
      findings.add("row_inserted", where, "没有事实说过这个规则版本",
                   "no fact tells of this version of a table");
      return;
    }
    const Version& said = found->second;
    std::string columns;
    const auto compare = [&](const char* name, const std::string& is, const std::string& was) {
      if (is != was) columns += (columns.empty() ? "" : ", ") + std::string(name);
    };
    compare("file", row.file, said.file);
    compare("version", row.version, said.version);
    compare("xml", row.version_of_bytes, said.version);
    compare("based_on", row.based_on, said.based_on);
    compare("state", row.state, said.state);
    compare("revision", std::to_string(row.revision), said.revision);
    compare("effective_from", row.effective_from ? row.effective_from->format() : "",
            said.effective_from);
    if (!columns.empty())
      findings.add("row_altered", where, fmt::format("规则版本与其事实不符：{}", columns),
                   fmt::format("says otherwise than its fact {}: {}", said.fact_id, columns));
    left.erase(found);
  });
  for (const auto& [id, version] : left)
    findings.add("row_deleted", fmt::format("version {} of {}", id, version.file),
                 "规则版本不在表中", "a version that facts tell of is gone");
}

void OtherTables::check_batches(Transaction& tx, CheckFindings& findings) {
  std::map<std::string, std::string> left = batches_;
  for (const intake::Batch& batch : intake::load_batches(tx)) {
    const std::string where = "batch " + batch.batch_id;
    const auto found = left.find(batch.batch_id);
    if (found == left.end()) {
      findings.add("row_inserted", where, "没有事实说导入过这批文件",
                   "no fact says that this file was imported");
      continue;
    }
    if (found->second != batch_text(batch.file_name, batch.as_of.format(),
                                    http::write_json(batch.kinds), std::to_string(batch.rejects)))
      findings.add("row_altered", where, "导入记录与其事实不符",
                   "its file, day, counts or totals are not those of its fact");
    left.erase(found);
  }
  for (const auto& [id, text] : left)
    findings.add("row_deleted", "batch " + id, "导入记录不在表中",
                 "a file that was imported is gone from the table");
}

// Who looked at whom: the rows of each seal make the SHA-256 its fact says. Rows of the last
// minutes have no seal yet.
void OtherTables::check_looks(Transaction& tx, CheckFindings& findings) {
  std::map<std::string, std::string> left = looks_;
  looks::each_look_seal(tx, [&](const looks::LookSeal& seal) {
    const std::string where = fmt::format("looks of seal {}", seal.seal_no);
    const auto found = left.find(std::to_string(seal.seal_no));
    if (found == left.end()) {
      findings.add("row_inserted", where, "没有事实说封存过这些查看记录",
                   "no fact says that these looks were sealed");
      return;
    }
    if (found->second != fmt::format("{} {}", seal.looks, seal.sha256))
      findings.add("row_altered", where, "查看记录与封存时不符",
                   "rows of looks are altered, gone or added since they were sealed");
    left.erase(found);
  });
  for (const auto& [seal_no, digest] : left)
    findings.add("row_deleted", "looks of seal " + seal_no, "封存过的查看记录不在表中",
                 "looks that were sealed are gone from the table");
}

// The book is made of the column folders: each line of money there is a fact, and each fact a line.
void OtherTables::check_payments(Transaction& tx, Checked& checked, CheckFindings& findings) {
  std::int64_t missing = 0;
  for (const intake::BatchRef& ref :
       intake::load_batch_refs(tx, data_, kernel::Date::from_ymd(2199, 12, 31))) {
    const auto found = money_.find(ref.batch_id);
    if (ref.kind != "payments" || found == money_.end()) continue;  // of before such facts
    const std::string where = "payments of batch " + ref.batch_id;
    const auto sheet = column::Sheet::open(ref.folder, true);
    if (!sheet) {
      findings.add("payments_unreadable", where, "还款文件无法读取：" + sheet.error().message,
                   "its columns cannot be read: " + sheet.error().message);
      continue;
    }
    Money is;
    const column::Texts account_no = sheet->texts("account_no"),
                        payment_no = sheet->texts("payment_no");
    const column::Codes channel = sheet->codes("channel");
    const auto paid_on = sheet->get<std::int32_t>("paid_on");
    const auto fen = sheet->get<std::int64_t>("amount_fen");
    for (std::size_t row = 0; row < sheet->rows(); ++row) {
      ++is.count, is.fen += fen[row];
      is.lines += hash_of_line(payment_no.at(row), account_no.at(row), day_of(paid_on[row]),
                               fen[row], channel.at(row));
    }
    checked.payments += is.count;
    const Money& said = found->second;
    missing += is.count - said.count;
    const bool erased = said.count < is.count && missing <= erased_payments_;
    if (is.lines == said.lines || erased) continue;
    findings.add("payments_altered", where,
                 fmt::format("还款 {} 笔共 {} 分，事实为 {} 笔共 {} 分", is.count, is.fen,
                             said.count, said.fen),
                 fmt::format("{} lines of {} fen in all, by their facts {} of {} fen", is.count,
                             is.fen, said.count, said.fen));
  }
}

}  // namespace evidence
