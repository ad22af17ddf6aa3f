#include "simulation/differ.h"

#include <algorithm>

namespace simulation {

namespace {

constexpr std::size_t changes_max = 200;

}  // namespace

// One column on both sides, with each side's codes under the shared words.
struct Differences::Column {
  column::Codes today, draft;
  std::vector<std::int16_t> today_as, draft_as;
  std::int16_t from(std::size_t row) const { return as(today, today_as, row); }
  std::int16_t to(std::size_t row) const { return as(draft, draft_as, row); }

 private:
  static std::int16_t as(const column::Codes& codes, const std::vector<std::int16_t>& names,
                         std::size_t row) {
    const std::int16_t code = codes.values[row];
    return code < 0 ? std::int16_t{-1} : names[static_cast<std::size_t>(code)];
  }
};

const char* Differences::name_of(std::size_t what) {
  constexpr std::array<const char*, whats> names = {
      "treatment", "channel", "work", "script", "grade", "approach", "bucket", "team", "skill"};
  return names[what];
}

std::int16_t Differences::code_of(std::size_t what, const std::string& word) {
  auto& words = words_[what];
  auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) found = words.insert(words.end(), word);
  return static_cast<std::int16_t>(found - words.begin());
}

std::int64_t Differences::compare(const Side& today, const Side& draft, std::int32_t night,
                                  unsigned threads) {
  std::array<Column, whats> columns;
  for (std::size_t what = 0; what < whats; ++what) {
    Column& column = columns[what];
    column.today = today.accounts().codes(name_of(what));
    column.draft = draft.accounts().codes(name_of(what));
    for (const std::string& word : *column.today.words)
      column.today_as.push_back(code_of(what, word));
    for (const std::string& word : *column.draft.words)
      column.draft_as.push_back(code_of(what, word));
  }
  const auto priority = today.accounts().get<std::int32_t>("priority"),
             priority_draft = draft.accounts().get<std::int32_t>("priority");
  const auto fired = today.accounts().get<std::int32_t>("treatment_row"),
             fired_draft = draft.accounts().get<std::int32_t>("treatment_row");
  const auto overdue = today.accounts().get<std::int64_t>("overdue_fen");
  std::int64_t treated_otherwise = 0;
  book::over_rows(seen_.size(), threads, [&](std::size_t begin, std::size_t end) {
    std::vector<First> found;
    std::int64_t otherwise = 0;
    for (std::size_t row = begin; row < end; ++row) {
      bool treatments = false, others = priority[row] != priority_draft[row];
      for (std::size_t what = 0; what < whats; ++what) {
        const bool differs = columns[what].from(row) != columns[what].to(row);
        (what <= script ? treatments : others) |= differs;
      }
      otherwise += treatments ? 1 : 0;
      if ((!treatments && !others) || seen_[row] != 0) continue;
      seen_[row] = 1;
      First first{.row = static_cast<std::int32_t>(row),
                  .night = static_cast<std::int16_t>(night),
                  .row_from = fired[row],
                  .row_to = fired_draft[row],
                  .priority_from = priority[row],
                  .priority_to = priority_draft[row],
                  .overdue_fen = overdue[row]};
      for (std::size_t what = 0; what < whats; ++what) {
        first.from[what] = columns[what].from(row);
        first.to[what] = columns[what].to(row);
      }
      found.push_back(first);
    }
    const std::lock_guard lock(mutex_);
    firsts_.insert(firsts_.end(), found.begin(), found.end());
    treated_otherwise += otherwise;
  });
  return treated_otherwise;
}

Differing Differences::sums(const column::Sheet& accounts) const {
  Differing sums;
  sums.accounts = static_cast<std::int64_t>(firsts_.size());
  const auto customer = accounts.get<std::int32_t>("customer_row");
  std::vector<std::int32_t> customers;
  for (const First& first : firsts_) {
    const auto differs = [&](What a, What b) {
      for (std::size_t what = a; what <= b; ++what)
        if (first.from[what] != first.to[what]) return 1;
      return 0;
    };
    sums.tonight += first.night == 0 ? 1 : 0;
    sums.treatment += differs(treatment, script);
    sums.grade += differs(grade, approach);
    sums.bucket += differs(bucket, bucket);
    sums.team += differs(team, skill);
    sums.priority += first.priority_from != first.priority_to ? 1 : 0;
    sums.overdue_fen += first.overdue_fen;
    customers.push_back(customer[static_cast<std::size_t>(first.row)]);
  }
  std::sort(customers.begin(), customers.end());
  sums.customers = std::unique(customers.begin(), customers.end()) - customers.begin();
  return sums;
}

std::vector<ChangeLine> Differences::changes() const {
  std::map<std::pair<std::int16_t, std::int16_t>, ChangeLine> by_pair;
  for (const First& first : firsts_) {
    ChangeLine& line = by_pair[{first.from[treatment], first.to[treatment]}];
    ++line.accounts;
    line.overdue_fen += first.overdue_fen;
  }
  std::vector<ChangeLine> lines;
  for (auto& [pair, line] : by_pair) {
    line.treatment_from = words_[treatment][static_cast<std::size_t>(pair.first)];
    line.treatment_to = words_[treatment][static_cast<std::size_t>(pair.second)];
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end(), [](const ChangeLine& a, const ChangeLine& b) {
    if (a.accounts != b.accounts) return a.accounts > b.accounts;
    return std::tie(a.treatment_from, a.treatment_to) < std::tie(b.treatment_from, b.treatment_to);
  });
  if (lines.size() > changes_max) lines.resize(changes_max);
  return lines;
}

column::Sheet Differences::cases(const Side& today, const Side& draft) {
  std::sort(firsts_.begin(), firsts_.end(),
            [](const First& a, const First& b) { return a.row < b.row; });
  const column::Texts account_no = today.accounts().texts("account_no"),
                      customer_no = today.customers().texts("customer_no");
  const auto customer = today.accounts().get<std::int32_t>("customer_row");
  column::Sheet cases(firsts_.size());
  std::vector<std::string_view> account_nos, customer_nos;
  const auto night = cases.add<std::int16_t>("night");
  for (std::size_t i = 0; i < firsts_.size(); ++i) {
    const auto row = static_cast<std::size_t>(firsts_[i].row);
    account_nos.push_back(account_no.at(row));
    customer_nos.push_back(customer_no.at(static_cast<std::size_t>(customer[row])));
    night[i] = firsts_[i].night;
  }
  cases.add_texts("account_no", account_nos);
  cases.add_texts("customer_no", customer_nos);
  for (const std::size_t what : {treatment, channel, work, grade, bucket, team}) {
    const std::string name = name_of(what);
    const auto from = cases.add_codes(name + "_from", words_[what]);
    const auto to = cases.add_codes(name + "_to", words_[what]);
    for (std::size_t i = 0; i < firsts_.size(); ++i) {
      from[i] = firsts_[i].from[what];
      to[i] = firsts_[i].to[what];
    }
  }
  const auto number = [&](const char* name, std::int32_t First::*member) {
    const auto out = cases.add<std::int32_t>(name);
    for (std::size_t i = 0; i < firsts_.size(); ++i) out[i] = firsts_[i].*member;
  };
  number("row_from", &First::row_from);
  number("row_to", &First::row_to);
  number("priority_from", &First::priority_from);
  number("priority_to", &First::priority_to);
  const auto overdue = cases.add<std::int64_t>("overdue_fen");
  const auto paid_today = cases.add<std::int64_t>("paid_from_fen");
  const auto paid_draft = cases.add<std::int64_t>("paid_to_fen");
  for (std::size_t i = 0; i < firsts_.size(); ++i) {
    const auto row = static_cast<std::size_t>(firsts_[i].row);
    overdue[i] = firsts_[i].overdue_fen;
    paid_today[i] = today.paid_total()[row];
    paid_draft[i] = draft.paid_total()[row];
  }
  return cases;
}

}  // namespace simulation
