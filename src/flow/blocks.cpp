#include "flow/blocks.h"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <utility>

#include "column/writer.h"
#include "flow/files.h"
#include "kernel/beside.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

// Blocks lie here until they are one.
fs::path blocks_folder(const fs::path& stage_folder) {
  return stage_folder / "blocks";
}

fs::path block_folder(const fs::path& stage_folder, std::size_t first) {
  return blocks_folder(stage_folder) / std::to_string(first);
}

// What a stage's blocks become.
class Whole {
 public:
  Whole(const Night& night, const fs::path& folder)
      : night_(night),
        folder_(folder),
        accounts_(folder / "accounts",
                  {.order = {},
                   .rows = night.sheets.accounts.rows(),
                   .like = night.previous ? &night.previous->accounts : nullptr,
                   .threads = night.options.threads}) {}

  // False where its words are not those of the blocks before.
  kernel::Result<bool> append(Block& block) {
    names_ = unsaved(block.sheets.accounts, night_.saved_accounts);
    if (!accounts_.agrees(block.sheets.accounts, names_)) return false;
    TRY(accounts_.append(block.sheets.accounts, names_));
    TRY(append_rows(block.sheets.dues, block.first, "dues", dues_));
    TRY(append_rows(block.sheets.payments, block.first, "payments", payments_));
    anomalies_ += block.anomalies;
    return true;
  }

  kernel::Status finish(Night& night) {
    TRY(accounts_.place());
    if (dues_) TRY(dues_->place());
    if (payments_) TRY(payments_->place());
    night.saved_accounts.insert(names_.begin(), names_.end());
    night.anomalies += anomalies_;
    return kernel::Ok{};
  }

 private:
  // Dues or payments, by row of the book from here on.
  kernel::Status append_rows(column::Sheet& rows, std::size_t first, const char* name,
                             std::optional<column::SheetWriter>& writer) {
    if (rows.names().empty()) return kernel::Ok{};
    if (!writer) {
      writer.emplace(folder_ / name,
                     column::SheetWriter::Options{.threads = night_.options.threads});
    }
    const auto of_block = rows.get<std::int32_t>("account_row");
    std::vector<std::int32_t> of_book(of_block.begin(), of_block.end());
    for (std::int32_t& row : of_book) row += static_cast<std::int32_t>(first);
    std::copy(of_book.begin(), of_book.end(), rows.add<std::int32_t>("account_row").begin());
    return writer->append(rows);
  }

  const Night& night_;
  const fs::path& folder_;
  column::SheetWriter accounts_;
  std::optional<column::SheetWriter> dues_, payments_;
  std::vector<std::string> names_;
  book::Anomalies anomalies_;
};

}  // namespace

kernel::Result<bool> put_together(Night& night, const fs::path& folder, std::size_t block_rows,
                                  const BlockOf& block_of) {
  const std::size_t rows = night.sheets.accounts.rows();
  Whole whole(night, folder);
  const auto begin = [&](std::size_t first) {
    return std::async(kernel::beside(night.options.threads), [&, first] {
      return block_of(first, first + std::min(block_rows, rows - first));
    });
  };
  // Whatever ends this, a block that was begun is waited for.
  std::future<kernel::Result<Block>> next;
  if (rows > 0) next = begin(0);
  for (std::size_t first = 0; first < rows; first += block_rows) {
    TRY_ASSIGN(Block block, next.get());
    if (block_rows < rows - first) next = begin(first + block_rows);
    TRY_ASSIGN(const bool agrees, whole.append(block));
    if (!agrees) return false;
  }
  TRY(whole.finish(night));
  return true;
}

kernel::Result<Block> decide_block(const Night& night, const Stage& stage, std::size_t first,
                                   std::size_t end) {
  const column::Sheet& accounts = night.sheets.accounts;
  const column::Texts account_no = accounts.texts("account_no");
  Block block;
  block.first = first;
  if (first > 0) block.range.from = account_no.at(first);
  if (end < accounts.rows()) block.range.until = account_no.at(end);
  block.sheets.accounts = accounts.window(first, end);
  TRY(stage.decide_rows(night, block));
  return block;
}

kernel::Status save_blocks(Night& night, std::size_t position, const fs::path& folder) {
  const auto decided = [&](std::size_t first, std::size_t end) {
    return decide_block(night, stages()[position], first, end);
  };
  TRY_ASSIGN(const bool saved, put_together(night, folder, night.options.block_rows, decided));
  return saved ? kernel::Status(kernel::Ok{}) : save_as_one(night, position, folder);
}

kernel::Status save_as_one(Night& night, std::size_t position, const fs::path& folder) {
  const auto decided = [&](std::size_t first, std::size_t end) {
    return decide_block(night, stages()[position], first, end);
  };
  TRY(put_together(night, folder, night.sheets.accounts.rows(), decided));
  return kernel::Ok{};
}

kernel::Status save_block(const Night& night, const Block& block, const fs::path& stage_folder) {
  const fs::path folder = block_folder(stage_folder, block.first);
  if (fs::exists(folder)) return kernel::Ok{};
  const fs::path part = folder.string() + "." + std::to_string(::getpid()) + ".part";
  std::error_code ignored;
  fs::remove_all(part, ignored);  // of a try that failed
  TRY(make_folder(part));
  const auto save = [&](const column::Sheet& sheet, const char* name,
                        std::vector<std::string> names) -> kernel::Status {
    if (names.empty()) return kernel::Ok{};
    return sheet.save(part / name, {.names = std::move(names),
                                    .like = nullptr,
                                    .threads = night.options.threads,
                                    .passing = true});
  };
  TRY(save(block.sheets.accounts, "accounts",
           unsaved(block.sheets.accounts, night.saved_accounts)));
  TRY(save(block.sheets.dues, "dues", block.sheets.dues.names()));
  TRY(save(block.sheets.payments, "payments", block.sheets.payments.names()));
  TRY(save_anomalies(block.anomalies, part));
  std::error_code failed;
  fs::rename(part, folder, failed);
  if (!failed) return kernel::Ok{};
  if (!fs::exists(folder)) {
    return kernel::Error{kernel::Code::unavailable, "cannot rename: " + failed.message(),
                         part.string()};
  }
  fs::remove_all(part, ignored);  // somebody else's came first: it has the same bytes
  return kernel::Ok{};
}

kernel::Result<Block> open_block(const fs::path& stage_folder, std::size_t first) {
  const fs::path folder = block_folder(stage_folder, first);
  Block block;
  block.first = first;
  TRY_ASSIGN(block.sheets.accounts, column::Sheet::open(folder / "accounts"));
  if (fs::exists(folder / "dues")) {
    TRY_ASSIGN(block.sheets.dues, column::Sheet::open(folder / "dues"));
    TRY_ASSIGN(block.sheets.payments, column::Sheet::open(folder / "payments"));
  }
  TRY_ASSIGN(block.anomalies, load_anomalies(folder));
  return block;
}

void remove_blocks(const fs::path& stage_folder) {
  std::error_code ignored;
  fs::remove_all(blocks_folder(stage_folder), ignored);
}

std::vector<std::string> unsaved(const column::Sheet& sheet, const std::set<std::string>& saved) {
  std::vector<std::string> names;
  for (const std::string& name : sheet.names()) {
    if (!saved.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace flow
