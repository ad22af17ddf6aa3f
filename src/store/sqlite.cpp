// SQLite: write-ahead log, synchronous FULL, one writer. Callers that arrive while a commit is
// under way share the next one (group commit): each runs in its own savepoint, all are durable
// together.

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <thread>
#include <unordered_map>
#include <utility>

#include "store/checkpoint.h"
#include "store/connection.h"
#include "store/given_rows.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Error;

[[noreturn]] void fail_sqlite(sqlite3* db, std::string_view sql) {
  const int extended = sqlite3_extended_errcode(db), code = extended & 0xff;
  const bool unique =
      extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY;
  Code kind = Code::unavailable;
  if (code == SQLITE_CONSTRAINT) kind = unique ? Code::conflict : Code::invalid_input;
  if (code == SQLITE_MISMATCH || code == SQLITE_TOOBIG) kind = Code::invalid_input;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) kind = Code::corrupt;
  fail(kind, std::string("SQLite: ") + sqlite3_errmsg(db), std::string(sql.substr(0, 200)),
       code == SQLITE_BUSY, unique);
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int c) const override { return sqlite3_column_type(statement_, c) == SQLITE_NULL; }
  std::int64_t i64(int c) const override {
    CHECK_MSG(sqlite3_column_type(statement_, c) == SQLITE_INTEGER, "column is not an integer");
    return sqlite3_column_int64(statement_, c);
  }
  std::string_view text_view(int c) const override {
    CHECK_MSG(sqlite3_column_type(statement_, c) == SQLITE_TEXT, "column is not a text");
    return bytes(c);
  }
  std::string blob(int c) const override {
    CHECK_MSG(sqlite3_column_type(statement_, c) == SQLITE_BLOB, "column is not a blob");
    return std::string(bytes(c));
  }

 private:
  std::string_view bytes(int c) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, c));
    return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, c))};
  }
  sqlite3_stmt* statement_;
};

class SqliteConnection final : public ScriptTransaction {
 public:
  SqliteConnection(const std::string& path, const std::shared_ptr<Keyring>& keyring, IdSource& ids)
      : vault_(keyring, this), ids_(ids) {
    // SQLite's count of its own memory is one lock for all threads, at each of its allocations.
    static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(uncounted);  // refused where somebody began before us: then it counts
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
      const std::string why = db_ ? sqlite3_errmsg(db_) : "out of memory";
      sqlite3_close(db_);
      fail(Code::unavailable, "cannot open the SQLite file: " + why, path);
    }
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_timeout(db_, 60'000);
    execute_script(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;");
    if (GivenRows::declare(db_) != SQLITE_OK) fail_sqlite(db_, "given_row");
  }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.get);
    sqlite3_close(db_);
  }

  std::int64_t execute(std::string_view sql, const Params& params) override {
    query(sql, params, [](const Row&) {});
    return sqlite3_changes64(db_);
  }

  void query(std::string_view sql, const Params& params, const RowCallback& callback) override {
    Prepared& statement = prepared(sql);
    const Reset reset{statement.get};
    bind(statement, params, sql);
    const SqliteRow row(statement.get);
    int step = SQLITE_OK;
    while ((step = sqlite3_step(statement.get)) == SQLITE_ROW)
      if (callback) callback(row);
    if (step != SQLITE_DONE) fail_sqlite(db_, sql);
  }

  std::int64_t insert_many(std::string_view table, const std::vector<std::string_view>& columns,
                           const std::function<bool(Params&)>& next_row) override {
    const std::string sql = GivenRows::insert_into(table, columns);
    Prepared& statement = prepared(sql);
    GivenRows rows(columns.size(), next_row, checkpointer_);
    const Reset reset{statement.get};
    if (rows.bind(statement.get, 1) != SQLITE_OK) fail_sqlite(db_, sql);
    if (sqlite3_step(statement.get) != SQLITE_DONE) {
      rows.rethrow();
      fail_sqlite(db_, sql);
    }
    return rows.count();
  }

  void lock(std::string_view) override {}  // one writer: it is alone already
  Vault& vault() override { return vault_; }
  std::int64_t next_id() override { return ids_.next(); }
  std::int64_t next_ids(std::int64_t count) override { return ids_.next_block(count); }
  bool on_postgres() const override { return false; }

  void append_block(std::int64_t first_id, std::span<const FactView> facts) override {
    std::size_t at = 0;
    insert_many("fact", {"fact_id", "kind", "subject", "made_by", "made_at", "body"},
                [&](Params& row) {
                  if (at == facts.size()) return false;
                  const FactView& fact = facts[at];
                  row = {first_id + static_cast<std::int64_t>(at++),
                         fact.kind,
                         fact.subject,
                         fact.made_by,
                         fact.made_at,
                         fact.body};
                  return true;
                });
    execute("INSERT INTO fact_unsealed (first_id, fact_count) VALUES ($1, $2)",
            {first_id, static_cast<std::int64_t>(facts.size())});
  }

  void execute_script(const std::string& sql) override {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      fail_sqlite(db_, sql);
  }
  // Whether commits do. All lie in one log, in order: one that does puts those before it on disk.
  void wait_for_disk(bool wait) {
    if (std::exchange(waits_for_disk_, wait) != wait)
      execute_script(wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  }
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
  bool others_wait() const override { return others_wait_ && others_wait_(); }
  // For the one that writes.
  void serve(Checkpointer& checkpointer, std::function<bool()> others_wait) {
    checkpointer.serve(db_);
    checkpointer_ = &checkpointer;
    others_wait_ = std::move(others_wait);
  }

  void end_vault() { vault_.end(); }
  // Whoever writes is alone: what is in use now stays so until the transaction ends.
  void begin_vault(bool write) {
    vault_.begin();
    if (!write) return;
    const kernel::Status loaded = vault_.follow();
    if (!loaded) throw Failure(loaded.error(), false, false);
  }

 private:
  struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  };

  // A statement, and where SQLite wants each parameter: by name, for it would number $2, $1 by
  // appearance. 0: not used, as PostgreSQL would say at prepare time.
  struct Prepared {
    sqlite3_stmt* get = nullptr;
    std::vector<int> at;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  Prepared& prepared(std::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
      if (!sqlite3_stmt_busy(found->second.get)) return found->second;
      fail(Code::conflict, "a statement may not run inside its own callback", std::string(sql));
    }
    Prepared statement;
    if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement.get, nullptr) != SQLITE_OK)
      fail_sqlite(db_, sql);
    return statements_.emplace(sql, std::move(statement)).first->second;
  }

  void bind(Prepared& statement, const Params& params, std::string_view sql) {
    while (statement.at.size() < params.size())
      statement.at.push_back(sqlite3_bind_parameter_index(
          statement.get, ("$" + std::to_string(statement.at.size() + 1)).c_str()));
    for (std::size_t i = 0; i < params.size(); ++i) {
      if (statement.at[i] == 0) continue;
      if (bind_one(statement.get, statement.at[i], params[i].get()) != SQLITE_OK)
        fail_sqlite(db_, sql);
    }
  }

  // Borrowed: what is bound is unbound (Reset) before the caller's values go.
  static int bind_one(sqlite3_stmt* statement, int at, const Param::Variant& value) {
    CHECK_MSG(!std::holds_alternative<const Array*>(value), "SQLite has no arrays");
    if (const auto* number = std::get_if<std::int64_t>(&value))
      return sqlite3_bind_int64(statement, at, *number);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      check_text(*text);
      return sqlite3_bind_text64(statement, at, text->data() ? text->data() : "", text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    }
    if (const auto* blob = std::get_if<Blob>(&value))
      return sqlite3_bind_blob64(statement, at, blob->bytes.data() ? blob->bytes.data() : "",
                                 blob->bytes.size(), SQLITE_STATIC);
    return sqlite3_bind_null(statement, at);
  }

  sqlite3* db_ = nullptr;
  Vault vault_;
  IdSource& ids_;
  Checkpointer* checkpointer_ = nullptr;  // of the one that writes
  std::function<bool()> others_wait_;
  bool waits_for_disk_ = true;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
};

// One caller's work, waiting for or sharing a commit.
struct Job {
  const std::function<bool(Transaction&)>* body;
  bool part = false;  // durable with a later commit
  kernel::Status status = kernel::Ok{};
  std::exception_ptr thrown;
  bool ready = false;
};

class SqliteStore final : public Store, public PartsStore {
 public:
  SqliteStore(Options options, std::shared_ptr<Keyring> keyring)
      : options_(std::move(options)),
        keyring_(std::move(keyring)),
        vault_(keyring_),
        ids_(options_.clock),
        checkpointer_(options_.url) {
    std::error_code ignored;
    create_directories(std::filesystem::absolute(options_.url).parent_path(), ignored);
    lock_fd_ = ::open((options_.url + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock_fd_ < 0) fail(Code::unavailable, "cannot open the lock file", options_.url + ".lock");
    writer_ = std::make_unique<SqliteConnection>(options_.url, keyring_, ids_);
    writer_->serve(checkpointer_, [this] { return others_wait(); });
  }
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override { ::close(lock_fd_); }

  kernel::Status migrate(const std::vector<Migration>& migrations) override {
    TRY(run_body(
        [&](Transaction& tx) {
          migrate_in(static_cast<SqliteConnection&>(tx), migrations, ids_, options_.clock());
          return true;
        },
        true));
    return load_keys();
  }
  kernel::Status scrub() override {
    const std::unique_ptr<SqliteConnection> connection = take_reader();
    if (!connection) return Error{Code::unavailable, "cannot open another reader", options_.url};
    const auto alone = checkpointer_.hold();  // two at once: SQLite would leave ours undone
    try {
      connection->execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const Failure& failure) {
      return failure.error();
    }
    return kernel::Ok{};
  }
  bool on_postgres() const override { return false; }
  Vault& vault() override { return vault_; }
  std::int64_t next_id() override { return ids_.next(); }
  kernel::Status run_part(const Body& body) override { return run_write(body, true); }

 protected:
  kernel::Status run_body(const Body& body, bool write) override {
    return write ? run_write(body, false) : run_read(body);
  }

 private:
  // After the keys are durable, so that nothing is sealed with one that never was.
  kernel::Status load_keys() {
    kernel::Status loaded = kernel::Ok{};
    TRY(run_read([&](Transaction& tx) {
      loaded = tx.vault().reload();
      return true;
    }));
    return loaded;
  }

  kernel::Status run_read(const Body& body) {
    std::unique_ptr<SqliteConnection> connection = take_reader();
    if (!connection) return Error{Code::unavailable, "cannot open another reader", options_.url};
    kernel::Status status = kernel::Ok{};
    try {
      connection->execute_script("BEGIN");
      connection->begin_vault(false);
      body(*connection);
      connection->execute_script("COMMIT");
    } catch (const Failure& failure) {
      status = failure.error();
    } catch (...) {
      if (connection->in_transaction()) connection->execute_script("ROLLBACK");
      give_back(std::move(connection));
      throw;
    }
    if (connection->in_transaction()) connection->execute_script("ROLLBACK");
    give_back(std::move(connection));
    return status;
  }

  std::unique_ptr<SqliteConnection> take_reader() {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        auto connection = std::move(readers_.back());
        readers_.pop_back();
        return connection;
      }
    }
    try {
      return std::make_unique<SqliteConnection>(options_.url, keyring_, ids_);
    } catch (const Failure&) {
      return nullptr;
    }
  }
  void give_back(std::unique_ptr<SqliteConnection> connection) {
    connection->end_vault();
    const std::lock_guard lock(readers_mutex_);
    if (readers_.size() < static_cast<std::size_t>(options_.connections))
      readers_.push_back(std::move(connection));
  }

  // The first to find no leader leads: it runs everybody's work that waits, and commits once.
  kernel::Status run_write(const Body& body, bool part) {
    Job job{&body, part};
    std::unique_lock lock(mutex_);
    CHECK_MSG(leader_ != std::this_thread::get_id(), "transact() inside transact()");
    waiting_.push_back(&job);
    changed_.wait(lock, [&] { return job.ready || leader_ == std::thread::id(); });
    if (!job.ready) {
      leader_ = std::this_thread::get_id();
      std::vector<Job*> batch(waiting_.begin(), waiting_.end());
      waiting_.clear();
      lock.unlock();
      commit_together(batch);
      lock.lock();
      for (Job* done : batch) done->ready = true;
      leader_ = std::thread::id();
      changed_.notify_all();
    }
    lock.unlock();
    if (job.thrown) std::rethrow_exception(job.thrown);
    return job.status;
  }

  static struct flock the_turn() {
    return {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1, .l_pid = 0};
  }

  // Other processes queue here in the kernel, not in SQLite's sleeping busy handler. Who is next
  // holds the turn while it waits for the lock: the kernel wakes it when the lock is let go, and
  // without that whoever let go (a night, a thousand facts a time) would have it again before the
  // other is awake.
  void take_turn() {
    struct flock turn = the_turn();
    while (::fcntl(lock_fd_, F_OFD_SETLKW, &turn) != 0 && errno == EINTR) {
    }
    while (::flock(lock_fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
    turn.l_type = F_UNLCK;
    ::fcntl(lock_fd_, F_OFD_SETLK, &turn);
  }

  // Of this process, or of another that holds the turn.
  bool others_wait() {
    if (sharing_) return true;
    struct flock turn = the_turn();
    if (::fcntl(lock_fd_, F_OFD_GETLK, &turn) == 0 && turn.l_type != F_UNLCK) return true;
    const std::lock_guard lock(mutex_);
    return !waiting_.empty();
  }

  void commit_together(const std::vector<Job*>& batch) {
    take_turn();
    if (!commit_once(batch) && batch.size() > 1) {
      for (Job* job : batch) commit_once({job});  // one of them broke the commit of all
    }
    ::flock(lock_fd_, LOCK_UN);
    writer_->end_vault();
  }

  // False when nothing of the batch is in: every job then carries the error.
  bool commit_once(const std::vector<Job*>& batch) {
    try {
      writer_->wait_for_disk(!std::ranges::all_of(batch, &Job::part));
      writer_->execute_script("BEGIN IMMEDIATE");
      sharing_ = batch.size() > 1;
      if (batch.size() == 1 && !run_alone(*batch.front())) return true;
      if (batch.size() > 1)
        for (Job* job : batch) run_in_savepoint(*job);
      writer_->execute_script("COMMIT");
      return true;
    } catch (const Failure& failure) {
      for (Job* job : batch) job->status = failure.error();
    }
    if (writer_->in_transaction()) writer_->execute_script("ROLLBACK");
    return false;
  }

  // A savepoint keeps a journal that SQLite walks at the end of each statement: a long transaction
  // would take the square of its time. False: it was rolled back, and that was its own affair.
  bool run_alone(Job& job) {
    job.status = kernel::Ok{};
    job.thrown = nullptr;
    bool keep = false;
    try {
      writer_->begin_vault(true);
      keep = (*job.body)(*writer_);
    } catch (const Failure& failure) {
      job.status = failure.error();
    } catch (...) {
      job.thrown = std::current_exception();
    }
    if (!keep && writer_->in_transaction()) writer_->execute_script("ROLLBACK");
    return keep;
  }

  void run_in_savepoint(Job& job) {
    job.status = kernel::Ok{};
    job.thrown = nullptr;
    bool keep = false;
    writer_->execute_script("SAVEPOINT job");
    try {
      writer_->begin_vault(true);
      keep = (*job.body)(*writer_);
    } catch (const Failure& failure) {
      // A full disk or an I/O error has rolled back everything, not only this job.
      if (!writer_->in_transaction()) throw;
      job.status = failure.error();
    } catch (...) {
      job.thrown = std::current_exception();
    }
    writer_->execute_script(keep ? "RELEASE job" : "ROLLBACK TO job; RELEASE job");
  }

  Options options_;
  std::shared_ptr<Keyring> keyring_;
  Vault vault_;
  IdSource ids_;
  int lock_fd_ = -1;
  bool sharing_ = false;  // several callers' work is in the transaction
  Checkpointer checkpointer_;
  std::unique_ptr<SqliteConnection> writer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job*> waiting_;
  std::thread::id leader_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;
};

}  // namespace

std::unique_ptr<Store> open_sqlite(Options options, std::shared_ptr<Keyring> keyring) {
  return std::make_unique<SqliteStore>(std::move(options), std::move(keyring));
}

}  // namespace store
