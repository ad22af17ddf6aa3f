#pragma once
// A connection's bytes, plain or TLS behind one type, so that the coroutines above are compiled
// once. Includes Asio: only listener.cpp and stream.cpp may include this.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string_view>

namespace server {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
template <class T>
using Task = asio::awaitable<T, Executor>;

class Stream {
 public:
  virtual ~Stream() = default;
  virtual Task<bool> open() = 0;                                     // the TLS handshake
  virtual Task<std::size_t> read(char* into, std::size_t size) = 0;  // 0: closed or failed
  virtual Task<bool> write(std::string_view bytes) = 0;
  virtual Task<void> close() = 0;  // says goodbye
  virtual Socket& socket() = 0;
};

std::unique_ptr<Stream> plain_stream(Socket socket);
std::unique_ptr<Stream> tls_stream(Socket socket, asio::ssl::context& context);

}  // namespace server
