#pragma once
// Why a line is rejected: one list of codes, each with words in two languages and a hint. The codes
// are stable (docs/import.md lists them, a test compares); a Problem is one of them at one place.

#include <string>
#include <string_view>
#include <vector>

namespace intake {

enum class Reason {
  not_text,
  unclosed_quote,
  stray_quote,
  truncated_line,
  too_many_columns,
  missing_value,
  broken_amount,
  broken_number,
  broken_date,
  impossible_date,
  broken_time,
  broken_flag,
  broken_phone,
  negative_value,
  out_of_range,
  unknown_code,
  too_long,
  wrong_type,
  date_order,
  overdue_without_date,
  amounts_disagree,
  duplicate,
  unknown_customer,
  unknown_account,
};

struct ReasonText {
  Reason reason;
  const char *code, *zh, *en, *hint;
};
const std::vector<ReasonText>& reason_texts();
const ReasonText& text_of(Reason reason);

struct Problem {
  Reason reason = Reason::wrong_type;
  std::string value;   // the text to blame
  std::string detail;  // "no day 30 in month 2"
  int column = -1;     // of the source, from 0; -1: none
};

}  // namespace intake
