#pragma once
// Which route answers a method and path. A literal segment wins over a name in braces.
// Two routes for the same method and path are our mistake (CHECK).

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"

namespace http {

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Found {
    const Route* route = nullptr;
    std::map<std::string, std::string> path_values;
    std::vector<std::string> methods;  // when there is no route: what the path would answer to
  };
  Found find(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace http
