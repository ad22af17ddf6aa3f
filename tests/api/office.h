#pragma once
// The sample portfolio with its demo staff after one night, asked through the server's dispatch
// without a socket. 2026-11-20, a Friday, 10:00 in China.

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/rooms.h"
#include "server/dispatch.h"
#include "tests/stores.h"

namespace tests {

struct Reply {
  int status = 0;
  boost::json::value body;
  std::string text;
};

// Somebody signed in; an empty cookie is nobody.
struct Desk {
  std::string user_name, cookie, csrf_token;
  std::string bearer;  // or a key
};

class Office {
 public:
  Office();
  const std::vector<http::Route>& routes() const { return routes_; }
  Desk sign_in(const std::string& user_name);
  Reply ask(const Desk& desk, const std::string& method, const std::string& target,
            const std::string& body = "", bool with_token = true);
  store::Store& store() { return *store_; }
  // Of a file that was imported, without its header; and a cell of one, from 0, quotes taken off.
  std::vector<std::string> source_lines(const std::string& file) const;
  static std::string cell(const std::string& line, int column);

 private:
  Folder folder_;
  std::string password_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<app::House> house_;
  std::vector<http::Route> routes_;
  std::unique_ptr<server::Dispatch> dispatch_;
};

// An address and a body that fit the route's declaration, with nothing real in them.
std::string sample_target(const http::Route& route);
std::string sample_body(const http::Route& route);

// One a name, opened when first asked for and closed when the tests are over: its threads must end
// before the statics they use, as they do in a server.
Office& office_of(const std::string& name);

}  // namespace tests
