#include "server/stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace server {

namespace {

using boost::system::error_code;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable_t<Executor>{});

template <class Layer>
Task<std::size_t> read_from(Layer& layer, char* into, std::size_t size) {
  const auto [problem, count] = co_await layer.async_read_some(asio::buffer(into, size), quietly);
  co_return problem ? 0 : count;
}

template <class Layer>
Task<bool> write_to(Layer& layer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto [problem, count] =
        co_await layer.async_write_some(asio::buffer(bytes.data(), bytes.size()), quietly);
    if (problem) co_return false;
    bytes.remove_prefix(count);
  }
  co_return true;
}

class Plain : public Stream {
 public:
  explicit Plain(Socket socket) : socket_(std::move(socket)) {}
  Task<bool> open() override { co_return true; }
  Task<std::size_t> read(char* into, std::size_t size) override {
    return read_from(socket_, into, size);
  }
  Task<bool> write(std::string_view bytes) override { return write_to(socket_, bytes); }
  Task<void> close() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }
  Socket& socket() override { return socket_; }

 private:
  Socket socket_;
};

class Tls : public Stream {
 public:
  Tls(Socket socket, asio::ssl::context& context) : layer_(std::move(socket), context) {}
  Task<bool> open() override {
    const auto [problem] = co_await layer_.async_handshake(asio::ssl::stream_base::server, quietly);
    co_return !problem;
  }
  Task<std::size_t> read(char* into, std::size_t size) override {
    return read_from(layer_, into, size);
  }
  Task<bool> write(std::string_view bytes) override { return write_to(layer_, bytes); }
  Task<void> close() override { co_await layer_.async_shutdown(quietly); }
  Socket& socket() override { return layer_.next_layer(); }

 private:
  asio::ssl::stream<Socket> layer_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) {
  return std::make_unique<Plain>(std::move(socket));
}

std::unique_ptr<Stream> tls_stream(Socket socket, asio::ssl::context& context) {
  return std::make_unique<Tls>(std::move(socket), context);
}

}  // namespace server
