#include <array>

#include "book/types.h"

namespace book {

namespace {

void put_text(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// The header is a promise: columns of later rooms stand here by name and are empty until the night
// has been there. Only `arm` comes after them, in a book of a night with experiments.
// clang-format off
constexpr std::array<std::string_view, 62> columns = {"product",
                                                      "region_code",
                                                      "opened_on",
                                                      "status",
                                                      "credit_limit_fen",
                                                      "daily_rate_ppm",
                                                      "billing_day",
                                                      "months_on_book",
                                                      "balance_as_of",
                                                      "accrued_on",
                                                      "principal_fen",
                                                      "interest_fen",
                                                      "late_fee_fen",
                                                      "instalment_fee_fen",
                                                      "cost_fen",
                                                      "balance_fen",
                                                      "overdue_fen",
                                                      "min_due_fen",
                                                      "oldest_due_date",
                                                      "next_due_date",
                                                      "last_payment_on",
                                                      "last_payment_fen",
                                                      "paid_30d_fen",
                                                      "late_fee_periods",
                                                      "scheduled",
                                                      "cost_year_from",
                                                      "cost_year_fen",
                                                      "cost_year_base_fen",
                                                      "cost_review",
                                                      "dpd",
                                                      "customer_dpd",
                                                      "bucket",
                                                      "bucket_before",
                                                      "bucket_row",
                                                      "promise",
                                                      "promise_days",
                                                      "broken_promises",
                                                      "flag",
                                                      "contacts_7d",
                                                      "days_since_payment",
                                                      "payment_ratio_bps",
                                                      "utilisation_bps",
                                                      "due_in_days",
                                                      "willingness",
                                                      "ability",
                                                      "willingness_reason",
                                                      "ability_reason",
                                                      "grade",
                                                      "approach",
                                                      "grade_row",
                                                      "balance_band",
                                                      "treatment",
                                                      "channel",
                                                      "work",
                                                      "script",
                                                      "treatment_row",
                                                      "priority",
                                                      "team",
                                                      "skill",
                                                      "allocation_row",
                                                      "collector",
                                                      "allotment"};
// clang-format on

bool is_date(std::string_view name) {
  return name.ends_with("_date") || name == "opened_on" || name == "accrued_on" ||
         name == "last_payment_on" || name == "balance_as_of" || name == "cost_year_from";
}

class Writer {
 public:
  Writer(const column::Sheet& sheet, std::string_view name)
      : type_(sheet.type(name)), date_(is_date(name)) {
    switch (type_) {
      case column::Type::i8:
        i8_ = sheet.get<std::int8_t>(name);
        break;
      case column::Type::i16:
        i16_ = sheet.get<std::int16_t>(name);
        break;
      case column::Type::i32:
        i32_ = sheet.get<std::int32_t>(name);
        break;
      case column::Type::i64:
        i64_ = sheet.get<std::int64_t>(name);
        break;
      case column::Type::code:
        codes_ = sheet.codes(name);
        break;
      case column::Type::text:
        texts_ = sheet.texts(name);
        break;
    }
  }

  void put(std::string& out, std::size_t row) const {
    switch (type_) {
      case column::Type::i8:
        put_number(out, i8_[row]);
        break;
      case column::Type::i16:
        put_number(out, i16_[row]);
        break;
      case column::Type::i32:
        put_number(out, i32_[row]);
        break;
      case column::Type::i64:
        put_number(out, i64_[row]);
        break;
      case column::Type::code:
        put_text(out, codes_.at(row));
        break;
      case column::Type::text:
        put_text(out, texts_.at(row));
        break;
    }
  }

 private:
  void put_number(std::string& out, std::int64_t value) const {
    if (!date_) {
      out += std::to_string(value);
    } else if (value != 0) {
      out += kernel::Date::from_days(static_cast<std::int32_t>(value)).format();
    }
  }

  column::Type type_;
  bool date_;
  std::span<const std::int8_t> i8_;
  std::span<const std::int16_t> i16_;
  std::span<const std::int32_t> i32_;
  std::span<const std::int64_t> i64_;
  column::Codes codes_;
  column::Texts texts_;
};

}  // namespace

std::string render_csv(const BookView& book) {
  const column::Sheet& accounts = book.accounts();
  std::string out = "account_no,customer_no";
  std::vector<std::optional<Writer>> writers;
  std::vector<std::string_view> shown(columns.begin(), columns.end());
  if (accounts.has("arm")) shown.push_back("arm");
  for (const std::string_view name : shown) {
    out += ',';
    out += name;
    writers.push_back(accounts.has(name) ? std::optional<Writer>(Writer(accounts, name))
                                         : std::nullopt);
  }
  out += '\n';
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    put_text(out, book.account_no(row));
    out += ',';
    put_text(out, book.customer_no(book.customer_of(row)));
    for (const std::optional<Writer>& writer : writers) {
      out += ',';
      if (writer) writer->put(out, row);
    }
    out += '\n';
  }
  return out;
}

}  // namespace book
