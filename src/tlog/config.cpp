#include "tlog/config.h"

#include <toml++/toml.h>
#include <set>

#include "tlog/files.h"

namespace tlog {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

std::string place(const fs::path& file, const toml::node& node) {
  return file.string() + ":" + std::to_string(node.source().begin.line);
}

Status only_keys(const fs::path& file, const toml::table& table,
                 const std::set<std::string>& keys) {
  for (const auto& [key, node] : table)
    if (!keys.contains(std::string(key.str())))
      return Error{Code::invalid_input, "no such setting: " + std::string(key.str()),
                   place(file, node)};
  return kernel::Ok{};
}

// A path as written, or beside the file.
std::string path_at(const fs::path& file, const toml::table& table, const char* key) {
  const std::string written = table[key].value_or(std::string());
  if (written.empty() || fs::path(written).is_absolute()) return written;
  return (file.parent_path() / written).string();
}

Result<HttpTarget> target_of(const fs::path& file, const toml::table& table, const char* ca_key) {
  HttpTarget target;
  target.url = table["url"].value_or(std::string());
  if (!target.url.starts_with("http://") && !target.url.starts_with("https://"))
    return Error{Code::invalid_input, "url must begin with http:// or https://",
                 place(file, table)};
  while (target.url.ends_with('/')) target.url.pop_back();
  target.ca_file = path_at(file, table, ca_key);
  target.timeout_ms = table["timeout_ms"].value_or(target.timeout_ms);
  if (target.timeout_ms < 1 || target.timeout_ms > 300'000)
    return Error{Code::invalid_input, "timeout_ms is 1 to 300000", place(file, table)};
  return target;
}

Result<Witness> witness_of(const fs::path& file, const toml::table& table) {
  TRY(only_keys(file, table, {"url", "vkey", "ca_file", "timeout_ms"}));
  TRY_ASSIGN(HttpTarget target, target_of(file, table, "ca_file"));
  auto key = Verifier::parse(table["vkey"].value_or(std::string()));
  if (!key || key->type() != KeyType::cosignature)
    return Error{Code::invalid_input, "vkey is a witness's key of type 0x04 (tlog-cosignature)",
                 place(file, table)};
  return Witness{std::move(*key), std::move(target)};
}

Result<Watch> watch_of(const fs::path& file, const toml::table& root) {
  TRY(only_keys(file, root, {"witness", "timestamp"}));
  Watch watch;
  if (const toml::node* node = root.get("witness")) {
    if (!node->is_array_of_tables())
      return Error{Code::invalid_input, "witnesses are [[witness]] tables", place(file, *node)};
    for (const toml::node& each : *node->as_array()) {
      TRY_ASSIGN(Witness witness, witness_of(file, *each.as_table()));
      watch.witnesses.push_back(std::move(witness));
    }
  }
  if (const toml::node* node = root.get("timestamp")) {
    const toml::table* table = node->as_table();
    if (!table)
      return Error{Code::invalid_input, "the authority is a [timestamp] table", place(file, *node)};
    TRY(only_keys(file, *table, {"url", "ca_file", "tls_ca_file", "timeout_ms"}));
    TRY_ASSIGN(HttpTarget authority, target_of(file, *table, "tls_ca_file"));
    watch.authority = std::move(authority);
    watch.tsa_ca = path_at(file, *table, "ca_file");
  }
  return watch;
}

}  // namespace

Result<Watch> read_watch(const fs::path& file) {
  TRY_ASSIGN(const std::string text, read_whole(file, 1024 * 1024));
  try {
    return watch_of(file, toml::parse(text, file.string()));
  } catch (const toml::parse_error& error) {  // the library's way to say no
    return Error{Code::invalid_input, std::string(error.description()),
                 file.string() + ":" + std::to_string(error.source().begin.line)};
  }
}

}  // namespace tlog
