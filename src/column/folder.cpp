// A sheet as a folder: manifest.json and a file a column.

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "column/stored.h"
#include "kernel/beside.h"
#include "kernel/hash.h"

namespace column {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view format_name = "evenhand-columns-1";

std::string sha256_hex(std::span<const char> bytes) {
  return kernel::sha256_hex({bytes.data(), bytes.size()});
}

const char* type_name(Type type) {
  switch (type) {
    case Type::i8:
      return "i8";
    case Type::i16:
      return "i16";
    case Type::i32:
      return "i32";
    case Type::i64:
      return "i64";
    case Type::code:
      return "code";
    case Type::text:
      return "text";
  }
  CHECK_MSG(false, "unknown column type");
  return "";
}

std::optional<Type> parse_type(std::string_view name) {
  for (const Type type : {Type::i8, Type::i16, Type::i32, Type::i64, Type::code, Type::text}) {
    if (name == type_name(type)) return type;
  }
  return std::nullopt;
}

}  // namespace

std::string Sheet::Column::hash(std::size_t rows) const {
  if (is_file(rows)) return file->sha256;
  return plain && first == 0 && plain_rows == rows ? sha256_hex(*plain)
                                                   : sha256_hex(unpacked(rows));
}

Bytes Sheet::Column::packed(std::size_t rows) const {
  CHECK_MSG(type != Type::text || first == 0,
            "texts of some rows are copied, not saved as they are");
  Bytes bytes = with_values(rows, [&](const auto& values) {
    return pack(rows, [&](std::size_t begin, std::size_t end, std::int64_t* out) {
      values.read(begin, end, out);
    });
  });
  if (type == Type::text) {
    const std::string_view all = text_bytes();
    bytes.insert(bytes.end(), all.begin(), all.end());
  }
  return bytes;
}

Bytes Sheet::Column::unpacked(std::size_t rows) const {
  CHECK_MSG(type != Type::text || first == 0,
            "texts of some rows are copied, not saved as they are");
  Bytes bytes(rows * width_of(type));
  with_values(rows, [&](const auto& values) {
    using T = std::remove_cvref_t<decltype(values[0])>;
    values.read(0, rows, reinterpret_cast<T*>(bytes.data()));
    return 0;
  });
  if (type == Type::text) {
    const std::string_view all = text_bytes();
    bytes.insert(bytes.end(), all.begin(), all.end());
  }
  return bytes;
}

std::string render_manifest(std::size_t rows, const std::vector<Described>& columns) {
  json::array entries;
  for (const Described& column : columns) {
    json::object entry;
    entry["name"] = column.name;
    entry["type"] = type_name(column.type);
    entry["sha256"] = column.sha256;
    if (column.type == Type::code) entry["words"] = json::value_from(column.words);
    entries.push_back(std::move(entry));
  }
  json::object manifest;
  manifest["format"] = format_name;
  manifest["rows"] = rows;
  manifest["columns"] = std::move(entries);
  return json::serialize(manifest) + "\n";
}

Status write_manifest(const fs::path& folder, std::size_t rows,
                      const std::vector<Described>& columns, bool durable) {
  const std::string text = render_manifest(rows, columns);
  TRY(write_file(folder / "manifest.json", {text.data(), text.size()}, durable));
  return durable ? sync_folder(folder) : Status(kernel::Ok{});
}

std::string Sheet::hash(const std::vector<std::string>& names) const {
  std::vector<Described> columns;
  for (const auto& column : columns_) {
    if (!names.empty() && std::find(names.begin(), names.end(), column->name) == names.end())
      continue;
    columns.push_back({column->name, column->type, column->hash(rows_), column->words});
  }
  return kernel::sha256_hex(render_manifest(rows_, columns));
}

const Sheet::File* Sheet::file_like(std::string_view name, Type type,
                                    std::string_view sha256) const {
  for (const auto& column : columns_) {
    if (column->name == name && column->type == type && column->is_file(rows_) &&
        column->file->packed && column->file->sha256 == sha256)
      return column->file.get();
  }
  return nullptr;
}

// False on another file system, where there are too many links or the file is gone.
bool Sheet::link(const File& file, const fs::path& as) {
  std::error_code failed;
  fs::create_hard_link(file.path, as, failed);
  return !failed;
}

// Linked where the same values lie in a file already: that of `like`, or the column's own.
Status Sheet::save_column(const Column& column, const std::string& sha256, const fs::path& folder,
                          const Saving& saving) const {
  const File* same = column.is_file(rows_) && column.file->packed ? column.file.get() : nullptr;
  if (same == nullptr && saving.like != nullptr)
    same = saving.like->file_like(column.name, column.type, sha256);
  const fs::path path = folder / (column.name + packed_extension);
  if (same != nullptr && link(*same, path)) return kernel::Ok{};
  return write_file(path, column.packed(rows_), !saving.passing);
}

Status Sheet::save(const fs::path& folder, const Saving& saving) const {
  const fs::path part = folder.string() + ".tmp";
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(part, error);
  if (error) {
    return Error{Code::unavailable, "cannot make the folder: " + error.message(), part.string()};
  }
  std::vector<const Column*> columns;
  for (const auto& column : columns_) {
    if (saving.names.empty() ||
        std::find(saving.names.begin(), saving.names.end(), column->name) != saving.names.end())
      columns.push_back(column.get());
  }
  std::vector<std::string> hashes(columns.size());
  std::vector<Status> saved(columns.size(), kernel::Ok{});
  kernel::over_each(columns.size(), saving.threads, [&](std::size_t i) {
    if (!saving.passing) hashes[i] = columns[i]->hash(rows_);
    saved[i] = save_column(*columns[i], hashes[i], part, saving);
  });
  for (const Status& status : saved) TRY(status);
  std::vector<Described> described;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    described.push_back({columns[i]->name, columns[i]->type, hashes[i], columns[i]->words});
  }
  TRY(write_manifest(part, rows_, described, !saving.passing));
  fs::rename(part, folder, error);
  if (error) {
    return Error{Code::unavailable, "cannot place: " + error.message(), folder.string()};
  }
  if (saving.passing) return kernel::Ok{};
  return sync_folder(folder.parent_path().empty() ? fs::path(".") : folder.parent_path());
}

namespace {

Error broken(const std::string& why, const fs::path& file) {
  return Error{Code::corrupt, why, file.string()};
}

// The structure only; each column's bytes are checked as they are mapped.
Result<json::object> read_manifest(const fs::path& file) {
  TRY_ASSIGN(const MappedFile mapped, MappedFile::open(file));
  boost::system::error_code error;
  json::value parsed = json::parse({mapped.bytes().data(), mapped.bytes().size()}, error);
  if (error || !parsed.is_object()) return broken("the manifest is not JSON", file);
  json::object manifest = std::move(parsed.as_object());
  const auto* format = manifest.if_contains("format");
  const auto* rows = manifest.if_contains("rows");
  const auto* columns = manifest.if_contains("columns");
  if (!format || !format->is_string() || format->as_string() != format_name || !rows ||
      !rows->is_int64() || rows->as_int64() < 0 || !columns || !columns->is_array())
    return broken("the manifest is of another format", file);
  return manifest;
}

constexpr std::size_t rows_at_once = Packed::segment_rows;

bool ends_in_order(const Texts& texts, std::size_t bytes) {
  std::vector<std::uint32_t> ends(std::min(texts.size(), rows_at_once));
  std::uint32_t last = 0;
  for (std::size_t begin = 0; begin < texts.size(); begin += rows_at_once) {
    const std::size_t end = std::min(texts.size(), begin + rows_at_once);
    texts.ends().read(begin, end, ends.data());
    for (std::size_t i = 0; i < end - begin; ++i) {
      if (ends[i] < last) return false;
      last = ends[i];
    }
  }
  return last == bytes;
}

bool codes_in_range(const Values<std::int16_t>& codes, std::size_t words) {
  std::vector<std::int16_t> some(std::min(codes.size(), rows_at_once));
  for (std::size_t begin = 0; begin < codes.size(); begin += rows_at_once) {
    const std::size_t end = std::min(codes.size(), begin + rows_at_once);
    codes.read(begin, end, some.data());
    if (!std::all_of(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(end - begin),
                     [&](std::int16_t v) { return v >= -1 && v < static_cast<int>(words); }))
      return false;
  }
  return true;
}

const json::string* text_of(const json::object& entry, const char* key) {
  const auto* value = entry.if_contains(key);
  return value ? value->if_string() : nullptr;
}

}  // namespace

Status Sheet::open_column(Column& column, const fs::path& folder, std::string_view sha256) const {
  fs::path path = folder / (column.name + packed_extension);
  const bool plain = !fs::exists(path) && fs::exists(folder / (column.name + ".col"));
  if (plain) path = folder / (column.name + ".col");
  TRY_ASSIGN(MappedFile mapped, MappedFile::open(path));
  const auto bytes = mapped.bytes();
  const auto packed = plain ? std::optional<Packed>() : Packed::open(bytes);
  const bool text = column.type == Type::text;
  // Of text at least the ends; of numbers nothing less and nothing more.
  const std::size_t size = plain    ? rows_ * width_of(column.type)
                           : packed ? packed->bytes_used()
                                    : 0;
  if ((!plain && (!packed || packed->size() != rows_)) || bytes.size() < size ||
      (!text && bytes.size() != size))
    return broken("the column file is cut short or of another length", path);
  column.file = std::make_shared<const File>(
      File{std::move(mapped), std::move(path), std::string(sha256), rows_, packed});
  if (text && !ends_in_order(column.texts(rows_), column.text_bytes().size()))
    return broken("the column file is cut short or of another length", column.file->path);
  if (column.type == Type::code &&
      !codes_in_range(column.values<std::int16_t>(rows_), column.words.size()))
    return broken("the column holds a code without a word", column.file->path);
  return kernel::Ok{};
}

Result<Sheet> Sheet::open(const fs::path& folder, bool verify) {
  const fs::path manifest_file = folder / "manifest.json";
  TRY_ASSIGN(const json::object manifest, read_manifest(manifest_file));
  Sheet sheet(static_cast<std::size_t>(manifest.at("rows").as_int64()));
  for (const json::value& item : manifest.at("columns").as_array()) {
    if (!item.is_object()) return broken("the manifest lists something else", manifest_file);
    const json::object& entry = item.as_object();
    const auto* name = text_of(entry, "name");
    const auto* type_text = text_of(entry, "type");
    const auto* sha256 = text_of(entry, "sha256");
    const auto type = type_text ? parse_type(*type_text) : std::nullopt;
    if (!name || !type || !sha256 || name->find('/') != json::string::npos)
      return broken("the manifest lacks a column's name, type or hash", manifest_file);
    Column& column = sheet.place(*name, *type);
    if (const auto* words = entry.if_contains("words"); words && words->is_array()) {
      for (const json::value& word : words->as_array())
        if (word.is_string()) column.words.emplace_back(word.as_string());
    }
    TRY(sheet.open_column(column, folder, *sha256));
    if (!verify) continue;
    // The values by their hash; the bits they lie in by packing them again.
    const auto bytes = column.file->mapped.bytes();
    const Bytes again = column.file->packed ? column.packed(sheet.rows_) : Bytes();
    if (sha256_hex(column.unpacked(sheet.rows_)) != column.file->sha256 ||
        (column.file->packed &&
         !std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())))
      return broken("the column file is not what was written (SHA-256 differs)", column.file->path);
  }
  return sheet;
}

}  // namespace column
