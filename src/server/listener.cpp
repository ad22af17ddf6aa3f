#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <thread>

#include "http/status.h"
#include "kernel/hash.h"
#include "server/address.h"
#include "server/dispatch.h"
#include "server/lanes.h"
#include "server/server.h"
#include "server/stream.h"
#include "server/wire.h"

// g++ 12 mistakes Asio's recycling allocator of coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace server {

namespace {

using boost::system::error_code;
using Steady = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Steady, asio::wait_traits<Steady>, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable_t<Executor>{});
constexpr std::size_t read_bytes = 16 * 1024;

// One per client; lives on the I/O thread only. `deadline` is looked at by the sweep.
struct Connection {
  std::unique_ptr<Stream> stream;
  std::string remote;
  std::string bytes;  // read and not yet parsed: the next request's beginning
  Steady::time_point deadline;
  bool idle = true;  // between requests: may be closed when draining
  std::list<Connection>::iterator self;
};

// All sockets live on one I/O thread, so nothing here needs a lock; handlers run on the workers.
// No co_await stands inside a condition below: g++ 12 then resumes the wrong place of the frame.
struct Core {
  Options options;
  Dispatch dispatch;
  asio::io_context io{1};
  asio::ssl::context tls{asio::ssl::context::tls_server};
  Lanes workers;
  Acceptor acceptor{io.get_executor()};
  Timer sweep_timer{io.get_executor()};
  asio::signal_set signals{io};
  std::list<Connection> connections;
  std::map<std::string, int> connections_of;  // by address
  bool draining = false;
  Steady::time_point drain_until;
  std::uint16_t port = 0;
  std::thread thread;

  Core(Options o, Pages pages)
      : options(std::move(o)),
        dispatch(options.routes, std::move(pages), options),
        workers(options.workers, options.limits.waiting, options.authenticate != nullptr) {}

  bool uses_tls() const { return !options.tls_cert.empty(); }
  void tell(const Answer& answer, Steady::time_point since) const;
  void drain();
};

void expect(Connection& c, int within_ms) {
  c.deadline = Steady::now() + std::chrono::milliseconds(within_ms);
}

void Core::tell(const Answer& answer, Steady::time_point since) const {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - since);
  if (options.served) options.served(answer.label, answer.response.status, us.count());
  if (!options.log) return;
  options.log(answer.label + ' ' + std::to_string(answer.response.status) + ' ' +
              std::to_string(us.count() / 1000) + '.' + std::to_string(us.count() / 100 % 10) +
              "ms");
}

void Core::drain() {
  if (draining) return;
  draining = true;
  drain_until = Steady::now() + std::chrono::milliseconds(options.limits.drain_ms);
  error_code ignored;
  acceptor.close(ignored);
  signals.cancel(ignored);
  sweep_timer.cancel();  // the sweep closes idle connections at once
}

Task<bool> write(Core& core, Connection& c, http::Response& response, Framing framing,
                 bool is_api) {
  add_security_headers(response, core.uses_tls() || core.options.behind_proxy, is_api);
  expect(c, core.options.limits.write_ms);
  const std::string bytes = render(response, framing, core.options.clock());
  co_return co_await c.stream->write(bytes);
}

// What a request shows of its sender, before anybody has looked whether it is true.
std::string credential_of(const http::Request& request) {
  std::string shown;
  for (const char* name : {"cookie", "authorization"})
    if (const auto found = request.headers.find(name); found != request.headers.end())
      shown += found->second + '\n';
  return shown.empty() ? shown : kernel::sha256(shown);
}

// Runs the handler on a worker and comes back to the I/O thread.
Task<Answer> run(Core& core, http::Request& request) {
  std::optional<Answer> answer;
  const std::string credential = credential_of(request), address = request.remote;
  auto start = [&](auto handler) {
    auto work = asio::make_work_guard(core.io.get_executor());
    // Lanes keep functions that can be copied; a handler cannot be.
    auto back = std::make_shared<decltype(handler)>(std::move(handler));
    const bool waits = core.workers.post(credential, address,
                                         [&core, &answer, &request, work = std::move(work), back] {
                                           answer.emplace(core.dispatch.answer(std::move(request)));
                                           asio::post(core.io, std::move(*back));
                                         });
    if (waits) return;
    const kernel::Error error{kernel::Code::too_many, "too many requests at once; wait for some",
                              ""};
    answer.emplace(Answer{http::error_response(error), "limited"});
    asio::post(core.io, std::move(*back));
  };
  constexpr asio::use_awaitable_t<Executor> token;
  co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(start, token);
  if (answer->signed_in) core.workers.tell(credential, *answer->signed_in);
  co_return std::move(*answer);
}

// The answer to what cannot be understood; the connection ends, as nobody knows where the next
// request would begin.
Task<bool> refuse(Core& core, Connection& c, int status, const kernel::Error& error) {
  http::Response response = http::error_response(error);
  response.status = status;
  const Framing framing{.keep_alive = false};
  co_await write(core, c, response, framing, true);
  co_return false;
}

Task<bool> read_more(Core& core, Connection& c) {
  const std::size_t have = c.bytes.size();
  c.bytes.resize(have + read_bytes);
  const std::size_t count = co_await c.stream->read(c.bytes.data() + have, read_bytes);
  c.bytes.resize(have + count);
  if (count > 0 && c.idle) {
    c.idle = false;
    expect(c, core.options.limits.header_ms);
  }
  co_return count > 0;
}

Task<bool> read_request(Core& core, Connection& c, RequestReader& reader) {
  c.idle = c.bytes.empty();
  expect(c, c.idle ? core.options.limits.idle_ms : core.options.limits.header_ms);
  bool header_done = false;
  for (;;) {
    std::string_view rest = c.bytes;
    const auto state = reader.take(rest);
    c.bytes.erase(0, c.bytes.size() - rest.size());
    if (state == RequestReader::State::done) co_return true;
    if (state == RequestReader::State::bad) {
      const kernel::Error error{kernel::Code::invalid_input,
                                reader.refusal() == 413 ? "the body is larger than is taken here"
                                                        : "not a request this server takes",
                                ""};
      co_return co_await refuse(core, c, reader.refusal(), error);
    }
    if (state == RequestReader::State::wants_continue) {
      const bool said = co_await c.stream->write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!said) co_return false;
    }
    if (reader.header_done() && !header_done) expect(c, core.options.limits.body_ms);
    header_done = reader.header_done();
    const bool more = co_await read_more(core, c);
    if (!more) co_return false;
  }
}

Task<void> talk(Core& core, Connection& c) {
  bool going_on = true;
  while (going_on && !core.draining) {
    RequestReader reader(core.options.limits);
    const bool complete = co_await read_request(core, c, reader);
    if (!complete) co_return;
    const auto since = Steady::now();
    auto request = reader.request();
    if (!request) {
      co_await refuse(core, c, 400, request.error());
      co_return;
    }
    request->now = core.options.clock();
    request->remote = client_address(c.remote, request->headers, core.options.behind_proxy);
    const bool is_api = request->path.starts_with("/api/");
    c.deadline = Steady::time_point::max();  // a handler's time is its own
    std::optional<Answer> answer = core.dispatch.answer_at_once(*request);
    if (!answer) answer = co_await run(core, *request);
    going_on = reader.keep_alive() && !core.draining;
    const Framing framing{.keep_alive = going_on, .head = reader.is_head()};
    core.tell(*answer, since);
    const bool written = co_await write(core, c, answer->response, framing, is_api);
    if (!written) co_return;
  }
}

Task<void> serve_one(Core& core, Connection& c) {
  expect(c, core.options.limits.header_ms);
  const bool opened = co_await c.stream->open();
  if (opened) {
    co_await talk(core, c);
    expect(c, 1000);
    co_await c.stream->close();
  }
  if (--core.connections_of[c.remote] == 0) core.connections_of.erase(c.remote);
  core.connections.erase(c.self);
}

// Closes what is past its deadline. One timer for all of them; a tenth of the shortest
// limit.
Task<void> sweep(Core& core) {
  const auto& l = core.options.limits;
  const int shortest = std::min({l.idle_ms, l.header_ms, l.body_ms, l.write_ms, l.drain_ms});
  const auto step = std::chrono::milliseconds(std::clamp(shortest / 10, 5, 500));
  while (!core.draining || !core.connections.empty()) {
    core.sweep_timer.expires_after(step);
    co_await core.sweep_timer.async_wait(quietly);
    const auto now = Steady::now();
    for (Connection& c : core.connections) {
      error_code ignored;
      const bool late = c.deadline < now || (core.draining && (c.idle || core.drain_until < now));
      if (late) c.stream->socket().close(ignored);
    }
  }
}

Task<void> accept_all(Core& core) {
  while (!core.draining) {
    auto [problem, socket] = co_await core.acceptor.async_accept(quietly);
    if (problem == asio::error::operation_aborted || core.draining) break;
    if (problem || core.connections.size() >= core.options.limits.connections) {
      // Out of file descriptors, or full: wait a little rather than spin.
      Timer pause(core.io.get_executor(), std::chrono::milliseconds(20));
      co_await pause.async_wait(quietly);
      continue;
    }
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const std::string remote = socket.remote_endpoint(ignored).address().to_string();
    const int most = core.options.behind_proxy ? 0 : core.options.limits.address_connections;
    int& of_address = core.connections_of[remote];
    if (most > 0 && of_address >= most) continue;  // closed as it goes out of sight
    ++of_address;
    auto stream =
        core.uses_tls() ? tls_stream(std::move(socket), core.tls) : plain_stream(std::move(socket));
    Connection& c = core.connections.emplace_back();
    c.self = std::prev(core.connections.end());
    c.stream = std::move(stream);
    c.remote = remote;
    asio::co_spawn(core.io, serve_one(core, c), asio::detached);
  }
}

// Debian gives a process 1,024 files unless it asks for more; a few hundred are the store's.
void make_room_for(Core& core) {
  constexpr rlim_t others = 256, least = 64;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const rlim_t wanted = core.options.limits.connections + others;
  if (files.rlim_cur < wanted) {
    files.rlim_cur = std::min(files.rlim_max, wanted);
    ::setrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur < wanted)
    core.options.limits.connections = std::max(files.rlim_cur, others + least) - others;
}

kernel::Status load_tls(Core& core) {
  error_code problem;
  const auto options_set = asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                           asio::ssl::context::no_tlsv1_1;
  core.tls.set_options(options_set, problem);
  if (!problem) core.tls.use_certificate_chain_file(core.options.tls_cert, problem);
  if (problem)
    return kernel::Error{kernel::Code::invalid_input, problem.message(), core.options.tls_cert};
  core.tls.use_private_key_file(core.options.tls_key, asio::ssl::context::pem, problem);
  if (problem)
    return kernel::Error{kernel::Code::invalid_input, problem.message(), core.options.tls_key};
  return kernel::Ok{};
}

kernel::Status open(Core& core) {
  TRY_ASSIGN(const Address address, parse_address(core.options.listen));
  TRY(check_exposure(address, core.uses_tls(), core.options.behind_proxy));
  make_room_for(core);
  if (core.uses_tls()) TRY(load_tls(core));
  error_code problem;
  const auto host = asio::ip::make_address(address.host, problem);
  const asio::ip::tcp::endpoint endpoint(host, address.port);
  if (!problem) core.acceptor.open(endpoint.protocol(), problem);
  if (!problem) core.acceptor.set_option(Acceptor::reuse_address(true), problem);
  if (!problem) core.acceptor.bind(endpoint, problem);
  if (!problem) core.acceptor.listen(asio::socket_base::max_listen_connections, problem);
  if (problem)
    return kernel::Error{kernel::Code::unavailable, "cannot listen: " + problem.message(),
                         core.options.listen};
  core.port = core.acceptor.local_endpoint().port();
  if (core.options.stop_on_signals) {
    core.signals.add(SIGTERM), core.signals.add(SIGINT);
    core.signals.async_wait([&core](error_code failed, int) {
      if (!failed) core.drain();
    });
  }
  asio::co_spawn(core.io, accept_all(core), asio::detached);
  asio::co_spawn(core.io, sweep(core), asio::detached);
  core.thread = std::thread([&core] { core.io.run(); });
  return kernel::Ok{};
}

}  // namespace

struct Server::Impl : Core {
  using Core::Core;
};

kernel::Result<std::unique_ptr<Server>> Server::start(Options options) {
  CHECK_MSG(options.clock, "a server needs a clock");
  if (options.tls_cert.empty() != options.tls_key.empty())
    return kernel::Error{kernel::Code::invalid_input, "give both --tls-cert and --tls-key", ""};
  Pages pages;
  if (!options.pages.empty()) {
    TRY_ASSIGN(pages, Pages::load(options.pages));
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(pages));
  TRY(open(*impl));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  stop();
  wait();
}

std::uint16_t Server::port() const {
  return impl_->port;
}

void Server::stop() {
  asio::post(impl_->io, [impl = impl_.get()] { impl->drain(); });
}

void Server::wait() {
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->workers.finish();
}

kernel::Status serve(Options options, const std::function<void(std::uint16_t port)>& listening) {
  options.stop_on_signals = true;
  TRY_ASSIGN(const auto server, Server::start(std::move(options)));
  if (listening) listening(server->port());
  server->wait();
  return kernel::Ok{};
}

}  // namespace server
