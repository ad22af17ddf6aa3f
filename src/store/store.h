#pragma once
// The only SQL door. One SQL text with $1…$n runs on SQLite (embedded) and PostgreSQL (many nodes).
// Enters: a closure to run in a transaction. Leaves: its value once durable, or an Error.
// Inside a transaction a failing statement throws store::Failure, which stops at transact() and
// read(). Never true: a value acknowledged and not on disk; personal data in clear on disk (see
// vault.h).

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/money.h"
#include "kernel/result.h"
#include "kernel/secret.h"

namespace store {

class Vault;

// ---- values in and out -------------------------------------------------------------------------

struct Blob {
  std::string_view bytes;
};

// Many values as one parameter, for the door functions of PostgreSQL that take many rows in one
// call (its binary array format); SQLite has no arrays and refuses one.
class Array {
 public:
  static Array of_texts() { return Array(25); }    // TEXT[]
  static Array of_numbers() { return Array(20); }  // BIGINT[]
  static Array of_bytes() { return Array(17); }    // BYTEA[], by add_bytes()
  void add(std::string_view text);
  void add(std::int64_t number);
  void add_bytes(std::string_view bytes);
  void add_null();
  std::string_view bytes() const { return bytes_; }

 private:
  explicit Array(std::int32_t element_oid);
  void count_one();
  std::string bytes_;
  std::int32_t count_ = 0;
};

// A parameter: null, integer, text, bytes or array. All but integers are borrowed for the call.
class Param {
 public:
  Param(std::nullptr_t) {}
  Param(std::int64_t v) : value_(v) {}
  Param(int v) : value_(static_cast<std::int64_t>(v)) {}
  Param(bool v) : value_(static_cast<std::int64_t>(v)) {}
  Param(std::string_view v) : value_(v) {}
  Param(const std::string& v) : value_(std::string_view(v)) {}
  Param(const char* v) : value_(std::string_view(v)) {}
  Param(Blob v) : value_(v) {}
  Param(const Array& v) : value_(&v) {}
  Param(kernel::Money v) : value_(v.fen()) {}
  Param(kernel::Date v) : value_(static_cast<std::int64_t>(v.days())) {}
  Param(kernel::Instant v) : value_(v.micros()) {}
  template <class Tag>
  Param(kernel::Id<Tag> v) : value_(v.value()) {}
  template <class T>
  Param(const std::optional<T>& v) {
    if (v) value_ = Param(*v).value_;
  }

  using Variant = std::variant<std::monostate, std::int64_t, std::string_view, Blob, const Array*>;
  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

using Params = std::vector<Param>;

// One result row, valid inside the callback. Columns count from 0; a wrong type or a null read as
// a value is our mistake (CHECK). Dates are days, instants µs, money fen, all BIGINT columns.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t i64(int column) const = 0;
  virtual std::string_view text_view(int column) const = 0;  // valid inside the callback alone
  virtual std::string blob(int column) const = 0;

  std::string text(int column) const { return std::string(text_view(column)); }
  bool flag(int column) const { return i64(column) != 0; }
  kernel::Money money(int column) const { return kernel::Money::from_fen(i64(column)); }
  kernel::Date date(int column) const {
    return kernel::Date::from_days(static_cast<std::int32_t>(i64(column)));
  }
  kernel::Instant instant(int column) const { return kernel::Instant::from_micros(i64(column)); }
  template <class Tag>
  kernel::Id<Tag> id(int column) const {
    return kernel::Id<Tag>(i64(column));
  }
  std::optional<std::int64_t> opt_i64(int column) const {
    return is_null(column) ? std::nullopt : std::optional(i64(column));
  }
  std::optional<std::string> opt_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
  }
  std::optional<kernel::Date> opt_date(int column) const {
    return is_null(column) ? std::nullopt : std::optional(date(column));
  }
  std::optional<kernel::Instant> opt_instant(int column) const {
    return is_null(column) ? std::nullopt : std::optional(instant(column));
  }
};

using RowCallback = std::function<void(const Row&)>;

// A statement or commit that failed; carried to the store's door, never past it.
class Failure : public std::runtime_error {
 public:
  Failure(kernel::Error error, bool retry_may_help, bool unique_violation)
      : std::runtime_error(error.message),
        error_(std::move(error)),
        retry_(retry_may_help),
        unique_(unique_violation) {}
  const kernel::Error& error() const { return error_; }
  bool retry_may_help() const { return retry_; }
  bool unique_violation() const { return unique_; }

 private:
  kernel::Error error_;
  bool retry_, unique_;
};

// ---- facts -------------------------------------------------------------------------------------

struct FactTag {};
using FactId = kernel::Id<FactTag>;

// Something that happened, for good. Never holds personal data: names, numbers, addresses and notes
// stay sealed in their room's tables; `body` is one JSON object of codes, amounts, dates and ids.
struct Fact {
  std::string kind;     // "permit_granted", "promise_made": past tense, room's own list
  std::string subject;  // "customer:C000123", "account:…", "user:…", "night:2026-11-22"
  std::string made_by;  // "user:7", "night", "import"
  kernel::Instant made_at;
  std::string body = "{}";
};

// The same, its texts another's for the length of a call.
struct FactView {
  FactView() = default;
  FactView(const Fact& fact)
      : kind(fact.kind),
        subject(fact.subject),
        made_by(fact.made_by),
        made_at(fact.made_at),
        body(fact.body) {}

  std::string_view kind, subject, made_by;
  kernel::Instant made_at;
  std::string_view body = "{}";
};

constexpr std::int64_t ids_a_block = 4096;

// A fact whose person is erased: what stands in place of its subject, and its entry in the log.
struct Erased {
  FactId fact_id;
  std::string subject, entry;
};

// ---- transactions ------------------------------------------------------------------------------

class Transaction {
 public:
  virtual ~Transaction() = default;

  // Runs one statement; how many rows it changed. A query() without callback may go with the next.
  virtual std::int64_t execute(std::string_view sql, const Params& params = {}) = 0;
  virtual void query(std::string_view sql, const Params& params, const RowCallback& row) = 0;
  // Many rows into one table, fast (prepared insert or COPY). Every row has one Param per column;
  // the callback fills the next row and returns false when there are no more.
  virtual std::int64_t insert_many(std::string_view table,
                                   const std::vector<std::string_view>& columns,
                                   const std::function<bool(Params&)>& next_row) = 0;
  // Until this transaction ends nobody else, on any node, is past a lock of the same key.
  virtual void lock(std::string_view key) = 0;
  virtual Vault& vault() = 0;
  virtual std::int64_t next_id() = 0;
  // The first of `count` consecutive ids, 1 to ids_a_block of them.
  virtual std::int64_t next_ids(std::int64_t count) = 0;
  virtual bool on_postgres() const = 0;

  template <class T>
  std::optional<T> query_one(std::string_view sql, const Params& params,
                             const std::function<T(const Row&)>& read) {
    std::optional<T> found;
    query(sql, params, [&](const Row& row) {
      if (!found) found = read(row);
    });
    return found;
  }
  std::optional<std::int64_t> query_i64(std::string_view sql, const Params& params = {});

  // Facts come in by these only: each call leaves its block of ids in fact_unsealed, for the
  // sealer.
  FactId append(const Fact& fact);
  // Ids ascend in the order given; returns the first (0 of none), the others are not all
  // consecutive.
  FactId append_many(std::span<const FactView> facts);
  FactId append_many(std::span<const Fact> facts);
  // Replaces subject and body of these facts, and keeps what the log holds of each; evidence's
  // forget() is who may call it. `erased_in`: the fact that says so.
  void erase_facts(std::span<const Erased> facts, FactId erased_in);
  // Leaves the fact "secret_disclosed" (who, whose, why) and allows Secret::reveal.
  kernel::Disclosure disclose(std::string_view subject, std::string_view purpose,
                              std::string_view by, kernel::Instant at);

 private:
  // Facts first_id, first_id + 1, … and the block's row; PostgreSQL by its door functions.
  virtual void append_block(std::int64_t first_id, std::span<const FactView> facts) = 0;
};

// ---- migrations --------------------------------------------------------------------------------

// One numbered SQL file of a room. `{strict}` after a table's closing bracket and the types BIGINT,
// TEXT, {blob} are all the dialect there is; what only one engine has (triggers, functions) stands
// between a line `-- postgres:` or `-- sqlite:` and a line `-- end`. An applied file may never
// change: its hash is kept.
struct Migration {
  std::string room, name, sql;
};

const std::vector<Migration>& schema();  // the store's own: fact

// ---- the store ---------------------------------------------------------------------------------

struct Options {
  std::string url;       // path of the SQLite file, or postgres://user@host:port/database
  std::string key_file;  // 32 random bytes in hex; made (0600) when absent and create_key
  bool create_key = true;
  int connections = 8;                     // PostgreSQL pool, SQLite readers
  std::function<kernel::Instant()> clock;  // for ids only
};

class Store {
 public:
  static kernel::Result<std::unique_ptr<Store>> open(Options options);
  virtual ~Store() = default;

  // Checks hashes, applies what is missing in the order given; safe on many nodes at once.
  virtual kernel::Status migrate(const std::vector<Migration>& migrations) = 0;

  // Runs `work` in a write transaction and returns its value once it is durable. `work` may run
  // again (deadlock, serialisation), so it must not change anything outside. It returns T or
  // Result<T>; an Error rolls back. On SQLite many callers' work shares one durable commit.
  template <class Work>
  auto transact(Work&& work) {
    return run(std::forward<Work>(work), true);
  }
  // The same for reading only: one snapshot, never waits for writers.
  template <class Work>
  auto read(Work&& work) {
    return run(std::forward<Work>(work), false);
  }

  // After an erasure: what was deleted leaves the files too. SQLite's write-ahead log is emptied
  // (the pages are overwritten as they are freed); PostgreSQL's vacuum of fact and log_key, which
  // only their owner may run, else autovacuum does it later.
  virtual kernel::Status scrub() = 0;

  virtual bool on_postgres() const = 0;
  virtual Vault& vault() = 0;
  virtual std::int64_t next_id() = 0;  // unique over nodes, roughly by time, > 0

 protected:
  // Calls body inside a transaction; body returns false to roll back.
  using Body = std::function<bool(Transaction&)>;
  virtual kernel::Status run_body(const Body& body, bool write) = 0;

 private:
  template <class T>
  struct ResultOf {
    using type = kernel::Result<T>;
  };
  template <class T>
  struct ResultOf<kernel::Result<T>> {
    using type = kernel::Result<T>;
  };

  template <class Work>
  auto run(Work&& work, bool write) {
    using Returned = std::invoke_result_t<Work, Transaction&>;
    if constexpr (std::is_void_v<Returned>) {
      return run_body(
          [&](Transaction& tx) {
            work(tx);
            return true;
          },
          write);
    } else {
      using R = typename ResultOf<Returned>::type;
      std::optional<R> result;
      kernel::Status status = run_body(
          [&](Transaction& tx) {
            result.emplace(work(tx));
            return static_cast<bool>(*result);
          },
          write);
      if (!status) return R(status.error());
      return std::move(*result);
    }
  }
};

}  // namespace store
