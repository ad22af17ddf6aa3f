#include <array>

#include "tests/packs/agree.h"

namespace tests {

namespace {

// Tests a compiled form may get wrong: nulls, calls, other facts, what has no answer.
constexpr std::array<const char*, 30> kOddCells = {
    "null",
    "not(null)",
    "-",
    "\"a\",\"b\"",
    "not(\"self\")",
    "true",
    "not(true)",
    "&lt; minute",
    "&gt;= minutes_since_contact",
    "[contacts_today..minute)",
    "list contains(?, \"dispute\")",
    "not(list contains(?, \"dispute\"))",
    "list contains(?, \"cease\"), list contains(?, \"plan\")",
    "list contains(holds, \"counsel\")",
    "floor(minutes_since_contact) &gt; 3",
    "max(contacts_today, minutes_since_contact) &gt; 2",
    "not(opted_out)",
    "abs(?) &gt; 2",
    "1 + \"a\"",
    "matches(?, \"^c\")",
    "? = null",
    "? != null",
    "count(?) &gt; 1",
    "? + 1 &gt; 4",
    "minutes_since_contact + 1",
    "&gt; minutes_since_contact * 2",
    "&lt; floor(2.7)",
    "if ? = null then true else false",
    "substring(?, 1, 1) = \"s\"",
    "channel"};
constexpr std::array<const char*, 7> kOddExpressions = {"minutes_since_contact",
                                                        "contacts_today - minute",
                                                        "list contains(holds, \"plan\")",
                                                        "holds",
                                                        "not(opted_out)",
                                                        "products",
                                                        "if opted_out then channel else role"};

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// The n-th piece between the two marks, from the end of the first.
std::pair<std::size_t, std::size_t> nth(const std::string& text, std::string_view open,
                                        std::string_view close, std::size_t n) {
  std::size_t at = 0;
  for (std::size_t i = 0; i <= n; ++i) at = text.find(open, i == 0 ? 0 : at + 1);
  const std::size_t begin = text.find("<text>", at) + 6;
  return {begin, text.find(close, begin) - begin};
}

void change_cell(std::string& xml, std::string_view kind, std::string with, Dice& dice) {
  const std::size_t all = count_of(xml, kind);
  if (all == 0) return;
  const auto [begin, size] = nth(xml, kind, "</text>", throw_dice(dice, all));
  xml.replace(begin, size, with);
}

void move_number(std::string& xml, Dice& dice) {
  const std::size_t all = count_of(xml, "<inputEntry") + count_of(xml, "<literalExpression");
  const std::size_t n = throw_dice(dice, all);
  const std::size_t entries = count_of(xml, "<inputEntry");
  const auto [begin, size] = n < entries ? nth(xml, "<inputEntry", "</text>", n)
                                         : nth(xml, "<literalExpression", "</text>", n - entries);
  const std::size_t digit = xml.find_first_of("0123456789", begin);
  if (digit >= begin + size) return;
  xml[digit] = static_cast<char>('0' + throw_dice(dice, 10));
}

void drop_row(std::string& xml, Dice& dice) {
  const std::size_t rows = count_of(xml, "<rule ");
  if (rows < 2) return;
  std::size_t at = 0;
  for (std::size_t i = 0, n = throw_dice(dice, rows); i <= n; ++i)
    at = xml.find("<rule ", i == 0 ? 0 : at + 1);
  xml.erase(at, xml.find("</rule>", at) + 7 - at);
}

void change_type(std::string& xml, Dice& dice) {
  constexpr std::array<const char*, 5> types = {"string", "number", "boolean", "Any", "tHolds"};
  const std::size_t all = count_of(xml, "typeRef=\"");
  std::size_t at = 0;
  for (std::size_t i = 0, n = throw_dice(dice, all); i <= n; ++i)
    at = xml.find("typeRef=\"", i == 0 ? 0 : at + 1);
  at += 9;
  xml.replace(at, xml.find('"', at) - at, types[throw_dice(dice, types.size())]);
}

// Requirements for what an odd cell may name, so that it is known there.
void require_all(std::string& xml) {
  const std::string wanted =
      "<informationRequirement><requiredInput href=\"#input_holds\"/></informationRequirement>"
      "<informationRequirement><requiredInput href=\"#input_minute\"/></informationRequirement>"
      "<informationRequirement><requiredInput href=\"#input_channel\"/></informationRequirement>"
      "<informationRequirement><requiredInput href=\"#input_role\"/></informationRequirement>"
      "<informationRequirement><requiredInput href=\"#input_opted_out\"/></informationRequirement>"
      "<informationRequirement><requiredInput href=\"#input_contacts_today\"/>"
      "</informationRequirement>"
      "<informationRequirement><requiredInput href=\"#input_minutes_since_contact\"/>"
      "</informationRequirement>";
  for (std::size_t at = xml.find("<decisionTable"); at != xml.npos;) {
    xml.insert(at, wanted);
    at = xml.find("<decisionTable", at + wanted.size() + 1);
  }
}

}  // namespace

std::string mutated_pack(const std::string& original, Dice& dice) {
  std::string xml = original;
  require_all(xml);
  for (std::size_t changes = 1 + throw_dice(dice, 5); changes > 0; --changes) {
    switch (throw_dice(dice, 7)) {
      case 0:
        move_number(xml, dice);
        break;
      case 1:
        drop_row(xml, dice);
        break;
      case 2:
        change_type(xml, dice);
        break;
      case 3:
        change_cell(xml, "<inputExpression",
                    kOddExpressions[throw_dice(dice, kOddExpressions.size())], dice);
        break;
      case 4:
        change_cell(xml, "<outputEntry", dice() % 2 == 0 ? "channel" : "null", dice);
        break;
      default:
        change_cell(xml, "<inputEntry", kOddCells[throw_dice(dice, kOddCells.size())], dice);
    }
  }
  return xml;
}

}  // namespace tests
