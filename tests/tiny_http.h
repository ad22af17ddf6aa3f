#pragma once
// An HTTP/1.1 server for tests of what asks others: one request a connection, answered by a
// function.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace tests {

class TinyHttp {
 public:
  struct Answer {
    int status = 200;
    std::string content_type = "text/plain", body;
  };
  // Gets the path and the body.
  using Handler = std::function<Answer(const std::string& path, const std::string& body)>;

  explicit TinyHttp(Handler handler) : handler_(std::move(handler)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(socket_, 16) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TinyHttp() {
    stopping_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  TinyHttp(const TinyHttp&) = delete;
  TinyHttp& operator=(const TinyHttp&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void run() {
    while (!stopping_) {
      const int fd = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      answer(fd);
      ::close(fd);
    }
  }
  void answer(int fd) {
    std::string text;
    std::size_t body_at = text.npos, length = 0;
    char buffer[4096];
    while (body_at == text.npos || text.size() < body_at + length) {
      const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) return;
      text.append(buffer, static_cast<std::size_t>(n));
      if (body_at != text.npos) continue;
      const std::size_t end = text.find("\r\n\r\n");
      if (end == text.npos) continue;
      body_at = end + 4;
      const std::size_t said = text.find("Content-Length: ");
      if (said != text.npos && said < end) length = std::stoul(text.substr(said + 16));
    }
    const std::size_t space = text.find(' ');
    const std::string path = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
    const Answer answer = handler_(path, text.substr(body_at));
    const std::string reply = "HTTP/1.1 " + std::to_string(answer.status) +
                              " -\r\nContent-Type: " + answer.content_type +
                              "\r\nContent-Length: " + std::to_string(answer.body.size()) +
                              "\r\nConnection: close\r\n\r\n" + answer.body;
    for (std::size_t at = 0; at < reply.size();) {
      const ssize_t n = ::send(fd, reply.data() + at, reply.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }

  Handler handler_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace tests
