#pragma once
// What sqlite.cpp and postgres.cpp share: ids, the dialect, migrations over any connection.

#include <atomic>
#include <mutex>
#include <string>

#include "store/keyring.h"
#include "store/store.h"
#include "store/vault.h"

namespace store {

// 41 bits of milliseconds since 2020, 10 of the node, 12 of a counter: unique over nodes.
class IdSource {
 public:
  explicit IdSource(std::function<kernel::Instant()> clock) : clock_(std::move(clock)) {}
  std::int64_t next() { return next_block(1); }
  std::int64_t next_block(std::int64_t count);  // the first of `count` consecutive ids, ≤ 4096
  void use_node(std::int64_t node) { node_ = node & 1023; }

 private:
  std::function<kernel::Instant()> clock_;
  std::atomic<std::int64_t> node_{0};
  std::mutex mutex_;
  std::int64_t last_ms_ = 0;
  std::int64_t counter_ = 0;  // ids of last_ms_ already given
};

// {strict}, {blob} and BIGINT in the words of the engine, and only its own sections.
std::string in_dialect(std::string_view sql, bool postgres);

// A connection with an open transaction that can also run a whole script.
class ScriptTransaction : public Transaction {
 public:
  virtual void execute_script(const std::string& sql) = 0;
  virtual bool others_wait() const { return false; }              // store/turn.h
  virtual void foresee(const std::function<void()>& /*read*/) {}  // store/foresee.h
};

// A store that can leave the disk out of a commit (store/turn.h).
class PartsStore {
 public:
  virtual ~PartsStore() = default;
  virtual kernel::Status run_part(const std::function<bool(Transaction&)>& body) = 0;
};

// Inside one write transaction: compares hashes, applies what is missing, makes the vault's first
// keys, and takes this process's node number.
void migrate_in(ScriptTransaction& tx, const std::vector<Migration>& migrations, IdSource& ids,
                kernel::Instant now);

std::unique_ptr<Store> open_sqlite(Options options, std::shared_ptr<Keyring> keyring);
std::unique_ptr<Store> open_postgres(Options options, std::shared_ptr<Keyring> keyring);

[[noreturn]] void fail(kernel::Code code, std::string message, std::string where,
                       bool retry = false, bool unique = false);
// Neither engine may take a text that the other would cut or refuse.
void check_text(std::string_view text);

}  // namespace store
