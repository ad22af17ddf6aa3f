#pragma once
// Where to listen, and whether that is safe; who is asking, behind a proxy or not.

#include <cstdint>
#include <map>
#include <string>

#include "kernel/result.h"

namespace server {

struct Address {
  std::string host;  // a numeric address
  std::uint16_t port = 0;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (loopback).
kernel::Result<Address> parse_address(const std::string& text);

// Refuses to show personal data to a network in clear.
kernel::Status check_exposure(const Address& address, bool tls, bool behind_proxy);

// The peer, or what the proxy in front says: the last entry of X-Forwarded-For, which is the
// proxy's own; those before it are whatever the client wrote.
std::string client_address(const std::string& peer,
                           const std::map<std::string, std::string>& headers, bool behind_proxy);

}  // namespace server
