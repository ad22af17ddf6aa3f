#pragma once
// What this room keeps sealed by the vault (store/sealed.h): persons as the lender's files say
// them.

#include "store/sealed.h"

namespace intake {

inline store::SealedTables sealed_tables() {
  return {
      {"customer",
       {"customer_no"},
       false,
       {{"name_sealed", "name"},
        {"citizen_id_sealed", "citizen_id"},
        {"address_sealed", "address"}}},
      {"contact_point",
       {"customer_no", "contact_no"},
       false,
       {{"value_sealed", "contact_value"}, {"name_sealed", "name"}}},
      {"guarantor",
       {"account_no", "guarantor_no"},
       false,
       {{"name_sealed", "name"}, {"citizen_id_sealed", "citizen_id"}, {"phone_sealed", "phone"}}}};
}

}  // namespace intake
