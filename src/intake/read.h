#pragma once
// One file through a mapping: text in, blocks of good records and rejected lines out. No store and
// no clock. A line is good as a whole or rejected as a whole, by its first fault.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/keys.h"
#include "intake/lines.h"
#include "intake/mapping.h"
#include "intake/table.h"
#include "intake/types.h"

namespace intake {

// What the lines of one import may refer to, and the keys they have used up. Grows as files are
// read.
class Known {
 public:
  explicit Known(const std::filesystem::path& folder = std::filesystem::temp_directory_path()) {
    for (std::size_t i = 0; i < kind_count; ++i) rising_.emplace_back(folder);
  }
  // With of_this_import: of the record that this import has met. Without: of an account that the
  // store had before, account_content; of others 0. Those that rise are not in it.
  KeySet& of(KindId kind) { return keys_[static_cast<std::size_t>(kind)]; }
  RisingKeys& rising(KindId kind) { return rising_[static_cast<std::size_t>(kind)]; }

 private:
  KeySet keys_[kind_count];
  std::vector<RisingKeys> rising_;  // a few of each wait in `folder`
};

// Equal rows of one process have the same, of 63 bits.
std::uint64_t account_content(std::string_view customer_no, std::string_view product);

// Of the rows of the table of accounts: those that the store had not (beside the rows), and those
// it had with another customer or product. The others need not be written.
struct AccountRows {
  std::vector<bool> added;
  std::vector<std::uint32_t> changed;
};

struct RejectedLine {
  Rejected info;
  std::vector<std::string> fields;  // as they stand in the file
};

struct ReadFile {
  std::vector<std::string> columns;  // the file's own, without those a reject file adds
  bool corrected = false;            // it is a reject file coming back
  std::int64_t lines = 0;
  std::vector<Table> tables;           // one a kind, in the mapping's order: its last block
  std::vector<std::int64_t> repeated;  // beside tables: equal records met again
  std::vector<std::int64_t> rejected;  // beside tables
  AccountRows accounts;
  std::vector<RejectedLine> bad;
};

// The columns a reject file adds behind the file's own.
const std::vector<std::string>& reject_columns();

struct ReadOptions {
  std::string file_name;
  kernel::Date as_of;
  std::function<void(std::size_t bytes_done)> progress;
  std::size_t bytes = 0;  // of the file, unpacked; 0: not known. How many keys to expect
  // Takes a table that has grown to a block, one at a time and in order, on another thread than the
  // caller's: the next one grows meanwhile. Without it, a table grows on.
  std::function<kernel::Status(const Table& block)> full;
};
constexpr std::size_t block_rows = 65'536;

// `more` is asked on another thread than the caller's.
kernel::Result<ReadFile> read_file(const FileMapping& mapping, const MoreText& more, Known& known,
                                   const ReadOptions& options);

// One field by its specification: a Cell, or a Problem in `context`.
bool check_field(const FieldSpec& field, const Value& value, Cell& cell, Context& context);
// Fields against each other; blames the field named in `field`.
bool check_record(const KindSpec& kind, std::vector<Cell>& cells, std::int64_t as_of,
                  Context& context, int& field);

// The reject file, in the file's own dialect and encoding, ready to be corrected and imported.
std::string render_rejects(const FileMapping& mapping, const ReadFile& read);

}  // namespace intake
