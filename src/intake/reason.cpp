#include "intake/reason.h"

#include "kernel/check.h"

namespace intake {

const std::vector<ReasonText>& reason_texts() {
  static const std::vector<ReasonText> all = {
      {Reason::not_text, "not_text", "不是文字", "bytes that are not text",
       "send the line again from the core system, or say the right encoding in [source] encoding"},
      {Reason::unclosed_quote, "unclosed_quote", "引号未闭合", "a quote is opened and not closed",
       "close the quote, or double it if it belongs to the value"},
      {Reason::stray_quote, "stray_quote", "引号后有多余字符", "text after a closing quote",
       "double a quote that belongs to the value"},
      {Reason::truncated_line, "truncated_line", "列数不足,行被截断",
       "fewer columns than there should be",
       "fill in what is missing; the columns _line to _hint stay last"},
      {Reason::too_many_columns, "too_many_columns", "列数过多",
       "more columns than there should be", "put quotes around a value that holds the delimiter"},
      {Reason::missing_value, "missing_value", "缺少必填值", "a value that must be there is empty",
       "fill it in"},
      {Reason::broken_amount, "broken_amount", "金额格式错误", "not an amount",
       "write digits, with commas every three digits or none, and at most two decimals for yuan; "
       "for 5.00E+05 of a spreadsheet the mapping says scientific(x)"},
      {Reason::broken_number, "broken_number", "数字格式错误", "not a number", "write digits only"},
      {Reason::broken_date, "broken_date", "日期格式错误", "not a date of the form expected",
       "write it as the mapping says"},
      {Reason::impossible_date, "impossible_date", "日期不存在", "no such day in the calendar",
       "write a day that exists"},
      {Reason::broken_time, "broken_time", "时间格式错误", "not a time of the form expected",
       "write it as 2026-11-22T09:30:00+08:00, or as the mapping says"},
      {Reason::broken_flag, "broken_flag", "标志应为0或1", "not 0 or 1",
       "write 1 for yes, 0 for no"},
      {Reason::broken_phone, "broken_phone", "电话号码格式错误", "not a telephone number",
       "write 5 to 20 digits; spaces, hyphens and a leading + may stay"},
      {Reason::negative_value, "negative_value", "不允许为负", "may not be negative",
       "only principal_fen may be negative (over-payment)"},
      {Reason::out_of_range, "out_of_range", "超出允许范围", "out of the range allowed",
       "see docs/import.md for the range of this field"},
      {Reason::unknown_code, "unknown_code", "未知代码", "a code that is not in the list",
       "correct it, or add it to the code table of the mapping"},
      {Reason::too_long, "too_long", "内容过长", "longer than the field allows", "shorten it"},
      {Reason::wrong_type, "wrong_type", "类型不符", "not the kind of value this field takes",
       "correct the expression in the mapping"},
      {Reason::date_order, "date_order", "日期先后矛盾", "a day after the day it cannot be after",
       "correct one of the two dates"},
      {Reason::overdue_without_date, "overdue_without_date", "有逾期金额但无最早逾期日",
       "overdue_fen is above 0 and oldest_due_date is empty", "give the oldest unpaid due date"},
      {Reason::amounts_disagree, "amounts_disagree", "金额勾稽不符",
       "amounts that contradict each other", "correct one of the two amounts"},
      {Reason::duplicate, "duplicate", "重复记录", "the same key as an earlier line of this import",
       "delete the line, or correct its key"},
      {Reason::unknown_customer, "unknown_customer", "客户不存在",
       "no such customer, here or in an earlier import", "import the customer first or with it"},
      {Reason::unknown_account, "unknown_account", "账户不存在",
       "no such account, here or in an earlier import", "import the account first or with it"},
  };
  return all;
}

const ReasonText& text_of(Reason reason) {
  const auto& all = reason_texts();
  const auto index = static_cast<std::size_t>(reason);
  CHECK(index < all.size() && all[index].reason == reason);
  return all[index];
}

}  // namespace intake
