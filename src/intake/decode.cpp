#include "intake/decode.h"

#include <iconv.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace intake {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

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

// Copies well-formed text and marks the rest. Most files are clean and are not copied at all.
Decoded check_utf8(std::string bytes, std::string_view allowed) {
  std::size_t clean = 0, look = 0;
  const auto good_length = [&](std::size_t at) -> std::size_t {
    const std::size_t n = utf8_length(bytes, at);
    if (n == 0 || (n == 1 && is_control(bytes[at], allowed))) return 0;
    return n == 3 && std::string_view(bytes).substr(at, 3) == replacement ? 0 : n;
  };
  while (clean < bytes.size()) {
    if (clean >= look) {
      clean += plain_length(std::string_view(bytes).substr(clean));
      look = clean + plain_block;  // a block that was odd is gone through by hand
      if (clean == bytes.size()) break;
    }
    const std::size_t n = good_length(clean);
    if (n == 0) break;
    clean += n;
  }
  if (clean == bytes.size()) return {std::move(bytes), {}};

  Decoded out;
  out.text.reserve(bytes.size() + 64);
  out.text.assign(bytes, 0, clean);
  for (std::size_t at = clean; at < bytes.size();) {
    if (const std::size_t n = good_length(at)) {
      out.text.append(bytes, at, n);
      at += n;
      continue;
    }
    out.bad.push_back({out.text.size(), static_cast<unsigned char>(bytes[at])});
    out.text += replacement;
    at += bytes.compare(at, 3, replacement) == 0 ? 3 : 1;
  }
  return out;
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
    const std::size_t skip = broken(out, std::string_view(from, left));
    from += skip;
    left -= skip;
    iconv(iconv_handle.get(), nullptr, nullptr, nullptr, nullptr);
  }
  return out;
}

// `both`: two lists of places in one text, by place.
std::vector<BadByte> merge(std::vector<BadByte> a, const std::vector<BadByte>& b) {
  std::vector<BadByte> both;
  std::size_t i = 0;
  for (const BadByte& bad : b) {
    while (i < a.size() && a[i].offset < bad.offset) both.push_back(a[i++]);
    // The replacement written for a broken byte is found again by the second look.
    if (i < a.size() && a[i].offset == bad.offset) {
      both.push_back(a[i++]);
    } else {
      both.push_back(bad);
    }
  }
  both.insert(both.end(), a.begin() + static_cast<std::ptrdiff_t>(i), a.end());
  return both;
}

kernel::Result<std::string> gunzip(const std::string& packed, const std::string& name) {
  std::string out;
  z_stream stream{};
  CHECK(inflateInit2(&stream, 15 + 16) == Z_OK);  // 16: gzip framing
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  std::size_t left = packed.size();
  std::array<char, 1 << 16> buffer;
  int state = Z_OK;
  while (true) {
    if (stream.avail_in == 0 && left > 0) {
      stream.avail_in = static_cast<uInt>(std::min<std::size_t>(left, 1u << 30));
      left -= stream.avail_in;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (state == Z_STREAM_END && (stream.avail_in > 0 || left > 0)) {
      if (inflateReset(&stream) != Z_OK) break;  // files may be joined end to end
      continue;
    }
    if (state != Z_OK) break;
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) {
    return kernel::Error{kernel::Code::invalid_input,
                         "the gzip file is cut off or damaged; send it again", name};
  }
  return out;
}

}  // namespace

kernel::Result<std::string> read_bytes(const std::filesystem::path& file) {
  std::error_code failed;
  const bool regular = std::filesystem::is_regular_file(file, failed);
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (failed || !regular || !in) {
    return kernel::Error{kernel::Code::not_found, "the file is not there or cannot be read",
                         file.string()};
  }
  std::string bytes(static_cast<std::size_t>(in.tellg()), '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in) {
    return kernel::Error{kernel::Code::unavailable, "the file could not be read to its end",
                         file.string()};
  }
  if (bytes.starts_with("\x1f\x8b")) return gunzip(bytes, file.string());
  return bytes;
}

Decoded decode(std::string bytes, Encoding encoding, std::string_view allowed_control) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);  // byte order mark
  if (encoding == Encoding::utf_8) return check_utf8(std::move(bytes), allowed_control);

  std::vector<BadByte> broken;
  const Iconv handle = open_iconv("UTF-8", "GB18030");
  std::string text = convert(handle, bytes, [&](std::string& out, std::string_view rest) {
    broken.push_back({out.size(), static_cast<unsigned char>(rest[0])});
    out += replacement;
    return std::size_t{1};
  });
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  Decoded checked = check_utf8(std::move(text), allowed_control);
  checked.bad = merge(std::move(broken), checked.bad);
  return checked;
}

std::string encode(std::string_view utf8, Encoding encoding) {
  if (encoding == Encoding::utf_8) return std::string(utf8);
  const Iconv handle = open_iconv("GB18030", "UTF-8");
  return convert(handle, utf8, [](std::string& out, std::string_view rest) {
    out += '?';
    return std::max<std::size_t>(utf8_length(rest, 0), 1);
  });
}

}  // namespace intake
