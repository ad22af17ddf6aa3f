// Files read back by their bytes alone, with nothing of what wrote them: Thrift's compact protocol,
// pages, levels, runs and packed bits are parsed here a second time, from the specification.

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <climits>
#include <map>
#include <optional>

#include "parquet/types.h"
#include "tests/files.h"
#include "tests/stores.h"

namespace parquet {
namespace {

namespace fs = std::filesystem;

// ---- a reader ----------------------------------------------------------------------------------

struct Thrift {
  std::int64_t number = 0;  // also of booleans
  std::string text;
  std::map<int, Thrift> fields;
  std::vector<Thrift> items;
  const Thrift& at(int field) const { return fields.at(field); }
  bool has(int field) const { return fields.contains(field); }
};

class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}
  std::size_t at() const { return at_; }

  Thrift structure() {
    Thrift out;
    int last = 0;
    while (true) {
      const unsigned head = byte();
      if (head == 0) return out;
      const int type = static_cast<int>(head & 15);
      const int step = static_cast<int>(head >> 4);
      last = step > 0 ? last + step : static_cast<int>(zigzag());
      EXPECT_FALSE(out.fields.contains(last)) << "field twice: " << last;
      out.fields[last] = value(type);
    }
  }

 private:
  unsigned byte() {
    if (at_ >= bytes_.size()) throw std::runtime_error("the bytes end early");
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  std::uint64_t varint() {
    std::uint64_t out = 0;
    for (int shift = 0;; shift += 7) {
      const unsigned part = byte();
      out |= static_cast<std::uint64_t>(part & 127) << shift;
      if (part < 128) return out;
    }
  }
  std::int64_t zigzag() {
    const std::uint64_t raw = varint();
    return static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
  }
  Thrift value(int type) {
    Thrift out;
    switch (type) {
      case 1:
      case 2:
        out.number = type == 1;
        return out;
      case 3:
        out.number = static_cast<std::int8_t>(byte());
        return out;
      case 4:
      case 5:
      case 6:
        out.number = zigzag();
        return out;
      case 8: {
        const std::size_t size = varint();
        out.text = bytes_.substr(at_, size);
        at_ += size;
        return out;
      }
      case 9: {
        const unsigned head = byte();
        const std::size_t size = head >> 4 == 15 ? varint() : head >> 4;
        for (std::size_t i = 0; i < size; ++i) {
          out.items.push_back(value(static_cast<int>(head & 15)));
        }
        return out;
      }
      case 12:
        return structure();
      default:
        throw std::runtime_error("a type nobody expects here: " + std::to_string(type));
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

std::uint64_t fixed(std::string_view& bytes, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes.at(i))) << (8 * i);
  }
  bytes.remove_prefix(size);
  return out;
}

// The RLE / bit-packing hybrid, `wanted` values of it.
std::vector<std::uint32_t> hybrid(std::string_view bytes, int bits, std::size_t wanted) {
  std::vector<std::uint32_t> out;
  while (out.size() < wanted) {
    std::uint64_t head = 0;
    for (int shift = 0;; shift += 7) {
      const std::uint64_t part = fixed(bytes, 1);
      head |= (part & 127) << shift;
      if (part < 128) break;
    }
    if ((head & 1) == 0) {
      const auto value = fixed(bytes, static_cast<std::size_t>(bits + 7) / 8);
      out.insert(out.end(), head >> 1, static_cast<std::uint32_t>(value));
      continue;
    }
    const std::size_t count = (head >> 1) * 8;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t value = 0;
      for (int b = 0; b < bits; ++b) {
        const std::size_t bit = i * static_cast<std::size_t>(bits) + static_cast<std::size_t>(b);
        const auto holder = static_cast<unsigned char>(bytes.at(bit / 8));
        value |= static_cast<std::uint32_t>(holder >> (bit % 8) & 1) << b;
      }
      out.push_back(value);
    }
    bytes.remove_prefix(count * static_cast<std::size_t>(bits) / 8);
  }
  out.resize(wanted);
  return out;
}

std::string unpacked(std::string_view bytes, std::size_t size) {
  std::string out(size, '\0');
  EXPECT_EQ(ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()), size);
  return out;
}

// Numbers as digits; nothing where a cell is absent.
using Cell = std::optional<std::string>;

std::string plain_value(std::string_view& bytes, std::int64_t type) {
  if (type == 1) return std::to_string(static_cast<std::int32_t>(fixed(bytes, 4)));
  if (type == 2) return std::to_string(static_cast<std::int64_t>(fixed(bytes, 8)));
  const std::size_t size = fixed(bytes, 4);
  const std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

struct ReadFile {
  Thrift footer;
  std::vector<std::string> names;
  std::map<std::string, Thrift> schema;
  std::map<std::string, std::vector<Cell>> cells;
};

std::vector<Cell> page_cells(std::string_view page, const Thrift& head, std::int64_t type,
                             bool optional, const std::vector<std::string>& words) {
  const auto count = static_cast<std::size_t>(head.at(1).number);
  std::vector<std::uint32_t> there(count, 1);
  if (optional) {
    const std::size_t size = fixed(page, 4);
    there = hybrid(page.substr(0, size), 1, count);
    page.remove_prefix(size);
  }
  const auto present = static_cast<std::size_t>(std::count(there.begin(), there.end(), 1U));
  std::vector<std::uint32_t> codes;
  const bool coded = head.at(2).number == 8;
  if (coded) {
    const int bits = static_cast<int>(fixed(page, 1));
    codes = hybrid(page, bits, present);
  }
  std::vector<Cell> out;
  std::size_t used = 0;
  for (const std::uint32_t one : there) {
    if (one == 0) {
      out.emplace_back();
    } else if (coded) {
      out.emplace_back(words.at(codes.at(used++)));
    } else {
      out.emplace_back(plain_value(page, type));
    }
  }
  EXPECT_TRUE(coded || page.empty()) << "bytes left over in a page";
  return out;
}

void read_chunk(const std::string& bytes, const Thrift& meta, ReadFile& file) {
  const std::string name = meta.at(3).items.at(0).text;
  const std::int64_t type = meta.at(1).number;
  EXPECT_EQ(meta.at(4).number, 6) << "zstd";
  EXPECT_EQ(type, file.schema.at(name).at(1).number);
  const bool words_first = meta.has(11);
  auto at = static_cast<std::size_t>(meta.at(words_first ? 11 : 9).number);
  const std::size_t begin = at;
  std::int64_t values = 0, plain = 0;
  std::vector<std::string> words;
  while (values < meta.at(5).number || (words_first && at == begin)) {
    ThriftReader reader(std::string_view(bytes).substr(at));
    const Thrift head = reader.structure();
    if (head.at(1).number == 0 && values == 0) {
      EXPECT_EQ(meta.at(9).number, static_cast<std::int64_t>(at)) << "first page of data";
    }
    const auto size = static_cast<std::size_t>(head.at(2).number);
    const auto packed = static_cast<std::size_t>(head.at(3).number);
    const std::string page =
        unpacked(std::string_view(bytes).substr(at + reader.at(), packed), size);
    plain += static_cast<std::int64_t>(reader.at() + size);
    at += reader.at() + packed;
    if (head.at(1).number == 2) {
      std::string_view left = page;
      while (!left.empty()) words.push_back(plain_value(left, 6));
      EXPECT_EQ(static_cast<std::int64_t>(words.size()), head.at(7).at(1).number);
      continue;
    }
    values += head.at(5).at(1).number;
    for (Cell& cell :
         page_cells(page, head.at(5), type, file.schema.at(name).at(3).number == 1, words)) {
      file.cells[name].push_back(std::move(cell));
    }
  }
  EXPECT_EQ(values, meta.at(5).number);
  EXPECT_EQ(plain, meta.at(6).number);
  EXPECT_EQ(static_cast<std::int64_t>(at - begin), meta.at(7).number);
}

ReadFile read(const fs::path& path) {
  const std::string bytes = tests::read_file(path);
  EXPECT_EQ(bytes.substr(0, 4), "PAR1");
  EXPECT_EQ(bytes.substr(bytes.size() - 4), "PAR1");
  std::string_view tail = std::string_view(bytes).substr(bytes.size() - 8);
  const std::size_t size = fixed(tail, 4);
  ThriftReader reader(std::string_view(bytes).substr(bytes.size() - 8 - size, size));
  ReadFile file;
  file.footer = reader.structure();
  EXPECT_EQ(reader.at(), size);
  const std::vector<Thrift>& schema = file.footer.at(2).items;
  EXPECT_EQ(schema.at(0).at(5).number + 1, static_cast<std::int64_t>(schema.size()));
  for (std::size_t i = 1; i < schema.size(); ++i) {
    file.names.push_back(schema[i].at(4).text);
    file.schema[file.names.back()] = schema[i];
    file.cells[file.names.back()];
  }
  std::int64_t rows = 0;
  for (const Thrift& group : file.footer.at(4).items) {
    rows += group.at(3).number;
    std::int64_t packed = 0;
    for (const Thrift& chunk : group.at(1).items) {
      read_chunk(bytes, chunk.at(3), file);
      packed += chunk.at(3).at(7).number;
    }
    EXPECT_EQ(packed, group.at(6).number);
  }
  EXPECT_EQ(rows, file.footer.at(3).number);
  return file;
}

// ---- what is written ---------------------------------------------------------------------------

// Every type, with its edges; `codes` of no word, one, two and many, some rows without.
struct Sheets {
  column::Sheet main, other{3};
  column::Table table;

  explicit Sheets(std::size_t rows) : main(rows) {
    auto i8 = main.add<std::int8_t>("i8");
    auto i16 = main.add<std::int16_t>("i16");
    auto i32 = main.add<std::int32_t>("i32");
    auto i64 = main.add<std::int64_t>("amount_fen");
    auto day = main.add<std::int32_t>("due_date");
    auto row = main.add<std::int32_t>("other_row");
    auto none = main.add_codes("none", {});
    auto one = main.add_codes("one", {"只有"});
    std::vector<std::string> words;
    for (int i = 0; i < 300; ++i) words.push_back("word " + std::to_string(i));
    auto many = main.add_codes("many", words);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < rows; ++i) {
      const auto n = static_cast<std::int64_t>(i);
      i8[i] = static_cast<std::int8_t>(n * 37);
      i16[i] = static_cast<std::int16_t>(n * 9973);
      i32[i] = i % 3 == 0 ? INT_MIN : static_cast<std::int32_t>(n * 7919);
      i64[i] = i % 5 == 0 ? INT64_MIN : i % 5 == 1 ? INT64_MAX : n * -1234567891011;
      day[i] = i % 4 == 0 ? 0 : static_cast<std::int32_t>(20000 + n);
      row[i] = static_cast<std::int32_t>(i % 4) - 1;
      none[i] = -1;
      one[i] = i < rows / 2 ? 0 : -1;
      many[i] = static_cast<std::int16_t>(i % 7 == 0 ? -1 : n * 31 % 300);
      texts.push_back(i % 6 == 0 ? "" : "账户 " + std::to_string(i));
    }
    main.add_texts("account_no", {texts.begin(), texts.end()});
    other.add_texts("customer_no", {"C1", "", "C3"});
    table = {"mixed", rows, {}};
    for (const std::string& name : main.names()) {
      if (name == "other_row") continue;
      table.fields.push_back(
          {.name = name, .sheet = &main, .source = name, .date = name == "due_date"});
    }
    table.fields.push_back({.name = "customer_no",
                            .sheet = &other,
                            .source = "customer_no",
                            .through = &main,
                            .row_column = "other_row"});
    table.fields.push_back({.name = "of_a_later_stage"});
  }

  // What row and field should say, from the sheets and not from Cells.
  Cell expected(const std::string& name, std::size_t i) const {
    if (name == "i8") return std::to_string(main.get<std::int8_t>(name)[i]);
    if (name == "i16") return std::to_string(main.get<std::int16_t>(name)[i]);
    if (name == "i32") return std::to_string(main.get<std::int32_t>(name)[i]);
    if (name == "amount_fen") return std::to_string(main.get<std::int64_t>(name)[i]);
    if (name == "due_date") {
      const std::int32_t day = main.get<std::int32_t>(name)[i];
      return day == 0 ? Cell() : Cell(std::to_string(day));
    }
    if (name == "account_no") return std::string(main.texts(name).at(i));
    if (name == "customer_no") {
      const std::int32_t row = main.get<std::int32_t>("other_row")[i];
      const auto texts = other.texts(name);
      return row < 0 ? Cell() : Cell(texts.at(static_cast<std::size_t>(row)));
    }
    const column::Codes codes = main.codes(name);
    return codes.values[i] < 0 ? Cell() : Cell(codes.at(i));
  }
};

TEST(Parquet, every_cell_comes_back_whatever_the_pages_and_groups) {
  const tests::Folder folder;
  const fs::path file = folder.path() / "mixed.parquet";
  for (const std::size_t rows : {0U, 1U, 7U, 8U, 9U, 64U, 65U, 1000U}) {
    const Sheets sheets(rows);
    for (const std::size_t group_rows : {std::size_t{1'000'000}, std::size_t{300}}) {
      SCOPED_TRACE(std::to_string(rows) + " rows, groups of " + std::to_string(group_rows));
      ASSERT_TRUE(
          save(sheets.table, {.group_rows = group_rows, .page_rows = 64, .notes = {}}, file));
      const ReadFile read_back = read(file);
      EXPECT_EQ(read_back.footer.at(3).number, static_cast<std::int64_t>(rows));
      EXPECT_EQ(read_back.footer.at(4).items.size(), (rows + group_rows - 1) / group_rows);
      ASSERT_EQ(read_back.names.size(), sheets.table.fields.size() - 1) << "not of a later stage";
      for (const std::string& name : read_back.names) {
        const std::vector<Cell>& cells = read_back.cells.at(name);
        ASSERT_EQ(cells.size(), rows) << name;
        for (std::size_t i = 0; i < rows; ++i) {
          EXPECT_EQ(cells[i], sheets.expected(name, i)) << name << " " << i;
        }
      }
    }
  }
}

TEST(Parquet, types_say_what_the_numbers_are) {
  const tests::Folder folder;
  const fs::path file = folder.path() / "mixed.parquet";
  const Sheets sheets(9);
  ASSERT_TRUE(save(sheets.table, {.notes = {{"evenhand.date", "2026-10-29"}, {"k", ""}}}, file));
  const ReadFile read_back = read(file);
  const std::vector<std::pair<std::string, int>> integers = {
      {"i8", 8}, {"i16", 16}, {"i32", 32}, {"amount_fen", 64}};
  int converted = 15;  // INT_8, INT_16, INT_32, INT_64
  for (const auto& [name, bits] : integers) {
    const Thrift& one = read_back.schema.at(name);
    EXPECT_EQ(one.at(1).number, bits == 64 ? 2 : 1) << name;
    EXPECT_EQ(one.at(3).number, 0) << name << " is never absent";
    EXPECT_EQ(one.at(6).number, converted++) << name;
    EXPECT_EQ(one.at(10).at(10).at(1).number, bits) << name;
    EXPECT_EQ(one.at(10).at(10).at(2).number, 1) << name << " has a sign";
  }
  EXPECT_TRUE(read_back.schema.at("due_date").at(10).has(6));
  EXPECT_EQ(read_back.schema.at("due_date").at(3).number, 1);
  for (const char* name : {"account_no", "many", "none", "customer_no"}) {
    EXPECT_EQ(read_back.schema.at(name).at(1).number, 6) << name;
    EXPECT_EQ(read_back.schema.at(name).at(6).number, 0) << name;
    EXPECT_TRUE(read_back.schema.at(name).at(10).has(1)) << name;
  }
  const std::vector<Thrift>& notes = read_back.footer.at(5).items;
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].at(1).text + "=" + notes[0].at(2).text, "evenhand.date=2026-10-29");
}

TEST(Parquet, a_file_is_whole_or_not_there) {
  const tests::Folder folder;
  const Sheets sheets(9);
  const kernel::Status failed = save(sheets.table, {}, folder.path() / "nowhere" / "a.parquet");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, kernel::Code::unavailable);
  // What stood there stays until the new one is whole, and nothing is left beside it.
  const fs::path taken = folder.path() / "taken.parquet";
  fs::create_directories(taken / "inside");
  EXPECT_FALSE(save(sheets.table, {}, taken));
  std::size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path(), taken);
    ++entries;
  }
  EXPECT_EQ(entries, 1U);
}

TEST(Parquet, the_same_table_gives_the_same_bytes) {
  const tests::Folder folder;
  const Sheets first(500), second(500);
  ASSERT_TRUE(save(first.table, {}, folder.path() / "a"));
  ASSERT_TRUE(save(second.table, {}, folder.path() / "b"));
  EXPECT_EQ(tests::read_file(folder.path() / "a"), tests::read_file(folder.path() / "b"));
}

}  // namespace
}  // namespace parquet
