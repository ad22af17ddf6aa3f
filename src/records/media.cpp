#include "records/media.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "records/types.h"

namespace records {

namespace {

bool has_at(std::string_view bytes, std::size_t at, std::string_view mark) {
  return bytes.size() >= at + mark.size() && bytes.substr(at, mark.size()) == mark;
}

// MPEG audio without a tag: two frame headers, the second where the first says it is (ISO 11172-3,
// 2.4.1.3). The eleven set bits of one header alone are too weak a sign.
std::size_t mpeg_frame(std::string_view bytes) {
  if (bytes.size() < 4) return 0;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (at(0) != 0xff || (at(1) & 0xe0) != 0xe0) return 0;
  const int version = at(1) >> 3 & 3, layer = at(1) >> 1 & 3, rate = at(2) >> 4,
            frequency = at(2) >> 2 & 3;
  if (version == 1 || layer != 1 || rate == 0 || rate == 15 || frequency == 3) return 0;
  static constexpr std::array<int, 16> kbps_1 = {0,   32,  40,  48,  56,  64,  80,  96,
                                                 112, 128, 160, 192, 224, 256, 320, 0};
  static constexpr std::array<int, 16> kbps_2 = {0,  8,  16, 24,  32,  40,  48,  56,
                                                 64, 80, 96, 112, 128, 144, 160, 0};
  static constexpr std::array<int, 3> hertz = {44100, 48000, 32000};
  const bool first = version == 3;
  const int bits = (first ? kbps_1 : kbps_2)[static_cast<std::size_t>(rate)] * 1000;
  const int per_second = hertz[static_cast<std::size_t>(frequency)] / (first          ? 1
                                                                       : version == 2 ? 2
                                                                                      : 4);
  return static_cast<std::size_t>((first ? 144 : 72) * bits / per_second + (at(2) >> 1 & 1));
}

bool is_mpeg_audio(std::string_view bytes) {
  if (has_at(bytes, 0, "ID3")) return true;
  const std::size_t first = mpeg_frame(bytes);
  return first > 0 && bytes.size() > first && mpeg_frame(bytes.substr(first)) > 0;
}

// UTF-8 (RFC 3629) without control characters other than line ends and tabs.
bool is_plain_text(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t')) return false;
    const std::size_t more = c < 0x80 ? 0 : c < 0xc2 ? 9 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (c > 0xf4 || more == 9 || bytes.size() - at <= more) return false;
    for (std::size_t i = 1; i <= more; ++i)
      if ((static_cast<unsigned char>(bytes[at + i]) & 0xc0) != 0x80) return false;
    at += more + 1;
  }
  return !bytes.empty();
}

}  // namespace

std::string media_type_of(std::string_view bytes) {
  if (has_at(bytes, 0, "%PDF-")) return "application/pdf";
  if (has_at(bytes, 0, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (has_at(bytes, 0, "\xff\xd8\xff")) return "image/jpeg";
  if (has_at(bytes, 0, "RIFF") && has_at(bytes, 8, "WAVE")) return "audio/wav";
  if (has_at(bytes, 0, "#!AMR")) return "audio/amr";
  if (has_at(bytes, 0, "OggS")) return "audio/ogg";
  if (has_at(bytes, 4, "ftypM4A")) return "audio/mp4";
  if (has_at(bytes, 4, "ftyp")) return "video/mp4";
  if (is_mpeg_audio(bytes)) return "audio/mpeg";
  if (is_plain_text(bytes)) return "text/plain";
  return "";
}

std::string extension_of(std::string_view media_type) {
  struct Pair {
    std::string_view type, extension;
  };
  static constexpr std::array<Pair, 10> all = {{{"application/pdf", ".pdf"},
                                                {"image/png", ".png"},
                                                {"image/jpeg", ".jpg"},
                                                {"audio/wav", ".wav"},
                                                {"audio/mpeg", ".mp3"},
                                                {"audio/amr", ".amr"},
                                                {"audio/ogg", ".ogg"},
                                                {"audio/mp4", ".m4a"},
                                                {"video/mp4", ".mp4"},
                                                {"text/plain", ".txt"}}};
  for (const Pair& one : all)
    if (one.type == media_type) return std::string(one.extension);
  return ".bin";
}

kernel::Result<std::string> decode_base64(std::string_view text) {
  const kernel::Error bad{kernel::Code::invalid_input, "not base64 (RFC 4648, with padding)",
                          "content_base64"};
  if (text.size() % 4 != 0) return bad;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  for (const char c : text.substr(0, text.size() - padding)) {
    const bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '+' || c == '/';
    if (!known) return bad;
  }
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return bad;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace records
