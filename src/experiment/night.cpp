// What the night asks: which experiments it is part of, who is in which arm, and newcomers' arms.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "experiment/rows.h"
#include "experiment/units.h"
#include "intake/types.h"
#include "kernel/words.h"

namespace experiment {

namespace {

// Codes of a sheet while it is filled, with words in the order they come.
class Words {
 public:
  std::int16_t code(const std::string& word) {
    const auto [at, fresh] = codes_.emplace(word, static_cast<std::int16_t>(words_.size()));
    if (fresh) words_.push_back(word);
    return at->second;
  }
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::int16_t> codes_;
  std::vector<std::string> words_;
};

void add_codes(column::Sheet& sheet, std::string_view name, const std::vector<std::string>& words,
               const std::vector<std::int16_t>& values) {
  const auto out = sheet.add_codes(name, words);
  std::copy(values.begin(), values.end(), out.begin());
}

struct ArmRow {
  std::int16_t experiment = -1, arm = -1;
  std::string customer_no, person_no;
};

// Who has an arm already, by person; and which word of the column that gives.
class Known {
 public:
  Known(const std::vector<Running>& running, const column::Sheet& arms) : arms_(running.size()) {
    const column::Codes name = arms.codes("experiment"), arm = arms.codes("arm");
    const column::Texts customer_no = arms.texts("customer_no"),
                        person_no = arms.texts("person_no");
    for (std::size_t row = 0; row < arms.rows(); ++row) {
      if (customer_no.at(row) != person_no.at(row)) {
        person_of_.emplace(customer_no.at(row), person_no.at(row));
      } else if (name.values[row] < 0) {
        person_of_.emplace(customer_no.at(row), customer_no.at(row));
      }
      for (std::size_t i = 0; i < running.size() && name.values[row] >= 0; ++i) {
        if (running[i].name == name.at(row)) arms_[i].emplace(person_no.at(row), arm.at(row));
        if (running[i].name == name.at(row)) arms_[i].emplace(customer_no.at(row), arm.at(row));
      }
    }
  }
  const PersonOf& person_of() const { return person_of_; }
  // By the person's number, or by any of the numbers it was recorded under.
  std::string_view arm(std::size_t experiment, const Unit& unit,
                       const column::Texts& customer_no) const {
    const auto& of = arms_[experiment];
    if (const auto found = of.find(unit.person_no); found != of.end()) return found->second;
    for (const std::size_t row : unit.customers) {
      if (const auto found = of.find(customer_no.at(row)); found != of.end()) return found->second;
    }
    return {};
  }

 private:
  std::vector<std::unordered_map<std::string_view, std::string_view>> arms_;
  PersonOf person_of_;
};

// The newcomers, row by row.
struct Newcomers {
  Words names, arms, strata;
  std::vector<std::int16_t> name, arm, stratum;
  std::vector<std::string_view> customer_no, person_no;
  std::vector<std::int64_t> overdue_fen;

  void add(const Running& experiment, const std::string& of_arm, const std::string& of_stratum,
           const Unit& unit, const column::Texts& numbers) {
    for (std::size_t i = 0; i < unit.customers.size(); ++i) {
      name.push_back(names.code(experiment.name));
      arm.push_back(arms.code(of_arm));
      stratum.push_back(strata.code(of_stratum));
      customer_no.push_back(numbers.at(unit.customers[i]));
      person_no.push_back(unit.person_no);
      overdue_fen.push_back(unit.overdue_fen[i]);
    }
  }
  column::Sheet sheet() const {
    column::Sheet out(customer_no.size());
    add_codes(out, "experiment", names.words(), name);
    add_codes(out, "arm", arms.words(), arm);
    add_codes(out, "stratum", strata.words(), stratum);
    out.add_texts("customer_no", customer_no);
    out.add_texts("person_no", person_no);
    const auto overdue = out.add<std::int64_t>("overdue_fen");
    std::copy(overdue_fen.begin(), overdue_fen.end(), overdue.begin());
    return out;
  }
};

bool wants_balance_band(const std::vector<Running>& running) {
  return std::any_of(running.begin(), running.end(), [](const Running& one) {
    return std::find(one.strata.begin(), one.strata.end(), "balance_band") != one.strata.end();
  });
}

// One person's arms, as the word of the column; whoever is new in one is added to the newcomers.
std::string decide_word(const column::Sheet& accounts, const column::Texts& customer_no,
                        const std::vector<Running>& running,
                        const std::vector<Population>& populations, const Known& known,
                        const Unit& unit, Newcomers& newcomers) {
  std::string word;
  std::vector<std::string_view> files;  // the person is in an experiment on these
  std::vector<std::string_view> arms(running.size());
  for (std::size_t i = 0; i < running.size(); ++i) {
    arms[i] = known.arm(i, unit, customer_no);
    if (!arms[i].empty()) files.push_back(running[i].file);
  }
  for (std::size_t i = 0; i < running.size(); ++i) {
    const Running& one = running[i];
    const bool taken = std::find(files.begin(), files.end(), one.file) != files.end();
    if (arms[i].empty() && !taken && unit.flag.empty() && populations[i].has(unit)) {
      const std::uint64_t number = split_number(one.seed, one.name, unit.person_no);
      arms[i] =
          is_challenger(number, one.share_bps) ? strategy::arm_challenger : strategy::arm_champion;
      files.push_back(one.file);
      newcomers.add(one, std::string(arms[i]), stratum_of(accounts, one.strata, unit), unit,
                    customer_no);
    }
    if (arms[i].empty()) continue;
    word += fmt::format("{}{}={}", word.empty() ? "" : " ", one.name, arms[i]);
  }
  return word;
}

}  // namespace

PersonOf load_person_of(store::Transaction& tx, const book::BookView& book) {
  std::unordered_map<std::string, std::vector<std::string>> of_key;
  intake::for_each_person(tx, [&](std::string_view customer_no, std::string_view person_key) {
    if (!person_key.empty() && book.find_customer(customer_no)) {
      of_key[std::string(person_key)].emplace_back(customer_no);
    }
  });
  PersonOf person_of;
  for (auto& [key, customers] : of_key) {
    if (customers.size() < 2) continue;
    const std::string first = *std::min_element(customers.begin(), customers.end());
    for (std::string& customer_no : customers) person_of[std::move(customer_no)] = first;
  }
  return person_of;
}

std::string Running::text() const {
  return fmt::format("experiment {} {} {} {} {} [{}] [{}]", name, file, version, share_bps, seed,
                     kernel::join_words(buckets), kernel::join_words(strata));
}

std::vector<Running> running_on(store::Transaction& tx, kernel::Date date) {
  std::vector<Running> all;
  for (const Experiment& e : load_experiments(tx)) {
    const bool begun = e.state == "running" || (e.state == "stopped" && e.stopped_on);
    const bool over = date > e.asked.end_date || (e.stopped_on && date > *e.stopped_on);
    if (!begun || over || date < e.asked.start_date) continue;
    all.push_back({.experiment_id = e.experiment_id,
                   .name = e.asked.name,
                   .file = e.asked.file,
                   .version = e.asked.challenger_version,
                   .seed = e.asked.seed,
                   .share_bps = e.asked.share_bps,
                   .buckets = e.asked.buckets,
                   .strata = e.asked.strata});
  }
  std::sort(all.begin(), all.end(),
            [](const Running& a, const Running& b) { return a.name < b.name; });
  return all;
}

column::Sheet load_arms(store::Transaction& tx, const std::vector<Running>& running,
                        kernel::Date date, const book::BookView& opening) {
  std::vector<ArmRow> rows;
  for (const auto& [customer_no, person_no] : load_person_of(tx, opening)) {
    rows.push_back({-1, -1, customer_no, person_no});
  }
  std::vector<std::string> names;
  for (const Running& one : running) {
    const auto code = static_cast<std::int16_t>(names.size());
    names.push_back(one.name);
    for_each_person(tx, one.experiment_id, [&](PersonRow row) {
      if (row.how != "split" && row.assigned_on >= date) return;  // this night's own to decide
      const bool challenger = row.arm == strategy::arm_challenger;
      rows.push_back({code, static_cast<std::int16_t>(challenger ? 1 : 0),
                      std::move(row.customer_no), std::move(row.person_no)});
    });
  }
  std::sort(rows.begin(), rows.end(), [](const ArmRow& a, const ArmRow& b) {
    return std::tie(a.experiment, a.customer_no) < std::tie(b.experiment, b.customer_no);
  });
  column::Sheet sheet(rows.size());
  std::vector<std::int16_t> name, arm;
  std::vector<std::string_view> customer_no, person_no;
  for (const ArmRow& row : rows) {
    name.push_back(row.experiment);
    arm.push_back(row.arm);
    customer_no.emplace_back(row.customer_no);
    person_no.emplace_back(row.person_no);
  }
  add_codes(sheet, "experiment", names, name);
  add_codes(sheet, "arm",
            {std::string(strategy::arm_champion), std::string(strategy::arm_challenger)}, arm);
  sheet.add_texts("customer_no", customer_no);
  sheet.add_texts("person_no", person_no);
  return sheet;
}

kernel::Result<column::Sheet> decide_arms(column::Sheet& accounts, const column::Sheet& customers,
                                          const strategy::Models& in_force,
                                          const std::vector<Running>& running,
                                          const column::Sheet& arms, unsigned threads) {
  // A stratum is of the table in force, whoever's table decides the person later.
  const bool band = wants_balance_band(running);
  if (band) {
    TRY_ASSIGN(const decision::Model* const treatments, in_force.need("treatment.dmn"));
    TRY(book::decide_by_table(accounts, *treatments,
                              {.decision = "balance_band", .threads = threads}));
  }
  const Known known(running, arms);
  const column::Texts customer_no = customers.texts("customer_no");
  std::vector<Population> populations;
  for (const Running& one : running) populations.emplace_back(accounts, one.buckets);
  const auto order = accounts.get<std::int32_t>("account_order");
  const auto first = customers.get<std::int32_t>("first_account");
  const auto count = customers.get<std::int32_t>("account_count");

  Words words;
  Newcomers newcomers;
  std::vector<std::int16_t> arm(accounts.rows(), -1);
  const std::vector<Unit> units = units_of(accounts, customers, known.person_of());
  for (const Unit& unit : units) {
    const std::string word =
        decide_word(accounts, customer_no, running, populations, known, unit, newcomers);
    if (word.empty()) continue;
    const std::int16_t code = words.code(word);
    for (const std::size_t customer : unit.customers) {
      const auto begin = static_cast<std::size_t>(first[customer]);
      for (std::size_t i = begin; i < begin + static_cast<std::size_t>(count[customer]); ++i) {
        arm[static_cast<std::size_t>(order[i])] = code;
      }
    }
  }
  column::Sheet sheet = newcomers.sheet();
  if (band) {
    accounts.drop("balance_band");
    accounts.drop("balance_band_row");
  }
  add_codes(accounts, strategy::arm_column, words.words(), arm);
  return sheet;
}

}  // namespace experiment
