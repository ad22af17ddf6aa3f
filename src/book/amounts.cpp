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

// The book before, or what of it was played again (MergeInput::batches).
struct Before {
  // Of accounts at rows [first, end).
  Before(const column::Sheet& accounts, const column::Sheet& due_rows,
         const column::Sheet& payment_rows, std::size_t first, std::size_t end)
      : ledgers(accounts),
        balance_as_of(accounts.get<std::int32_t>("balance_as_of")),
        dues(due_rows, first, end),
        payments(payment_rows, first, end) {}
  LedgerReader ledgers;
  column::Values<std::int32_t> balance_as_of;
  DueReader dues;
  PaymentReader payments;
};

// Entries of a kind, by row of the block.
class Joined {
 public:
  Joined(const Lines& lines, const KeyRange& range, const column::Texts& account_no)
      : entries_(lines.between(range)), join_(join_entries(account_no, entries_)) {}
  std::span<const Entry> of(std::size_t row) const {
    return std::span(entries_).subspan(join_.begin[row], join_.end[row] - join_.begin[row]);
  }
  bool empty() const { return entries_.empty(); }
  std::int64_t unmatched() const { return join_.unmatched; }

 private:
  std::vector<Entry> entries_;
  Join join_;
};

// Each account's latest snapshot up to the date; of two of one date the later import's.
class Snapshots {
 public:
  Snapshots(const MergeInput& input, Joined joined)
      : joined_(std::move(joined)), date_(input.date.days()) {
    for (std::size_t i = 0; i < input.batches.size(); ++i) {
      if (input.batches[i].kind != "balances") continue;
      readers_.emplace(static_cast<std::uint32_t>(i), SnapshotReader(input.batches[i].rows));
    }
  }
  std::int64_t unmatched() const { return joined_.unmatched(); }

  struct Latest {
    std::int32_t as_of = 0;
    const Entry* entry = nullptr;
  };
  std::optional<Latest> latest(std::size_t row) const {
    std::optional<Latest> latest;
    for (const Entry& entry : joined_.of(row)) {
      const std::int32_t as_of = readers_.at(entry.source).as_of(entry.row);
      if (as_of > date_ || (latest && as_of < latest->as_of)) continue;
      latest = {as_of, &entry};
    }
    return latest;
  }
  Snapshot at(const Latest& latest) const {
    return readers_.at(latest.entry->source).at(latest.entry->row);
  }

 private:
  Joined joined_;
  std::int32_t date_;
  std::map<std::uint32_t, SnapshotReader> readers_;
};

const column::Sheet* batch_of(const MergeInput& input, std::string_view kind) {
  const auto found = std::find_if(input.batches.begin(), input.batches.end(),
                                  [&](const BatchSheet& batch) { return batch.kind == kind; });
  return found == input.batches.end() ? nullptr : &found->rows;
}

// Rows of the book before that these come from: they follow one another there as here.
std::pair<std::size_t, std::size_t> previous_rows(const column::Values<std::int32_t>& rows) {
  std::size_t first = 0, end = 0;
  for (const std::int32_t row : rows) {
    if (row < 0) continue;
    if (end == 0) first = static_cast<std::size_t>(row);
    end = static_cast<std::size_t>(row) + 1;
  }
  return {first, end};
}

// Everything the amounts of a row come from.
class Sources {
 public:
  Sources(const MergeInput& input, const column::Values<std::int32_t>& previous_row,
          Snapshots snapshots, Joined instalments, Joined payments, Joined restated)
      : input_(input),
        snapshots_(std::move(snapshots)),
        instalment_lines_(std::move(instalments)),
        payment_lines_(std::move(payments)),
        restated_lines_(std::move(restated)) {
    for (std::size_t i = 0; i < input_.batches.size(); ++i) {
      const auto source = static_cast<std::uint32_t>(i);
      const column::Sheet& rows = input_.batches[i].rows;
      const std::string& kind = input_.batches[i].kind;
      if (kind == "instalments") instalments_.emplace(source, InstalmentReader(rows));
      if (kind == "payments") {
        payments_[source] = {rows.get<std::int32_t>("paid_on"),
                             rows.get<std::int64_t>("amount_fen"), rows.texts("payment_no")};
      }
    }
    if (input_.previous == nullptr) return;
    const auto [first, end] = previous_rows(previous_row);
    before_.emplace(input_.previous->accounts, input_.previous->dues, input_.previous->payments,
                    first, end);
    const column::Sheet* accounts = batch_of(input, "restated");
    if (restated_lines_.empty() || accounts == nullptr) return;
    restated_.emplace(*accounts, *batch_of(input, "restated_dues"),
                      *batch_of(input, "restated_payments"), 0, accounts->rows());
  }

  void count_unmatched(Anomalies& anomalies) const {
    anomalies.balances_without_account += snapshots_.unmatched();
    anomalies.instalments_without_account += instalment_lines_.unmatched();
    anomalies.payments_without_account += payment_lines_.unmatched();
  }

  const Snapshots& snapshots() const { return snapshots_; }

  // Applies each batch's lines of the account's schedule in turn; tells whether there were any.
  bool apply_schedules(std::size_t row, std::vector<Due>& dues) const {
    const std::span<const Entry> lines = instalment_lines_.of(row);
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

  // Of an account that was there: how it was left, and the day of the balance it went on from.
  std::int32_t previous(std::size_t row, std::int32_t previous_row, Ledger& ledger,
                        std::vector<Due>& dues) const {
    const auto [book, at] = before(row, previous_row);
    ledger = book.ledgers.at(at);
    book.dues.read(at, dues);
    return book.balance_as_of[at];
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
    for (const Entry& entry : payment_lines_.of(row)) {
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
  std::pair<const Before&, std::size_t> before(std::size_t row, std::int32_t previous_row) const {
    const std::span<const Entry> again =
        restated_ ? restated_lines_.of(row) : std::span<const Entry>();
    if (!again.empty()) return {*restated_, again.front().row};
    return {*before_, static_cast<std::size_t>(previous_row)};
  }

  const MergeInput& input_;
  Snapshots snapshots_;
  Joined instalment_lines_, payment_lines_, restated_lines_;
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
                const LedgerWriter& writer, std::size_t begin, std::size_t end, Opened& out) {
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  const auto balance_as_of = accounts.get<std::int32_t>("balance_as_of");
  std::vector<Due> dues;
  std::vector<bool> known;
  for (std::size_t row = begin; row < end; ++row) {
    Ledger ledger;
    ledger.accrued_on = input.date.days();
    dues.clear();
    std::int32_t before = 0;
    if (previous_row[row] >= 0) before = sources.previous(row, previous_row[row], ledger, dues);
    if (sources.apply_schedules(row, dues)) ledger.scheduled = true;
    const auto latest = sources.snapshots().latest(row);
    const bool fresh = latest && latest->as_of >= before;
    if (fresh && !apply_snapshot(ledger, dues, sources.snapshots().at(*latest))) {
      ++out.anomalies.schedules_that_disagree;
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

Anomalies& Anomalies::operator+=(const Anomalies& other) {
  accounts_without_balance += other.accounts_without_balance;
  balances_without_account += other.balances_without_account;
  instalments_without_account += other.instalments_without_account;
  payments_without_account += other.payments_without_account;
  schedules_that_disagree += other.schedules_that_disagree;
  payments_back_dated += other.payments_back_dated;
  return *this;
}

Amounts::Amounts(const MergeInput& input)
    : input_(input),
      balances_(input, "balances"),
      instalments_(input, "instalments"),
      payments_(input, "payments"),
      restated_(input, "restated") {}

void Amounts::date_balances(column::Sheet& accounts, const KeyRange& range) const {
  const column::Texts account_no = accounts.texts("account_no");
  const Snapshots snapshots(input_, Joined(balances_, range, account_no));
  const Joined restated(restated_, range, account_no);
  column::Values<std::int32_t> before, again;
  if (input_.previous != nullptr) {
    before = input_.previous->accounts.get<std::int32_t>("balance_as_of");
    if (!restated.empty()) again = batch_of(input_, "restated")->get<std::int32_t>("balance_as_of");
  }
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  const auto out = accounts.add<std::int32_t>("balance_as_of");
  over_rows(accounts.rows(), input_.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      if (previous_row[row] >= 0) {
        const std::span<const Entry> played = restated.of(row);
        out[row] = played.empty() ? before[static_cast<std::size_t>(previous_row[row])]
                                  : again[played.front().row];
      }
      const auto latest = snapshots.latest(row);
      if (latest) out[row] = std::max(out[row], latest->as_of);
    }
  });
}

void Amounts::open(Sheets& block, const KeyRange& range, Anomalies& anomalies) const {
  const column::Texts account_no = block.accounts.texts("account_no");
  const Sources sources(input_, block.accounts.get<std::int32_t>("previous_row"),
                        Snapshots(input_, Joined(balances_, range, account_no)),
                        Joined(instalments_, range, account_no),
                        Joined(payments_, range, account_no), Joined(restated_, range, account_no));
  sources.count_unmatched(anomalies);
  const LedgerWriter writer(block.accounts);
  std::map<std::size_t, Opened> parts;  // by first row, whichever thread is done first
  std::mutex mutex;
  over_rows(block.accounts.rows(), input_.threads, [&](std::size_t begin, std::size_t end) {
    Opened out;
    open_range(input_, sources, block.accounts, writer, begin, end, out);
    const std::lock_guard lock(mutex);
    parts.emplace(begin, std::move(out));
  });
  std::vector<DueRows> dues;
  std::vector<PaymentRows> payments;
  for (auto& [begin, part] : parts) {
    dues.push_back(std::move(part.dues));
    payments.push_back(std::move(part.payments));
    anomalies += part.anomalies;
  }
  block.dues = sheet_of(dues);
  block.payments = sheet_of(payments);
}

}  // namespace book
