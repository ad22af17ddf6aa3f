#pragma once
// Every kind of fact the product leaves, and which fields of its body the log shows to everybody.
// Default: nothing. What names a person, a customer, a contact point, a number or a user is never
// shown: only as a ref (entry.h). A kind that is not in this list shows nothing; a test finds it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evidence {

struct PublicField {
  std::string_view name;
  // Not empty: the value is replaced by the ref of the subject "<ref_of>:<value>".
  std::string_view ref_of = {};
};

struct FactKind {
  std::string_view kind;
  std::vector<PublicField> fields;  // in the order of the entry
};

std::span<const FactKind> fact_kinds();  // sorted by kind
// Empty for a kind that shows nothing or is not known.
std::span<const PublicField> public_fields(std::string_view kind);

}  // namespace evidence
