#include "http/router.h"

#include <algorithm>

#include "http/url.h"

namespace http {

namespace {

// Sorts a literal before a name in the same place, and is the same for routes that would clash.
std::string shape(const Route& route) {
  std::string text = route.path;
  for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1))
    text.replace(open, text.find('}', open) - open + 1, "\x7f");
  return text + ' ' + route.method;
}

bool may_match(const std::string& pattern, std::string_view path) {
  return path.starts_with(std::string_view(pattern).substr(0, pattern.find('{')));
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  std::sort(routes_.begin(), routes_.end(),
            [](const Route& a, const Route& b) { return shape(a) < shape(b); });
  for (std::size_t i = 1; i < routes_.size(); ++i)
    CHECK_MSG(shape(routes_[i - 1]) != shape(routes_[i]), routes_[i].path.c_str());
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  for (const Route& route : routes_) {
    if (!may_match(route.path, path)) continue;
    auto values = match_path(route.path, path);
    if (!values) continue;
    if (route.method != method) {
      found.methods.push_back(route.method);
      continue;
    }
    return {&route, std::move(*values), {}};
  }
  return found;
}

}  // namespace http
