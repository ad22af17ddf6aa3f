#pragma once
// What this room keeps sealed by the vault (store/sealed.h): the second step's secrets, from where
// sessions were opened, sign-ins under way at the provider, and the staff file.

#include "store/sealed.h"

namespace people {

inline store::SealedTables sealed_tables() {
  return {
      {"second_step", {"user_id"}, true, {{"sealed_secret", "people.second_step"}}},
      {"user_session", {"token_hash"}, false, {{"sealed_device", "people.device"}}},
      {"provider_sign_in", {"token_hash"}, false, {{"sealed_state", "people.provider_sign_in"}}},
      {"staff_record", {"record_id"}, true, {{"sealed_paper", "people.staff_record"}}},
      {"staff_conflict", {"conflict_id"}, true, {{"sealed_reason", "people.staff_conflict"}}}};
}

}  // namespace people
