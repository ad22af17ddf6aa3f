// PostgreSQL through libpq: a pool of connections, statements prepared once each, COPY for many
// rows. Writes run READ COMMITTED and serialise by lock(key); a deadlock or serialisation failure
// runs the work again. A connection lost at COMMIT leaves the outcome unknown, and says so.
// BEGIN, facts and statements nothing is wanted of wait for the next statement or the COMMIT, and
// go with it in one round trip (libpq's pipeline); what is wrong with them shows there.

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <random>
#include <thread>
#include <unordered_map>

#include "kernel/hash.h"
#include "store/connection.h"
#include "store/pg_call.h"
#include "store/pg_row.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Error;

constexpr int attempts_max = 12;

struct ResultFree {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ResultFree>;
struct ConnectionEnd {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

std::string one_line(const char* message) {
  std::string text(message ? message : "");
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

[[noreturn]] void fail_postgres(PGconn* connection, const PGresult* result, std::string_view sql) {
  const char* state_text = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const std::string_view state = state_text ? state_text : "";
  const bool lost = PQstatus(connection) != CONNECTION_OK;
  const bool unique = state == "23505";
  const bool retry = state == "40001" || state == "40P01" || lost;
  Code code = Code::unavailable;
  if (unique || (retry && !lost)) code = Code::conflict;
  if (state.starts_with("22") || (state.starts_with("23") && !unique)) code = Code::invalid_input;
  if (state.starts_with("XX")) code = Code::corrupt;
  const char* message = result ? PQresultErrorMessage(result) : PQerrorMessage(connection);
  fail(code, "PostgreSQL: " + one_line(message), std::string(sql.substr(0, 200)), retry, unique);
}

std::int64_t lock_number(std::string_view key) {
  std::int64_t number = 0;
  std::memcpy(&number, kernel::sha256(key).data(), sizeof number);
  return number;
}

constexpr std::size_t kWaitingBytesMax = 1 << 20;

// A server that is gone without a word (its machine lost power, a cable) is noticed within half a
// minute instead of the operating system's hours. What the URL says wins.
PGconn* connect(const std::string& url) {
  constexpr std::array names{"connect_timeout",   "keepalives_idle",  "keepalives_interval",
                             "keepalives_count",  "tcp_user_timeout", "dbname",
                             (const char*)nullptr};
  const std::array values{"10", "10", "5", "3", "30000", url.c_str(), (const char*)nullptr};
  return PQconnectdbParams(names.data(), values.data(), 1);
}

class PgConnection final : public ScriptTransaction {
 public:
  PgConnection(const std::string& url, const std::shared_ptr<Keyring>& keyring, IdSource& ids)
      : owned_(connect(url)), vault_(keyring, this), ids_(ids) {
    if (!alive())
      fail(Code::unavailable, "cannot reach PostgreSQL: " + one_line(PQerrorMessage(connection_)),
           "", true);
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    execute_script("SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET jit = off;");
  }
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  std::int64_t execute(std::string_view sql, const Params& params) override {
    const PgResult result = run(sql, params);
    std::int64_t count = 0;
    const char* text = PQcmdTuples(result.get());
    std::from_chars(text, text + std::strlen(text), count);
    return count;
  }

  // Without a callback nothing is wanted of it but that it is done.
  void query(std::string_view sql, const Params& params, const RowCallback& callback) override {
    if (!callback) return run_later(sql, params);
    if (foreseeing_) return run_later(sql, params, true);
    PgResult result = take_foreseen(sql, params);
    if (!result) result = run(sql, params);
    PgRow row(result.get());
    const int rows = PQntuples(result.get());
    for (int i = 0; i < rows; ++i) {
      row.go_to(i);
      callback(row);
    }
  }

  void foresee(const std::function<void()>& read) override {
    struct Ahead {
      bool& flag;
      explicit Ahead(bool& f) : flag(f) { flag = true; }
      ~Ahead() { flag = false; }
    } const ahead(foreseeing_);
    read();
  }

  std::int64_t insert_many(std::string_view table, const std::vector<std::string_view>& columns,
                           const std::function<bool(Params&)>& next_row) override {
    std::string sql = "COPY " + std::string(table) + " (";
    for (std::size_t i = 0; i < columns.size(); ++i)
      sql += (i ? ", " : "") + std::string(columns[i]);
    sql += ") FROM STDIN";
    flush();
    const PgResult begun(PQexec(connection_, sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) fail_postgres(connection_, begun.get(), sql);
    std::int64_t count = 0;
    std::string lines;
    try {
      for (Params row; next_row(row); ++count, row.clear()) {
        CHECK_MSG(row.size() == columns.size(), "a value for each column");
        for (std::size_t i = 0; i < row.size(); ++i) {
          if (i) lines += '\t';
          append_copy_value(lines, row[i].get());
        }
        lines += '\n';
        if (lines.size() > 1 << 20) put_copy(lines, sql);
      }
      put_copy(lines, sql);
    } catch (...) {
      PQputCopyEnd(connection_, "the rows could not be made");
      while (PgResult(PQgetResult(connection_))) {
      }
      throw;
    }
    if (PQputCopyEnd(connection_, nullptr) != 1) fail_postgres(connection_, nullptr, sql);
    const PgResult ended(PQgetResult(connection_));
    const bool good = PQresultStatus(ended.get()) == PGRES_COMMAND_OK;
    while (PgResult(PQgetResult(connection_))) {
    }
    if (!good) fail_postgres(connection_, ended.get(), sql);
    return count;
  }

  void lock(std::string_view key) override {
    query("SELECT pg_advisory_xact_lock($1)", {lock_number(key)}, [](const Row&) {});
  }
  Vault& vault() override { return vault_; }
  std::int64_t next_id() override { return ids_.next(); }
  std::int64_t next_ids(std::int64_t count) override { return ids_.next_block(count); }
  bool on_postgres() const override { return true; }

  // One round trip, one or many.
  void append_block(std::int64_t first_id, std::span<const FactView> facts) override {
    if (facts.size() == 1) {
      const FactView& f = facts.front();
      run_later("SELECT fact_append($1, $2, $3, $4, $5, $6)",
                {first_id, f.kind, f.subject, f.made_by, f.made_at, f.body});
      return;
    }
    Array kinds = Array::of_texts(), subjects = kinds, makers = kinds, bodies = kinds;
    Array times = Array::of_numbers();
    for (const FactView& f : facts) {
      kinds.add(f.kind);
      subjects.add(f.subject);
      makers.add(f.made_by);
      times.add(f.made_at.micros());
      bodies.add(f.body);
    }
    run_later("SELECT fact_append_many($1, $2, $3, $4, $5, $6)",
              {first_id, kinds, subjects, makers, times, bodies});
  }

  void begin(bool write) {
    vault_.begin();
    foreseen_.clear();
    later({.sql = write ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                        : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
           .prepared = "",
           .bound = Bound({}, true)});
  }
  void end_vault() { vault_.end(); }
  // What failed and may now succeed may have been sealed with a key retired meanwhile.
  void look_at_keys() {
    const kernel::Status loaded = vault_.follow();
    if (!loaded) throw Failure(loaded.error(), false, false);
  }
  void commit() {
    if (vault_.has_sealed())
      run_later("SELECT vault_fence($1, $2)", {vault_.in_use(), lock_number(vault_turn)});
    if (!in_transaction() && waiting_.size() <= 1) return forget();  // nothing but its beginning
    exchange({.sql = "COMMIT", .prepared = "", .bound = Bound({}, true)});
  }
  void roll_back() {
    forget();
    if (in_transaction()) execute_script("ROLLBACK");
  }

  void execute_script(const std::string& sql) override {
    flush();
    const PgResult result(PQexec(connection_, sql.c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    // A script may have nothing for this engine.
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
      fail_postgres(connection_, result.get(), sql);
  }
  bool in_transaction() const { return PQtransactionStatus(connection_) != PQTRANS_IDLE; }
  bool alive() const { return PQstatus(connection_) == CONNECTION_OK; }

 private:
  PgResult run(std::string_view sql, const Params& params) {
    CHECK_MSG(!foreseeing_, "what is foreseen only reads");
    const std::string& name = prepared(sql);
    if (!waiting_.empty())
      return exchange({.sql = std::string(sql), .prepared = name, .bound = Bound(params, false)});
    const Bound bound(params, false);
    PgResult result(PQexecPrepared(connection_, name.c_str(), bound.count(), bound.values(),
                                   bound.lengths(), bound.formats(), 0));
    if (!is_good(result.get())) fail_postgres(connection_, result.get(), sql);
    return result;
  }

  void run_later(std::string_view sql, const Params& params, bool foreseen = false) {
    CHECK_MSG(foreseen == foreseeing_, "what is foreseen only reads");
    const std::string& name = prepared(sql);
    later({.sql = std::string(sql),
           .prepared = name,
           .bound = Bound(params, true),
           .foreseen = foreseen});
  }

  void later(Call call) {
    waiting_bytes_ += call.bound.bytes();
    waiting_.push_back(std::move(call));
    if (waiting_bytes_ > kWaitingBytesMax) flush();
  }
  void forget() {
    waiting_.clear();
    waiting_bytes_ = 0;
  }
  PgResult take_foreseen(std::string_view sql, const Params& params) {
    const auto found = std::find_if(foreseen_.begin(), foreseen_.end(), [&](const auto& one) {
      return one.first.sql == sql && one.first.bound == Bound(params, false);
    });
    if (found == foreseen_.end()) return nullptr;
    PgResult result = std::move(found->second);
    foreseen_.erase(found);
    return result;
  }
  void flush() {
    if (waiting_.empty()) return;
    Call last = std::move(waiting_.back());
    waiting_.pop_back();
    PgResult result = exchange(last);
    if (last.foreseen) foreseen_.emplace_back(std::move(last), std::move(result));
  }

  static bool is_good(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  }

  bool send(const Call& call) {
    const Bound& b = call.bound;
    if (call.prepared.empty())
      return PQsendQueryParams(connection_, call.sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                               0) == 1;
    return PQsendQueryPrepared(connection_, call.prepared.c_str(), b.count(), b.values(),
                               b.lengths(), b.formats(), 0) == 1;
  }

  // All that waits and then `last`, whose result it gives; the first that fails is thrown, and the
  // server has then done nothing of what came after it.
  PgResult exchange(const Call& last) {
    std::vector<Call> calls = std::move(waiting_);
    forget();
    bool sent = PQenterPipelineMode(connection_) == 1;
    for (const Call& call : calls) sent = sent && send(call);
    sent = sent && send(last) && PQpipelineSync(connection_) == 1;
    if (!sent) fail_postgres(connection_, nullptr, last.sql);
    PgResult answer, bad;
    std::string bad_sql;
    for (std::size_t i = 0; i <= calls.size(); ++i) {
      PgResult result(PQgetResult(connection_));
      if (result) PQclear(PQgetResult(connection_));  // the null that ends each
      if (!result && !bad) fail_postgres(connection_, nullptr, last.sql);
      if (!is_good(result.get())) {
        if (bad) continue;  // not run because of the first
        bad = std::move(result);
        bad_sql = i < calls.size() ? calls[i].sql : last.sql;
      } else if (i == calls.size()) {
        answer = std::move(result);
      } else if (calls[i].foreseen) {
        foreseen_.emplace_back(std::move(calls[i]), std::move(result));
      }
    }
    PQclear(PQgetResult(connection_));  // the sync
    PQexitPipelineMode(connection_);
    if (bad) fail_postgres(connection_, bad.get(), bad_sql);
    return answer;
  }

  const std::string& prepared(std::string_view sql) {
    const auto found = statements_.find(std::string(sql));
    if (found != statements_.end()) return found->second;
    const std::string name = "s" + std::to_string(statements_.size());
    const PgResult result(
        PQprepare(connection_, name.c_str(), std::string(sql).c_str(), 0, nullptr));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      fail_postgres(connection_, result.get(), sql);
    return statements_.emplace(std::string(sql), name).first->second;
  }

  void put_copy(std::string& lines, std::string_view sql) {
    if (!lines.empty() &&
        PQputCopyData(connection_, lines.data(), static_cast<int>(lines.size())) != 1)
      fail_postgres(connection_, nullptr, sql);
    lines.clear();
  }

  const std::unique_ptr<PGconn, ConnectionEnd> owned_;  // also where the constructor throws
  PGconn* const connection_ = owned_.get();
  Vault vault_;
  IdSource& ids_;
  std::unordered_map<std::string, std::string> statements_;
  std::vector<Call> waiting_;  // of this transaction, not sent yet
  std::size_t waiting_bytes_ = 0;
  std::vector<std::pair<Call, PgResult>> foreseen_;  // answered and not asked for yet
  bool foreseeing_ = false;
};

class PgStore final : public Store {
 public:
  PgStore(Options options, std::shared_ptr<Keyring> keyring)
      : options_(std::move(options)),
        keyring_(std::move(keyring)),
        vault_(keyring_),
        ids_(options_.clock) {
    give_back(take());  // fail now when the server is not there
  }

  kernel::Status migrate(const std::vector<Migration>& migrations) override {
    TRY(run_body(
        [&](Transaction& tx) {
          migrate_in(static_cast<PgConnection&>(tx), migrations, ids_, options_.clock());
          return true;
        },
        true));
    return load_keys();
  }
  kernel::Status scrub() override {
    try {
      std::unique_ptr<PgConnection> connection = take();
      const Back back{*this, connection};
      std::vector<std::string> tables;
      connection->query(
          "SELECT t FROM unnest(ARRAY['fact', 'log_key', 'vault_wrap']) AS t"
          " WHERE to_regclass(t) IS NOT NULL",
          {}, [&](const Row& row) { tables.push_back(row.text(0)); });
      for (const std::string& table : tables)  // another's table is passed over with a notice
        connection->execute_script("VACUUM " + table);
    } catch (const Failure& failure) {
      return failure.error();
    }
    return kernel::Ok{};
  }
  bool on_postgres() const override { return true; }
  Vault& vault() override { return vault_; }
  std::int64_t next_id() override { return ids_.next(); }

 protected:
  kernel::Status run_body(const Body& body, bool write) override {
    for (int attempt = 1;; ++attempt) {
      bool committing = false;
      try {
        run_once(body, write, attempt > 1, committing);
        return kernel::Ok{};
      } catch (const Failure& failure) {
        if (committing && write && failure.error().code == Code::unavailable) {
          return Error{Code::unavailable,
                       "the connection broke while committing: whether it is in is not known; "
                       "ask again with the same key. " +
                           failure.error().message,
                       failure.error().where};
        }
        if (!failure.retry_may_help() || attempt == attempts_max) return failure.error();
      }
      wait_before_retry(attempt);
    }
  }

 private:
  // After the keys are durable, so that nothing is sealed with one that never was.
  kernel::Status load_keys() {
    kernel::Status loaded = kernel::Ok{};
    TRY(run_body(
        [&](Transaction& tx) {
          loaded = tx.vault().reload();
          return true;
        },
        false));
    return loaded;
  }

  void run_once(const Body& body, bool write, bool again, bool& committing) {
    std::unique_ptr<PgConnection> connection = take();
    const Back back{*this, connection};
    connection->begin(write);
    if (again && write) connection->look_at_keys();
    const bool keep = body(*connection);
    committing = keep;
    keep ? connection->commit() : connection->roll_back();
    committing = false;
  }

  // Gives the connection back on every way out, rolled back; a broken one is dropped.
  struct Back {
    PgStore& store;
    std::unique_ptr<PgConnection>& connection;
    ~Back() {
      try {
        if (connection->alive()) connection->roll_back();
      } catch (const Failure&) {
        connection.reset();
      }
      if (connection && !connection->alive()) connection.reset();
      store.give_back(std::move(connection));
    }
  };

  std::unique_ptr<PgConnection> take() {
    {
      std::unique_lock lock(mutex_);
      returned_.wait(lock, [&] { return !free_.empty() || open_ < options_.connections; });
      if (!free_.empty()) {
        auto connection = std::move(free_.back());
        free_.pop_back();
        return connection;
      }
      ++open_;
    }
    try {
      return std::make_unique<PgConnection>(options_.url, keyring_, ids_);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }
  void give_back(std::unique_ptr<PgConnection> connection) {
    if (connection) connection->end_vault();
    const std::lock_guard lock(mutex_);
    if (connection)
      free_.push_back(std::move(connection));
    else
      --open_;
    returned_.notify_one();
  }

  static void wait_before_retry(int attempt) {
    thread_local std::minstd_rand random(std::random_device{}());
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % (5u << std::min(attempt, 6))));
  }

  Options options_;
  std::shared_ptr<Keyring> keyring_;
  Vault vault_;
  IdSource ids_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<PgConnection>> free_;
  int open_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_postgres(Options options, std::shared_ptr<Keyring> keyring) {
  return std::make_unique<PgStore>(std::move(options), std::move(keyring));
}

}  // namespace store
