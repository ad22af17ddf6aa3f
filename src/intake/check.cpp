#include <fmt/format.h>

#include <algorithm>

#include "intake/read.h"

namespace intake {
namespace {

using Kind = Value::Kind;

bool check_text(const FieldSpec& field, const Value& value, Cell& cell, Context& context) {
  cell.text = value.text;
  if (static_cast<std::int64_t>(value.text.size()) <= field.highest) return true;
  return fail(context, Reason::too_long, value,
              fmt::format("{} bytes, {} at most", value.text.size(), field.highest));
}

bool check_word(const FieldSpec& field, const Value& value, Cell& cell, Context& context) {
  if (!check_text(field, value, cell, context)) return false;
  if (field.words.empty()) return true;
  for (const char* word : field.words) {
    if (value.text == word) return true;
  }
  return fail(context, Reason::unknown_code, value,
              fmt::format("one of {}", fmt::join(field.words, ", ")));
}

bool check_number(const FieldSpec& field, const Value& value, Cell& cell, Context& context) {
  const bool money = field.type == FieldType::money;
  const Reason broken = money ? Reason::broken_amount : Reason::broken_number;
  std::optional<Decimal> number;
  if (value.kind == Kind::number) number = value.number;
  if (value.kind == Kind::text) number = parse_decimal(value.text);
  if (!number) {
    return value.kind == Kind::text
               ? fail(context, broken, value, "digits are expected")
               : fail(context, Reason::wrong_type, value, "a number is needed");
  }
  const auto n = whole(*number);
  if (!n) {
    return fail(context, broken, value,
                money ? "whole fen are expected; the mapping turns yuan into fen by yuan(x)"
                      : "a whole number is expected");
  }
  cell.number = *n;
  if (*n < 0 && field.lowest == 0) return fail(context, Reason::negative_value, value, "below 0");
  if (*n >= field.lowest && *n <= field.highest) return true;
  return fail(context, Reason::out_of_range, value,
              fmt::format("{} to {}", field.lowest, field.highest));
}

bool check_date(const Value& value, Cell& cell, Context& context) {
  cell.number = value.count;
  if (value.kind == Kind::text) {
    context.problem.column = value.column;
    return parse_date(value.text, "YYYY-MM-DD", cell.number, context.problem);
  }
  if (value.kind != Kind::date) return fail(context, Reason::wrong_type, value, "a date is needed");
  static const auto first = kernel::Date::from_ymd(1900, 1, 1).days();
  static const auto last = kernel::Date::from_ymd(2999, 12, 31).days();
  if (value.count >= first && value.count <= last) return true;
  return fail(context, Reason::impossible_date, value, "years run from 1900 to 2999");
}

bool check_time(const Value& value, Cell& cell, Context& context) {
  cell.number = value.count;
  if (value.kind == Kind::time) return true;
  if (value.kind != Kind::text) return fail(context, Reason::wrong_type, value, "a time is needed");
  context.problem.column = value.column;
  return parse_iso_time(value.text, cell.number, context.problem);
}

bool check_flag(const Value& value, Cell& cell, Context& context) {
  cell.number = value.count;
  if (value.kind == Kind::flag) return true;
  if (value.kind == Kind::number) cell.number = compare(value.number, {0, 0}) == 0 ? 0 : 1;
  if (value.kind == Kind::number && compare(value.number, {cell.number, 0}) == 0) return true;
  if (value.kind == Kind::text && (value.text == "0" || value.text == "1")) {
    cell.number = value.text == "1";
    return true;
  }
  return fail(context, Reason::broken_flag, value, "0 or 1 is expected");
}

// One form for each number, so that equal numbers have equal keys: digits only, without +86.
bool check_phone(const Value& value, Cell& cell, Context& context) {
  std::string& digits = context.scratch->take();
  bool plus = false;
  for (const char c : value.text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')') {
      return fail(context, Reason::broken_phone, value, "digits are expected");
    }
  }
  if (digits.size() == 13 && digits.starts_with("861")) digits.erase(0, 2);
  if (digits.size() == 15 && digits.starts_with("00861")) digits.erase(0, 4);
  if (digits.size() < 5 || digits.size() > 20) {
    return fail(context, Reason::broken_phone, value, "5 to 20 digits are expected");
  }
  cell.text = digits;
  return true;
}

// The fields of one record, by name.
struct Fields {
  const KindSpec& kind;
  std::vector<Cell>& cells;
  Cell& at(std::string_view name) {
    const int index = kind.field(name);
    CHECK(index >= 0);
    return cells[static_cast<std::size_t>(index)];
  }
};

bool contradict(Context& context, int& field, const KindSpec& kind, std::string_view name,
                Reason reason, std::string detail) {
  field = kind.field(name);
  return fail(context, reason, Value{}, std::move(detail));
}

std::string day(std::int64_t days) {
  return kernel::Date::from_days(static_cast<std::int32_t>(days)).format();
}

bool check_balance(Fields r, std::int64_t as_of, Context& context, int& field) {
  const auto blame = [&](std::string_view name, Reason reason, std::string detail) {
    return contradict(context, field, r.kind, name, reason, std::move(detail));
  };
  const Cell &date = r.at("as_of"), &oldest = r.at("oldest_due_date");
  if (date.number > as_of) {
    return blame("as_of", Reason::date_order, "after the file's own day, " + day(as_of));
  }
  if (!oldest.absent && oldest.number > date.number) {
    return blame("oldest_due_date", Reason::date_order, "after as_of " + day(date.number));
  }
  const std::int64_t overdue = r.at("overdue_fen").number;
  if (overdue > 0 && oldest.absent) {
    return blame("oldest_due_date", Reason::overdue_without_date,
                 fmt::format("overdue_fen is {}", overdue));
  }
  std::int64_t balance = 0;
  for (const char* part :
       {"principal_fen", "interest_fen", "late_fee_fen", "instalment_fee_fen", "cost_fen"}) {
    balance += r.at(part).number;
  }
  if (overdue <= std::max<std::int64_t>(balance, 0)) return true;
  return blame("overdue_fen", Reason::amounts_disagree,
               fmt::format("{} fen overdue of a balance of {} fen", overdue, balance));
}

bool check_contact(Fields r, Context& context, int& field) {
  const std::string_view channel = r.at("channel").text;
  if (channel != "mobile" && channel != "phone") return true;
  Cell& value = r.at("value");
  field = r.kind.field("value");
  return check_phone(Value{.text = value.text}, value, context);
}

}  // namespace

bool check_field(const FieldSpec& field, const Value& value, Cell& cell, Context& context) {
  cell = {};
  if (value.empty()) {
    cell.absent = true;
    if (!field.required) return true;
    return fail(context, Reason::missing_value, value, "it is empty");
  }
  switch (field.type) {
    case FieldType::text:
      return check_text(field, value, cell, context);
    case FieldType::word:
      return check_word(field, value, cell, context);
    case FieldType::money:
    case FieldType::integer:
      return check_number(field, value, cell, context);
    case FieldType::date:
      return check_date(value, cell, context);
    case FieldType::time:
      return check_time(value, cell, context);
    case FieldType::flag:
      return check_flag(value, cell, context);
    case FieldType::phone:
      return check_phone(value, cell, context);
  }
  return false;
}

bool check_record(const KindSpec& kind, std::vector<Cell>& cells, std::int64_t as_of,
                  Context& context, int& field) {
  Fields record{kind, cells};
  switch (kind.id) {
    case KindId::accounts:
      if (record.at("opened_on").number <= as_of) return true;
      return contradict(context, field, kind, "opened_on", Reason::date_order,
                        "after the file's own day, " + day(as_of));
    case KindId::balances:
      return check_balance(record, as_of, context, field);
    case KindId::contacts:
      return check_contact(record, context, field);
    case KindId::instalments: {
      const std::int64_t due = record.at("principal_fen").number + record.at("fee_fen").number;
      if (record.at("paid_fen").number <= due) return true;
      return contradict(context, field, kind, "paid_fen", Reason::amounts_disagree,
                        fmt::format("more than the {} fen of the instalment", due));
    }
    default:
      return true;
  }
}

}  // namespace intake
