#pragma once
// The OpenAPI 3.1 document of a list of routes: what is declared is what is documented. The same
// routes give the same bytes, whatever their order; docs/openapi.json is compared by a test, and
// the pages' TypeScript types are made from it.

#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"

namespace http {

std::string openapi(std::vector<Route> routes, std::string_view version);

// The routes and GET /api/v1/openapi.json, which answers with the document of them all.
std::vector<Route> with_openapi(std::vector<Route> routes, std::string_view version);

}  // namespace http
