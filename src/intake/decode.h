#pragma once
// Bytes of a file in, UTF-8 text out. Bytes that are not text (broken encoding, control characters,
// U+FFFD left by an earlier program) become U+FFFD, and the list says where: the line they stand in
// is rejected, never repaired by guessing.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

enum class Encoding { utf_8, gb18030 };

struct BadByte {
  std::size_t offset;  // in the decoded text
  unsigned char byte;  // as it stood in the file
};

struct Decoded {
  std::string text;
  std::vector<BadByte> bad;  // by offset
};

// Of bytes that come part by part. `allowed_control`: a delimiter such as \x01 is no fault.
class Decoder {
 public:
  explicit Decoder(Encoding encoding, std::string_view allowed_control = {});
  Decoder(Decoder&&) noexcept;
  ~Decoder();
  // Adds the text of further bytes to `into`. A character cut at the end of a part waits for the
  // next one; `last`: there is none.
  void add(std::string_view bytes, bool last, Decoded& into);

 private:
  void to_utf_8(std::string_view bytes, bool last, std::string& text, std::vector<BadByte>& broken);

  Encoding encoding_;
  std::string allowed_control_;
  struct Converter;
  std::unique_ptr<Converter> converter_;     // none for UTF-8
  std::string rest_;                         // bytes that wait
  bool begun_ = false, text_begun_ = false;  // a byte order mark may stand before only
};

// All of it at once.
Decoded decode(std::string_view bytes, Encoding encoding, std::string_view allowed_control = {});
// Characters the encoding has no place for become "?"; used for reject files only.
std::string encode(std::string_view utf8, Encoding encoding);

}  // namespace intake
