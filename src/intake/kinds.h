#pragma once
// The canonical records: eight kinds, their fields, what each field allows. One table drives the
// checks, the column files, docs/import.md (a test compares) and the sample's headers.

#include <cstdint>
#include <string_view>
#include <vector>

#include "column/column.h"

namespace intake {

enum class KindId {
  customers,
  accounts,
  balances,
  contacts,
  guarantors,
  instalments,
  payments,
  past_contacts,
};
constexpr std::size_t kind_count = 8;

enum class FieldType { text, word, money, integer, date, time, flag, phone };

struct FieldSpec {
  const char* name;
  FieldType type;
  bool required = true;
  bool personal = false;                     // masked in a rejection, sealed in the store
  std::int64_t lowest = 0;                   // integer, money
  std::int64_t highest = 0;                  // integer, money; text: bytes
  std::vector<const char*> words;            // of a word; none: any
  column::Type column = column::Type::text;  // in a batch folder
};

struct KindSpec {
  KindId id;
  const char* name;
  bool people;  // rows of the store; otherwise a folder of columns
  std::vector<FieldSpec> fields;
  std::vector<std::size_t> key;            // fields that make a record one
  int customer_no = -1, account_no = -1;   // the fields that must refer to something known
  int field(std::string_view name) const;  // -1: none of that name
};

const std::vector<KindSpec>& kinds();  // in the order references need
const KindSpec& kind_of(KindId id);
const KindSpec* find_kind(std::string_view name);

}  // namespace intake
