#include "server/address.h"

#include <charconv>

namespace server {

using kernel::Code;
using kernel::Error;

kernel::Result<Address> parse_address(const std::string& text) {
  const Error bad{Code::invalid_input, "must be HOST:PORT, like 127.0.0.1:8080", text};
  const auto colon = text.rfind(':');
  if (colon == text.npos) return bad;
  Address address;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (problem != std::errc() || stop != end) return bad;
  address.host = text.substr(0, colon);
  if (address.host.empty() || address.host == "localhost") address.host = "127.0.0.1";
  if (address.host.front() == '[' && address.host.back() == ']')
    address.host = address.host.substr(1, address.host.size() - 2);
  return address;
}

kernel::Status check_exposure(const Address& address, bool tls, bool behind_proxy) {
  const bool loopback = address.host.starts_with("127.") || address.host == "::1";
  if (loopback || tls || behind_proxy) return kernel::Ok{};
  return Error{Code::invalid_input,
               "others could read what is sent: give --tls-cert and --tls-key, or --behind-proxy "
               "when a proxy in front does TLS",
               address.host};
}

std::string client_address(const std::string& peer,
                           const std::map<std::string, std::string>& headers, bool behind_proxy) {
  const auto found = headers.find("x-forwarded-for");
  if (!behind_proxy || found == headers.end()) return peer;
  const std::string& all = found->second;
  const auto last = all.find_last_not_of(' ');
  if (last == all.npos) return peer;
  const auto before = all.find_last_of(", ", last);
  const std::string address = all.substr(before == all.npos ? 0 : before + 1, last - before);
  return address.empty() || address.size() > 64 ? peer : address;
}

}  // namespace server
