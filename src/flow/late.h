#pragma once
// Which payments of tonight's batches became known late, or correct one that is in the book
// (docs/decisions/0036). Enters: the batches and the book before. Leaves: those payments, and whose
// accounts have to be played again. Never: what a snapshot of the bank has in it.

#include <string>
#include <vector>

#include "flow/some_rows.h"
#include "flow/stages.h"

namespace flow {

struct Late {
  std::string account_no, payment_no;
  std::int32_t paid_on = 0;
  std::int64_t amount_fen = 0;  // 0: there was no such payment
  bool corrects = false;        // one that is known under its number
  std::int32_t since = 0;       // the first day it changes: its own, or that of the one it corrects
};

// Payments of one batch that some accounts have.
struct PaymentColumns {
  explicit PaymentColumns(const column::Sheet& rows)
      : account_no(rows.texts("account_no")),
        payment_no(rows.texts("payment_no")),
        paid_on(rows.get<std::int32_t>("paid_on")),
        amount_fen(rows.get<std::int64_t>("amount_fen")) {}
  Late at(std::size_t row) const {
    return {std::string(account_no.at(row)),
            std::string(payment_no.at(row)),
            paid_on[row],
            amount_fen[row],
            false,
            paid_on[row]};
  }
  column::Texts account_no, payment_no;
  column::Values<std::int32_t> paid_on;
  column::Values<std::int64_t> amount_fen;
};

// A payment of a book, as it has it.
struct Known {
  std::int32_t paid_on = 0;
  std::int64_t amount_fen = 0;
  bool applied = false;
  bool is(const Late& other) const {
    return paid_on == other.paid_on && amount_fen == other.amount_fen;
  }
};
std::optional<Known> find_known(const column::Sheet& payments, std::size_t account,
                                std::string_view payment_no);

// New tonight, or under a known number with another day or amount; dated (one of the two) on a day
// the book has passed, and inside no snapshot.
std::vector<Late> find_late(const Night& night, const std::vector<book::BatchSheet>& batches);

// All accounts of the persons these are of: what one account owes decides for the others too.
AccountNos accounts_of_persons(const Night& night, const std::vector<Late>& late);

}  // namespace flow
