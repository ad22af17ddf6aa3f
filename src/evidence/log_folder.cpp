#include "evidence/log_folder.h"

#include <openssl/rand.h>

#include "evidence/entry.h"
#include "http/json.h"
#include "kernel/hash.h"
#include "store/root.h"

namespace evidence {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

std::string random_name() {
  std::string bytes(8, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), 8) == 1);
  return "evenhand/" + kernel::hex(bytes);
}

// A name that is a file's and nothing else.
bool plain(std::string_view word) {
  return !word.empty() && word.find_first_of("/\\") == word.npos && word.front() != '.';
}

}  // namespace

LogPlace log_place(const fs::path& data, const std::string& store_key_file) {
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(data, ignored);
  const bool in_file = !store_key_file.empty() && store::is_file_root(store_key_file);
  const fs::path beside = in_file ? fs::path(store_key_file) : fs::path(whole.string() + ".key");
  return {.folder = whole / "log",
          .key_file = (beside.parent_path() / (beside.stem().string() + ".log.key")).string(),
          .name = {}};
}

Result<tlog::Signer> open_signer(const LogPlace& place, bool create) {
  const bool there = fs::exists(place.key_file);
  if (!there && !create)
    return Error{Code::not_found,
                 "the log's signing key is not there; put it back, or the log cannot go on",
                 place.key_file};
  const std::string name = !place.name.empty() || there ? place.name : random_name();
  return tlog::Signer::open(place.key_file, name, create);
}

Status write_vkey(const fs::path& folder, const tlog::Signer& signer) {
  const std::string line = signer.vkey() + "\n";
  const auto there = tlog::read_whole(folder / "vkey");
  if (there && *there == line) return kernel::Ok{};
  return tlog::replace_file(folder / "vkey", line);
}

Result<tlog::Verifier> read_vkey(const fs::path& folder) {
  TRY_ASSIGN(std::string line, tlog::read_whole(folder / "vkey"));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return tlog::Verifier::parse(line);
}

Status write_packs(store::Transaction& tx, const PackPort& bytes_of, const fs::path& folder) {
  if (!bytes_of) return kernel::Ok{};
  std::vector<std::pair<std::string, std::string>> packs;
  tx.query("SELECT body FROM single_fact WHERE kind = 'pack_used' ORDER BY fact_id", {},
           [&](const store::Row& row) {
             std::string pack, version;
             const std::string body = row.text(0);
             each_member(body, [&](std::string_view name, std::string_view value) {
               if (value.size() < 2) return;
               value = value.substr(1, value.size() - 2);
               if (name == "pack") pack = value;
               if (name == "version") version = value;
             });
             packs.emplace_back(pack, version);
           });
  std::error_code error;
  for (const auto& [pack, version] : packs) {
    const fs::path file = folder / "packs" / (pack + "@" + version + ".dmn");
    if (!plain(pack) || !plain(version) || fs::exists(file)) continue;
    const auto bytes = bytes_of(tx, pack, version);
    if (!bytes) continue;
    fs::create_directories(folder / "packs", error);
    TRY(tlog::replace_file(file, *bytes));
  }
  return kernel::Ok{};
}

}  // namespace evidence
