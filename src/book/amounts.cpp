#include "book/amounts.h"

#include <algorithm>
#include <array>
#include <map>

#include "book/ledger_columns.h"
#include "book/opening.h"

namespace book {

using kernel::Money;

namespace {

class SnapshotReader {
 public:
  explicit SnapshotReader(const column::Sheet& rows)
      : as_of_(rows.get<std::int32_t>("as_of")),
        oldest_(rows.get<std::int32_t>("oldest_due_date")),
        next_(rows.get<std::int32_t>("next_due_date")) {
    constexpr std::array<std::string_view, 7> names = {
        "principal_fen", "interest_fen", "late_fee_fen", "instalment_fee_fen",
        "cost_fen",      "overdue_fen",  "min_due_fen"};
    for (std::size_t i = 0; i < names.size(); ++i) money_[i] = rows.get<std::int64_t>(names[i]);
  }
  std::int32_t as_of(std::size_t row) const { return as_of_[row]; }
  Snapshot at(std::size_t row) const {
    const auto money = [&](std::size_t i) { return Money::from_fen(money_[i][row]); };
    return {as_of_[row], money(0), money(1), money(2),     money(3),
            money(4),    money(5), money(6), oldest_[row], next_[row]};
  }

 private:
  column::Values<std::int32_t> as_of_, oldest_, next_;
  std::array<column::Values<std::int64_t>, 7> money_;
};

class InstalmentReader {
 public:
  explicit InstalmentReader(const column::Sheet& rows)
      : period_(rows.get<std::int16_t>("period")),
        due_date_(rows.get<std::int32_t>("due_date")),
        principal_(rows.get<std::int64_t>("principal_fen")),
        fee_(rows.get<std::int64_t>("fee_fen")),
        paid_(rows.get<std::int64_t>("paid_fen")) {}
  Instalment at(std::size_t row) const {
    return {period_[row], due_date_[row], Money::from_fen(principal_[row]),
            Money::from_fen(fee_[row]), Money::from_fen(paid_[row])};
  }

 private:
  column::Values<std::int16_t> period_;
  column::Values<std::int32_t> due_date_;
  column::Values<std::int64_t> principal_, fee_, paid_;
};

struct NewPayments {
  column::Values<std::int32_t> paid_on;
  column::Values<std::int64_t> amount;
  column::Texts payment_no;
};

// What a range of rows gives.
struct Opened {
  DueRows dues;
  PaymentRows payments;
  Anomalies anomalies;
};

// Everything the amounts of a row come from.
class Sources {
 public:
  explicit Sources(const MergeInput& input) : input_(input) {}

  void join(const column::Texts& account_no, Anomalies& anomalies) {
    entries_ = {entries_of(input_, "balances"), entries_of(input_, "instalments"),
                entries_of(input_, "payments"), entries_of(input_, "restated")};
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      joins_[i] = join_entries(account_no, entries_[i]);
    }
    anomalies.balances_without_account += joins_[0].unmatched;
    anomalies.instalments_without_account += joins_[1].unmatched;
    anomalies.payments_without_account += joins_[2].unmatched;
    for (std::size_t i = 0; i < input_.batches.size(); ++i) {
      const auto source = static_cast<std::uint32_t>(i);
      const column::Sheet& rows = input_.batches[i].rows;
      const std::string& kind = input_.batches[i].kind;
      if (kind == "balances") snapshots_.emplace(source, SnapshotReader(rows));
      if (kind == "instalments") instalments_.emplace(source, InstalmentReader(rows));
      if (kind == "payments") {
        payments_[source] = {rows.get<std::int32_t>("paid_on"),
                             rows.get<std::int64_t>("amount_fen"), rows.texts("payment_no")};
      }
    }
    if (input_.previous == nullptr) return;
    before_.emplace(input_.previous->accounts, input_.previous->dues, input_.previous->payments);
    const auto sheet = [&](std::string_view kind) {
      const auto found = std::find_if(input_.batches.begin(), input_.batches.end(),
                                      [&](const BatchSheet& batch) { return batch.kind == kind; });
      return found == input_.batches.end() ? nullptr : &found->rows;
    };
    if (const column::Sheet* accounts = sheet("restated")) {
      restated_.emplace(*accounts, *sheet("restated_dues"), *sheet("restated_payments"));
    }
  }

  // The account's latest snapshot up to the date; of two of one date the later import's.
  std::optional<Snapshot> snapshot(std::size_t row) const {
    std::optional<std::pair<std::int32_t, const Entry*>> latest;
    for (const Entry& entry : of(0, row)) {
      const std::int32_t as_of = snapshots_.at(entry.source).as_of(entry.row);
      if (as_of > input_.date.days() || (latest && as_of < latest->first)) continue;
      latest = {as_of, &entry};
    }
    if (!latest) return std::nullopt;
    return snapshots_.at(latest->second->source).at(latest->second->row);
  }

  // Applies each batch's lines of the account's schedule in turn; tells whether there were any.
  bool apply_schedules(std::size_t row, std::vector<Due>& dues) const {
    const std::span<const Entry> lines = of(1, row);
    for (std::size_t begin = 0; begin < lines.size();) {
      std::vector<Instalment> batch;
      std::size_t end = begin;
      for (; end < lines.size() && lines[end].source == lines[begin].source; ++end) {
        batch.push_back(instalments_.at(lines[end].source).at(lines[end].row));
      }
      apply_schedule(dues, batch, input_.batches[lines[begin].source].full);
      begin = end;
    }
    return !lines.empty();
  }

  void previous(std::size_t row, std::int32_t previous_row, Ledger& ledger, std::vector<Due>& dues,
                std::int32_t& balance_as_of) const {
    const auto [book, at] = before(row, previous_row);
    ledger = book.ledgers.at(at);
    book.dues.read(at, dues);
    balance_as_of = book.balance_as_of[at];
  }

  // Yesterday's payments of the account and the new ones, by date; a number seen before is the same
  // payment sent again.
  void payments(std::size_t row, std::int32_t previous_row, PaymentRows& out,
                std::vector<bool>& known) const {
    known.clear();
    const std::size_t first = out.payments.size();
    if (previous_row >= 0) {
      const auto [book, at] = before(row, previous_row);
      for (std::size_t i = book.payments.begin(at); i < book.payments.end(at); ++i) {
        out.payments.push_back(book.payments.at(i));
        out.payment_no.push_back(book.payments.payment_no(i));
        known.push_back(true);
      }
    }
    for (const Entry& entry : of(2, row)) {
      const NewPayments& source = payments_.at(entry.source);
      const std::string_view no = source.payment_no.at(entry.row);
      const auto begin = out.payment_no.begin() + static_cast<std::ptrdiff_t>(first);
      if (std::find(begin, out.payment_no.end(), no) != out.payment_no.end()) continue;
      out.payments.push_back(
          {source.paid_on[entry.row], Money::from_fen(source.amount[entry.row])});
      out.payment_no.push_back(no);
      known.push_back(false);
    }
    out.account_row.resize(out.payments.size(), static_cast<std::int32_t>(row));
  }

 private:
  // The book before, or what of it was played again (MergeInput::batches).
  struct Before {
    Before(const column::Sheet& accounts, const column::Sheet& due_rows,
           const column::Sheet& payment_rows)
        : ledgers(accounts),
          balance_as_of(accounts.get<std::int32_t>("balance_as_of")),
          dues(due_rows, accounts.rows()),
          payments(payment_rows, accounts.rows()) {}
    LedgerReader ledgers;
    column::Values<std::int32_t> balance_as_of;
    DueReader dues;
    PaymentReader payments;
  };

  std::pair<const Before&, std::size_t> before(std::size_t row, std::int32_t previous_row) const {
    const std::span<const Entry> again = restated_ ? of(3, row) : std::span<const Entry>();
    if (!again.empty()) return {*restated_, again.front().row};
    return {*before_, static_cast<std::size_t>(previous_row)};
  }

  std::span<const Entry> of(std::size_t kind, std::size_t row) const {
    const Join& join = joins_[kind];
    return std::span(entries_[kind]).subspan(join.begin[row], join.end[row] - join.begin[row]);
  }

  const MergeInput& input_;
  std::array<std::vector<Entry>, 4> entries_;
  std::array<Join, 4> joins_;
  std::map<std::uint32_t, SnapshotReader> snapshots_;
  std::map<std::uint32_t, InstalmentReader> instalments_;
  std::map<std::uint32_t, NewPayments> payments_;
  std::optional<Before> before_, restated_;
};

void sort_payments(PaymentRows& rows, std::size_t first) {
  for (std::size_t i = first + 1; i < rows.payments.size(); ++i) {
    for (std::size_t j = i; j > first && rows.payments[j].paid_on < rows.payments[j - 1].paid_on;
         --j) {
      std::swap(rows.payments[j], rows.payments[j - 1]);
      std::swap(rows.payment_no[j], rows.payment_no[j - 1]);
    }
  }
}

// Which payments are inside the amounts already, and the last one made.
void mark_payments(std::span<Payment> payments, const std::vector<bool>& known, bool fresh,
                   std::int32_t balance_as_of, Ledger& ledger, Anomalies& anomalies) {
  for (std::size_t i = 0; i < payments.size(); ++i) {
    Payment& payment = payments[i];
    if (fresh || !known[i]) payment.applied = payment.paid_on <= balance_as_of;
    if (!payment.applied && payment.paid_on <= ledger.accrued_on) ++anomalies.payments_back_dated;
    if (payment.applied && payment.paid_on >= ledger.last_payment_on) {
      ledger.last_payment_on = payment.paid_on;
      ledger.last_payment_fen = payment.amount_fen;
    }
  }
}

void open_range(const MergeInput& input, const Sources& sources, const column::Sheet& accounts,
                const LedgerWriter& writer, std::span<std::int32_t> balance_as_of,
                std::size_t begin, std::size_t end, Opened& out) {
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  std::vector<Due> dues;
  std::vector<bool> known;
  for (std::size_t row = begin; row < end; ++row) {
    Ledger ledger;
    ledger.accrued_on = input.date.days();
    dues.clear();
    if (previous_row[row] >= 0) {
      sources.previous(row, previous_row[row], ledger, dues, balance_as_of[row]);
    }
    if (sources.apply_schedules(row, dues)) ledger.scheduled = true;
    const std::optional<Snapshot> snapshot = sources.snapshot(row);
    const bool fresh = snapshot && snapshot->as_of >= balance_as_of[row];
    if (fresh) {
      if (!apply_snapshot(ledger, dues, *snapshot)) ++out.anomalies.schedules_that_disagree;
      balance_as_of[row] = snapshot->as_of;
    }
    if (balance_as_of[row] == 0) ++out.anomalies.accounts_without_balance;
    const std::size_t first = out.payments.payments.size();
    sources.payments(row, previous_row[row], out.payments, known);
    mark_payments(std::span(out.payments.payments).subspan(first), known, fresh, balance_as_of[row],
                  ledger, out.anomalies);
    sort_payments(out.payments, first);
    out.dues.add(static_cast<std::int32_t>(row), dues);
    writer.put(row, ledger);
  }
}

}  // namespace

std::vector<Entry> entries_of(const MergeInput& input, std::string_view kind) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < input.batches.size(); ++i) {
    if (input.batches[i].kind != kind) continue;
    add_entries(entries, input.batches[i].rows.texts("account_no"), static_cast<std::uint32_t>(i));
  }
  sort_entries(entries, input.threads);
  return entries;
}

void open_amounts(const MergeInput& input, Sheets& sheets, Anomalies& anomalies) {
  const std::size_t rows = sheets.accounts.rows();
  Sources sources(input);
  sources.join(sheets.accounts.texts("account_no"), anomalies);
  const auto balance_as_of = sheets.accounts.add<std::int32_t>("balance_as_of");
  const LedgerWriter writer(sheets.accounts);
  std::map<std::size_t, Opened> parts;  // by first row, whichever thread is done first
  std::mutex mutex;
  over_rows(rows, input.threads, [&](std::size_t begin, std::size_t end) {
    Opened out;
    open_range(input, sources, sheets.accounts, writer, balance_as_of, begin, end, out);
    const std::lock_guard lock(mutex);
    parts.emplace(begin, std::move(out));
  });
  std::vector<DueRows> dues;
  std::vector<PaymentRows> payments;
  for (auto& [begin, part] : parts) {
    dues.push_back(std::move(part.dues));
    payments.push_back(std::move(part.payments));
    anomalies.accounts_without_balance += part.anomalies.accounts_without_balance;
    anomalies.schedules_that_disagree += part.anomalies.schedules_that_disagree;
    anomalies.payments_back_dated += part.anomalies.payments_back_dated;
  }
  sheets.dues = sheet_of(dues);
  sheets.payments = sheet_of(payments);
}

}  // namespace book
