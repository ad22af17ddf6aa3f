#include "records/virus.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace records {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::size_t answer_bytes_max = 1'024;
constexpr time_t answer_s = 60;  // of one send or receive; large archives take it seconds

Error silent(const std::string& address, const std::string& why) {
  return {Code::unavailable,
          "the virus scanner gave no verdict (" + why + "); nothing was kept, try again later",
          address};
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {
    const timeval limit{.tv_sec = answer_s, .tv_usec = 0};
    if (fd_ < 0) return;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool connect(const sockaddr* to, socklen_t size) const {
    return fd_ >= 0 && ::connect(fd_, to, size) == 0;
  }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Up to the zero byte that ends an answer, or what came before the other side went.
  std::string receive() const {
    std::string answer;
    std::array<char, 256> part{};
    while (answer.size() < answer_bytes_max && answer.find('\0') == answer.npos) {
      const ssize_t got = ::recv(fd_, part.data(), part.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      answer.append(part.data(), static_cast<std::size_t>(got));
    }
    return answer.substr(0, answer.find('\0'));
  }

 private:
  int fd_;
};

using Connected = std::unique_ptr<Socket>;

Connected connect_unix(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), to.sun_path);  // its length was looked at
  auto socket = std::make_unique<Socket>(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket->connect(reinterpret_cast<const sockaddr*>(&to), sizeof to) ? std::move(socket)
                                                                            : nullptr;
}

Connected connect_host(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return nullptr;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    auto socket = std::make_unique<Socket>(
        ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    if (socket->connect(one->ai_addr, one->ai_addrlen)) return socket;
  }
  return nullptr;
}

// Each chunk after its length in four bytes, highest first; a length of zero ends them.
bool send_chunks(const Socket& socket, std::string_view bytes) {
  const auto send_length = [&](std::size_t size) {
    std::string length;
    for (const int shift : {24, 16, 8, 0}) length += static_cast<char>((size >> shift) & 0xFF);
    return socket.send(length);
  };
  while (!bytes.empty()) {
    const std::string_view chunk = bytes.substr(0, chunk_bytes);
    if (!send_length(chunk.size()) || !socket.send(chunk)) return false;
    bytes.remove_prefix(chunk.size());
  }
  return send_length(0);
}

Status ask(const std::string& address, const Socket& socket, std::string_view bytes) {
  // What stops taking bytes has said why before it went: its answer is read in any case.
  const bool sent = socket.send(std::string_view("zINSTREAM\0", 10)) && send_chunks(socket, bytes);
  const std::string answer = socket.receive();
  if (sent && answer == "stream: OK") return kernel::Ok{};
  constexpr std::string_view before = "stream: ", after = " FOUND";
  if (answer.starts_with(before) && answer.ends_with(after) &&
      answer.size() > before.size() + after.size()) {
    const std::string name =
        answer.substr(before.size(), answer.size() - before.size() - after.size());
    return Error{Code::invalid_input, "the virus scanner found " + name + " in it", "content"};
  }
  return silent(address, answer.empty() ? "no answer" : answer);
}

}  // namespace

Result<VirusScan> make_virus_scan(const std::string& address) {
  constexpr std::string_view local = "unix:";
  const std::size_t colon = address.rfind(':');
  if (address.starts_with(local)) {
    const std::string path = address.substr(local.size());
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
      return Error{Code::invalid_input, "a socket's path has 1 to 107 bytes", address};
    return VirusScan([address, path](std::string_view bytes) -> Status {
      const Connected socket = connect_unix(path);
      return socket ? ask(address, *socket, bytes) : silent(address, "cannot connect");
    });
  }
  if (colon == address.npos || colon == 0 || colon + 1 == address.size())
    return Error{Code::invalid_input, "a virus scanner is unix:PATH or HOST:PORT", address};
  return VirusScan([address, host = address.substr(0, colon),
                    port = address.substr(colon + 1)](std::string_view bytes) -> Status {
    const Connected socket = connect_host(host, port);
    return socket ? ask(address, *socket, bytes) : silent(address, "cannot connect");
  });
}

}  // namespace records
