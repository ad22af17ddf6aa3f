#include "flow/cut.h"

#include <algorithm>
#include <future>
#include <map>
#include <span>

#include "flow/files.h"
#include "http/json.h"
#include "intake/types.h"
#include "kernel/beside.h"
#include "kernel/hash.h"
#include "kernel/words.h"

namespace flow {

namespace {

struct Moved {  // body of allocation's facts
  std::string collector_before, collector, team, reason;
};
BOOST_DESCRIBE_STRUCT(Moved, (), (collector_before, collector, team, reason))

struct Standing {
  std::string_view customer_no, collector, team;
  bool by_hand = false;
};

// What hands did with a case after the book before was cut. Recalled and no more: whose it was
// stands, but no longer by hand.
struct ByHand {
  std::optional<Moved> reassigned;
  bool recalled = false;  // last
};

std::map<std::string, ByHand> load_by_hand(store::Transaction& tx, kernel::Instant since,
                                           kernel::Instant before) {
  std::map<std::string, ByHand> by_hand;
  tx.query(
      "SELECT kind, subject, body FROM single_fact "
      "WHERE kind IN ('case_reassigned', 'case_recalled') AND made_at >= $1 AND made_at < $2 "
      "ORDER BY made_at, fact_id",
      {since, before}, [&](const store::Row& row) {
        kernel::Result<Moved> moved = http::parse_json<Moved>(row.text(2));
        if (!moved) return;
        ByHand& last = by_hand[row.text(1).substr(sizeof("customer:") - 1)];
        last.recalled = row.text(0) == "case_recalled";
        if (!last.recalled) last.reassigned = std::move(*moved);
      });
  return by_hand;
}

column::Sheet sheet_of(const std::vector<Standing>& standing) {
  column::Sheet sheet(standing.size());
  std::vector<std::string_view> customer_no, collector, team;
  const auto by_hand = sheet.add<std::int8_t>("by_hand");
  for (const Standing& row : standing) {
    by_hand[customer_no.size()] = row.by_hand ? 1 : 0;
    customer_no.push_back(row.customer_no);
    collector.push_back(row.collector);
    team.push_back(row.team);
  }
  sheet.add_texts("customer_no", customer_no);
  sheet.add_texts("collector", collector);
  sheet.add_texts("team", team);
  return sheet;
}

// Whose case each was: as the book before left it, and what hands did after that book's own cut.
// The table allotment is not asked: it tells of now, and a night made again must not.
column::Sheet load_standing(store::Transaction& tx, kernel::Instant before,
                            const book::BookView* previous) {
  const auto since = previous != nullptr ? kernel::Instant::china(previous->date(), 0)
                                         : kernel::Instant::from_micros(0);
  const std::map<std::string, ByHand> moved = load_by_hand(tx, since, before);
  std::vector<Standing> standing;  // by customer_no, as the book and `moved` are
  auto next = moved.begin();
  // Those that hands gave, of customers before this one: the book before had none of them.
  const auto add_given = [&](const std::string_view* until) {
    for (; next != moved.end() && (until == nullptr || next->first < *until); ++next) {
      const auto& [customer_no, last] = *next;
      if (last.reassigned)
        standing.push_back(
            {customer_no, last.reassigned->collector, last.reassigned->team, !last.recalled});
    }
  };
  if (previous != nullptr) {
    const column::Codes collector = previous->accounts().codes("collector");
    const column::Codes allotment = previous->accounts().codes("allotment");
    const column::Codes team = previous->accounts().codes("team");
    const column::Texts customers = previous->customers().texts("customer_no");
    const auto lead = previous->customers().get<std::int32_t>("lead_account");
    for (std::size_t row = 0; row < lead.size(); ++row) {
      const auto account = static_cast<std::size_t>(lead[row]);
      if (collector.values[account] < 0) continue;
      const std::string_view customer_no = customers.at(row);
      add_given(&customer_no);
      Standing own{customer_no, collector.at(account), team.at(account),
                   allotment.at(account) == "manual"};
      if (next != moved.end() && next->first == customer_no) {
        const ByHand& last = next->second;
        if (last.reassigned) {
          own.collector = last.reassigned->collector;
          own.team = last.reassigned->team;
        }
        own.by_hand = !last.recalled;
        ++next;
      }
      standing.push_back(own);
    }
  }
  add_given(nullptr);
  return sheet_of(standing);
}

void add_code_default(column::Sheet& cut, std::string_view name) {
  if (!cut.has(name)) cut.add_codes(name, {"none"});
}

template <class T>
void add_number_default(column::Sheet& cut, std::string_view name) {
  if (!cut.has(name)) cut.add<T>(name);
}

void read_regions(store::Transaction& tx, const book::BookView& opening,
                  std::span<std::int32_t> region_code) {
  const std::size_t customers = opening.customers().rows();
  // The store mostly gives them in the book's own order: the row behind the last one is it.
  std::size_t next = 0;
  intake::for_each_region(tx, [&](std::string_view customer_no, std::int32_t code) {
    if (next >= customers || opening.customer_no(next) != customer_no) {
      const auto row = opening.find_customer(customer_no);
      if (!row) return;
      next = *row;
    }
    for (const std::int32_t account : opening.accounts_of(next++))
      region_code[static_cast<std::size_t>(account)] = code;
  });
}

column::Sheet sheet_of(std::vector<allocation::Collector> collectors) {
  std::sort(collectors.begin(), collectors.end(),
            [](const auto& a, const auto& b) { return a.user_name < b.user_name; });
  column::Sheet sheet(collectors.size());
  std::vector<std::string> skills, regions;
  for (const allocation::Collector& collector : collectors) {
    skills.push_back(kernel::join_words(collector.skills));
    regions.push_back(kernel::join_words(collector.regions));
  }
  std::vector<std::string_view> names, teams;
  for (const allocation::Collector& collector : collectors) {
    names.emplace_back(collector.user_name);
    teams.emplace_back(collector.team);
  }
  sheet.add_texts("user_name", names);
  sheet.add_texts("team", teams);
  sheet.add_texts("skills", {skills.begin(), skills.end()});
  sheet.add_texts("regions", {regions.begin(), regions.end()});
  const auto capacity = sheet.add<std::int32_t>("capacity");
  const auto certified = sheet.add<std::int8_t>("certified");
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    capacity[i] = collectors[i].capacity;
    certified[i] = collectors[i].certified ? 1 : 0;
  }
  // Only where there are any, so that nights without stay the same bytes.
  std::vector<std::string> barred;
  for (const allocation::Collector& collector : collectors)
    barred.push_back(kernel::join_words(collector.barred));
  if (std::any_of(barred.begin(), barred.end(), [](const auto& one) { return !one.empty(); }))
    sheet.add_texts("barred", {barred.begin(), barred.end()});
  return sheet;
}

}  // namespace

std::string Cut::hash() const {
  return kernel::sha256_hex(accounts.hash() + collectors.hash() + standing.hash() +
                            (arms ? arms->hash() : ""));
}

kernel::Result<KnownBefore> read_known_before(store::Store& store, const NightOptions& options,
                                              const book::BookView* previous) {
  const kernel::Instant before = kernel::Instant::china(options.date, 0);
  return store.read([&](store::Transaction& tx) -> kernel::Result<KnownBefore> {
    KnownBefore known;
    if (options.ports.read_known) {
      TRY_ASSIGN(known.place, options.ports.read_known(tx, before));
    }
    if (options.ports.load_collectors) {
      TRY_ASSIGN(known.collectors, options.ports.load_collectors(tx, options.date));
    }
    known.standing = load_standing(tx, before, previous);
    return known;
  });
}

kernel::Result<Cut> load_cut(store::Store& store, const NightOptions& options,
                             const std::vector<experiment::Running>& experiments,
                             const book::BookView& opening, KnownBefore known) {
  Cut cut;
  cut.accounts = column::Sheet(opening.accounts().rows());
  const auto region_code = cut.accounts.add<std::int32_t>("region_code");
  // Where customers live is read beside the rest: it is as of now, whatever was done till when.
  std::future<kernel::Status> regions = std::async(kernel::beside(options.threads), [&] {
    return store.read([&](store::Transaction& tx) { read_regions(tx, opening, region_code); });
  });
  if (known.place) known.place(opening, cut.accounts);
  add_code_default(cut.accounts, "promise");
  add_code_default(cut.accounts, "flag");
  add_number_default<std::int16_t>(cut.accounts, "promise_days");
  add_number_default<std::int8_t>(cut.accounts, "broken_promises");
  add_number_default<std::int8_t>(cut.accounts, "contacts_7d");
  cut.collectors = sheet_of(std::move(known.collectors));
  cut.standing = std::move(known.standing);
  TRY(regions.get());
  if (experiments.empty()) return cut;
  TRY(store.read([&](store::Transaction& tx) {
    cut.arms = experiment::load_arms(tx, experiments, options.date, opening);
  }));
  return cut;
}

kernel::Status save_cut(const Cut& cut, const std::filesystem::path& stage_folder,
                        unsigned threads) {
  TRY(save_sheet(cut.accounts, stage_folder / "accounts",
                 {.order = {}, .rows = {}, .like = nullptr, .threads = threads}));
  TRY(save_sheet(cut.collectors, stage_folder / "collectors"));
  if (cut.arms) TRY(save_sheet(*cut.arms, stage_folder / "arms"));
  return save_sheet(cut.standing, stage_folder / "standing");
}

kernel::Result<Cut> open_cut(const std::filesystem::path& stage_folder) {
  Cut cut;
  TRY_ASSIGN(cut.accounts, column::Sheet::open(stage_folder / "accounts"));
  TRY_ASSIGN(cut.collectors, column::Sheet::open(stage_folder / "collectors"));
  TRY_ASSIGN(cut.standing, column::Sheet::open(stage_folder / "standing"));
  if (std::filesystem::exists(stage_folder / "arms")) {
    TRY_ASSIGN(cut.arms, column::Sheet::open(stage_folder / "arms"));
  }
  return cut;
}

std::vector<allocation::Collector> collectors_of(const Cut& cut) {
  std::vector<allocation::Collector> collectors;
  for (std::size_t i = 0; i < cut.collectors.rows(); ++i) {
    collectors.push_back({.user_name = std::string(cut.collectors.texts("user_name").at(i)),
                          .team = std::string(cut.collectors.texts("team").at(i)),
                          .skills = kernel::split_words(cut.collectors.texts("skills").at(i)),
                          .regions = kernel::split_words(cut.collectors.texts("regions").at(i)),
                          .capacity = cut.collectors.get<std::int32_t>("capacity")[i],
                          .certified = cut.collectors.get<std::int8_t>("certified")[i] != 0,
                          .barred = {}});
    if (cut.collectors.has("barred"))
      collectors.back().barred = kernel::split_words(cut.collectors.texts("barred").at(i));
  }
  return collectors;
}

std::vector<allocation::Standing> standing_of(const Cut& cut) {
  const column::Texts customer_no = cut.standing.texts("customer_no");
  const column::Texts collector = cut.standing.texts("collector");
  const auto by_hand = cut.standing.get<std::int8_t>("by_hand");
  std::vector<allocation::Standing> standing;
  standing.reserve(cut.standing.rows());
  for (std::size_t i = 0; i < cut.standing.rows(); ++i) {
    standing.push_back({customer_no.at(i), collector.at(i), by_hand[i] != 0});
  }
  return standing;
}

}  // namespace flow
