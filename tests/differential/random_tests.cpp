// The texts of a random model: numbers, tests of a table's cells, expressions.

#include "tests/differential/random_model.h"

namespace differential {

using decision::ColumnKind;

namespace {

std::vector<std::string> names_of(const std::vector<Named>& names, ColumnKind kind) {
  std::vector<std::string> result;
  for (const Named& named : names) {
    if (named.kind == kind) result.push_back(named.name);
  }
  return result;
}

std::string random_string(Dice& dice) {
  return dice.pick({"\"A\"", "\"B\"", "\"C\"", "\"apple\"", "\"\"", "\"Q\""});
}

std::string number_test(Dice& dice, const std::vector<Named>& names) {
  std::string a = random_number(dice);
  std::string b = random_number(dice);
  auto others = names_of(names, ColumnKind::number);
  if (!others.empty() && dice.chance(15)) {
    std::string other = dice.pick(others);
    switch (dice.below(6)) {
      case 0:
        return "< " + other;
      case 1:
        return ">= " + other + " - " + a;
      case 2:
        return "not(< " + other + ")";
      case 3:
        return "[" + a + ".." + other + ")";
      case 4:
        return other + ", " + a;
      default:
        return "? + " + a + " > " + other;
    }
  }
  switch (dice.below(11)) {
    case 0:
    case 1:
      return "-";
    case 2:
      return "< " + a;
    case 3:
      return ">= " + a;
    case 4:
      return std::string(dice.chance(50) ? "[" : "(") + a + ".." + b +
             (dice.chance(50) ? "]" : ")");
    case 5:
      return a + ", " + b;
    case 6:
      return "not(" + a + ", > " + b + ")";
    case 7:
      return "? > " + a + " and ? <= " + b;
    case 8:
      return "(" + a + ".." + b + "], null";
    case 9:
      return a;
    default:
      return "<= " + b;
  }
}

std::string string_test(Dice& dice) {
  std::string a = random_string(dice);
  std::string b = random_string(dice);
  switch (dice.below(9)) {
    case 0:
    case 1:
      return "-";
    case 2:
      return a;
    case 3:
      return a + ", " + b;
    case 4:
      return "not(" + a + ", " + b + ")";
    case 5:
      return "null";
    case 6:
      return "< \"B\"";
    case 7:
      return "? = " + a + " or ? = null";
    default:
      return "starts with(?, \"A\"), \"apple\"";
  }
}

std::string number_expression(Dice& dice, const std::vector<Named>& names, int depth) {
  auto some = [&] { return random_expression(dice, ColumnKind::number, names, depth - 1); };
  auto truth = [&] { return random_expression(dice, ColumnKind::boolean, names, depth - 1); };
  switch (dice.below(14)) {
    case 0:
      return "(" + some() + " + " + some() + ")";
    case 1:
      return "(" + some() + " - " + some() + ")";
    case 2:
      return "(" + some() + " * " + random_number(dice) + ")";
    case 3:
      return "(" + some() + " * " + some() + ")";
    case 4:
      return "(" + some() + " / " + dice.pick({"4", "10", "100", "8", "2.5", "3", "-5"}) + ")";
    case 5:
      return "min(" + some() + ", " + some() + ")";
    case 6:
      return "max([" + some() + ", " + some() + "])";
    case 7:
      return "(if " + truth() + " then " + some() + " else " +
             (dice.chance(20) ? std::string("null") : some()) + ")";
    case 8:
      return "floor(" + some() + ")";
    case 9:
      return "decimal(" + some() + ", " + std::to_string(dice.below(3)) + ")";
    case 10:
      return "abs(" + some() + ")";
    case 11:
      return "(-" + some() + ")";
    case 12:
      return dice.pick({"round half up(", "round up(", "round down(", "round half down("}) +
             some() + ", 1)";
    default:
      return "ceiling(" + some() + ")";
  }
}

std::string boolean_expression(Dice& dice, const std::vector<Named>& names, int depth) {
  auto number = [&] { return random_expression(dice, ColumnKind::number, names, depth - 1); };
  auto truth = [&] { return random_expression(dice, ColumnKind::boolean, names, depth - 1); };
  auto text = [&] { return random_expression(dice, ColumnKind::string, names, depth - 1); };
  switch (dice.below(10)) {
    case 0:
    case 1:
      return "(" + number() + " " + dice.pick({"<", "<=", ">", ">=", "=", "!="}) + " " + number() +
             ")";
    case 2:
      return "(" + truth() + " and " + truth() + ")";
    case 3:
      return "(" + truth() + " or " + truth() + ")";
    case 4:
      return "not(" + truth() + ")";
    case 5:
      return "(" + number() + " between " + random_number(dice) + " and " + random_number(dice) +
             ")";
    case 6:
      return "(" + text() + " " + dice.pick({"=", "!="}) + " " + random_string(dice) + ")";
    case 7:
      return "(" + number() + " in (" + random_number(dice) + ", > " + random_number(dice) + "))";
    case 8:
      return "(" + text() + " in (" + random_string(dice) + ", " + random_string(dice) + "))";
    default:
      return "(" + number() + " in [" + random_number(dice) + ".." + random_number(dice) + "])";
  }
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string result;
  for (char c : text) {
    result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return result;
}

std::string random_number(Dice& dice) {
  if (dice.chance(3))
    return dice.pick({"9223372036854775807", "-9223372036854775808", "1e30", "9223372036854775800",
                      "92233720368547758.07", "1e-20"});
  std::string whole = std::to_string(dice.below(90) - 20);
  return dice.chance(15) ? whole + dice.pick({".5", ".25", ".005"}) : whole;
}

std::string random_test(Dice& dice, ColumnKind kind, const std::vector<Named>& names) {
  if (kind == ColumnKind::number) return number_test(dice, names);
  if (kind == ColumnKind::string) return string_test(dice);
  auto others = names_of(names, ColumnKind::boolean);
  if (!others.empty() && dice.chance(5)) return dice.pick(others);
  return dice.pick({"true", "false", "-", "-", "not(true)", "null", "true, null"});
}

std::string random_constant(Dice& dice, ColumnKind kind) {
  if (kind == ColumnKind::number) return random_number(dice);
  if (kind == ColumnKind::string) return random_string(dice);
  return dice.chance(50) ? "true" : "false";
}

std::string random_expression(Dice& dice, ColumnKind kind, const std::vector<Named>& names,
                              int depth) {
  auto own = names_of(names, kind);
  if (depth <= 0 || dice.chance(25)) {
    return own.empty() || dice.chance(25) ? random_constant(dice, kind) : dice.pick(own);
  }
  if (kind == ColumnKind::number) return number_expression(dice, names, depth);
  if (kind == ColumnKind::boolean) return boolean_expression(dice, names, depth);
  if (dice.chance(60)) return own.empty() ? random_string(dice) : dice.pick(own);
  return "(if " + random_expression(dice, ColumnKind::boolean, names, depth - 1) + " then " +
         random_string(dice) + " else " + random_string(dice) + ")";
}

}  // namespace differential
