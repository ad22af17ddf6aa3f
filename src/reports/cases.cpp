#include "reports/cases.h"

#include <algorithm>

#include "allocation/types.h"
#include "casework/types.h"
#include "intake/types.h"
#include "outreach/types.h"

namespace reports {

namespace {

// Every test of a filter that speaks of one account, prepared once for the book's columns.
class AccountTest {
 public:
  AccountTest(const column::Sheet& accounts, const Filter& filter)
      : bucket_(accounts.codes("bucket")),
        before_(accounts.codes("bucket_before")),
        dpd_(accounts.get<std::int32_t>("dpd")),
        region_(accounts.get<std::int32_t>("region_code")),
        filter_(filter) {
    for (const std::string& word : filter.buckets) buckets_.push_back(bucket_.find(word));
    for (const std::string& word : filter.from_buckets) befores_.push_back(code_before(word));
    add(accounts, "treatment", filter.treatment);
    add(accounts, "grade", filter.grade);
    add(accounts, "team", filter.team);
    add(accounts, "work", filter.work);
  }

  bool passes(std::size_t row) const {
    if (!is_one_of(bucket_.values[row], buckets_) || !is_one_of(before_.values[row], befores_))
      return false;
    for (const auto& [codes, word] : words_) {
      if (!word.empty() && codes.at(row) != word) return false;
    }
    if (filter_.region_prefix && !casework::in_region(region_[row], *filter_.region_prefix))
      return false;
    return !filter_.overdue_only || dpd_[row] > 0;
  }

 private:
  void add(const column::Sheet& accounts, const char* name, const std::string& word) {
    if (accounts.has(name)) words_.push_back({accounts.codes(name), word});
  }
  // "new" is the dashboard's word for an account that was in no bucket yesterday.
  std::int16_t code_before(const std::string& word) const {
    constexpr std::int16_t no_row_has_it = -2;
    if (word == "new") return -1;
    const std::int16_t code = before_.find(word);
    return code < 0 ? no_row_has_it : code;
  }
  static bool is_one_of(std::int16_t code, const std::vector<std::int16_t>& codes) {
    return codes.empty() || std::find(codes.begin(), codes.end(), code) != codes.end();
  }

  column::Codes bucket_, before_;
  column::Values<std::int32_t> dpd_, region_;
  const Filter& filter_;
  std::vector<std::int16_t> buckets_, befores_;
  std::vector<std::pair<column::Codes, std::string>> words_;
};

bool is_among(const std::optional<std::unordered_set<std::string>>& set, std::string_view value) {
  return set && set->count(std::string(value)) > 0;
}

bool is_of_team(const book::BookView& book, std::size_t row, const Filter::OwnTeam& own) {
  if (own.team.empty()) return false;
  const auto moved = own.by_hand.find(std::string(book.customer_no(row)));
  if (moved != own.by_hand.end()) return moved->second == own.team;
  return book.accounts().has("team") &&
         book.accounts().codes("team").at(lead_account(book, row)) == own.team;
}

bool is_of_regions(const book::BookView& book, std::size_t row,
                   const std::vector<std::int32_t>& regions) {
  const auto code = book.accounts().get<std::int32_t>("region_code")[lead_account(book, row)];
  return std::any_of(regions.begin(), regions.end(),
                     [&](std::int32_t region) { return casework::in_region(code, region); });
}

std::string text_at(const column::Sheet& sheet, const char* name, std::size_t row) {
  return sheet.has(name) ? std::string(sheet.codes(name).at(row)) : "";
}

}  // namespace

std::size_t lead_account(const book::BookView& book, std::size_t customer_row) {
  return static_cast<std::size_t>(book.customers().get<std::int32_t>("lead_account")[customer_row]);
}

bool is_in_scope(const book::BookView& book, std::size_t customer_row, const Filter& filter) {
  if (filter.own_team && !is_of_team(book, customer_row, *filter.own_team)) return false;
  return filter.own_regions.empty() || is_of_regions(book, customer_row, filter.own_regions);
}

Choice decide_choice(const book::BookView& book, const Filter& filter,
                     const std::unordered_set<std::string>& last, std::size_t skip,
                     std::size_t take) {
  const AccountTest test(book.accounts(), filter);
  const auto priority = book.accounts().get<std::int32_t>("priority");
  struct Ranked {
    bool is_last;
    std::int32_t priority;
    std::size_t row;
    bool operator<(const Ranked& other) const {
      if (is_last != other.is_last) return other.is_last;
      if (priority != other.priority) return priority > other.priority;
      return row < other.row;  // customers stand by customer_no
    }
  };
  std::vector<Ranked> found;
  const auto consider = [&](std::size_t row) {
    const auto accounts = book.accounts_of(row);
    if (std::none_of(accounts.begin(), accounts.end(), [&](std::int32_t account) {
          return test.passes(static_cast<std::size_t>(account));
        }))
      return;
    const std::string_view customer_no = book.customer_no(row);
    if (is_among(filter.except_customer_nos, customer_no)) return;
    if (!is_in_scope(book, row, filter)) return;
    found.push_back({!last.empty() && last.count(std::string(customer_no)) > 0,
                     priority[lead_account(book, row)], row});
  };
  if (filter.customer_nos) {
    for (const std::string& customer_no : *filter.customer_nos) {
      if (const auto row = book.find_customer(customer_no)) consider(*row);
    }
  } else {
    for (std::size_t row = 0; row < book.customers().rows(); ++row) consider(row);
  }
  const std::size_t end = std::min(found.size(), skip + take);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(end), found.end());
  Choice choice{static_cast<std::int64_t>(found.size()), {}};
  for (std::size_t i = skip; i < end; ++i) choice.customer_rows.push_back(found[i].row);
  return choice;
}

namespace {

// What the book says of a case, without the casebook.
CaseRow render_row(const book::BookView& book, const strategy::Words& words, std::size_t row) {
  const column::Sheet& accounts = book.accounts();
  const std::size_t lead = lead_account(book, row);
  CaseRow out;
  out.case_id = out.customer_no = std::string(book.customer_no(row));
  out.region_name = intake::region_name(accounts.get<std::int32_t>("region_code")[lead]);
  out.account_no_masked = kernel::mask_account_no(book.account_no(lead));
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  for (const std::int32_t account : book.accounts_of(row)) {
    ++out.accounts;
    out.overdue_fen += kernel::Money::from_fen(overdue[static_cast<std::size_t>(account)]);
    out.balance_fen += kernel::Money::from_fen(balance[static_cast<std::size_t>(account)]);
  }
  out.product = text_at(accounts, "product", lead);
  out.bucket = text_at(accounts, "bucket", lead);
  out.dpd = accounts.get<std::int32_t>("dpd")[lead];
  out.grade = text_at(accounts, "grade", lead);
  out.treatment = text_at(accounts, "treatment", lead);
  out.treatment_text = words.zh("treatment", out.treatment);
  out.treatment_text_en = words.en("treatment", out.treatment);
  out.work = text_at(accounts, "work", lead);
  out.priority = accounts.get<std::int32_t>("priority")[lead];
  out.promise = text_at(accounts, "promise", lead);
  out.flag = text_at(accounts, "flag", lead);
  out.collector = text_at(accounts, "collector", lead);
  out.team = text_at(accounts, "team", lead);
  return out;
}

}  // namespace

std::vector<CaseRow> load_case_rows(store::Transaction& tx, const Deps& deps,
                                    const strategy::Words& words, const book::BookView& book,
                                    const Choice& choice, std::size_t skip, kernel::Instant now) {
  std::vector<CaseRow> rows;
  std::vector<std::string> customer_nos;
  for (const std::size_t row : choice.customer_rows) {
    rows.push_back(render_row(book, words, row));
    customer_nos.push_back(rows.back().customer_no);
  }
  const auto contacts = gate::contacts_today(tx, now);
  const auto worked = outreach::work_of_day(tx, now.china_date());
  const auto last = outreach::last_contacts(tx, customer_nos);
  const int cap = deps.gate.packs(tx, now.china_date()).cap_person_day();
  for (CaseRow& row : rows) {
    row.rank = static_cast<std::int64_t>(++skip);
    // A case moved during the day is its new collector's at once; the book follows at night.
    if (const auto allotment = allocation::load_allotment(tx, row.customer_no)) {
      row.collector = allotment->collector;
      row.team = allotment->team;
    }
    std::string person_key;
    if (const auto person = intake::load_person(tx, row.customer_no)) {
      row.name_masked = person->name.masked();
      person_key = person->person_key;
    }
    const auto had = contacts.find(person_key);
    row.contacts_left_today = std::max(0, cap - (had == contacts.end() ? 0 : had->second));
    row.worked_today = worked.count(row.customer_no) > 0;
    if (const auto at = last.find(row.customer_no); at != last.end())
      row.last_contact_at = at->second;
  }
  return rows;
}

}  // namespace reports
