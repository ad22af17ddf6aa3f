#include "server/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/address.h"
#include "server/lanes.h"
#include "server/rate.h"

namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Role;

struct Echo {
  std::string word;
  std::optional<std::int64_t> sleep_ms;
};
BOOST_DESCRIBE_STRUCT(Echo, (), (word, sleep_ms))

std::vector<http::Route> routes() {
  auto echo = [](const Echo& in, const Request&) -> kernel::Result<Echo> {
    if (in.word == "missing") return kernel::Error{kernel::Code::not_found, "no", "word"};
    if (in.word == "throws") throw std::runtime_error("secret");
    std::this_thread::sleep_for(std::chrono::milliseconds(in.sleep_ms.value_or(0)));
    return in;
  };
  const auto make = [&](const char* method, const char* path, http::Access access) {
    return http::route<Echo, Echo>(method, path, "test", "echo", access, echo);
  };
  return {make("GET", "/api/v1/open/{word}", http::anyone()),
          make("POST", "/api/v1/open", http::anyone()),
          make("GET", "/api/v1/any/{word}", http::every_role()),
          make("POST", "/api/v1/lead", http::only({Role::lead}))};
}

// The cookie is the role's name; the CSRF token is the word "token".
kernel::Status authenticate(Request& request) {
  const auto role = http::parse_role(request.cookies["evenhand_session"]);
  if (!role) return kernel::Ok{};
  request.caller = http::Caller{.role = *role};
  request.csrf_token = "token";
  return kernel::Ok{};
}

server::Options options() {
  server::Options o;
  o.listen = "127.0.0.1:0";
  o.routes = routes();
  o.authenticate = authenticate;
  o.clock = [] { return kernel::Instant::from_micros(1'795'000'000'000'000); };
  o.limits.requests_per_s = 0;
  o.limits.sign_ins_per_min = 0;
  return o;
}

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    const timeval patience{5, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(std::string_view text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  // Everything until the server closes, or `until` has been seen.
  std::string receive(std::string_view until = "") {
    std::string all;
    char part[8192];
    while (until.empty() || all.find(until) == all.npos) {
      const ssize_t count = ::recv(socket_, part, sizeof part, 0);
      if (count <= 0) break;
      all.append(part, static_cast<std::size_t>(count));
    }
    return all;
  }

 private:
  int socket_;
};

std::string ask(const server::Server& server, const std::string& text) {
  Client client(server.port());
  client.send(text);
  return client.receive();
}

std::string get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
}

std::string post(const std::string& target, const std::string& body,
                 const std::string& headers = "Content-Type: application/json\r\n") {
  return "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// One request a row: what is sent, and what the answer begins with.
TEST(Server, requests_and_their_status) {
  const auto server = *server::Server::start(options());
  const std::string json = "Content-Type: application/json\r\n",
                    lead = "Cookie: evenhand_session=lead\r\n";
  const std::string token = "X-CSRF-Token: token\r\n", body = R"({"word":"a"})";
  const std::string long_header = "X-A: " + std::string(17'000, 'a') + "\r\n";
  const struct {
    std::string request;
    int status;
  } rows[] = {
      {get("/api/v1/open/%E5%BC%A0"), 200},
      {get("/api/v1/open/a?sleep_ms=1"), 200},
      {get("/api/v1/open/a?sleep_ms=x"), 400},
      {get("/api/v1/open/a?other=1"), 400},
      {get("/api/v1/open/a?sleep_ms=%ff"), 400},
      {get("/api/v1/open/missing"), 404},
      {get("/api/v1/open/throws"), 503},
      {get("/api/v1/nothing"), 404},
      {get("/"), 404},
      {get("/api/v1/lead"), 405},
      {post("/api/v1/open", body), 200},
      {post("/api/v1/open", "{"), 400},
      {post("/api/v1/open", body, "Content-Type: text/plain\r\n"), 400},
      // What a page of others can send without being asked first: none of it is read.
      {post("/api/v1/open", "word=a", "Content-Type: application/x-www-form-urlencoded\r\n"), 400},
      {post("/api/v1/open",
            "--x\r\nContent-Disposition: form-data; name=\"word\"\r\n\r\na\r\n--x--\r\n",
            "Content-Type: multipart/form-data; boundary=x\r\n"),
       400},
      {post("/api/v1/open", body, json + "Sec-Fetch-Site: cross-site\r\n"), 403},
      {get("/api/v1/any/a"), 401},
      {get("/api/v1/any/a", "Cookie: evenhand_session=nobody\r\n"), 401},
      {get("/api/v1/any/a", "Cookie: evenhand_session=collector\r\n"), 200},
      {post("/api/v1/lead", body, json + lead + token), 200},
      {post("/api/v1/lead", body, json + lead), 403},
      {post("/api/v1/lead", body, json + lead + "X-CSRF-Token: tokem\r\n"), 403},
      {post("/api/v1/lead", body, json + "Cookie: evenhand_session=admin\r\n" + token), 403},
      {post("/api/v1/lead", body, json + token), 401},
      {"GET /api/v1/open/a HTTP/1.1\r\n\r\n", 400},
      {"GET http://x/api HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {get("/api/v1/open/a", long_header), 431},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
       400},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + json +
           "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"wor\r\n7\r\nd\":\"a\"}\r\n0\r\n\r\n",
       411},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 411},
      {"POST /api/v1/open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 411},
      {"HEAD /api/v1/open/a HTTP/1.0\r\n\r\n", 200},
  };
  for (const auto& [request, status] : rows) {
    const std::string answer = ask(*server, request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(status)))
        << request.substr(0, 200) << "\n→ " << answer;
    EXPECT_NE(answer.find("X-Content-Type-Options: nosniff"), answer.npos);
    EXPECT_EQ(answer.find("secret"), answer.npos);
  }
}

TEST(Server, pipelined_requests_are_answered_in_order) {
  const auto server = *server::Server::start(options());
  std::string text;
  for (const char* word : {"one", "two", "three"})
    text += std::string("GET /api/v1/open/") + word + " HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answer = ask(*server, text + get("/api/v1/open/four"));
  EXPECT_EQ(count(answer, "HTTP/1.1 200"), 4u);
  EXPECT_LT(answer.find("one"), answer.find("two"));
  EXPECT_LT(answer.find("three"), answer.find("four"));
}

TEST(Server, a_request_cut_into_single_bytes_is_understood) {
  const auto server = *server::Server::start(options());
  Client client(server->port());
  for (const char c : post("/api/v1/open", R"({"word":"slow"})")) client.send({&c, 1});
  EXPECT_NE(client.receive().find(R"({"word":"slow","sleep_ms":null})"), std::string::npos);
}

TEST(Server, says_continue_when_asked) {
  const auto server = *server::Server::start(options());
  Client client(server->port());
  const std::string whole = post("/api/v1/open", R"({"word":"a"})",
                                 "Expect: 100-continue\r\nContent-Type: application/json\r\n");
  const auto body = whole.find("{");
  client.send(whole.substr(0, body));
  EXPECT_TRUE(client.receive("\r\n\r\n").starts_with("HTTP/1.1 100"));
  client.send(whole.substr(body));
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200"));
}

TEST(Server, who_says_nothing_is_let_go) {
  auto o = options();
  o.limits.idle_ms = o.limits.header_ms = o.limits.body_ms = 100;
  const auto server = *server::Server::start(std::move(o));
  for (const char* said :
       {"", "GET /api", "POST /api/v1/open HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"}) {
    Client client(server->port());
    client.send(said);
    const auto since = std::chrono::steady_clock::now();
    EXPECT_EQ(client.receive(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - since, 2s);
  }
}

TEST(Server, drains_a_running_request_and_closes_idle_ones) {
  const auto server = *server::Server::start(options());
  Client idle(server->port()), busy(server->port());
  idle.send("GET /api/v1/open/a HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.receive("sleep_ms");
  busy.send("GET /api/v1/open/a?sleep_ms=300 HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(100ms);
  server->stop();
  EXPECT_EQ(idle.receive(), "");
  const std::string answer = busy.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("Connection: close"), answer.npos);
  server->wait();
}

TEST(Server, many_clients_at_once) {
  const auto server = *server::Server::start(options());
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        good += ask(*server, get("/api/v1/open/a")).starts_with("HTTP/1.1 200");
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

TEST(Server, strangers_may_not_try_for_ever) {
  auto o = options();
  o.limits.sign_ins_per_min = 1;
  o.limits.sign_ins_burst = 3;
  const auto server = *server::Server::start(std::move(o));
  int refused = 0;
  for (int i = 0; i < 5; ++i)
    refused += ask(*server, post("/api/v1/open", R"({"word":"a"})")).starts_with("HTTP/1.1 429");
  EXPECT_EQ(refused, 2);
  EXPECT_TRUE(ask(*server, get("/api/v1/open/a")).starts_with("HTTP/1.1 200"));
}

TEST(Server, a_user_may_not_ask_for_ever_from_anywhere) {
  auto o = options();
  o.limits.user_requests_per_s = 1;
  o.limits.user_requests_burst = 3;
  const auto server = *server::Server::start(std::move(o));
  int refused = 0;
  for (int i = 0; i < 5; ++i)
    refused += ask(*server, get("/api/v1/any/a", "Cookie: evenhand_session=lead\r\n"))
                   .starts_with("HTTP/1.1 429");
  EXPECT_EQ(refused, 2);
}

// Strangers whose requests take long hold one worker of four; who is signed in waits for none.
TEST(Server, strangers_do_not_hold_up_who_is_signed_in) {
  const auto server = *server::Server::start(options());
  const std::string lead = "Cookie: evenhand_session=lead\r\n";
  EXPECT_TRUE(ask(*server, get("/api/v1/any/a", lead)).starts_with("HTTP/1.1 200"));  // now known
  std::vector<std::thread> strangers;
  for (int i = 0; i < 6; ++i)
    strangers.emplace_back([&] {
      EXPECT_TRUE(ask(*server, post("/api/v1/open", R"({"word":"a","sleep_ms":300})"))
                      .starts_with("HTTP/1.1 200"));
    });
  std::this_thread::sleep_for(50ms);
  const auto since = std::chrono::steady_clock::now();
  EXPECT_TRUE(ask(*server, get("/api/v1/any/a", lead)).starts_with("HTTP/1.1 200"));
  EXPECT_LT(std::chrono::steady_clock::now() - since, 1s);  // six in a row take 1.8 s
  for (std::thread& stranger : strangers) stranger.join();
  EXPECT_GT(std::chrono::steady_clock::now() - since, 1500ms);  // one after the other
}

TEST(Server, one_address_does_not_use_up_the_connections) {
  auto o = options();
  o.limits.address_connections = 3;
  const auto server = *server::Server::start(std::move(o));
  {
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 3; ++i) slow.push_back(std::make_unique<Client>(server->port()));
    slow[2]->send(get("/api/v1/open/a"));
    EXPECT_TRUE(slow[2]->receive("\r\n\r\n").starts_with("HTTP/1.1 200"));  // all are taken
    Client fourth(server->port());
    fourth.send("GET /");
    EXPECT_EQ(fourth.receive(), "");
  }
  for (int tries = 0; tries < 100; ++tries) {  // those three are gone soon
    if (ask(*server, get("/api/v1/open/a")).starts_with("HTTP/1.1 200")) return;
    std::this_thread::sleep_for(10ms);
  }
  FAIL() << "a closed connection is still counted";
}

TEST(Server, pages_are_served_from_memory) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("pages-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "assets");
  std::ofstream(folder / "index.html") << "<!doctype html>hello";
  std::ofstream(folder / "assets/a-1.js") << std::string(5000, 'x');
  auto o = options();
  o.pages = folder;
  const auto server = *server::Server::start(std::move(o));
  EXPECT_NE(ask(*server, get("/")).find("hello"), std::string::npos);
  EXPECT_NE(ask(*server, get("/cases/C1?x=1")).find("hello"), std::string::npos);
  EXPECT_TRUE(ask(*server, get("/../../etc/passwd.txt")).starts_with("HTTP/1.1 404"));
  const std::string script = ask(*server, get("/assets/a-1.js", "Accept-Encoding: gzip\r\n"));
  EXPECT_NE(script.find("Content-Encoding: gzip"), script.npos);
  EXPECT_NE(script.find("immutable"), script.npos);
  const auto tag = script.find("ETag: ") + 6;
  const std::string known = "If-None-Match: " + script.substr(tag, script.find("\r\n", tag) - tag);
  EXPECT_TRUE(ask(*server, get("/assets/a-1.js", known + "\r\n")).starts_with("HTTP/1.1 304"));
  std::filesystem::remove_all(folder);
}

TEST(Server, speaks_tls) {
  const auto folder = std::filesystem::temp_directory_path() / ("tls-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string key = folder / "key.pem", cert = folder / "cert.pem";
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-days 2 -subj /CN=localhost -keyout " +
      key + " -out " + cert + " 2>/dev/null";
  ASSERT_EQ(std::system(make.c_str()), 0);
  auto o = options();
  o.tls_cert = cert, o.tls_key = key;
  const auto server = *server::Server::start(std::move(o));
  const std::string talk =
      "printf 'GET /api/v1/open/a HTTP/1.1\\r\\nHost: x\\r\\nConnection: "
      "close\\r\\n\\r\\n' | openssl s_client -quiet -ign_eof -connect 127.0.0.1:" +
      std::to_string(server->port()) + " 2>/dev/null > " + (folder / "answer").string();
  ASSERT_EQ(std::system(talk.c_str()), 0);
  std::ifstream in(folder / "answer");
  const std::string answer((std::istreambuf_iterator<char>(in)), {});
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("Strict-Transport-Security"), answer.npos);
  std::filesystem::remove_all(folder);
}

TEST(Server, is_not_shown_to_a_network_in_clear) {
  auto o = options();
  o.listen = "0.0.0.0:0";
  EXPECT_FALSE(server::Server::start(o));
  o.behind_proxy = true;
  EXPECT_TRUE(server::Server::start(o));
}

TEST(Address, forms) {
  EXPECT_EQ(server::parse_address("[::1]:80")->host, "::1");
  EXPECT_EQ(server::parse_address(":8080")->host, "127.0.0.1");
  for (const char* bad : {"", "8080", "x:", "x:99999", "x:1x"})
    EXPECT_FALSE(server::parse_address(bad)) << bad;
}

TEST(Address, behind_a_proxy_only_its_own_word_counts) {
  const std::map<std::string, std::string> headers = {{"x-forwarded-for", "6.6.6.6, 10.0.0.7"}};
  EXPECT_EQ(server::client_address("127.0.0.1", headers, true), "10.0.0.7");
  EXPECT_EQ(server::client_address("127.0.0.1", headers, false), "127.0.0.1");
}

// What is posted while the gate is shut is run in the order of turns, not of posting.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void wait_for(int inside) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= inside; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

TEST(Lanes, take_turns_and_leave_a_worker_to_others) {
  server::Lanes lanes(2, 100, true);
  for (const char* who : {"a", "b"}) lanes.tell(who, true);
  Gate gate;
  std::mutex mutex;
  std::string order;
  const auto say = [&](char word) {
    const std::lock_guard lock(mutex);
    order += word;
  };
  // One of a's runs and one of a stranger's: the other worker is not for a second one of either.
  ASSERT_TRUE(lanes.post("a", "1", [&] { gate.pass(); }));
  ASSERT_TRUE(lanes.post("", "9", [&] { gate.pass(); }));
  gate.wait_for(2);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(lanes.post("a", "1", [&] { say('a'); }));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(lanes.post("b", "1", [&] { say('b'); }));
  gate.open();
  lanes.finish();
  EXPECT_EQ(order.size(), 6u);
  EXPECT_LT(order.find_last_of('b'), 5u) << order;  // not behind all of a's
}

TEST(Lanes, refuse_what_is_too_much_and_run_all_else) {
  std::atomic<int> run{0};
  {
    server::Lanes lanes(4, 3, true);
    Gate gate;
    ASSERT_TRUE(lanes.post("", "1", [&] { gate.pass(); }));
    gate.wait_for(1);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(lanes.post("", "1", [&] { ++run; }));
    EXPECT_FALSE(lanes.post("", "1", [&] { ++run; }));
    EXPECT_TRUE(lanes.post("", "2", [&] { ++run; }));  // another's lane has room
    gate.open();
  }
  EXPECT_EQ(run, 4);
}

TEST(Lanes, strangers_and_the_forgotten_share_one) {
  server::Lanes lanes(4, 100, true);
  lanes.tell("a", true);
  lanes.tell("a", false);
  std::atomic<int> now{0}, most{0};
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(lanes.post(i % 2 == 0 ? "a" : "", std::to_string(i), [&] {
      most = std::max(most.load(), ++now);
      std::this_thread::sleep_for(1ms);
      --now;
    }));
  lanes.finish();
  EXPECT_EQ(most, 1);
}

TEST(Rate, fills_again_with_time_and_one_address_does_not_use_up_anothers) {
  server::Rate rate(1, 2);
  const auto now = kernel::Instant::from_micros(1'000'000'000);
  EXPECT_TRUE(rate.take("a", now));
  EXPECT_TRUE(rate.take("a", now));
  EXPECT_FALSE(rate.take("a", now));
  EXPECT_TRUE(rate.take("b", now));
  EXPECT_TRUE(rate.take("a", now.plus_seconds(1)));
  EXPECT_FALSE(rate.take("a", now.plus_seconds(1)));
}

}  // namespace
