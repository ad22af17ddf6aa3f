// Any bytes, any dialect: the scanner ends, its fields lie inside the text, and lines only rise.

#include <cstdint>

#include "intake/decode.h"
#include "intake/scan.h"
#include "kernel/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace intake;
  if (size < 2) return 0;
  static const Dialect dialects[] = {{",", '"'}, {"|", 0}, {"||", '\''}, {"\x01", '"'}};
  const Dialect dialect = dialects[data[0] % 4];
  const Encoding encoding = data[1] % 2 ? Encoding::gb18030 : Encoding::utf_8;
  const Decoded decoded = decode(std::string(reinterpret_cast<const char*>(data) + 2, size - 2),
                                 encoding, dialect.delimiter);
  Decoded parts;
  Decoder decoder(encoding, dialect.delimiter);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = bytes.size() * data[1] / 256;
  decoder.add(bytes.substr(0, cut), false, parts);
  decoder.add(bytes.substr(cut), true, parts);
  CHECK(parts.text == decoded.text && parts.bad.size() == decoded.bad.size());
  for (const BadByte& bad : decoded.bad) CHECK(bad.offset < decoded.text.size());
  Scanner scanner(decoded.text, dialect);
  Record record;
  std::int64_t line = 0;
  std::size_t at = 0;
  while (scanner.next(record, data[0] % 5)) {
    CHECK(record.line > line && record.begin >= at && record.end >= record.begin);
    CHECK(!record.fields.empty() && record.end <= decoded.text.size());
    line = record.line;
    at = record.end;
    for (const Field& field : record.fields) CHECK(field.offset <= decoded.text.size());
  }
  return 0;
}
