#pragma once
// /session/second-step and /session/devices.

#include <vector>

#include "people/types.h"

namespace people {

std::vector<http::Route> own_routes(store::Store& store, std::shared_ptr<const Ways> ways);

}  // namespace people
