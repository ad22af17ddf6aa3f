#pragma once
// A table's full block, taken by another thread while the table's next rows come.

#include <functional>
#include <future>
#include <optional>

#include "intake/table.h"

namespace intake {

class FullBlock {
 public:
  using Take = std::function<kernel::Status(const Table& block)>;
  explicit FullBlock(const Take& take) : take_(take) {}
  FullBlock(const FullBlock&) = delete;
  FullBlock& operator=(const FullBlock&) = delete;

  // The table is cleared. One at a time: what became of the block before.
  kernel::Status hand_on(Table& table) {
    TRY(taken());
    if (!block_ || block_->kind().id != table.kind().id) block_.emplace(table.kind());
    table.move_rows(*block_);
    taking_ = std::async(std::launch::async, [this] { return take_(*block_); });
    return kernel::Ok{};
  }
  // What became of the last.
  kernel::Status taken() { return taking_.valid() ? taking_.get() : kernel::Status(kernel::Ok{}); }

 private:
  const Take& take_;
  std::optional<Table> block_;
  std::future<kernel::Status> taking_;  // last: it is waited for before the others go
};

}  // namespace intake
