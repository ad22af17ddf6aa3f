#pragma once
// What is taken from a file, kind by kind, between its reading and its transaction: at most a block
// of it in memory. Columns grow in the folder of their batch; records of people wait, encrypted, in
// a file without a name.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "column/writer.h"
#include "intake/spill.h"
#include "intake/table.h"

namespace intake {

class TakenColumns {
 public:
  TakenColumns(const KindSpec& kind, std::filesystem::path folder);
  kernel::Status add(const Table& block);
  // With the last block, which may be empty: open, but durable only once finished.
  kernel::Result<column::Sheet> open(const Table& last);
  kernel::Status finish() { return writer_.finish(); }

 private:
  kernel::Status add_open_words(std::size_t field);

  const KindSpec& kind_;
  std::filesystem::path folder_;
  column::SheetWriter writer_;
  // Of fields whose words are the file's own: which they are is known at its end only, so that
  // these two bytes a record are held until then.
  struct OpenWords {
    std::vector<std::string> words;
    std::vector<std::int16_t> codes;
  };
  std::vector<OpenWords> open_words_;  // beside the fields; empty for most
};

class TakenPeople {
 public:
  TakenPeople(const KindSpec& kind, std::filesystem::path folder);
  kernel::Status add(const Table& block);
  void finish(Table last);

  const KindSpec& kind() const { return last_.kind(); }
  std::size_t rows() const { return spilled_rows_ + last_.rows(); }
  // From the first block again; a transaction may be run twice.
  void rewind();
  // The next block, there until the one after is asked for; none: that was all.
  kernel::Result<const Table*> next();

 private:
  Spill spill_;
  Table block_, last_;
  std::string bytes_;
  std::size_t spilled_rows_ = 0;
  bool last_given_ = false;
};

}  // namespace intake
