#include "flow/publish.h"

#include <algorithm>
#include <boost/describe/class.hpp>
#include <deque>
#include <future>
#include <iterator>
#include <map>

#include "flow/arms.h"
#include "flow/inputs.h"
#include "http/json.h"
#include "store/turn.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

// Of one chunk: a few milliseconds of SQLite's writer, which payments wait for.
constexpr std::size_t facts_a_chunk = 250;
// Of one transaction, at most; it ends after fewer as soon as somebody waits for the writer.
constexpr std::size_t chunks_a_transaction = 32;

struct BucketChanged {  // bodies of the night's facts
  std::string date, edition, customer_no, bucket_before, bucket;
  std::int64_t dpd = 0;
};
BOOST_DESCRIBE_STRUCT(BucketChanged, (), (date, edition, customer_no, bucket_before, bucket, dpd))

struct TreatmentDecided {
  std::string date, edition, customer_no, treatment_before, treatment, channel, work, file, version;
  std::int64_t row = 0;
};
BOOST_DESCRIBE_STRUCT(TreatmentDecided, (),
                      (date, edition, customer_no, treatment_before, treatment, channel, work, file,
                       version, row))

// What was published last: an earlier edition of the same date, else the book before.
kernel::Result<std::optional<book::BookView>> open_baseline(const NightOptions& options,
                                                            const NightRow& night,
                                                            const BookFile& file) {
  std::string date = night.date.format(), edition = night.baseline_edition;
  if (edition.empty()) {
    date = file.previous_date;
    edition = file.previous_edition;
  }
  if (edition.empty()) return std::optional<book::BookView>();
  TRY_ASSIGN(const kernel::Date day, kernel::Date::parse(date));
  TRY_ASSIGN(book::BookView view,
             book::BookView::open_edition(book::book_folder(options.data_dir, day) / edition, day));
  return std::optional(std::move(view));
}

struct NightOtherwise {  // of one past night, as the fact tells it
  std::string date, edition, bucket_then, bucket, treatment_then, treatment;
};
BOOST_DESCRIBE_STRUCT(NightOtherwise, (),
                      (date, edition, bucket_then, bucket, treatment_then, treatment))

struct BackdatedRecomputed {
  std::string date, edition, customer_no, since;
  std::int64_t payments = 0, balance_then_fen = 0, balance_fen = 0, overdue_then_fen = 0,
               overdue_fen = 0, decided_otherwise = 0;
  std::vector<NightOtherwise> nights;  // that would have given another bucket or treatment
};
BOOST_DESCRIBE_STRUCT(BackdatedRecomputed, (),
                      (date, edition, customer_no, since, payments, balance_then_fen, balance_fen,
                       overdue_then_fen, overdue_fen, decided_otherwise, nights))

// What the merge played again, by account: bodies of facts. Told with the account's own chunk.
kernel::Result<std::map<std::string, std::string, std::less<>>> load_recomputed(
    const fs::path& edition_folder, const BookFile& file) {
  std::map<std::string, std::string, std::less<>> bodies;
  const fs::path folder = edition_folder / stage_folder_of("merge");
  if (!fs::exists(folder / restated_accounts_name)) return bodies;
  TRY_ASSIGN(const column::Sheet accounts, column::Sheet::open(folder / restated_accounts_name));
  TRY_ASSIGN(const column::Sheet nights, column::Sheet::open(folder / restated_nights_name));
  const auto day = [](std::int32_t days) { return kernel::Date::from_days(days).format(); };
  std::map<std::string_view, std::vector<NightOtherwise>> otherwise;
  for (std::size_t row = 0; row < nights.rows(); ++row) {
    const auto text = [&](const char* name) { return std::string(nights.texts(name).at(row)); };
    otherwise[nights.texts("account_no").at(row)].push_back(
        {day(nights.get<std::int32_t>("night")[row]), text("edition"), text("bucket_then"),
         text("bucket"), text("treatment_then"), text("treatment")});
  }
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    const auto number = [&](const char* name) { return accounts.get<std::int64_t>(name)[row]; };
    const std::string_view account_no = accounts.texts("account_no").at(row);
    BackdatedRecomputed body{.date = file.date.format(),
                             .edition = file.edition,
                             .customer_no = std::string(accounts.texts("customer_no").at(row)),
                             .since = day(accounts.get<std::int32_t>("since")[row]),
                             .payments = number("payments"),
                             .balance_then_fen = number("balance_then_fen"),
                             .balance_fen = number("balance_fen"),
                             .overdue_then_fen = number("overdue_then_fen"),
                             .overdue_fen = number("overdue_fen"),
                             .decided_otherwise = 0,
                             .nights = std::move(otherwise[account_no])};
    body.decided_otherwise = static_cast<std::int64_t>(body.nights.size());
    bodies.emplace(account_no, http::write_json(body));
  }
  return bodies;
}

// What is told of accounts, its texts one behind the other: a text each would be a million of them
// a night, made by one thread and let go by another.
class Told {
 public:
  std::size_t size() const { return facts_.size(); }
  // The body is for the caller to add to.
  std::string& add(std::string_view kind, std::string_view account_no) {
    const std::size_t subject = texts_.size();
    (texts_ += "account:") += account_no;
    facts_.push_back({kind, subject, texts_.size()});
    return texts_;
  }
  std::vector<store::FactView> facts(kernel::Instant made_at) const {
    std::vector<store::FactView> views(facts_.size());
    const std::string_view texts = texts_;
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      const auto& [kind, subject, body] = facts_[i];
      const std::size_t end = i + 1 < facts_.size() ? facts_[i + 1].subject : texts.size();
      views[i].kind = kind;
      views[i].subject = texts.substr(subject, body - subject);
      views[i].made_by = "night";
      views[i].made_at = made_at;
      views[i].body = texts.substr(body, end - body);
    }
    return views;
  }

 private:
  struct Fact {
    std::string_view kind;      // a literal
    std::size_t subject, body;  // where in texts_ they begin
  };
  std::string texts_;
  std::vector<Fact> facts_;
};

class Publisher {
 public:
  Publisher(const book::BookView& book, const book::BookView* before, const BookFile& file,
            const std::vector<Tried>& tried,
            const std::map<std::string, std::string, std::less<>>& recomputed)
      : book_(book),
        recomputed_(recomputed),
        bucket_(book.accounts().codes("bucket")),
        treatment_(book.accounts().codes("treatment")),
        channel_(book.accounts().codes("channel")),
        work_(book.accounts().codes("work")),
        treatment_row_(book.accounts().get<std::int32_t>("treatment_row")),
        dpd_(book.accounts().get<std::int32_t>("dpd")) {
    changed_.date = decided_.date = book.date().format();
    changed_.edition = decided_.edition = file.edition;
    decided_.file = "treatment.dmn";
    for (const TableVersion& table : file.tables) {
      if (table.file == "treatment.dmn") treatment_version_ = table.version;
    }
    if (book.accounts().has(strategy::arm_column)) {
      arm_ = book.accounts().codes(strategy::arm_column);
      for (const std::string& word : *arm_.words) arm_versions_.push_back(version_of(word, tried));
    }
    if (before == nullptr) return;
    account_no_before_ = before->accounts().texts("account_no");
    bucket_before_ = before->accounts().codes("bucket");
    treatment_before_ = before->accounts().codes("treatment");
  }

  // Facts of a row; whether its account changed. Rows are asked for as they stand in the book.
  bool collect(std::size_t row, Told& told) {
    find_before(row);
    const std::size_t had = told.size();
    add_bucket(row, told);
    add_treatment(row, told);
    const bool changed = told.size() != had;
    if (recomputed_.empty()) return changed;
    const auto found = recomputed_.find(book_.account_no(row));
    if (found != recomputed_.end())
      told.add("backdated_recomputed", book_.account_no(row)) += found->second;
    return changed;
  }

 private:
  // Of the treatments of that arm.
  std::string version_of(std::string_view arm, const std::vector<Tried>& tried) const {
    for (const Tried& one : tried) {
      if (one.file == "treatment.dmn" &&
          strategy::arm_in(arm, one.experiment) == strategy::arm_challenger) {
        return one.version;
      }
    }
    return treatment_version_;
  }
  const std::string& version_at(std::size_t row) const {
    if (arm_versions_.empty() || arm_.values[row] < 0) return treatment_version_;
    return arm_versions_[static_cast<std::size_t>(arm_.values[row])];
  }

  // Both books are by account number.
  void find_before(std::size_t row) {
    const std::string_view account_no = book_.account_no(row);
    const auto is_behind = [&] {
      return before_ < account_no_before_.size() && account_no_before_.at(before_) < account_no;
    };
    while (is_behind()) ++before_;
    was_there_ =
        before_ < account_no_before_.size() && account_no_before_.at(before_) == account_no;
  }
  std::string_view word_before(const column::Codes& codes) const {
    return was_there_ ? codes.at(before_) : std::string_view();
  }

  // An account that comes into the book with nothing due, or that needs nobody, has changed
  // nothing.
  void add_bucket(std::size_t row, Told& told) {
    const std::string_view before = word_before(bucket_before_);
    if (bucket_.at(row) == before || (before.empty() && dpd_[row] == 0)) return;
    changed_.customer_no = book_.customer_no(book_.customer_of(row));
    changed_.bucket_before = before;
    changed_.bucket = bucket_.at(row);
    changed_.dpd = dpd_[row];
    std::string& body = told.add("bucket_changed", book_.account_no(row));
    http::write_value(http::type_of<BucketChanged>(), &changed_, body);
  }

  void add_treatment(std::size_t row, Told& told) {
    const std::string_view before = word_before(treatment_before_);
    if (treatment_.at(row) == before) return;
    if (before.empty() && work_.at(row) == strategy::work_none) return;
    decided_.customer_no = book_.customer_no(book_.customer_of(row));
    decided_.treatment_before = before;
    decided_.treatment = treatment_.at(row);
    decided_.channel = channel_.at(row);
    decided_.work = work_.at(row);
    decided_.version = version_at(row);
    decided_.row = treatment_row_[row];
    std::string& body = told.add("treatment_decided", book_.account_no(row));
    http::write_value(http::type_of<TreatmentDecided>(), &decided_, body);
  }

  const book::BookView& book_;
  const std::map<std::string, std::string, std::less<>>& recomputed_;
  BucketChanged changed_;  // filled in anew for each row
  TreatmentDecided decided_;
  column::Codes bucket_, treatment_, channel_, work_, bucket_before_, treatment_before_;
  column::Values<std::int32_t> treatment_row_, dpd_;
  column::Texts account_no_before_;
  std::size_t before_ = 0;  // row of the baseline, the first not before the row asked for
  bool was_there_ = false;  // it is the same account
  std::string treatment_version_;
  column::Codes arm_;
  std::vector<std::string> arm_versions_;  // by code of arm_
};

// Rows [begin, end) of the book and what is told of them: in the store whole or not at all. Where
// one ends follows from the book alone, for whoever resumes.
struct Chunk {
  std::int64_t number = 0;
  std::size_t begin = 0, end = 0;
  std::int64_t changed = 0;
  Told told;
};

Chunk chunk_at(Publisher& publisher, std::int64_t number, std::size_t begin, std::size_t rows,
               std::size_t rows_a_chunk) {
  Chunk chunk{.number = number, .begin = begin, .end = begin, .changed = 0, .told = {}};
  const std::size_t last = std::min(rows, begin + rows_a_chunk);
  while (chunk.end < last && chunk.told.size() < facts_a_chunk) {
    if (publisher.collect(chunk.end++, chunk.told)) ++chunk.changed;
  }
  return chunk;
}

void save_chunk(store::Transaction& tx, std::int64_t night_id, const book::BookView& book,
                const Chunk& chunk, kernel::Instant made_at) {
  if (!add_chunk(tx, night_id, chunk.number, chunk.changed)) return;
  tx.append_many(chunk.told.facts(made_at));
  book::save_bucket_changes(tx, book, chunk.begin, chunk.end);
}

// Chunks are made beside the transaction before, so that it does nothing but write. It takes as
// many as are ready while nobody else wants to write. None waits for the disk: who finishes the
// night does, and a chunk that a power cut takes is published again.
kernel::Status publish_chunks(store::Store& store, const NightOptions& options,
                              std::int64_t night_id, const book::BookView& book,
                              Publisher& publisher) {
  const std::size_t rows = book.accounts().rows();
  std::int64_t number = 0;
  std::size_t begin = 0;
  const auto make = [&](std::size_t count) {
    std::vector<Chunk> made;
    while (begin < rows && made.size() < count) {
      made.push_back(chunk_at(publisher, number++, begin, rows, options.chunk_rows));
      begin = made.back().end;
    }
    return made;
  };
  std::deque<Chunk> ready;
  auto next = std::async(std::launch::async, make, chunks_a_transaction);
  while (true) {
    std::ranges::move(next.get(), std::back_inserter(ready));
    if (ready.empty()) return kernel::Ok{};
    // Many are left where somebody waited: then few are made.
    next = std::async(std::launch::async, make, 2 * chunks_a_transaction - ready.size());
    std::size_t saved = 0;
    TRY(store::transact_part(store, [&](store::Transaction& tx) {
      saved = 0;
      do {
        save_chunk(tx, night_id, book, ready[saved], options.now);
      } while (++saved < std::min(ready.size(), chunks_a_transaction) && !store::others_wait(tx));
    }));
    for (; saved > 0; --saved) {
      if (options.after_step) options.after_step("chunk " + std::to_string(ready.front().number));
      ready.pop_front();
    }
  }
}

// Whose case is whose from now on. What hands changed since the cut stays as hands left it, and so
// does a row whose collector is the same; so publishing twice changes nothing.
std::vector<allocation::Allotment> wanted_allotments(
    const book::BookView& book, const std::vector<allocation::Allotment>& standing,
    kernel::Instant now) {
  std::map<std::string_view, const allocation::Allotment*> stands;
  for (const allocation::Allotment& row : standing) stands.emplace(row.customer_no, &row);
  const column::Codes collector = book.accounts().codes("collector");
  const column::Codes outcome = book.accounts().codes("allotment");
  const column::Codes team = book.accounts().codes("team");
  const auto lead = book.customers().get<std::int32_t>("lead_account");
  std::vector<allocation::Allotment> wanted;
  for (std::size_t row = 0; row < lead.size(); ++row) {
    const auto account = static_cast<std::size_t>(lead[row]);
    const auto found = stands.find(book.customer_no(row));
    const allocation::Allotment* stood = found == stands.end() ? nullptr : found->second;
    if (stood != nullptr && (stood->by_hand() || stood->collector == collector.at(account))) {
      wanted.push_back(*stood);
    } else if (collector.values[account] >= 0) {
      wanted.push_back({.customer_no = std::string(book.customer_no(row)),
                        .collector = std::string(collector.at(account)),
                        .team = std::string(team.at(account)),
                        .since = book.date(),
                        .set_at = now,
                        .reason = std::string(outcome.at(account))});
    }
  }
  return wanted;
}

kernel::Status publish_allotments(store::Store& store, const book::BookView& book,
                                  kernel::Instant now) {
  TRY_ASSIGN(const std::vector<allocation::Allotment> standing,
             store.read([](store::Transaction& tx) { return allocation::load_allotments(tx); }));
  const std::vector<allocation::Change> changes =
      allocation::decide_changes(standing, wanted_allotments(book, standing, now));
  constexpr std::size_t changes_a_time = 500;
  for (std::size_t begin = 0; begin < changes.size(); begin += changes_a_time) {
    const std::size_t end = std::min(begin + changes_a_time, changes.size());
    TRY(store.transact([&](store::Transaction& tx) {
      return allocation::save_changes(tx, changes, begin, end, now);
    }));
  }
  return kernel::Ok{};
}

bool is_latest(const NightOptions& options, kernel::Date date) {
  const std::vector<kernel::Date> dates = book::book_dates(options.data_dir);
  return dates.empty() || dates.back() <= date;
}

}  // namespace

kernel::Result<std::int64_t> publish(store::Store& store, const NightOptions& options,
                                     const NightRow& night) {
  const fs::path folder = book::book_folder(options.data_dir, night.date) / night.edition;
  TRY_ASSIGN(const BookFile file, load_book_file(folder));
  TRY_ASSIGN(const book::BookView book, book::BookView::open_edition(folder, night.date));
  TRY_ASSIGN(const std::optional<book::BookView> before, open_baseline(options, night, file));
  TRY_ASSIGN(const std::vector<Tried> tried, load_tried(folder));
  TRY_ASSIGN(auto recomputed, load_recomputed(folder, file));
  // What the edition before of the same date told already is not told again.
  if (!night.baseline_edition.empty()) {
    const fs::path baseline =
        book::book_folder(options.data_dir, night.date) / night.baseline_edition;
    TRY_ASSIGN(const auto told, load_recomputed(baseline, file));
    std::erase_if(recomputed, [&](const auto& one) {
      const auto found = told.find(one.first);
      return found != told.end() && found->second == one.second;
    });
  }
  Publisher publisher(book, before ? &*before : nullptr, file, tried, recomputed);
  TRY(publish_chunks(store, options, night.night_id, book, publisher));
  TRY(publish_newcomers(store, options, night.date, folder));
  if (options.after_step) options.after_step("newcomers");
  // An older day made again must not move whose case it is today.
  if (is_latest(options, night.date)) TRY(publish_allotments(store, book, options.now));
  if (options.after_step) options.after_step("allotments");
  return store.transact([&](store::Transaction& tx) -> kernel::Result<std::int64_t> {
    return finish_night(tx, night.night_id, options.now);
  });
}

}  // namespace flow
