#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "intake/read.h"

namespace intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// ---- scanning
// ----------------------------------------------------------------------------------

// Records as "line:field|field", with ! for an unclosed and ? for a stray
// quote.
std::vector<std::string> scan(std::string_view text, Dialect dialect = {},
                              std::size_t expected = 0) {
  Scanner scanner(text, dialect);
  std::vector<std::string> all;
  for (Record record; scanner.next(record, expected);) {
    std::string shown = std::to_string(record.line) + ":";
    if (record.state == Record::State::unclosed_quote) shown += '!';
    if (record.state == Record::State::stray_quote) shown += '?';
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      shown += (i ? "|" : "") + std::string(record.fields[i].value);
    }
    all.push_back(shown);
  }
  return all;
}

TEST(scan, rfc_4180) {
  EXPECT_THAT(scan("a,b\r\n\"x \"\"y\"\"\",\"1\n2\"\r\n\nlast,"),
              ElementsAre("1:a|b", "2:x \"y\"|1\n2", "5:last|"));
  EXPECT_THAT(scan("a|\"b\n", {"|", 0}), ElementsAre("1:a|\"b"));
  EXPECT_THAT(scan("a@|@b@|@\n", {"@|@", '"'}), ElementsAre("1:a|b|"));
  EXPECT_THAT(scan("a,b\"c\n"), ElementsAre("1:a|b\"c"));
  EXPECT_THAT(scan(""), ElementsAre());
}

TEST(scan, an_open_quote_spoils_one_line) {
  EXPECT_THAT(scan("1,a\n2,\"b\n3,c\n4,d\n"), ElementsAre("1:1|a", "2:!2|b", "3:3|c", "4:4|d"));
  // The next quote closes it by chance: what follows does not fit, and the
  // second line is read.
  EXPECT_THAT(scan("2,\"b\n3,\"c\"\n"), ElementsAre("1:?2|b\n3,", "2:3|c"));
  EXPECT_THAT(scan("2,\"b\n3,\"\n4,d\n", {}, 3), ElementsAre("1:!2|b\n3,", "2:!3|", "3:4|d"));
}

// Wherever in a long plain text it stands: plain text is gone through a block at a time.
TEST(decode, finds_a_control_character_anywhere) {
  for (std::size_t at = 0; at < 200; ++at) {
    std::string text(200, 'x');
    text[at] = '\x01';
    const Decoded decoded = decode(text, Encoding::utf_8);
    ASSERT_EQ(decoded.bad.size(), 1u) << at;
    EXPECT_EQ(decoded.bad[0].offset, at);
    text[at] = '\x7F';
    EXPECT_EQ(decode(text, Encoding::utf_8).bad.size(), 1u) << at;
    text[at] = '\t';
    EXPECT_TRUE(decode(text, Encoding::utf_8).bad.empty()) << at;
  }
}

TEST(decode, marks_what_is_not_text) {
  const Decoded clean = decode("\xEF\xBB\xBF张三,1\n", Encoding::utf_8);
  EXPECT_EQ(clean.text, "张三,1\n");
  EXPECT_TRUE(clean.bad.empty());
  const Decoded broken = decode(std::string("a\xFF"
                                            "b\0c\xC3\n",
                                            7),
                                Encoding::utf_8);
  ASSERT_EQ(broken.bad.size(), 3u);
  EXPECT_EQ(broken.bad[0].offset, 1u);
  EXPECT_EQ(broken.bad[0].byte, 0xFF);
  EXPECT_EQ(broken.bad[1].byte, 0);
  // A trail byte of GB18030 may be |: it is decoded before it is cut. A newline
  // is never swallowed.
  const std::string gb = encode("漒|𠀋€", Encoding::gb18030);
  EXPECT_EQ(decode(gb, Encoding::gb18030).text, "漒|𠀋€");
  const Decoded cut = decode("\xC4\n1", Encoding::gb18030);
  EXPECT_EQ(cut.text, "\xEF\xBF\xBD\n1");
  ASSERT_EQ(cut.bad.size(), 1u);
  EXPECT_EQ(cut.bad[0].byte, 0xC4);
}

// ---- expressions
// -------------------------------------------------------------------------------

const CodeTables& tables() {
  static const CodeTables all = {{"product", {"product", {{"01", "card"}, {"02", "loan"}}}}};
  return all;
}

// The value as text, or "code: value" of the problem.
std::string run(std::string_view text) {
  auto parsed = Expression::parse(text, tables());
  if (!parsed) return "parse: " + parsed.error().message + " at " + parsed.error().where;
  const auto bound = parsed->bind({"账号", "X6", "金额", "日期", "Credit Limit", "空"});
  if (!bound) return "bind: " + bound.error().message;
  const std::vector<Field> fields = {{" A1 ", 0},     {"7", 0},        {"1,234.56", 0},
                                     {"20260230", 0}, {"5.00E+05", 0}, {"", 0}};
  Scratch scratch;
  Context context{
      .fields = &fields, .as_of = kernel::Date::from_ymd(2026, 11, 20).days(), .scratch = &scratch};
  Value value;
  if (parsed->run_text(context, value)) return std::string(value.text);
  return std::string(text_of(context.problem.reason).code) + ": " + context.problem.value;
}

TEST(expression, gives_values) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"账号", "A1"},
      {"#2", "7"},
      {"[Credit Limit]", "5.00E+05"},
      {"'x'", "x"},
      {"1 + 2 * 3 - -4", "11"},
      {"0.1 + 0.2", "0.3"},
      {"金额 * 2", "2469.12"},
      {"yuan(金额)", "123456"},
      {"wan(1.5)", "1500000"},
      {"yuan(scientific([Credit Limit]))", "50000000"},
      {"sum(1, X6, 金额)", "1242.56"},
      {"max(0, 0 - X6)", "0"},
      {"min(3, X6)", "3"},
      {"divide(1, 3, 'half_up')", "0"},
      {"divide(5, -2, 'half_up')", "-3"},
      {"divide(12.5, 5, 'half_even')", "2"},
      {"if(X6 >= 7 and not X6 > 8, 'a', yuan('broken'))", "a"},
      {"if(空 = '', 'none', 空)", "none"},
      {"concat(账号, '-', X6)", "A1-7"},
      {"digits('+86 154-0')", "861540"},
      {"part('张三丰', 2, 1)", "三"},
      {"part('张三丰', 2, 9)", "三丰"},
      {"code('01', product)", "card"},
      {"days_before(as_of, 30 * X6 - 15)", "2026-05-09"},
      {"next_day(as_of, 31)", "2026-11-30"},
      {"next_day(date('2026/1/31', 'YYYY/M/D'), 30)", "2026-02-28"},
      {"date('2026年2月3日', 'YYYY年M月D日')", "2026-02-03"},
      {"time('2026-02-03 04:05:06', 'YYYY-MM-DD hh:mm:ss')", "2026-02-03T04:05:06+08:00"},
      {"date(空, 'YYYYMMDD')", ""},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(run(text), expected) << text;
}

TEST(expression, says_what_is_wrong_with_the_data) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"yuan([Credit Limit])", "broken_amount: 5.00E+05"},
      {"yuan('1.234')", "broken_amount: 1.234"},
      {"yuan('1,23')", "broken_amount: 1,23"},
      {"yuan(空)", "missing_value: "},
      {"date(日期, 'YYYYMMDD')", "impossible_date: 20260230"},
      {"date(账号, 'YYYYMMDD')", "broken_date: A1"},
      {"code('03', product)", "unknown_code: 03"},
      {"账号 > 3", "broken_number: A1"},
      {"999999999999999999 * 999", "out_of_range: "},
      {"divide(1, 0, 'down')", "out_of_range: "},
      {"as_of = 1", "broken_number: "},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(run(text), expected) << text;
}

TEST(expression, says_what_is_wrong_with_itself) {
  EXPECT_THAT(run("1 +"), HasSubstr("ends where a value should stand at character 4"));
  EXPECT_THAT(run("yuan(金额"), HasSubstr("expected , or )"));
  EXPECT_THAT(run("yaun(金额)"), HasSubstr("no function `yaun`; there are if, sum"));
  EXPECT_THAT(run("if(1, 2)"), HasSubstr("if(condition, then, else)"));
  EXPECT_THAT(run("code(X6, produkt)"), HasSubstr("no code table [codes.produkt]"));
  EXPECT_THAT(run("X7"), HasSubstr("bind: there is no column `X7`"));
  EXPECT_THAT(run("#9"), HasSubstr("bind: there is no column #9: the file has 6"));
  EXPECT_THAT(run(std::string(5000, '(')), HasSubstr("at most 4000 bytes"));
  EXPECT_THAT(run(std::string(900, '(')), HasSubstr("too deeply nested"));
}

// ---- mappings
// ----------------------------------------------------------------------------------

std::string complaint(std::string_view toml) {
  const auto parsed = parse_mapping(toml, "m.toml");
  return parsed ? "none" : parsed.error().where + " " + parsed.error().message;
}

TEST(mapping, errors_name_line_and_field) {
  EXPECT_THAT(complaint("[source\n"), HasSubstr("m.toml:1:"));
  EXPECT_THAT(complaint(""), HasSubstr("at least one [[file]]"));
  EXPECT_THAT(complaint("[source]\nencodign = \"utf-8\"\n"), HasSubstr("m.toml:2 [source] has no"));
  EXPECT_THAT(complaint("[source]\nencoding = \"latin1\"\n"), HasSubstr("m.toml:2 `encoding` is"));
  EXPECT_THAT(complaint("[[file]]\nmatch = \"a\"\n[[file.record]]\nkind = \"acounts\"\n"),
              HasSubstr("m.toml:3 kind = \"acounts\""));
  const std::string head =
      "[[file]]\nmatch = \"a\"\n[[file.record]]\nkind = \"payments\"\n"
      "[file.record.fields]\n";
  EXPECT_THAT(complaint(head + "amount = \"x\"\n"), HasSubstr("payments have no field `amount`"));
  EXPECT_THAT(complaint(head + "amount_fen = \"yuan(\"\n"), HasSubstr("m.toml:6 amount_fen: "));
  EXPECT_THAT(complaint(head + "amount_fen = \"x\"\n"),
              HasSubstr("payments need an expression for `payment_no`"));
}

TEST(mapping, finds_files_and_their_day) {
  EXPECT_TRUE(glob_matches("a*b?c", "axxbyc"));
  EXPECT_FALSE(glob_matches("a*b?c", "axxbc"));
  EXPECT_TRUE(glob_matches("*", ""));
  Mapping mapping;
  mapping.as_of = "file_name:YYYYMMDD";
  EXPECT_EQ(as_of_of(mapping, "CARD_99_20261120.txt", {})->format(), "2026-11-20");
  EXPECT_FALSE(as_of_of(mapping, "CARD.txt", {}));
  EXPECT_EQ(as_of_of(mapping, "x", kernel::Date::from_ymd(2026, 1, 2))->format(), "2026-01-02");
}

// ---- lines
// -------------------------------------------------------------------------------------

// One instalment line through its checks: "ok" or "reason_code field".
std::string check(const std::string& kind, const std::string& header, const std::string& line) {
  const auto mapping =
      parse_mapping("[[file]]\nmatch=\"*\"\n[[file.record]]\nkind = \"" + kind + "\"\n", "m.toml");
  Known known;
  known.of(KindId::customers).put(hash_key("C1"));
  known.of(KindId::accounts).put(hash_key("A1"));
  const auto read =
      read_file(mapping->files[0], all_of(decode(header + "\n" + line, Encoding::utf_8)), known,
                {"f.csv", kernel::Date::from_ymd(2026, 11, 20), {}});
  if (!read) return read.error().message;
  if (read->bad.empty()) return "ok";
  return read->bad[0].info.reason_code + " " + read->bad[0].info.field;
}

TEST(check, fields_and_what_they_say_together) {
  const std::string account =
      "account_no,customer_no,product,opened_on,credit_"
      "limit_fen,daily_rate_ppm,billing_day,status";
  EXPECT_EQ(check("accounts", account, "A2,C1,card,2020-01-01,1,500,1,open"), "ok");
  EXPECT_EQ(check("accounts", account, "A2,C2,card,2020-01-01,1,500,1,open"),
            "unknown_customer customer_no");
  EXPECT_EQ(check("accounts", account, "A2,C1,gold,2020-01-01,1,500,1,open"),
            "unknown_code product");
  EXPECT_EQ(check("accounts", account, "A2,C1,card,2026-11-21,1,500,1,open"),
            "date_order opened_on");
  EXPECT_EQ(check("accounts", account, "A2,C1,card,2020-01-01,1.5,500,1,open"),
            "broken_amount credit_limit_fen");
  EXPECT_EQ(check("accounts", account, "A2,C1,card,2020-01-01,1,500,32,open"),
            "out_of_range billing_day");
  EXPECT_EQ(check("accounts", account, ",C1,card,2020-01-01,1,500,1,open"),
            "missing_value account_no");
  EXPECT_EQ(check("accounts", account, "A2,C1,card,2020-01-01,1,500,1,open,x"),
            "too_many_columns ");
  EXPECT_EQ(check("accounts", account, "A2,\"C1,card,2020-01-01,1,500,1,open"), "unclosed_quote ");
  const std::string balance =
      "account_no,as_of,principal_fen,interest_fen,late_fee_fen,instalment_fee_"
      "fen,cost_fen,"
      "overdue_fen,min_due_fen,oldest_due_date,next_due_date";
  EXPECT_EQ(check("balances", balance, "A1,2026-11-20,-5,0,0,0,0,0,0,,"), "ok");
  EXPECT_EQ(check("balances", balance, "A1,2026-11-20,5,-1,0,0,0,0,0,,"),
            "negative_value interest_fen");
  EXPECT_EQ(check("balances", balance, "A1,2026-11-20,5,0,0,0,0,5,0,,"),
            "overdue_without_date oldest_due_date");
  EXPECT_EQ(check("balances", balance, "A1,2026-11-20,5,0,0,0,0,6,0,2026-10-01,"),
            "amounts_disagree overdue_fen");
  EXPECT_EQ(check("balances", balance, "A1,2026-11-20,5,0,0,0,0,5,0,2026-11-21,"),
            "date_order oldest_due_date");
  const std::string contact = "customer_no,contact_no,role,channel,value,valid,consent";
  EXPECT_EQ(check("contacts", contact, "C1,1,self,mobile,+86 154-0000 0000,1,0"), "ok");
  EXPECT_EQ(check("contacts", contact, "C1,1,self,mobile,12,1,0"), "broken_phone value");
  EXPECT_EQ(check("contacts", contact, "C1,1,self,mobile,15400000000,yes,0"), "broken_flag valid");
  EXPECT_EQ(check("past_contacts", "customer_no,contact_no,contacted_at,channel,outcome",
                  "C1,1,2026-02-30T10:00:00+08:00,call,busy"),
            "impossible_date contacted_at");
}

// What stands in another block of lines, which another thread has checked meanwhile, still counts;
// and the quotes, faults and order of many lines come out as of one.
TEST(check, lines_of_many_blocks_are_held_against_each_other_in_order) {
  const auto mapping = parse_mapping(R"([[file]]
match = "*"
[[file.record]]
kind = "customers"
)",
                                     "m.toml");
  std::string text = "customer_no,name,address\n";
  for (int i = 0; i < 5000; ++i) {
    if (i == 1500) text += "C0,again,\n";                    // of the first block
    if (i == 1501) text += "C1501,\"broken\n";               // closes in the next line
    if (i == 4999) text += "C4000,again,\nC4000,thrice,\n";  // of the block before
    text += fmt::format("C{},\"a \"\"name\"\" {}\",\"two\nlines\"\n", i, i);
  }
  Known known;
  const auto read = read_file(mapping->files[0], all_of(decode(text, Encoding::utf_8)), known,
                              {"f.csv", kernel::Date::from_ymd(2026, 11, 20), {}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lines, 5004);
  const Table& table = read->tables[0];
  ASSERT_EQ(table.rows(), 5000u);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    ASSERT_EQ(table.text(0, i), fmt::format("C{}", i));
    ASSERT_EQ(table.text(1, i), fmt::format("a \"name\" {}", i));
  }
  std::string bad;
  for (const RejectedLine& line : read->bad)
    bad += fmt::format("{} {} {}\n", line.info.line, line.info.reason_code, line.fields[0]);
  EXPECT_EQ(bad,
            "3002 duplicate C0\n3005 stray_quote C1501\n10002 duplicate C4000\n"
            "10003 duplicate C4000\n");
}

TEST(keys, stay_with_their_content) {
  KeySet keys;
  EXPECT_FALSE(keys.has(hash_key("0")));
  for (int i = 0; i < 100'000; ++i)
    keys.put(hash_key(std::to_string(i)), static_cast<std::uint64_t>(i));
  EXPECT_EQ(keys.size(), 100'000u);
  for (int i = 0; i < 100'000; ++i)
    ASSERT_EQ(*keys.find(hash_key(std::to_string(i))), static_cast<std::uint64_t>(i));
  EXPECT_FALSE(keys.has(hash_key("100000")));
  EXPECT_FALSE(keys.has(hash_key("")));
  keys.put(hash_key("7"), 70);
  EXPECT_EQ(*keys.find(hash_key("7")), 70u);
  EXPECT_EQ(keys.size(), 100'000u);
}

TEST(region, has_a_name) {
  EXPECT_EQ(region_name(440106), "广东省广州市");
  EXPECT_EQ(region_name(110101), "北京市");
  EXPECT_EQ(region_name(429004), "湖北省");
  EXPECT_EQ(region_name(999999), "");
}

// ---- the manual
// --------------------------------------------------------------------------------

TEST(manual, names_every_reason_kind_field_and_function_and_its_example_is_good) {
  std::ifstream in("docs/import.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::string manual = text.str();
  for (const ReasonText& reason : reason_texts()) {
    EXPECT_THAT(manual, HasSubstr(std::string("| `") + reason.code + "` |"));
    EXPECT_THAT(manual, HasSubstr(reason.zh));
  }
  for (const KindSpec& kind : kinds()) {
    const auto at = manual.find(std::string("| `") + kind.name + "` |");
    ASSERT_NE(at, manual.npos) << kind.name;
    const std::string row = manual.substr(at, manual.find('\n', at) - at);
    for (const FieldSpec& field : kind.fields) EXPECT_THAT(row, HasSubstr(field.name));
  }
  for (const auto& function : Expression::functions())
    EXPECT_THAT(manual, HasSubstr(function.help));
  const auto begin = manual.find("```toml\n") + 8;
  EXPECT_EQ(complaint(manual.substr(begin, manual.find("```", begin) - begin)), "none");
}

}  // namespace
}  // namespace intake
