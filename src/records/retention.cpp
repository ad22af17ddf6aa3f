// A run of retention: page by page over every room's kinds, what is due destroyed whole with its
// fact, files cleaned after. Whatever moment it is killed at, the next run finishes it.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "http/json.h"
#include "records/cases.h"
#include "records/list.h"
#include "records/lock.h"
#include "records/types.h"
#include "tables/types.h"

namespace records {

using kernel::Date;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;
using store::Kept;
using store::KeptKind;

namespace {

struct DestroyedBody {
  std::string run_id, kind;
  std::int64_t count = 0;
  std::vector<std::string> record_ids;
  std::string code, rule_id, file, version;
};
BOOST_DESCRIBE_STRUCT(DestroyedBody, (),
                      (run_id, kind, count, record_ids, code, rule_id, file, version))

struct Decided {
  Kept record;
  Due due;
};

// Legal holds in force, asked for one record.
class Holds {
 public:
  Holds(store::Transaction& tx, Date today) {
    for (const LegalHold& hold : legal_holds(tx))
      if (in_force(hold, today)) named_.emplace(hold.scope, hold.subject);
  }
  bool held(const std::string& kind, const Kept& record, const CaseState* state) const {
    const auto& documents = document_kinds();
    const bool document = std::find(documents.begin(), documents.end(), kind) != documents.end();
    return has("kind", kind) || (!record.customer_no.empty() && has("case", record.customer_no)) ||
           (state && has("person", state->person_key)) ||
           (document && has("document", record.record_id));
  }

 private:
  bool has(const char* scope, const std::string& subject) const {
    return named_.count({scope, subject}) > 0;
  }
  std::set<std::pair<std::string, std::string>> named_;
};

class Run {
 public:
  Run(store::Store& store, std::shared_ptr<const book::BookView> book, RetentionRules rules,
      const RetentionOptions& options)
      : store_(store), book_(std::move(book)), rules_(std::move(rules)), options_(options) {
    if (book_) over_ = over_by_book(*book_);
    report_.date = options.date;
    report_.dry_run = options.dry_run;
    report_.version = rules_.version();
    report_.loosened = rules_.loosened();
  }

  Result<RetentionReport> run() {
    if (!options_.dry_run) TRY(finish_old_runs());
    for (const KeptKind& kind : options_.kinds) TRY(sweep(kind));
    for (auto& [key, line] : lines_) report_.lines.push_back(std::move(line));
    if (run_id_ != 0) {
      report_.run_id = std::to_string(run_id_);
      TRY_ASSIGN(const ListFiles files,
                 finish_run(store_, options_.data_dir, run_id_, options_.now));
      report_.list_json = files.json.string();
      report_.list_csv = files.csv.string();
    }
    return std::move(report_);
  }

 private:
  using Cases = std::map<std::string, CaseState>;

  // Runs that were cut off: what they destroyed is cleaned and listed.
  Status finish_old_runs() {
    TRY_ASSIGN(const auto left, store_.read([](store::Transaction& tx) { return open_runs(tx); }));
    for (const std::int64_t run_id : left) {
      for (const KeptKind& kind : options_.kinds) {
        TRY_ASSIGN(const auto not_clean, store_.read([&](store::Transaction& tx) {
          return load_not_clean(tx, run_id, kind.kind);
        }));
        if (!not_clean.empty()) TRY(clean(kind, run_id, not_clean));
      }
      TRY_ASSIGN(const ListFiles files,
                 finish_run(store_, options_.data_dir, run_id, options_.now));
      (void)files;
    }
    return Ok{};
  }

  Status sweep(const KeptKind& kind) {
    // Nothing younger than what every rule asks for is looked at.
    const Date day =
        options_.date.plus_months(-static_cast<int>(rules_.months_at_least(kind.kind)));
    const Instant before = Instant::china(day.plus_days(1), 0);
    // Looked at many at a time, destroyed in batches.
    constexpr int batches_a_look = 16;
    std::optional<Kept> after;
    for (;;) {
      std::vector<Kept> page;
      TRY_ASSIGN(const auto due, store_.read([&](store::Transaction& tx) {
        page = kind.load(tx, before, after ? &*after : nullptr, options_.batch * batches_a_look);
        return decide(tx, kind.kind, page, cases_, true);
      }));
      if (page.empty()) return Ok{};
      if (!options_.dry_run) TRY(destroy_all(kind, due));
      after = page.back();
    }
  }

  Status destroy_all(const KeptKind& kind, const std::vector<Decided>& due) {
    const auto batch = static_cast<std::size_t>(options_.batch);
    for (std::size_t begin = 0; begin < due.size(); begin += batch) {
      std::vector<Kept> some;
      for (std::size_t i = begin; i < std::min(due.size(), begin + batch); ++i)
        some.push_back(due[i].record);
      TRY(destroy(kind, some));
    }
    return Ok{};
  }

  // Of a page, what is due and nothing forbids; counted when `count`.
  std::vector<Decided> decide(store::Transaction& tx, const std::string& kind,
                              const std::vector<Kept>& page, Cases& cases, bool count) {
    const Holds holds(tx, options_.date);
    std::vector<Decided> due;
    for (const Kept& record : page) {
      const CaseState* state = nullptr;
      if (!record.customer_no.empty()) state = &find_case(tx, record.customer_no, cases);
      const Due decided = rules_.decide(kind, record.made_at.china_date(), state, options_.date);
      const bool is_due = decided.state == Due::State::due;
      const bool held = is_due && holds.held(kind, record, state);
      if (count) {
        ++report_.looked_at;
        report_.open += decided.state == Due::State::open ? 1 : 0;
        report_.not_known += decided.state == Due::State::not_known ? 1 : 0;
        report_.held += held ? 1 : 0;
        report_.due += is_due && !held ? 1 : 0;
        if (is_due && !held && options_.dry_run) add_line(kind, decided.rule);
      }
      if (is_due && !held) due.push_back({record, decided});
    }
    return due;
  }

  const CaseState& find_case(store::Transaction& tx, const std::string& customer_no, Cases& cases) {
    // Nearly all are settled by the book in memory: open, and nothing else is asked of them. The
    // store is asked about the rest, once.
    static const CaseState open;
    if (over_.count(customer_no) == 0) return open;
    const auto found = cases.find(customer_no);
    if (found != cases.end()) return found->second;
    return cases.emplace(customer_no, load_case_state(tx, book_.get(), customer_no, options_.date))
        .first->second;
  }

  void add_line(const std::string& kind, const KeepRule& rule) {
    DueLine& line = lines_[{kind, rule.rule_id}];
    line.kind = kind;
    line.code = rule.code;
    line.rule_id = rule.rule_id;
    line.citation = rule.citation;
    line.rank = rule.rank;
    line.certainty = rule.certainty;
    ++line.count;
  }

  // The page again, under the lock that legal holds take: what was decided a moment ago may have
  // been forbidden since.
  Status destroy(const KeptKind& kind, const std::vector<Kept>& page) {
    std::int64_t run_id = run_id_;
    std::vector<Decided> gone;
    const Status done = store_.transact([&](store::Transaction& tx) -> Status {
      tx.lock(destruction_lock);
      Cases fresh;
      gone = decide(tx, kind.kind, page, fresh, false);
      // Of two runs at once, the other may have had them.
      const std::set<std::string> there = still_there(tx, kind, gone);
      std::erase_if(gone, [&](const Decided& d) { return !there.count(d.record.record_id); });
      if (gone.empty()) return Ok{};
      run_id = run_id_;
      if (run_id == 0)
        run_id = begin_run(tx, options_, rules_.version());
      else
        go_on_with_run(tx, run_id);  // another run may have taken it for cut off, and finished it
      std::vector<Kept> records;
      for (const Decided& one : gone) records.push_back(one.record);
      TRY(kind.destroy(tx, records, options_.now));
      save_destroyed(tx, run_id, kind.kind, gone);
      return Ok{};
    });
    if (!done) return done;
    if (gone.empty()) return Ok{};
    run_id_ = run_id;
    std::vector<Kept> records;
    for (const Decided& one : gone) {
      records.push_back(one.record);
      add_line(kind.kind, one.due.rule);
      ++report_.destroyed;
    }
    return clean(kind, run_id, records);
  }

  std::set<std::string> still_there(store::Transaction& tx, const KeptKind& kind,
                                    const std::vector<Decided>& due) {
    std::set<std::string> ids;
    if (due.empty()) return ids;
    // Just before the first of them, to just after the last.
    const Kept start{.record_id = {},
                     .customer_no = {},
                     .made_at = Instant::from_micros(due.front().record.made_at.micros() - 1)};
    const Instant before = Instant::from_micros(due.back().record.made_at.micros() + 1);
    std::optional<Kept> after = start;
    for (;;) {
      const auto page = kind.load(tx, before, &*after, options_.batch);
      if (page.empty()) return ids;
      for (const Kept& one : page) ids.insert(one.record_id);
      after = page.back();
    }
  }

  void save_destroyed(store::Transaction& tx, std::int64_t run_id, const std::string& kind,
                      const std::vector<Decided>& gone) {
    std::map<std::string, DestroyedBody> bodies;  // by row
    for (const Decided& one : gone) {
      insert_destroyed(tx, {.run_id = run_id,
                            .kind = kind,
                            .record_id = one.record.record_id,
                            .made_at = one.record.made_at,
                            .due_on = one.due.due_on,
                            .code = one.due.rule.code,
                            .rule_id = one.due.rule.rule_id,
                            .destroyed_at = options_.now});
      DestroyedBody& body = bodies[one.due.rule.rule_id];
      body.code = one.due.rule.code;
      body.rule_id = one.due.rule.rule_id;
      body.record_ids.push_back(one.record.record_id);
    }
    for (auto& [rule_id, body] : bodies) {
      body.run_id = std::to_string(run_id);
      body.kind = kind;
      body.count = static_cast<std::int64_t>(body.record_ids.size());
      body.file = "retention.dmn";
      body.version = rules_.version();
      tx.append({"record_destroyed", "retention:" + body.run_id, options_.by, options_.now,
                 http::write_json(body)});
    }
  }

  Status clean(const KeptKind& kind, std::int64_t run_id, const std::vector<Kept>& records) {
    if (kind.clean) TRY(kind.clean(store_, records));
    return store_.transact(
        [&](store::Transaction& tx) { mark_clean(tx, run_id, kind.kind, records); });
  }

  store::Store& store_;
  std::shared_ptr<const book::BookView> book_;
  std::unordered_set<std::string_view> over_;  // of the book
  RetentionRules rules_;
  const RetentionOptions& options_;
  RetentionReport report_;
  std::map<std::pair<std::string, std::string>, DueLine> lines_;
  Cases cases_;
  std::int64_t run_id_ = 0;
};

}  // namespace

std::string RetentionReport::text() const {
  std::string text = fmt::format(
      "保管期限 {} retention.dmn@{}{}：查看 {}，{} {}，案件未结 {}，法定保留 {}，未知 {}\n",
      date.format(), version, dry_run ? "（演练）" : "", looked_at, dry_run ? "到期" : "已销毁",
      dry_run ? due : destroyed, open, held, not_known);
  for (const DueLine& line : lines)
    text += fmt::format("  {}\t{}\t{}\t{}\t{} ({}, {})\n", line.kind, line.count, line.code,
                        line.rule_id, line.citation, line.rank, line.certainty);
  for (const Loosened& one : loosened)
    text += fmt::format("  {}: {} {} {}: {} 个月，依 {}：在用版本更短，仍按法定\n", one.code,
                        one.kind, one.lender_kind, one.jurisdiction, one.keep_months, one.citation);
  if (!list_csv.empty()) text += "销毁清单 " + list_csv + "\n";
  return text;
}

Result<RetentionReport> run_retention(store::Store& store, const book::Shelf& shelf,
                                      const RetentionOptions& options) {
  CHECK(options.batch > 0);
  TRY_ASSIGN(const auto models, tables::models_in_force(store, options.decisions, options.date));
  TRY_ASSIGN(const decision::Model* in_force, models.need("retention.dmn"));
  TRY_ASSIGN(const auto shipped_file, tables::read_shipped(options.decisions, "retention.dmn"));
  TRY_ASSIGN(const auto shipped, decision::Model::parse(*shipped_file.bytes, "retention.dmn"));
  std::vector<std::string> kinds;
  for (const KeptKind& kind : options.kinds) kinds.push_back(kind.kind);
  TRY_ASSIGN(RetentionRules rules, RetentionRules::of(*in_force, shipped, kinds));
  std::shared_ptr<const book::BookView> book;  // none: every case is open
  if (shelf.latest()) {
    TRY_ASSIGN(book, shelf.latest_book());
  }
  return Run(store, book, std::move(rules), options).run();
}

}  // namespace records
