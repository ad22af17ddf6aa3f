#include "server/wire.h"

#define BOOST_BEAST_SEPARATE_COMPILATION
#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <ctime>

#include "http/url.h"

namespace server {

namespace beast = boost::beast::http;
using kernel::Code;
using kernel::Error;

struct RequestReader::Impl {
  explicit Impl(const Limits& of) : limits(of) {}
  beast::request_parser<beast::string_body> parser;
  const Limits& limits;
  bool continued = false;
  bool header_seen = false;
  int refusal = 400;
};

RequestReader::RequestReader(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {
  impl_->parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  impl_->parser.body_limit(std::max(limits.body_bytes, limits.large_body_bytes));
}

RequestReader::~RequestReader() = default;

namespace {

int refusal_of(const boost::system::error_code& problem) {
  if (problem == beast::error::header_limit || problem == beast::error::buffer_overflow) return 431;
  if (problem == beast::error::body_limit) return 413;
  if (problem == beast::error::bad_version) return 505;
  return 400;
}

// The parser knows the whole length once the header is there; which limit holds is up to the path.
bool too_long(const beast::request_parser<beast::string_body>& parser, const Limits& limits) {
  const auto length = parser.content_length();
  if (!length || *length <= limits.body_bytes) return false;
  if (*length > limits.large_body_bytes) return true;
  if (parser.get().count(beast::field::cookie) == 0) return true;
  const auto target = parser.get().target();
  const std::string_view path(target.data(), target.size());
  return std::none_of(limits.large_body_paths.begin(), limits.large_body_paths.end(),
                      [&](const std::string& begin) { return path.starts_with(begin); });
}

bool wants_continue(const beast::request<beast::string_body>& request) {
  return boost::beast::iequals(request[beast::field::expect], "100-continue");
}

}  // namespace

RequestReader::State RequestReader::take(std::string_view& bytes) {
  auto& parser = impl_->parser;
  while (!bytes.empty() && !parser.is_done()) {
    boost::system::error_code problem;
    const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), problem);
    bytes.remove_prefix(used);
    if (problem == beast::error::need_more) break;
    if (problem) {
      impl_->refusal = refusal_of(problem);
      return State::bad;
    }
    if (parser.is_header_done() && parser.get().count(beast::field::transfer_encoding) > 0) {
      // Beast 1.81 asserts on a last chunk that comes in pieces; RFC 9112 lets a server ask for a
      // length instead, and no browser sends JSON without one.
      impl_->refusal = 411;
      return State::bad;
    }
    if (parser.is_header_done() && !impl_->header_seen) {
      impl_->header_seen = true;
      if (too_long(parser, impl_->limits)) {
        impl_->refusal = 413;
        return State::bad;
      }
    }
    if (used == 0) break;
  }
  if (parser.is_done()) return State::done;
  if (parser.is_header_done() && !impl_->continued && wants_continue(parser.get())) {
    impl_->continued = true;
    return State::wants_continue;
  }
  return State::more;
}

bool RequestReader::header_done() const {
  return impl_->parser.is_header_done();
}
int RequestReader::refusal() const {
  return impl_->refusal;
}
bool RequestReader::keep_alive() const {
  return impl_->parser.get().keep_alive();
}
bool RequestReader::is_head() const {
  return impl_->parser.get().method() == beast::verb::head;
}

kernel::Result<http::Request> RequestReader::request() {
  auto& from = impl_->parser.get();
  http::Request request;
  request.method = is_head() ? "GET" : std::string(from.method_string());
  const std::string_view target(from.target().data(), from.target().size());
  if (!target.starts_with('/') || target.find('#') != target.npos)
    return Error{Code::invalid_input, "the target must be a path", "url"};
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != target.npos) {
    TRY_ASSIGN(request.query, http::parse_query(target.substr(question + 1)));
  }
  for (const auto& field : from) {
    std::string name(field.name_string());
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::string& value = request.headers[name];
    value += (value.empty() ? "" : name == "cookie" ? "; " : ", ") + std::string(field.value());
  }
  if (from.version() >= 11 && !request.headers.contains("host"))
    return Error{Code::invalid_input, "the Host header is missing", "host"};
  request.cookies = http::parse_cookies(request.headers["cookie"]);
  request.body = std::move(from.body());
  return request;
}

namespace {

const char* reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return status < 500 ? "Error" : "Failed";
  }
}

std::string http_date(kernel::Instant now) {
  const std::time_t seconds = now.micros() / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

std::string render(const http::Response& response, Framing framing, kernel::Instant now) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ' + reason(response.status);
  out.reserve(response.body.size() + 1024);
  out += "\r\nDate: " + http_date(now) + "\r\n";
  if (response.status != 304) {
    out += "Content-Type: " + response.content_type + "\r\n";
    out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  for (const auto& [name, value] : response.headers) {
    CHECK_MSG(value.find_first_of("\r\n") == value.npos, "a header value holds a line break");
    out += name + ": " + value + "\r\n";
  }
  out += framing.keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  if (!framing.head && response.status != 304) out += response.body;
  return out;
}

}  // namespace server
