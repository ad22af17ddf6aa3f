#include "flow/nodes.h"

#include <chrono>
#include <memory>
#include <thread>

#include "flow/blocks.h"
#include "flow/edition.h"
#include "flow/files.h"
#include "http/json.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

constexpr auto look_again = std::chrono::milliseconds(10);  // for a block that another decides
constexpr auto look_for_work = std::chrono::milliseconds(20);
constexpr auto after_failure = std::chrono::seconds(1);

struct Offered {
  std::int64_t night_id = 0;
  kernel::Date date;
  std::string input_key;
  std::size_t position = 0, first = 0, end = 0;
};

// A free one of any night, locked until the transaction ends.
std::optional<Offered> take_block(store::Transaction& tx) {
  return tx.query_one<Offered>(
      "SELECT night_id, night_date, input_key, position, first_row, end_row FROM night_block "
      "WHERE done = 0 ORDER BY night_id, position, first_row LIMIT 1 FOR UPDATE SKIP LOCKED",
      {}, [](const store::Row& row) {
        return Offered{row.i64(0),
                       row.date(1),
                       row.text(2),
                       static_cast<std::size_t>(row.i64(3)),
                       static_cast<std::size_t>(row.i64(4)),
                       static_cast<std::size_t>(row.i64(5))};
      });
}

void mark_done(store::Transaction& tx, const Offered& block) {
  tx.execute(
      "UPDATE night_block SET done = 1 WHERE night_id = $1 AND position = $2 AND first_row = $3",
      {block.night_id, static_cast<std::int64_t>(block.position),
       static_cast<std::int64_t>(block.first)});
}

kernel::Status decide_and_save(const Night& night, const Offered& block, const fs::path& folder) {
  TRY_ASSIGN(const Block decided,
             decide_block(night, stages()[block.position], block.first, block.end));
  return save_block(night, decided, folder);
}

// Of a night that another process makes: what its stage needs, read from the shared folder.
class Helped {
 public:
  static kernel::Result<std::unique_ptr<Helped>> open(store::Store& store,
                                                      const WorkerOptions& options,
                                                      const Offered& block) {
    auto helped = std::unique_ptr<Helped>(new Helped);
    helped->of_ = block;
    helped->options_.data_dir = options.data_dir;
    helped->options_.date = block.date;
    helped->options_.threads = options.threads;
    const fs::path part =
        book::book_folder(options.data_dir, block.date) / (block.input_key + ".part");
    TRY_ASSIGN(const std::string text, load_text(part / made_from_name));
    TRY_ASSIGN(const BookFile file, http::parse_json<BookFile>(text));
    TRY_ASSIGN(helped->inputs_, load_inputs_of(store, options.data_dir, file));
    helped->night_.reset(
        new Night{.options = helped->options_, .store = store, .inputs = helped->inputs_});
    Night& night = *helped->night_;
    TRY(open_previous(night));
    for (std::size_t position = 0; position < block.position; ++position) {
      TRY(load_stage(night, position, part));
    }
    helped->folder_ = made_folder(part, block.position);
    const Stage& stage = stages()[block.position];
    if (stage.prepare != nullptr) TRY(stage.prepare(night, helped->folder_));
    return helped;
  }
  bool is_of(const Offered& block) const {
    return of_.night_id == block.night_id && of_.position == block.position;
  }
  kernel::Status decide(const Offered& block) const {
    return decide_and_save(*night_, block, folder_);
  }

 private:
  Helped() = default;
  Offered of_;
  NightOptions options_;
  Inputs inputs_;
  std::unique_ptr<Night> night_;
  fs::path folder_;
};

kernel::Status check_postgres(store::Store& store) {
  TRY_ASSIGN(const bool may, store.read([](store::Transaction& tx) { return tx.on_postgres(); }));
  if (may) return kernel::Ok{};
  return kernel::Error{kernel::Code::invalid_input,
                       "processes share a night on a PostgreSQL store only: its rows are locked "
                       "one by one there",
                       ""};
}

// Of the stage, all that its rows are cut into.
kernel::Status offer_blocks(const Night& night, std::size_t position) {
  const std::size_t rows = night.sheets.accounts.rows();
  const std::size_t block_rows = night.options.block_rows;
  const auto stage = static_cast<std::int64_t>(position);
  return night.store.transact([&](store::Transaction& tx) -> kernel::Status {
    std::size_t first = 0;
    tx.insert_many(
        "night_block",
        {"night_id", "night_date", "input_key", "position", "first_row", "end_row", "done"},
        [&](store::Params& params) {
          if (first >= rows) return false;
          const std::size_t end = first + std::min(block_rows, rows - first);
          params = {night.night_id,
                    night.inputs.date,
                    night.inputs.key,
                    stage,
                    static_cast<std::int64_t>(first),
                    static_cast<std::int64_t>(end),
                    0};
          first = end;
          return true;
        });
    return kernel::Ok{};
  });
}

// Decides blocks of the stage itself until that one is there, whoever did it.
kernel::Status wait_for_block(const Night& night, std::size_t position, std::size_t first,
                              const fs::path& stage_folder) {
  for (;;) {
    const kernel::Result<bool> done = night.store.read([&](store::Transaction& tx) {
      return tx.query_i64(
                 "SELECT done FROM night_block WHERE night_id = $1 AND position = $2 AND "
                 "first_row = $3",
                 {night.night_id, static_cast<std::int64_t>(position),
                  static_cast<std::int64_t>(first)}) == 1;
    });
    TRY(done);
    if (*done) return kernel::Ok{};
    bool took = false;
    const kernel::Status worked =
        night.store.transact([&](store::Transaction& tx) -> kernel::Status {
          const std::optional<Offered> block = take_block(tx);
          took = block && block->night_id == night.night_id;
          if (!took) return kernel::Ok{};
          TRY(decide_and_save(night, *block, stage_folder));
          mark_done(tx, *block);
          return kernel::Ok{};
        });
    TRY(worked);
    if (!took) std::this_thread::sleep_for(look_again);
  }
}

}  // namespace

bool is_shared(const Night& night) {
  return night.options.shared && night.night_id != 0 && night.inputs.experiments.empty();
}

kernel::Status save_made_from(const Night& night, const fs::path& part) {
  if (!is_shared(night)) return kernel::Ok{};
  TRY(check_postgres(night.store));
  return save_text(part / made_from_name, http::write_json(book_file_of(night.inputs)) + "\n");
}

kernel::Status withdraw_blocks(const Night& night) {
  return night.store.transact([&](store::Transaction& tx) -> kernel::Status {
    tx.execute("DELETE FROM night_block");  // there is one night at a time
    return kernel::Ok{};
  });
}

kernel::Status save_shared_blocks(Night& night, std::size_t position, const fs::path& folder) {
  TRY(offer_blocks(night, position));
  const auto decided = [&](std::size_t first, std::size_t) -> kernel::Result<Block> {
    TRY(wait_for_block(night, position, first, folder));
    return open_block(folder, first);
  };
  TRY_ASSIGN(const bool saved, put_together(night, folder, night.options.block_rows, decided));
  TRY(withdraw_blocks(night));
  remove_blocks(folder);
  return saved ? kernel::Status(kernel::Ok{}) : save_as_one(night, position, folder);
}

kernel::Result<std::int64_t> work_for_nights(store::Store& store, const WorkerOptions& options) {
  TRY(check_postgres(store));
  std::unique_ptr<Helped> helped;
  std::int64_t blocks = 0;
  while (!options.stop()) {
    bool took = false;
    const kernel::Status done = store.transact([&](store::Transaction& tx) -> kernel::Status {
      const std::optional<Offered> block = take_block(tx);
      took = block.has_value();
      if (!took) return kernel::Ok{};
      if (!helped || !helped->is_of(*block)) {
        helped.reset();
        TRY_ASSIGN(helped, Helped::open(store, options, *block));
      }
      TRY(helped->decide(*block));
      mark_done(tx, *block);
      return kernel::Ok{};
    });
    if (done && took) {
      ++blocks;
      continue;
    }
    helped.reset();  // the next stage, or another night
    if (!done) options.failed(done.error());
    std::this_thread::sleep_for(done ? std::chrono::milliseconds(look_for_work)
                                     : std::chrono::milliseconds(after_failure));
  }
  return blocks;
}

}  // namespace flow
