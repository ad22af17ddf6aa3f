#pragma once
// How the four people kinds stand in the store: which columns, what is sealed under which purpose,
// how a number or a name is looked up. Sealing runs beside the insert, a chunk ahead.

#include <string>
#include <vector>

#include "intake/read.h"
#include "intake/taken.h"
#include "store/store.h"
#include "store/vault.h"

namespace intake {

// A value that owns its bytes, on its way to a Param.
struct SqlValue {
  enum class Kind { null, number, text, blob };
  Kind kind = Kind::null;
  std::int64_t number = 0;
  std::string bytes;
  store::Param param() const;
};

struct PeopleSpec {
  KindId kind;
  const char* table;
  std::vector<std::string_view> columns;  // keys first, row_key last
  std::size_t keys;
  // All columns but row_key, from one record.
  void (*values)(const Table& table, std::size_t row, const store::Vault& vault,
                 std::vector<SqlValue>& out);
};
const PeopleSpec& people_spec(KindId kind);

struct PeopleCount {
  std::int64_t accepted = 0, unchanged = 0;
};
// Inserts what is new, updates what differs, leaves alone what is the same. Of the rows there are
// it holds about `held_max` at a time, 22 bytes each: with more it goes through `people` so many
// times.
PeopleCount save_people(store::Transaction& tx, TakenPeople& people,
                        std::size_t held_max = 32'000'000);

std::string person_key(const store::Vault& vault, std::string_view customer_no,
                       const kernel::CitizenId& citizen_id);
// The one spelling of a name or citizen id that its index is made of.
std::string index_form(std::string_view text);

}  // namespace intake
