#pragma once
// What the stories talk about: a data folder with its store, a clock that stands where the story
// puts it, and the last answer of import, night and gate.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "book/types.h"
#include "flow/types.h"
#include "gate/types.h"
#include "intake/types.h"
#include "store/store.h"
#include "tests/stores.h"
#include "tests/stories/story.h"

namespace stories {

class World {
 public:
  explicit World(bool postgres);

  store::Store& store() { return *store_; }
  const std::filesystem::path& data() const { return data_; }
  const gate::Gate& gate() const { return *gate_; }
  kernel::Instant now() const { return now_; }
  void set_now(kernel::Instant now) { now_ = now; }

  // Writes a canonical file and imports it alone or with others of one call.
  void import_tables(const std::map<std::string, Table>& files, kernel::Date as_of);
  void run_night(kernel::Date date);
  std::shared_ptr<const book::BookView> book() const;
  std::size_t account_row(const std::string& account_no) const;

  std::map<std::string, Table> portfolio;
  kernel::Date portfolio_as_of, night_date;
  intake::ImportReport imported;
  std::vector<std::string> night_bytes;  // book, worklist and report of each run, as one hash
  std::optional<gate::Reply> reply;

 private:
  tests::Folder folder_;
  std::filesystem::path data_;
  kernel::Instant now_;
  std::unique_ptr<store::Store> store_;
  std::optional<gate::Gate> gate_;
};

// Every step the stories may use.
const Book<World>& steps();

kernel::Date parse_date(const std::string& text);
kernel::Instant parse_local_time(const std::string& text);  // "2026-11-20 10:00" in China
std::int64_t parse_yuan_fen(const std::string& text);

void add_import_steps(Book<World>& book);
void add_night_steps(Book<World>& book);
void add_contact_steps(Book<World>& book);

}  // namespace stories
