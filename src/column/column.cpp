#include "column/column.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <optional>

#include "column/file.h"
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

std::size_t width_of(Type type) {
  switch (type) {
    case Type::i8:
      return 1;
    case Type::i16:
    case Type::code:
      return 2;
    case Type::i32:
    case Type::text:
      return 4;  // text: the end of each value, then the bytes
    case Type::i64:
      return 8;
  }
  return 0;
}

template <class T>
constexpr Type type_of() {
  if constexpr (sizeof(T) == 1) return Type::i8;
  if constexpr (sizeof(T) == 2) return Type::i16;
  if constexpr (sizeof(T) == 4) return Type::i32;
  if constexpr (sizeof(T) == 8) return Type::i64;
}

}  // namespace

// Bytes are owned (being made) or mapped (saved earlier). Text: ends, then the bytes.
struct Sheet::Column {
  std::string name;
  Type type = Type::i64;
  std::vector<std::string> words;  // of Type::code
  std::vector<char, AlignedAllocator<char>> owned;
  std::optional<MappedFile> mapped;
  std::string mapped_sha256;

  std::span<const char> bytes() const {
    return mapped ? mapped->bytes() : std::span<const char>(owned.data(), owned.size());
  }
  std::string hash() const { return mapped ? mapped_sha256 : sha256_hex(bytes()); }
};

std::int16_t Codes::find(std::string_view word) const {
  const auto at = std::find(words->begin(), words->end(), word);
  return at == words->end() ? std::int16_t{-1} : static_cast<std::int16_t>(at - words->begin());
}

Sheet::Sheet(std::size_t rows) : rows_(rows) {}
Sheet::Sheet(Sheet&&) noexcept = default;
Sheet& Sheet::operator=(Sheet&&) noexcept = default;
Sheet::~Sheet() = default;

bool Sheet::has(std::string_view name) const {
  return std::any_of(columns_.begin(), columns_.end(),
                     [&](const auto& column) { return column->name == name; });
}

Type Sheet::type(std::string_view name) const {
  for (const auto& column : columns_) {
    if (column->name == name) return column->type;
  }
  CHECK_MSG(false, ("no column " + std::string(name)).c_str());
  return Type::i64;
}

std::vector<std::string> Sheet::names() const {
  std::vector<std::string> all;
  for (const auto& column : columns_) all.push_back(column->name);
  return all;
}

const Sheet::Column& Sheet::find(std::string_view name, Type type) const {
  for (const auto& column : columns_) {
    if (column->name != name) continue;
    CHECK_MSG(column->type == type, ("column of another type: " + column->name).c_str());
    return *column;
  }
  CHECK_MSG(false, ("no column " + std::string(name)).c_str());
  return *columns_.front();
}

Sheet::Column& Sheet::place(std::string_view name, Type type) {
  auto fresh = std::make_unique<Column>();
  fresh->name = name;
  fresh->type = type;
  for (auto& column : columns_) {
    if (column->name == name) {
      column = std::move(fresh);
      return *column;
    }
  }
  columns_.push_back(std::move(fresh));
  return *columns_.back();
}

template <class T>
std::span<const T> Sheet::get(std::string_view name) const {
  const auto bytes = find(name, type_of<T>()).bytes();
  return {reinterpret_cast<const T*>(bytes.data()), rows_};
}
template std::span<const std::int8_t> Sheet::get(std::string_view) const;
template std::span<const std::int16_t> Sheet::get(std::string_view) const;
template std::span<const std::int32_t> Sheet::get(std::string_view) const;
template std::span<const std::int64_t> Sheet::get(std::string_view) const;

Codes Sheet::codes(std::string_view name) const {
  const Column& column = find(name, Type::code);
  return {{reinterpret_cast<const std::int16_t*>(column.bytes().data()), rows_}, &column.words};
}

Texts Sheet::texts(std::string_view name) const {
  const auto bytes = find(name, Type::text).bytes();
  return {{reinterpret_cast<const std::uint32_t*>(bytes.data()), rows_},
          {bytes.data() + rows_ * 4, bytes.size() - rows_ * 4}};
}

template <class T>
std::span<T> Sheet::add(std::string_view name) {
  Column& column = place(name, type_of<T>());
  column.owned.assign(rows_ * sizeof(T), 0);
  return {reinterpret_cast<T*>(column.owned.data()), rows_};
}
template std::span<std::int8_t> Sheet::add(std::string_view);
template std::span<std::int16_t> Sheet::add(std::string_view);
template std::span<std::int32_t> Sheet::add(std::string_view);
template std::span<std::int64_t> Sheet::add(std::string_view);

std::span<std::int16_t> Sheet::add_codes(std::string_view name, std::vector<std::string> words) {
  CHECK_MSG(words.size() < 32767, "too many words for a code column");
  Column& column = place(name, Type::code);
  column.words = std::move(words);
  column.owned.assign(rows_ * 2, 0);
  return {reinterpret_cast<std::int16_t*>(column.owned.data()), rows_};
}

void Sheet::add_texts(std::string_view name, const std::vector<std::string_view>& values) {
  CHECK_MSG(values.size() == rows_, "a text for each row");
  std::size_t total = 0;
  for (const auto value : values) total += value.size();
  CHECK_MSG(total < (1ULL << 32), "a text column holds less than 4 GiB");
  std::vector<char, AlignedAllocator<char>> bytes(rows_ * 4 + total);
  char* ends = bytes.data();
  char* out = bytes.data() + rows_ * 4;
  std::uint32_t end = 0;
  for (const auto value : values) {
    end += static_cast<std::uint32_t>(value.size());
    std::memcpy(ends, &end, 4);
    if (!value.empty()) std::memcpy(out, value.data(), value.size());
    ends += 4;
    out += value.size();
  }
  // Placed last: the values may be views into the column that is replaced.
  place(name, Type::text).owned = std::move(bytes);
}

void Sheet::drop(std::string_view name) {
  std::erase_if(columns_, [&](const auto& column) { return column->name == name; });
}

void Sheet::take(Sheet&& other) {
  CHECK_MSG(other.rows_ == rows_, "sheets of one length");
  for (auto& column : other.columns_) {
    Column& here = place(column->name, column->type);
    here = std::move(*column);
  }
  other.columns_.clear();
}

namespace {

json::object describe(const std::string& name, Type type, const std::string& sha256,
                      const std::vector<std::string>& words) {
  json::object entry;
  entry["name"] = name;
  entry["type"] = type_name(type);
  entry["sha256"] = sha256;
  if (type == Type::code) entry["words"] = json::value_from(words);
  return entry;
}

std::string render_manifest(std::size_t rows, json::array columns) {
  json::object manifest;
  manifest["format"] = format_name;
  manifest["rows"] = rows;
  manifest["columns"] = std::move(columns);
  return json::serialize(manifest) + "\n";
}

}  // namespace

std::string Sheet::hash(const std::vector<std::string>& names) const {
  json::array entries;
  for (const auto& column : columns_) {
    if (!names.empty() && std::find(names.begin(), names.end(), column->name) == names.end())
      continue;
    entries.push_back(describe(column->name, column->type, column->hash(), column->words));
  }
  const std::string text = render_manifest(rows_, std::move(entries));
  return sha256_hex({text.data(), text.size()});
}

Status Sheet::save(const fs::path& folder, const std::vector<std::string>& names) const {
  const fs::path part = folder.string() + ".tmp";
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(part, error);
  if (error) {
    return Error{Code::unavailable, "cannot make the folder: " + error.message(), part.string()};
  }
  json::array entries;
  for (const auto& column : columns_) {
    if (!names.empty() && std::find(names.begin(), names.end(), column->name) == names.end())
      continue;
    TRY(write_file(part / (column->name + ".col"), column->bytes()));
    entries.push_back(describe(column->name, column->type, column->hash(), column->words));
  }
  const std::string text = render_manifest(rows_, std::move(entries));
  TRY(write_file(part / "manifest.json", {text.data(), text.size()}));
  TRY(sync_folder(part));
  fs::rename(part, folder, error);
  if (error) {
    return Error{Code::unavailable, "cannot place: " + error.message(), folder.string()};
  }
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

bool ends_in_order(std::span<const char> bytes, std::size_t rows) {
  if (bytes.size() < rows * 4) return false;
  const auto* ends = reinterpret_cast<const std::uint32_t*>(bytes.data());
  return std::is_sorted(ends, ends + rows) &&
         (rows == 0 ? bytes.empty() : ends[rows - 1] == bytes.size() - rows * 4);
}

bool codes_in_range(std::span<const char> bytes, std::size_t words) {
  const auto* values = reinterpret_cast<const std::int16_t*>(bytes.data());
  return std::all_of(values, values + bytes.size() / 2,
                     [&](std::int16_t v) { return v >= -1 && v < static_cast<int>(words); });
}

const json::string* text_of(const json::object& entry, const char* key) {
  const auto* value = entry.if_contains(key);
  return value ? value->if_string() : nullptr;
}

}  // namespace

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
    const fs::path file = folder / (column.name + ".col");
    TRY_ASSIGN(MappedFile mapped, MappedFile::open(file));
    column.mapped = std::move(mapped);
    column.mapped_sha256 = *sha256;
    const auto bytes = column.bytes();
    const bool sized = *type == Type::text ? ends_in_order(bytes, sheet.rows_)
                                           : bytes.size() == sheet.rows_ * width_of(*type);
    if (!sized) return broken("the column file is cut short or of another length", file);
    if (*type == Type::code && !codes_in_range(bytes, column.words.size()))
      return broken("the column holds a code without a word", file);
    if (verify && sha256_hex(bytes) != column.mapped_sha256)
      return broken("the column file is not what was written (SHA-256 differs)", file);
  }
  return sheet;
}

}  // namespace column
