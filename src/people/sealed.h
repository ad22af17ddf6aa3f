#pragma once
// What this room keeps sealed by the vault (store/sealed.h): the second step's secrets, and from
// where sessions were opened.

#include "store/sealed.h"

namespace people {

inline store::SealedTables sealed_tables() {
  return {
      {"second_step", {"user_id"}, true, {{"sealed_secret", "people.second_step"}}},
      {"user_session", {"token_hash"}, false, {{"sealed_device", "people.device"}}},
      {"provider_sign_in", {"token_hash"}, false, {{"sealed_state", "people.provider_sign_in"}}}};
}

}  // namespace people
