#include <unordered_map>

#include "casework/types.h"
#include "column/column.h"
#include "intake/types.h"

namespace casework {

kernel::Result<std::vector<Payment>> load_payments(store::Transaction& tx,
                                                   const std::filesystem::path& data_dir,
                                                   const std::vector<std::string>& account_nos,
                                                   kernel::Date since, kernel::Date up_to) {
  if (account_nos.empty()) return std::vector<Payment>{};
  std::unordered_map<std::string_view, bool> wanted;
  for (const std::string& account_no : account_nos) wanted[account_no] = true;
  // By payment number: a later file replaces what an earlier one said of the same payment.
  std::map<std::string, Payment> found;
  for (const intake::BatchRef& batch : intake::load_batch_refs(tx, data_dir, up_to)) {
    if (batch.kind != "payments" || batch.as_of < since) continue;
    if (batch.full) found.clear();
    TRY_ASSIGN(const column::Sheet sheet, column::Sheet::open(batch.folder));
    const column::Texts account_no = sheet.texts("account_no");
    const column::Texts payment_no = sheet.texts("payment_no");
    const auto paid_on = sheet.get<std::int32_t>("paid_on");
    const auto amount_fen = sheet.get<std::int64_t>("amount_fen");
    for (std::size_t row = 0; row < sheet.rows(); ++row) {
      if (!wanted.contains(account_no.at(row))) continue;
      found[std::string(payment_no.at(row))] = {
          .account_no = std::string(account_no.at(row)),
          .paid_on = kernel::Date::from_days(paid_on[row]),
          .amount_fen = kernel::Money::from_fen(amount_fen[row])};
    }
  }
  std::vector<Payment> payments;
  for (auto& [payment_no, payment] : found)
    if (payment.paid_on >= since && payment.paid_on <= up_to)
      payments.push_back(std::move(payment));
  return payments;
}

}  // namespace casework
