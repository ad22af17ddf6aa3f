#pragma once
// HTTP/1.1 over a socket, plain or TLS: enters a list of routes and a folder of pages, leaves
// bytes. Knows no room; who asks is found by the `authenticate` hook. Drains on SIGTERM or stop().
// Never true: an address other than loopback served without TLS unless a proxy is said to be there.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/route.h"
#include "kernel/date.h"
#include "kernel/result.h"

namespace server {

struct Limits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  // Of a request with a session cookie to a path that begins with one of these: whole tables.
  std::size_t large_body_bytes = 40 * 1024 * 1024;
  std::vector<std::string> large_body_paths;
  std::size_t connections = 4096;  // fewer where the system allows fewer open files
  int address_connections = 512;   // of one address; 0 = no limit. Not behind a proxy
  std::size_t waiting = 256;       // requests of one session, key or stranger's address
  int idle_ms = 75'000;            // between two requests
  int header_ms = 10'000;  // from the first byte to the end of the header, and the TLS handshake
  int body_ms = 30'000;
  int write_ms = 30'000;
  int drain_ms = 10'000;
  // Per client address; 0 = no limit. Sign-in is any route open to strangers that is not a GET.
  int requests_per_s = 500, requests_burst = 2000;
  int user_requests_per_s = 200, user_requests_burst = 1000;  // of one user, from anywhere
  int sign_ins_per_min = 30, sign_ins_burst = 30;
};

struct Options {
  std::string listen = "127.0.0.1:8080";  // host:port, [v6]:port; port 0: any free one
  std::string tls_cert, tls_key;          // PEM files; both or neither
  bool behind_proxy = false;  // the proxy does TLS; the address is the last of X-Forwarded-For
  std::string pages;          // folder of built pages, empty: API only
  std::vector<http::Route> routes;
  std::string routes_below = "/api/";  // all other paths are pages
  // Bodies of any type for routes open to strangers. Only for a server without cookies: a page
  // elsewhere can make a browser send plain text.
  bool any_body = false;
  // Finds who asks from the cookie: fills caller, session_id, csrf_token; leaves them where there
  // is no session. An Error (store down, password to be changed first) ends the request.
  std::function<kernel::Status(http::Request&)> authenticate;
  std::function<kernel::Instant()> clock;
  int workers = 16;                             // threads that run handlers; at least 2
  bool stop_on_signals = false;                 // SIGTERM, SIGINT
  std::function<void(const std::string&)> log;  // one line a request; no personal data
  // Told of every answer: the route's pattern, the status, microseconds until it was made.
  std::function<void(const std::string& label, int status, std::int64_t us)> served;
  Limits limits;
};

class Server {
 public:
  static kernel::Result<std::unique_ptr<Server>> start(Options options);
  ~Server();  // stops

  std::uint16_t port() const;
  void stop();  // begins to drain; safe from any thread
  void wait();  // until drained

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Serves until SIGTERM or SIGINT, then drains.
kernel::Status serve(Options options, const std::function<void(std::uint16_t port)>& listening);

}  // namespace server
