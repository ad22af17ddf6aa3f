// What is read, held and saved block by block is what it would be as a whole.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <fstream>
#include <map>
#include <sstream>

#include "intake/ahead.h"
#include "intake/people.h"
#include "intake/source.h"
#include "tests/stores.h"

namespace intake {
namespace {

namespace fs = std::filesystem;

const kernel::Date today = kernel::Date::from_ymd(2026, 11, 20);

std::string mapping_of(std::string_view kind, std::string_view encoding = "utf-8") {
  return fmt::format(
      "[source]\nencoding = \"{}\"\n[[file]]\nmatch=\"*\"\n[[file.record]]\nkind = \"{}\"\n",
      encoding, kind);
}

// Everything that a reading says, the text handed over so many bytes at a time.
std::string told(const FileMapping& mapping, const std::string& bytes, std::size_t at_a_time) {
  Known known;
  Decoder decoder(mapping.encoding, mapping.dialect.delimiter);
  std::size_t at = 0;
  bool last = false;
  const MoreText more = [&](Decoded& text) -> kernel::Status {
    for (const std::size_t size = text.text.size(); !last && text.text.size() == size;) {
      const std::string part = bytes.substr(at, at_a_time);
      at += part.size();
      last = part.empty();
      decoder.add(part, last, text);
    }
    return kernel::Ok{};
  };
  const auto read = read_file(mapping, more, known, {"f.csv", today, {}, 0, {}});
  if (!read) return read.error().message;
  std::string all = fmt::format("{} lines\n", read->lines);
  const Table& table = read->tables[0];
  for (std::size_t row = 0; row < table.rows(); ++row)
    all += fmt::format("{}|{}|{}\n", table.text(0, row), table.text(1, row), table.text(4, row));
  for (const RejectedLine& bad : read->bad) {
    all += fmt::format("{} {} {} {} {}:", bad.info.line, bad.info.column_no, bad.info.reason_code,
                       bad.info.value, bad.info.reason);
    for (const std::string& field : bad.fields) all += field + "|";
    all += "\n";
  }
  return all;
}

TEST(blocks, what_is_made_ahead_comes_in_order_and_may_be_left) {
  std::atomic<int> made = 0;
  const auto up_to = [&](int last, bool fails) {
    made = 0;
    return [&, last, fails](int& one) -> kernel::Result<bool> {
      if (made == last && fails) return kernel::Error{kernel::Code::corrupt, "broken", ""};
      one = ++made;
      return one <= last;
    };
  };
  for (const int last : {0, 1, 3, 1000}) {
    for (const bool fails : {false, true}) {
      Ahead<int, 3> ahead(up_to(last, fails));
      for (int i = 1; i <= last; ++i) {
        const auto next = ahead.next();
        ASSERT_TRUE(next && *next);
        EXPECT_EQ(**next, i);
        EXPECT_LE(made.load(), i + 3);
      }
      const auto end = ahead.next();
      ASSERT_EQ(static_cast<bool>(end), !fails);
      EXPECT_TRUE(fails || *end == nullptr);
    }
  }
  Ahead<int, 3> left(up_to(1 << 30, false));
  EXPECT_EQ(**left.next(), 1);
}

TEST(blocks, a_file_says_the_same_however_it_is_cut) {
  std::string text = "customer_no,name,address\r\n";
  text += "C1,张三,\"广州市,样本街2号\"\r\n\n\r\nC2,\"李\"\"四\"\"\",\"two\r\nlines\"\n";
  text += "C3,\"never closed,x\nC4,\"stray\"y,x\nC5,\x01,x\nC6,a\xEF\xBF\xBD,x\nC7,short\n";
  text += "C8,a,b,c\nC1,again,x\n\"C9\",\"\",\"ends in a quote\"\nC11,\"open,x\nC10,last,王";
  for (const std::string encoding : {"utf-8", "gb18030"}) {
    const auto mapping = parse_mapping(mapping_of("customers", encoding), "m.toml");
    ASSERT_TRUE(mapping);
    std::string bytes = text;
    if (encoding == "gb18030") bytes = encode(text, Encoding::gb18030);
    bytes.insert(bytes.find("C2,"), "C0,cut\xFF\xC4,x\n");
    const std::string whole = told(mapping->files[0], bytes, bytes.size());
    for (const char* some : {"C1|张三|广州市,样本街2号\n", "C2|李\"四\"|two\r\nlines\n",
                             "C9||ends in a quote\nC10|last|王\n", " unclosed_quote ",
                             " stray_quote ", " not_text 0xFF", " not_text 0x01",
                             " truncated_line ", " too_many_columns ", " duplicate "})
      EXPECT_NE(whole.find(some), whole.npos) << some << whole;
    for (std::size_t at_a_time = 1; at_a_time < bytes.size(); ++at_a_time)
      ASSERT_EQ(told(mapping->files[0], bytes, at_a_time), whole) << encoding << " " << at_a_time;
  }
}

// The search for a closing quote ends 64 KiB on, where the text may end sooner.
TEST(blocks, a_quote_is_looked_for_beyond_the_window) {
  const auto mapping = parse_mapping(mapping_of("customers"), "m.toml");
  for (const std::size_t width : {10U, 65'000U, 70'000U}) {
    std::string text = "customer_no,name,address\n";
    text += "C1,\"" + std::string(width, 'x') + "\n" + "y\",\"" + std::string(300, 'z') + "\"\n";
    text += "C2,\"" + std::string(width, 'x') + "\nC3,b,c\n";
    const std::string whole = told(mapping->files[0], text, text.size());
    for (const std::size_t at_a_time : {1'000U, 4'096U, 66'000U})
      EXPECT_EQ(told(mapping->files[0], text, at_a_time), whole) << width << " " << at_a_time;
  }
}

// One place names the byte, also behind another one that became three.
TEST(blocks, each_byte_that_is_no_text_is_found_where_it_stands) {
  const Decoded decoded = decode(
      "\x01\x02"
      "a\xFF"
      "b\x03\xFE",
      Encoding::gb18030);
  ASSERT_EQ(decoded.bad.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(decoded.bad[i].byte, "\x01\x02\xFF\x03\xFE"[i] & 0xFF);
    EXPECT_EQ(decoded.text.substr(decoded.bad[i].offset, 3), "\xEF\xBF\xBD");
  }
}

std::string gzip(std::string_view bytes) {
  std::string out(bytes.size() + 1000, '\0');
  z_stream stream{};
  CHECK(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(source, is_read_in_parts_unpacked_again_and_only_as_it_was) {
  const tests::Folder folder;
  const fs::path file = folder.path() / "f.csv";
  const auto write = [&](std::string_view bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
  };
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += fmt::format("line {}\n", i);
  const std::string half = text.substr(text.size() / 2);
  for (const std::string& packed : {text, gzip(text), gzip(text) + gzip(half)}) {
    write(packed);
    auto source = Source::open(file);
    ASSERT_TRUE(source);
    for (int round = 0; round < 2; ++round) {
      std::string all, part;
      std::size_t largest = 0;
      source->rewind();
      do {
        ASSERT_TRUE(source->read(part));
        all += part;
        largest = std::max(largest, part.size());
      } while (!part.empty());
      EXPECT_EQ(all, packed.size() > gzip(text).size() && packed != text ? text + half : text);
      EXPECT_LT(largest, text.size() / 4);
    }
  }
  write(gzip(text).substr(0, 5000));
  EXPECT_EQ(read_bytes(file).error().code, kernel::Code::invalid_input);
  EXPECT_EQ(read_bytes(folder.path()).error().code, kernel::Code::not_found);
  write(text);
  auto source = Source::open(file);
  ASSERT_TRUE(source);
  write(text + "more");
  std::string part;
  kernel::Status status = kernel::Ok{};
  do status = source->read(part);
  while (status && !part.empty());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, kernel::Code::conflict);
}

TEST(spill, gives_back_what_was_put_and_leaves_nothing_to_read) {
  const tests::Folder folder;
  Spill spill(folder.path());
  std::string bytes;
  EXPECT_FALSE(*spill.get(bytes));
  ASSERT_TRUE(spill.put("first, with a name 张三"));
  ASSERT_TRUE(spill.put(std::string(100'000, 'x')));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  for (int round = 0; round < 2; ++round) {
    spill.rewind();
    ASSERT_TRUE(*spill.get(bytes));
    EXPECT_EQ(bytes, "first, with a name 张三");
    ASSERT_TRUE(*spill.get(bytes));
    EXPECT_EQ(bytes, std::string(100'000, 'x'));
    EXPECT_FALSE(*spill.get(bytes));
  }
  for (const auto& open : fs::directory_iterator("/proc/self/fd")) {  // its file, by the descriptor
    std::error_code gone;
    if (fs::read_symlink(open.path(), gone).string().starts_with(folder.path().string())) {
      std::ifstream in(open.path(), std::ios::binary);
      std::stringstream all;
      all << in.rdbuf();
      EXPECT_GT(all.str().size(), 100'000u);
      EXPECT_EQ(all.str().find("张三"), std::string::npos);
    }
  }
}

TEST(keys, that_rise_are_told_apart_without_being_held) {
  const tests::Folder folder;
  RisingKeys rising(folder.path());
  KeySet keys;
  const auto key = [](int account, int period) {
    return fmt::format("A{}\x1f{}", account, period);
  };
  constexpr int many = 40'000;  // more than wait in memory
  for (int i = 0; i < many; ++i) {
    const std::string next = key(i / 12, i % 12);  // A9 before A10, 9 before 10
    ASSERT_TRUE(rising.is_new(next)) << next;
    ASSERT_TRUE(rising.put(next, hash_key(next)));
  }
  EXPECT_FALSE(rising.is_new(key(many / 12 - 1, 0)));
  EXPECT_FALSE(rising.is_new(key((many - 1) / 12, (many - 1) % 12)));  // the last once more
  ASSERT_TRUE(rising.end(keys));
  EXPECT_FALSE(rising.rise());
  EXPECT_EQ(keys.size(), static_cast<std::size_t>(many));
  for (int i = 0; i < many; ++i)
    ASSERT_EQ(keys.find(hash_key(key(i / 12, i % 12))), of_this_import) << i;
}

TEST(keys, fed_as_texts_are_those_put_one_by_one) {
  for (const int many : {0, 1, 8'192, 50'000}) {
    KeySet fed;
    TextKeyFeed feed(fed);
    for (int i = 0; i < many; ++i) feed.put(fmt::format("C{}", i), static_cast<std::uint64_t>(i));
    feed.flush();
    EXPECT_EQ(fed.size(), static_cast<std::size_t>(many));
    for (int i = 0; i < many; ++i)
      ASSERT_EQ(fed.find(hash_key(fmt::format("C{}", i))), static_cast<std::uint64_t>(i)) << i;
    EXPECT_FALSE(fed.has(hash_key(fmt::format("C{}", many))));
  }
}

TEST(keys, of_one_first_part_come_in_any_order) {
  const tests::Folder folder;
  RisingKeys rising(folder.path());
  KeySet keys;
  std::vector<std::string> all;
  for (int customer = 8; customer < 200; ++customer) {
    for (const char* contact : {"G17", "2", "1", "10", "G2", "", "9"}) {
      const std::string next = fmt::format("C{}\x1f{}", customer, contact);
      ASSERT_TRUE(rising.is_new(next)) << next;
      ASSERT_TRUE(rising.put(next, hash_key(next)));
      ASSERT_FALSE(rising.is_new(next)) << next;
      all.push_back(next);
    }
    for (const char* contact : {"G17", "2", "", "9"})
      EXPECT_FALSE(rising.is_new(fmt::format("C{}\x1f{}", customer, contact)));
    EXPECT_FALSE(rising.is_new(fmt::format("C{}\x1f{}", customer - 1, "new")));
  }
  // Very many, falling: no more than that can be said.
  int said = 0;
  for (int i = 999; i > 99; --i) {
    const std::string next = fmt::format("C200\x1f{}", i);
    if (!rising.is_new(next)) break;
    ASSERT_TRUE(rising.put(next, hash_key(next)));
    all.push_back(next);
    ++said;
  }
  EXPECT_GT(said, 200);
  EXPECT_LT(said, 300);
  EXPECT_TRUE(
      rising.is_new("C200\x1f"
                    "1000"));
  ASSERT_TRUE(rising.end(keys));
  EXPECT_EQ(keys.size(), all.size());
  for (const std::string& key : all) ASSERT_TRUE(keys.has(hash_key(key)));
}

// A file in order, one that is not, and a file in order behind it: of each key the first counts.
TEST(keys, of_a_second_file_are_held_against_those_of_the_first) {
  const auto mapping = parse_mapping(mapping_of("payments"), "m.toml");
  const tests::Folder folder;
  Known known(folder.path());
  known.of(KindId::accounts).put(hash_key("A1"));
  const auto bad = [&](const std::vector<int>& numbers) {
    std::string text = "payment_no,account_no,paid_on,amount_fen,channel\n", said;
    for (const int n : numbers) text += fmt::format("P{},A1,2026-11-01,1,atm\n", n);
    const auto read = read_file(mapping->files[0], all_of(decode(text, Encoding::utf_8)), known,
                                {"f.csv", today, {}, 0, {}});
    for (const RejectedLine& line : read->bad) said += line.fields[0] + " ";
    return said;
  };
  EXPECT_EQ(bad({1, 2, 9, 10, 11}), "");
  EXPECT_TRUE(known.rising(KindId::payments).rise());
  EXPECT_EQ(bad({20, 21, 20, 5, 9, 21, 22, 5}), "P20 P9 P21 P5 ");
  EXPECT_FALSE(known.rising(KindId::payments).rise());
  EXPECT_EQ(bad({30, 31, 22, 11}), "P22 P11 ");
}

// Full as foreseen, one more, and such as lie together at either end.
TEST(keys, are_told_apart_wherever_they_lie) {
  KeySet keys;
  constexpr std::uint64_t foreseen = 50'000, last = ~std::uint64_t{0};
  keys.reserve(foreseen);
  std::vector<KeyHash> all;
  for (std::uint64_t i = 0; i < foreseen; ++i) all.push_back(hash_key(std::to_string(i)));
  for (std::uint64_t i = 0; i < 200; ++i) {
    all.push_back({.low = last - i % 100, .high = i});
    all.push_back({.low = i % 100, .high = i << 7U});
  }
  const auto content = [](std::size_t i) { return i % 3 ? i : i | of_this_import; };
  for (const bool with_content : {false, true}) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(keys.has(all[i]), with_content) << i;
      keys.put(all[i], content(i) & (with_content ? last : of_this_import));
    }
    EXPECT_EQ(keys.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      ASSERT_EQ(keys.find(all[i]), content(i) & (with_content ? last : of_this_import)) << i;
  }
  EXPECT_FALSE(keys.has({.low = last, .high = 1}));
  EXPECT_FALSE(keys.has({.low = last / 2, .high = 1}));
}

TEST(keys, keep_what_they_were_put_with_when_words_come_late) {
  KeySet keys;
  const auto hash = [](int i) { return hash_key(std::to_string(i)); };
  for (int i = 0; i < 1000; ++i) keys.put(hash(i), i % 2 ? of_this_import : 0);
  keys.put(hash(7), 70);
  for (int i = 1000; i < 100'000; ++i) keys.put(hash(i), of_this_import);
  EXPECT_EQ(keys.size(), 100'000u);
  EXPECT_EQ(keys.find(hash(7)), 70u);
  EXPECT_EQ(keys.find(hash(8)), 0u);
  EXPECT_EQ(keys.find(hash(9)), of_this_import);
  EXPECT_EQ(keys.find(hash(99'999)), of_this_import);
  EXPECT_FALSE(keys.has(hash(100'000)));
}

std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    files[fs::relative(entry.path(), folder).string()] = text.str();
  }
  return files;
}

Table payments(int from, int to) {
  static const char* channels[] = {"zz", "atm", "mobile", "counter", "b"};
  Table table(kind_of(KindId::payments));
  for (int i = from; i < to; ++i) {
    const std::string no = "P" + std::to_string(i), account = "A" + std::to_string(i % 7);
    table.append({{.text = no},
                  {.text = account},
                  {.number = 20'000 + i % 30},
                  {.number = i * 37},
                  {.text = channels[static_cast<std::size_t>(i / 9'000) % 5]}});
  }
  return table;
}

// Also where the words of a column come one after the other, and where there is no row.
TEST(taken, columns_in_blocks_are_the_folder_of_one_sheet) {
  for (const int rows : {0, 3, 40'000}) {
    const tests::Folder folder;
    ASSERT_TRUE(payments(0, rows).sheet().save(folder.path() / "whole"));
    TakenColumns taken(kind_of(KindId::payments), folder.path() / "blocks");
    int at = 0;
    for (; at + 16'000 < rows; at += 16'000) ASSERT_TRUE(taken.add(payments(at, at + 16'000)));
    const auto sheet = taken.open(payments(at, rows));
    ASSERT_TRUE(sheet);
    EXPECT_EQ(sheet->rows(), static_cast<std::size_t>(rows));
    EXPECT_EQ(files_of(folder.path() / "blocks"), files_of(folder.path() / "whole")) << rows;
    EXPECT_TRUE(taken.finish());
    EXPECT_EQ(files_of(folder.path() / "blocks"), files_of(folder.path() / "whole")) << rows;
  }
}

Table past_contacts(int from, int to, const char* outcome) {
  Table table(kind_of(KindId::past_contacts));
  for (int i = from; i < to; ++i) {
    const std::string customer = "C" + std::to_string(i);
    table.append({{.text = customer},
                  {.text = "1"},
                  {.number = i},
                  {.text = "call"},
                  {.text = outcome},
                  {.text = "bank"}});
  }
  return table;
}

// New rows, changed ones and equal ones in every block; more changed ones than are held; what is
// there held as a whole, and in six parts.
TEST(taken, people_in_blocks_are_saved_as_of_one) {
  std::vector<store::Migration> all = store::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  for (const std::size_t again_max : {20'000, 2'000}) {
    tests::for_each_store(all, [&](store::Store& store, const fs::path&) {
      const tests::Folder folder;
      const auto save = [&](const std::vector<Table>& blocks, std::size_t held_max) {
        TakenPeople taken(kind_of(KindId::past_contacts), folder.path());
        for (std::size_t i = 0; i + 1 < blocks.size(); ++i) CHECK(taken.add(blocks[i]));
        taken.finish(blocks.back());
        return store.transact(
            [&](store::Transaction& tx) { return save_people(tx, taken, held_max); });
      };
      const auto count = [&](const char* where) {
        return *store.read([&](store::Transaction& tx) {
          return *tx.query_i64(std::string("SELECT COUNT(*) FROM past_contact WHERE ") + where);
        });
      };
      const auto first =
          save({past_contacts(0, 5'000, "busy"), past_contacts(5'000, 10'000, "busy"),
                past_contacts(10'000, 10'001, "busy")},
               1000);
      ASSERT_TRUE(first);
      EXPECT_EQ(first->accepted, 10'001);
      EXPECT_EQ(count("outcome = 'busy'"), 10'001);
      const auto again =
          save({past_contacts(0, 9'000, "answered"), past_contacts(9'000, 10'001, "busy"),
                past_contacts(10'001, 10'100, "answered")},
               again_max);
      ASSERT_TRUE(again);
      EXPECT_EQ(again->accepted, 9'099);
      EXPECT_EQ(again->unchanged, 1'001);
      EXPECT_EQ(count("outcome = 'answered'"), 9'099);
      EXPECT_EQ(count("1 = 1"), 10'100);
    });
  }
}

}  // namespace
}  // namespace intake
