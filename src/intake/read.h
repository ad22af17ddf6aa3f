#pragma once
// One file through a mapping: text in, tables of good records and rejected lines out. Pure: no
// store and no clock. A line is good as a whole or rejected as a whole, by its first fault.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/decode.h"
#include "intake/keys.h"
#include "intake/mapping.h"
#include "intake/table.h"
#include "intake/types.h"

namespace intake {

// What the lines of one import may refer to, and the keys they have used up. Grows as files are
// read.
constexpr std::uint64_t of_this_import = std::uint64_t{1} << 63;
struct Known {
  // With of_this_import: of the record that this import has met. Without: of an account that the
  // store had before, account_content; of others 0.
  KeySet keys[kind_count];
  KeySet& of(KindId kind) { return keys[static_cast<std::size_t>(kind)]; }
};

// Equal rows of one process have the same, of 63 bits.
std::uint64_t account_content(std::string_view customer_no, std::string_view product);

// Accounts that the store had not, and those it had with another customer or product: rows of the
// table of accounts. The others need not be written.
struct AccountRows {
  std::vector<std::uint32_t> added, changed;
};

struct RejectedLine {
  Rejected info;
  std::vector<std::string> fields;  // as they stand in the file
};

struct ReadFile {
  std::vector<std::string> columns;  // the file's own, without those a reject file adds
  bool corrected = false;            // it is a reject file coming back
  std::int64_t lines = 0;
  std::vector<Table> tables;           // one a kind, in the order of kinds()
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
};
kernel::Result<ReadFile> read_file(const FileMapping& mapping, const Decoded& decoded, Known& known,
                                   const ReadOptions& options);

// One field by its specification: a Cell, or a Problem in `context`.
bool check_field(const FieldSpec& field, const Value& value, Cell& cell, Context& context);
// Fields against each other; blames the field named in `field`.
bool check_record(const KindSpec& kind, std::vector<Cell>& cells, std::int64_t as_of,
                  Context& context, int& field);

// The reject file, in the file's own dialect and encoding, ready to be corrected and imported.
std::string render_rejects(const FileMapping& mapping, const ReadFile& read);

}  // namespace intake
