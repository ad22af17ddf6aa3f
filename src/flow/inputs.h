#pragma once
// What tonight's book is made from, and its key: the same inputs have the same key, and only they.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "book/types.h"
#include "experiment/types.h"
#include "flow/types.h"
#include "intake/types.h"
#include "strategy/types.h"

namespace flow {

// What a program of this format first does otherwise: late payments are played again.
inline constexpr std::int64_t format_restates = 2;
// And of this one: the report compares its figures with those of the nights before.
inline constexpr std::int64_t format_compares = 3;

struct TableVersion {
  std::string file, version;
};
BOOST_DESCRIBE_STRUCT(TableVersion, (), (file, version))

// book.json beside the columns: what the book was made from, and the hash of what was made.
struct BookFile {
  std::int64_t format = 0;
  kernel::Date date;
  std::string input_key, cut_hash, edition;
  std::string previous_date, previous_edition, previous_hash;  // empty at the start
  std::vector<std::string> batches;                            // new in it, in order
  std::vector<std::string> merged;  // in it, from this night and all before, sorted
  std::vector<TableVersion> tables;
  std::int64_t accounts = 0, customers = 0;
  std::string hash;  // of every column, the worklist and the report
};
BOOST_DESCRIBE_STRUCT(BookFile, (),
                      (format, date, input_key, cut_hash, edition, previous_date, previous_edition,
                       previous_hash, batches, merged, tables, accounts, customers, hash))

kernel::Result<BookFile> load_book_file(const std::filesystem::path& edition_folder);

struct Inputs {
  std::int64_t format = 0;  // of the program that makes it, or made it
  kernel::Date date;
  std::optional<BookFile> previous;
  std::filesystem::path previous_folder;
  std::vector<intake::BatchRef> batches;  // not yet in the book before, as_of up to the date
  strategy::Models models;
  std::vector<TableVersion> tables;              // those the night uses
  std::vector<experiment::Running> experiments;  // their challengers are among the models
  std::string key;                               // 12 hex digits over all of the above
};

kernel::Result<Inputs> load_inputs(store::Store& store, const NightOptions& options);
// Those that a made edition says it was made from, whatever came in or was released since. Fails
// with not_found where one is gone, by its name, with conflict where a newer program made it, and
// with corrupt where one is not what it was.
kernel::Result<Inputs> load_inputs_of(store::Store& store, const std::filesystem::path& data_dir,
                                      const BookFile& file);
kernel::Result<std::vector<book::BatchSheet>> load_batch_sheets(const Inputs& inputs);

}  // namespace flow
