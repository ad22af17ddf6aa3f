#pragma once
// What a room holds of one person, to be told to them (a copy) and erased. A room's `held()` says
// both; who may ask and when is decided elsewhere (rights). Never true: a room's rows read for this
// or erased by another room's SQL; a third person's name or number in clear in a section; a fact
// about the person left behind by an erasure (their facts are erased in the same transaction).

#include <functional>
#include <string>
#include <vector>

#include "kernel/date.h"
#include "kernel/secret.h"
#include "store/store.h"

namespace store {

// All customer and account numbers of one human being.
struct Whose {
  std::string person_key;
  std::vector<std::string> customer_nos, account_nos;
};

// A column says by `words` how its codes are called; "at", "date", "fen" and "text" are values.
struct HeldColumn {
  std::string name, title, words = "text";
};
struct HeldSection {
  std::string name, title;
  std::string note;  // what the reader must know of it; may be empty
  std::vector<HeldColumn> columns;
  std::vector<std::vector<std::string>> rows;
};

// What opens sealed values for the copy: names and notes, and the person's own numbers.
struct Telling {
  const kernel::Disclosure& fields;
  const kernel::ContactDisclosure& numbers;
  kernel::Instant now;
};

struct HeldPart {
  std::string room;
  // May be empty: the room holds nothing, or another tells it.
  std::function<kernel::Result<std::vector<HeldSection>>(Transaction&, const Whose&,
                                                         const Telling&)>
      tell;
  // All or nothing, in this transaction. May be empty.
  std::function<kernel::Status(Transaction&, const Whose&, kernel::Instant now)> erase;
  // After that is durable: removes what lies in files. Safe to call again. May be empty.
  std::function<kernel::Status(Store&)> clean;
};

}  // namespace store
