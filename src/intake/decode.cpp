#include "intake/decode.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "kernel/check.h"

namespace intake {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct IconvClose {
  void operator()(void* handle) const { iconv_close(handle); }
};
using Iconv = std::unique_ptr<void, IconvClose>;

Iconv open_iconv(const char* to, const char* from) {
  iconv_t handle = iconv_open(to, from);
  CHECK_MSG(handle != reinterpret_cast<iconv_t>(-1), "the C library has no GB18030");
  return Iconv(handle);
}

// Length of the well-formed UTF-8 character at `at`, 0 when there is none (RFC 3629).
std::size_t utf8_length(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if ((a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F)) return 0;
    return 3;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if ((a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

bool is_control(char c, std::string_view allowed) {
  const auto u = static_cast<unsigned char>(c);
  if (u >= 0x20 && u != 0x7F) return false;
  return c != '\n' && c != '\r' && c != '\t' && allowed.find(c) == allowed.npos;
}

// So many bytes at the front, in whole blocks, are letters, digits, signs and line ends of ASCII.
// Without a branch in the block, so that the compiler looks at all its bytes at once.
constexpr std::size_t plain_block = 64;

std::size_t plain_length(std::string_view s) {
  std::size_t at = 0;
  for (; at + plain_block <= s.size(); at += plain_block) {
    unsigned char odd = 0;
    for (std::size_t i = 0; i < plain_block; ++i) {
      const auto c = static_cast<unsigned char>(s[at + i]);
      odd |= static_cast<unsigned char>((c < 0x20) & (c != '\n') & (c != '\r') & (c != '\t'));
      odd |= static_cast<unsigned char>(c >= 0x7F);
    }
    if (odd) break;
  }
  return at;
}

// Copies well-formed text and marks the rest; `broken` says what a byte was that is replaced
// already, by its place in `in`.
void check_utf8(std::string_view in, const std::vector<BadByte>& broken, std::string_view allowed,
                Decoded& into) {
  const auto good_length = [&](std::size_t at) -> std::size_t {
    const std::size_t n = utf8_length(in, at);
    if (n == 0 || (n == 1 && is_control(in[at], allowed))) return 0;
    return n == 3 && in.substr(at, 3) == replacement ? 0 : n;
  };
  std::size_t at = 0, copied = 0, look = 0, next_broken = 0;
  while (at < in.size()) {
    if (at >= look) {
      at += plain_length(in.substr(at));
      look = at + plain_block;  // a block that was odd is gone through by hand
      if (at == in.size()) break;
    }
    if (const std::size_t n = good_length(at)) {
      at += n;
      continue;
    }
    into.text.append(in, copied, at - copied);
    while (next_broken < broken.size() && broken[next_broken].offset < at) ++next_broken;
    const bool was_broken = next_broken < broken.size() && broken[next_broken].offset == at;
    into.bad.push_back({into.text.size(), was_broken ? broken[next_broken].byte
                                                     : static_cast<unsigned char>(in[at])});
    into.text += replacement;
    at += in.substr(at).starts_with(replacement) ? 3 : 1;
    copied = at;
  }
  into.text.append(in, copied);
}

// So many bytes at the end may be the beginning of a character that goes on.
std::size_t cut_character(std::string_view s) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, s.size()); ++back) {
    const auto byte = static_cast<unsigned char>(s[s.size() - back]);
    if ((byte & 0xC0u) == 0x80u) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

// Feeds `in` through iconv, calling `broken` for each byte it stops at.
template <class Broken>
std::string convert(const Iconv& iconv_handle, std::string_view in, const Broken& broken) {
  std::string out;
  out.reserve(in.size() + in.size() / 2);
  std::array<char, 65536> buffer;
  char* from = const_cast<char*>(in.data());  // iconv's signature; it does not write there
  std::size_t left = in.size();
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t done = iconv(iconv_handle.get(), &from, &left, &to, &room);
    const int why = errno;
    out.append(buffer.data(), buffer.size() - room);
    if (done != static_cast<std::size_t>(-1) || why == E2BIG) continue;
    const std::size_t skip = broken(out, std::string_view(from, left), why);
    from += skip;
    left -= skip;
    iconv(iconv_handle.get(), nullptr, nullptr, nullptr, nullptr);
  }
  return out;
}

}  // namespace

struct Decoder::Converter {
  Iconv handle = open_iconv("UTF-8", "GB18030");
};

Decoder::Decoder(Encoding encoding, std::string_view allowed_control)
    : encoding_(encoding), allowed_control_(allowed_control) {
  if (encoding == Encoding::gb18030) converter_ = std::make_unique<Converter>();
}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

void Decoder::add(std::string_view bytes, bool last, Decoded& into) {
  std::string joined;
  if (!rest_.empty()) {
    joined = std::exchange(rest_, {});
    joined += bytes;
    bytes = joined;
  }
  if (!begun_) {
    if (bytes.size() < byte_order_mark.size() && !last) {
      rest_ = bytes;
      return;
    }
    begun_ = true;
    if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  }
  if (encoding_ == Encoding::utf_8) {
    if (!last) {
      const std::size_t cut = cut_character(bytes);
      rest_ = bytes.substr(bytes.size() - cut);
      bytes.remove_suffix(cut);
    }
    return check_utf8(bytes, {}, allowed_control_, into);
  }
  std::string text;
  std::vector<BadByte> broken;
  to_utf_8(bytes, last, text, broken);
  if (!text_begun_ && !text.empty()) {
    text_begun_ = true;
    if (text.starts_with(byte_order_mark)) {
      text.erase(0, byte_order_mark.size());
      for (BadByte& bad : broken) bad.offset -= byte_order_mark.size();
    }
  }
  check_utf8(text, broken, allowed_control_, into);
}

void Decoder::to_utf_8(std::string_view bytes, bool last, std::string& text,
                       std::vector<BadByte>& broken) {
  text = convert(converter_->handle, bytes, [&](std::string& out, std::string_view rest, int why) {
    if (why == EINVAL && !last) {  // it goes on in the next part
      rest_ = rest;
      return rest.size();
    }
    broken.push_back({out.size(), static_cast<unsigned char>(rest[0])});
    out += replacement;
    return std::size_t{1};
  });
}

Decoded decode(std::string_view bytes, Encoding encoding, std::string_view allowed_control) {
  Decoded all;
  Decoder(encoding, allowed_control).add(bytes, true, all);
  return all;
}

std::string encode(std::string_view utf8, Encoding encoding) {
  if (encoding == Encoding::utf_8) return std::string(utf8);
  const Iconv handle = open_iconv("GB18030", "UTF-8");
  return convert(handle, utf8, [](std::string& out, std::string_view rest, int) {
    out += '?';
    return std::max<std::size_t>(utf8_length(rest, 0), 1);
  });
}

}  // namespace intake
